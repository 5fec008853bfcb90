//! `mssql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE&…`, with one host.

use std::net::SocketAddr;

use percent_encoding::percent_decode_str;
use tiberius::{AuthMethod, Config, EncryptionLevel};
use url::Url;

use crate::open_error::OpenError;
use crate::pool::Location;
use crate::server::url::host_and_port;

/// Where a host is, and how it is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct HostOptions {
    /// Shows no password in `Debug`.
    pub(super) config: Config,
    pub(super) host: String,
    pub(super) port: u16,
    /// The one of the host's addresses that is meant; all of them without it.
    pub(super) address: Option<SocketAddr>,
}

const DEFAULT_PORT: u16 = 1433;

/// As Microsoft's clients do, this encrypts and checks the server's certificate unless the URL says otherwise.
pub(super) fn parse(url: &str) -> Result<Location<HostOptions>, OpenError> {
    let url = Url::parse(url).map_err(|error| invalid(error.to_string()))?;
    // Brackets around an IPv6 address belong to the URL.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    if host.is_empty() {
        return Err(invalid("it names no host"));
    }
    let host = decoded(host)?;
    let port = url.port().unwrap_or(DEFAULT_PORT);
    let database = decoded(url.path().trim_start_matches('/'))?;
    if database.is_empty() {
        return Err(OpenError::NoDatabase);
    }
    let (user, password) = credentials(&url)?;

    let mut config = Config::new();
    config.host(&host);
    config.port(port);
    config.database(&database);
    config.application_name("Wicketgate");
    config.authentication(AuthMethod::sql_server(user, password));
    // Whoever waits has a limit of its own.
    config.handshake_timeout(None);
    config.command_timeout(None);
    apply_options(&mut config, &url)?;
    Ok(Location {
        name: host_and_port(&host, port),
        database,
        options: HostOptions {
            config,
            host,
            port,
            address: None,
        },
    })
}

fn credentials(url: &Url) -> Result<(String, String), OpenError> {
    if url.username().is_empty() {
        return Err(invalid("it names no user"));
    }
    Ok((decoded(url.username())?, decoded(url.password().unwrap_or_default())?))
}

/// The options' names and values are those of Microsoft's connection strings, in words with underscores between them.
fn apply_options(config: &mut Config, url: &Url) -> Result<(), OpenError> {
    let mut encryption = EncryptionLevel::Required;
    let mut trusts_any = false;
    let mut trusted_authority = None;
    for (name, value) in url.query_pairs() {
        match (&*name, &*value) {
            ("encrypt", "true") => encryption = EncryptionLevel::Required,
            ("encrypt", "strict") => encryption = EncryptionLevel::Strict,
            // As in Microsoft's clients, a password is encrypted all the same where the server can.
            ("encrypt", "false") => encryption = EncryptionLevel::Off,
            ("encrypt", _) => return Err(invalid("encrypt may be true, strict or false")),
            ("trust_server_certificate", "true") => trusts_any = true,
            ("trust_server_certificate", "false") => trusts_any = false,
            ("trust_server_certificate", _) => {
                return Err(invalid("trust_server_certificate may be true or false"));
            }
            ("trust_server_certificate_ca", path) => trusted_authority = Some(path.to_owned()),
            ("host_name_in_certificate", name) => config.hostname_in_certificate(name),
            (unknown, _) => {
                return Err(invalid(format!(
                    "the option `{}` is not known; its options may be encrypt, trust_server_certificate, \
                     trust_server_certificate_ca and host_name_in_certificate",
                    unknown.escape_debug()
                )));
            }
        }
    }
    config.encryption(encryption);
    match (trusts_any, trusted_authority) {
        (true, None) => config.trust_cert(),
        (false, Some(path)) => config.trust_cert_ca(path),
        (false, None) => {}
        (true, Some(_)) => {
            return Err(invalid(
                "trust_server_certificate and trust_server_certificate_ca exclude each other",
            ));
        }
    }
    Ok(())
}

fn decoded(text: &str) -> Result<String, OpenError> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(String::from)
        .map_err(|_| invalid("it is not percent-encoded UTF-8"))
}

/// The reason must not show the URL, which can hold a password.
fn invalid(reason: impl Into<String>) -> OpenError {
    OpenError::InvalidUrl(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        parse(url).unwrap_err().to_string()
    }

    #[test]
    fn host_port_and_database_may_be_shown() {
        for (url, host, database) in [
            ("mssql://sa:secret@db.example.test/app", "db.example.test:1433", "app"),
            ("sqlserver://sa:secret@127.0.0.1:14330/app", "127.0.0.1:14330", "app"),
            ("mssql://sa:secret@[::1]/My%20App", "[::1]:1433", "My App"),
        ] {
            let location = parse(url).unwrap();
            assert_eq!((location.name.as_str(), location.database.as_str()), (host, database));
        }
    }

    #[test]
    fn user_and_password_are_percent_decoded_and_not_shown() {
        let url = "mssql://a%40b:p%3A%2F@db.example.test/app";
        let decoded = credentials(&Url::parse(url).unwrap()).unwrap();
        assert_eq!(decoded, ("a@b".to_owned(), "p:/".to_owned()));
        let location = parse(url).unwrap();
        assert!(!format!("{location:?}").contains("p:/"), "{location:?}");
    }

    #[test]
    fn connections_are_encrypted_unless_the_url_says_otherwise() {
        for (options, encryption) in [
            ("", "Required"),
            ("?encrypt=true", "Required"),
            ("?encrypt=strict", "Strict"),
            ("?encrypt=false", "Off"),
            ("?trust_server_certificate=true", "Required"),
        ] {
            let location = parse(&format!("mssql://sa:s@db.example.test/app{options}")).unwrap();
            let shown = format!("{:?}", location.options.config);
            assert!(shown.contains(&format!("encryption: {encryption}")), "{shown}");
        }
    }

    #[test]
    fn what_is_no_location_is_refused_without_showing_the_password() {
        for (url, reason) in [
            ("mssql://sa:S3cret@db.example.test:x/app", "invalid port number"),
            ("mssql:///app", "names no host"),
            ("mssql://db.example.test/app", "names no user"),
            ("mssql://sa:%ff@db.example.test/app", "percent-encoded"),
            ("mssql://sa:S3cret@db.example.test/", "names no database"),
            ("mssql://sa:S3cret@db.example.test/app?encrypt=maybe", "encrypt may be"),
            (
                "mssql://sa:S3cret@db.example.test/app?sslmode=require",
                "its options may be",
            ),
            (
                "mssql://sa:S3cret@db.example.test/app?trust_server_certificate=true&trust_server_certificate_ca=ca.pem",
                "exclude each other",
            ),
        ] {
            let refusal = refusal(url);
            assert!(refusal.contains(reason), "{refusal}");
            assert!(!refusal.contains("S3cret"), "{refusal}");
        }
    }
}
