//! Whether a server must prove with a certificate who it is before it sees a password.

use std::io;
use std::net::IpAddr;

use crate::database_error::{DatabaseError, Kind};

/// Whether what is sent to this host, a name or an address, stays on this machine. RFC 6761 (6.3) keeps `localhost` and all
/// names below it for that.
pub(crate) fn is_this_machine(host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Why there is no connection; where TLS is the reason, with what an operator can do about it.
pub(crate) fn refusal(
    error: sqlx::Error,
    remedy: &'static str,
    kind: impl FnOnce(&dyn sqlx::error::DatabaseError) -> Kind,
) -> DatabaseError {
    match &error {
        sqlx::Error::Tls(reason) => DatabaseError::Unavailable(format!("{reason}; {remedy}").into()),
        sqlx::Error::Io(reason) if is_about_a_certificate(reason) => {
            DatabaseError::Unavailable(format!("{reason}; {remedy}").into())
        }
        _ => DatabaseError::from_sqlx(error, kind),
    }
}

/// As rustls says it through sqlx.
fn is_about_a_certificate(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData && error.to_string().starts_with("invalid peer certificate")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopback_is_this_machine() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "db.localhost",
            "127.0.0.1",
            "127.9.8.7",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "db",
            "db.example.test",
            "localhost.example.test",
            "notlocalhost",
            "127.0.0.1.example.test",
            "127.1",
            "0.0.0.0",
            "10.0.0.1",
            "192.168.0.1",
            "169.254.1.1",
            "::",
            "fe80::1",
            "::ffff:10.0.0.1",
            "",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
