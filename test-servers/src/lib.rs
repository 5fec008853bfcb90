//! Real servers for tests to stand beside, from Debian's packages: [`PostgreSql`], [`MariaDb`] and [`Nginx`].
//!
//! Each runs on a free port of the loopback interface, without root's rights, with all it writes in a temporary folder.
//! It ends with its value, and also when this process is killed: a [`Home`] has a keeper who sees to that.

mod account;
mod debian;
mod error;
mod home;
mod mariadb;
mod nginx;
mod postgresql;
mod process;

pub use debian::{installed, provide};
pub use error::Error;
pub use home::Home;
pub use mariadb::MariaDb;
pub use nginx::Nginx;
pub use postgresql::PostgreSql;
pub use process::Process;
