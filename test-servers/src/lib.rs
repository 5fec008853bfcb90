//! Real servers for tests to stand beside, from Debian's packages: the databases [`PostgreSql`] and [`MariaDb`], the
//! clusters [`ReplicatedPostgreSql`] and [`Galera`], the pooler [`PgBouncer`], and the proxies [`Nginx`], [`HaProxy`] and [`Caddy`].
//!
//! Each runs on a free port of the loopback interface, without root's rights, with all it writes in a temporary folder.
//! It ends with its value, and also when this process is killed: a [`Home`] has a keeper who sees to that.

mod account;
mod caddy;
mod debian;
mod error;
mod galera;
mod haproxy;
mod home;
mod mariadb;
mod nginx;
mod pgbouncer;
mod postgresql;
mod process;
mod replicated_postgresql;

pub use caddy::Caddy;
pub use debian::{installed, provide};
pub use error::Error;
pub use galera::Galera;
pub use haproxy::HaProxy;
pub use home::Home;
pub use mariadb::MariaDb;
pub use nginx::Nginx;
pub use pgbouncer::PgBouncer;
pub use postgresql::PostgreSql;
pub use process::Process;
pub use replicated_postgresql::ReplicatedPostgreSql;
