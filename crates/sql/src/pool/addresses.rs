//! A name may have several addresses: each is tried before the host counts as away.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::driver::{self, Driver};
use crate::database_error::DatabaseError;

/// How long an address has for itself before the next one is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to a host, which must take writes if it is one of `several`.
pub(super) async fn connect<D: Driver>(options: &D::Options, several: bool) -> Result<D::Connection, DatabaseError> {
    let Some(host) = D::lookup(options) else {
        return driver::connect::<D>(options, several).await;
    };
    let addresses: Vec<SocketAddr> = match lookup_host(host).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Err(DatabaseError::Unavailable(Box::new(error))),
    };
    connect_to::<D>(options, &addresses, several).await
}

/// The first address in the resolver's order that gives a connection. Several machines behind one name are as several
/// hosts in a URL: one that takes no writes will not do.
async fn connect_to<D: Driver>(
    options: &D::Options,
    addresses: &[SocketAddr],
    several: bool,
) -> Result<D::Connection, DatabaseError> {
    let are_one_machine = addresses.iter().all(|address| address.ip().is_loopback());
    let several = several || (addresses.len() > 1 && !are_one_machine);
    let attempt = |address: SocketAddr| async move {
        let connected = driver::connect::<D>(&D::at(options, address), several).await;
        connected.map_err(|error| (address, error))
    };
    let mut waiting = addresses.iter();
    let mut attempts = FuturesUnordered::new();
    let mut refusals = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            attempts.push(attempt(*address));
        }
        let answer = match waiting.len() {
            0 => Ok(attempts.next().await),
            _ => timeout(HEAD_START, attempts.next()).await,
        };
        match answer {
            Ok(Some(Ok(connection))) => return Ok(connection),
            Ok(Some(Err(refusal))) => refusals.push(refusal),
            Ok(None) => return Err(refusal(refusals)),
            // It does not answer yet.
            Err(_) => {}
        }
    }
}

/// What one address said is what the host says, or else all of them are named.
fn refusal(mut refusals: Vec<(SocketAddr, DatabaseError)>) -> DatabaseError {
    let is_denied = |(_, error): &(SocketAddr, DatabaseError)| error.is_access_denied();
    if let Some(denied) = refusals.iter().position(is_denied) {
        return refusals.swap_remove(denied).1;
    }
    match refusals.len() {
        0 => DatabaseError::Unavailable("the host's name has no address".into()),
        1 => refusals.swap_remove(0).1,
        _ => {
            let has_failed = |(_, error): &(SocketAddr, DatabaseError)| matches!(error, DatabaseError::Failed(_));
            let all_failed = refusals.iter().all(has_failed);
            let reasons = refusals.iter().map(|(address, error)| format!("{address}: {error}"));
            let reasons = reasons.collect::<Vec<_>>().join("; ");
            if all_failed {
                DatabaseError::Failed(reasons.into())
            } else if refusals.iter().any(|(_, error)| error.is_too_many_connections()) {
                DatabaseError::too_many_connections(reasons.into())
            } else {
                DatabaseError::Unavailable(reasons.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use url::Url;

    use super::*;
    use crate::backend::mysql::MySqlDriver;
    use crate::backend::postgres::PostgresDriver;
    use crate::server::url::host_urls;
    use crate::test_databases::new_database;

    /// Nobody listens there, at either family's loopback.
    const REFUSING: [&str; 2] = ["127.0.0.1:1", "[::1]:1"];

    async fn among_others<D: Driver>(server: &str) {
        let Some(url) = new_database(server).await else {
            return;
        };
        let parsed = Url::parse(&url).unwrap();
        let real = format!("127.0.0.1:{}", parsed.port().unwrap()).parse().unwrap();
        // The kernel lets clients in, and nobody talks to them.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let options = D::location(&host_urls(&url).unwrap()[0]).unwrap().options;
        let refusing = REFUSING.map(|address| address.parse().unwrap());
        let addresses = [refusing[0], silent.local_addr().unwrap(), refusing[1], real];
        connect_to::<D>(&options, &addresses, false).await.map(drop).unwrap();
        let nobody = connect_to::<D>(&options, &refusing, false).await.map(drop).unwrap_err();
        assert!(matches!(nobody, DatabaseError::Unavailable(_)));
        let text = nobody.to_string();
        assert!(REFUSING.iter().all(|address| text.contains(address)), "{text}");
    }

    #[tokio::test]
    async fn a_name_is_reached_at_whichever_of_its_addresses_answers() {
        among_others::<PostgresDriver<false>>("WICKETGATE_TEST_POSTGRES_URL").await;
        among_others::<MySqlDriver>("WICKETGATE_TEST_MYSQL_URL").await;
    }
}
