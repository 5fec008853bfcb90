//! A MariaDB that locks out hosts whose connections break off, as it does with hosts that are not its own.

use std::{env, net::SocketAddr};

use sqlx::{Connection, MySqlConnection};
use wicketgate_test_servers::{Error, MariaDb};

/// How many handshakes of a host may break off in a row: fewer than an instance begins at once.
pub(crate) const MAX_CONNECT_ERRORS: usize = 2;

#[derive(Debug)]
pub(crate) struct MariaDbOfStrangers(MariaDb);

/// A connection that holds a lock.
#[derive(Debug)]
pub(crate) struct Hold(MySqlConnection);

impl MariaDbOfStrangers {
    /// `None` where it cannot be installed, which CI does not let pass.
    pub(crate) fn start() -> Option<Self> {
        // Only hosts that are looked up are locked out.
        let errors = format!("--max-connect-errors={MAX_CONNECT_ERRORS}");
        let server = match MariaDb::start_with(&["--skip-name-resolve=0", &errors]) {
            Err(missing @ Error::Missing { .. }) => {
                assert!(env::var_os("CI").is_none(), "{missing}");
                eprintln!("nothing was tested: {missing}");
                return None;
            }
            server => server.unwrap(),
        };
        server.create_database("app").unwrap();
        for statement in [
            "CREATE USER 'stranger'@'%' IDENTIFIED BY 'wicketgate'",
            "GRANT ALL ON app.* TO 'stranger'@'%'",
        ] {
            server.query(statement).unwrap();
        }
        Some(Self(server))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let url = self.0.url();
        let address = url.trim_end_matches('/').rsplit('@').next().unwrap();
        address.parse().unwrap()
    }

    /// By way of this address.
    pub(crate) fn url(&self, address: SocketAddr) -> String {
        format!("mysql://stranger:wicketgate@{address}/app")
    }

    /// Takes the lock that this statement takes.
    pub(crate) async fn hold(&self, statement: &'static str) -> Hold {
        let mut holder = MySqlConnection::connect(&format!("{}app", self.0.url())).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut holder).await.unwrap();
        Hold(holder)
    }

    /// Fails if who comes by way of this address is locked out.
    pub(crate) async fn admits(&self, address: SocketAddr) {
        let connection = MySqlConnection::connect(&self.url(address)).await.unwrap();
        connection.close().await.unwrap();
    }
}

impl Hold {
    pub(crate) async fn end(self) {
        self.0.close().await.unwrap();
    }
}
