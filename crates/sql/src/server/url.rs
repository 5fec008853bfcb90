//! URLs of databases on servers, which may name several hosts as libpq's do:
//! `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE`.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::open_error::OpenError;

/// The one parameter of a query that is not the driver's, because no driver here knows several hosts.
pub(super) const TARGET: &str = "target_session_attrs";

/// A URL for each host that a URL names, in the same order.
pub(crate) fn host_urls(url: &str) -> Result<Vec<Zeroizing<String>>, OpenError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| invalid("`//` is missing"))?;
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(authority_end);
    // What was meant for a password would be shown as a path, or asked for as a host.
    if rest.contains('@') {
        return Err(invalid(
            "there is an `@` behind the first `/`, `?` or `#`; in a password, a user's name, a database's name and an \
             option write `@` as %40, `/` as %2F, `?` as %3F and `#` as %23",
        ));
    }
    let rest = without_target(rest)?;
    // A password may hold a comma, and drivers take one with an `@`.
    let (user, hosts) = match authority.rfind('@') {
        Some(at) => authority.split_at(at + 1),
        None => ("", authority),
    };
    let hosts: Vec<&str> = hosts.split(',').collect();
    if hosts.len() > 1 && hosts.iter().any(|host| host.is_empty() || host.starts_with(':')) {
        return Err(invalid("a host is missing beside a comma"));
    }
    // URLs cannot have a user and no host, as where a path to a socket follows behind the `?`.
    let is_elsewhere = !user.is_empty() && has_option(&rest, &["host", "hostaddr", "socket"]);
    let hosts: Vec<Cow<'_, str>> = match hosts.as_slice() {
        [port] if is_elsewhere && (port.is_empty() || port.starts_with(':')) => vec![format!("localhost{port}").into()],
        _ => hosts.into_iter().map(Cow::from).collect(),
    };
    let url_of = |host| Zeroizing::new(format!("{scheme}://{user}{host}{}", *rest));
    Ok(hosts.into_iter().map(url_of).collect())
}

/// Path and query without the parameter that says which host is wanted: it can only be one that takes writes.
fn without_target(rest: &str) -> Result<Zeroizing<String>, OpenError> {
    let Some((path, query)) = rest.split_once('?') else {
        return Ok(Zeroizing::new(rest.to_owned()));
    };
    let mut kept = Vec::new();
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            Some((TARGET, "read-write" | "primary")) => {}
            Some((TARGET, _)) => return Err(invalid("target_session_attrs can only be read-write")),
            _ => kept.push(parameter),
        }
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    Ok(Zeroizing::new(format!("{path}{mark}{}", kept.join("&"))))
}

/// A host as URLs have it, without the brackets around an IPv6 address.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) fn without_brackets(host: &str) -> &str {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

/// A host and a port, for messages.
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// Whether a URL's query has one of these options.
pub(super) fn has_option(url: &str, names: &[&str]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| names.contains(&&*name))
}

fn invalid(reason: &str) -> OpenError {
    OpenError::InvalidUrl(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(url: &str) -> Vec<String> {
        let urls = host_urls(url).unwrap();
        urls.iter().map(|url| url.to_string()).collect()
    }

    #[test]
    fn one_host_is_left_as_it_is() {
        for url in [
            "postgres://ada:S3cret@db.example.test:5433/app?sslmode=require&options=-c%20a%3Db",
            "mysql://ada@[::1]:3307/app",
            "postgres:///app?host=/run/postgresql",
            "mysql://db",
        ] {
            assert_eq!(urls(url), [url]);
        }
    }

    #[test]
    fn each_host_gets_the_rest_of_the_url() {
        assert_eq!(
            urls("postgres://ada:a,b@c@one,two:5433,[::1]:5434/app?sslmode=require"),
            [
                "postgres://ada:a,b@c@one/app?sslmode=require",
                "postgres://ada:a,b@c@two:5433/app?sslmode=require",
                "postgres://ada:a,b@c@[::1]:5434/app?sslmode=require",
            ]
        );
    }

    #[test]
    fn libpqs_word_for_a_host_that_takes_writes_is_understood() {
        for word in ["read-write", "primary"] {
            let url = format!("postgres://one,two/app?a=b&target_session_attrs={word}&c=d");
            assert_eq!(urls(&url), ["postgres://one/app?a=b&c=d", "postgres://two/app?a=b&c=d"]);
        }
        assert_eq!(
            urls("postgres://one/app?target_session_attrs=read-write"),
            ["postgres://one/app"]
        );
        for word in ["any", "standby", "READ-WRITE"] {
            let url = format!("postgres://ada:S3cret@one,two/app?target_session_attrs={word}");
            assert!(matches!(host_urls(&url), Err(OpenError::InvalidUrl(_))));
        }
    }

    #[test]
    fn a_password_that_is_not_escaped_is_neither_a_path_nor_shown() {
        for url in [
            "postgres://ada:S3/cret@db/app",
            "postgres://ada:12/S3cret@db/app",
            "postgres://ada:p@S3/cret@db/app",
            "mysql://ada:S3?cret@db/app",
            "mysql://ada:S3#cret@db/app",
            "mysql://ada:p/a?S3cret=b@db/app",
            "mssql://ada:12/S3cret@db/app?encrypt=true",
        ] {
            let refusal = host_urls(url).unwrap_err();
            let shown = format!("{refusal} {refusal:?}");
            assert!(shown.contains("%2F"), "{shown}");
            for part in ["S3", "cret", "12"] {
                assert!(!shown.contains(part), "{shown}");
            }
        }
        // A driver takes the last `@` in front of the host.
        assert_eq!(urls("postgres://ada:p@ss@db/app").len(), 1);
    }

    #[test]
    fn an_option_is_found_by_its_whole_name() {
        let url = "postgres://ada:sslmode=a@db/app?a=sslmode&ssl%6Dode=require";
        assert!(has_option(url, &["ssl-mode", "sslmode"]));
        assert!(!has_option(url, &["ssl", "ssl-mode", "require", "ada"]));
    }

    #[test]
    fn a_missing_host_is_refused_without_the_password() {
        for hosts in ["one,,two", ",one", "one,", ":5432,one"] {
            let refusal = host_urls(&format!("mysql://ada:S3cret@{hosts}/app")).unwrap_err();
            assert!(matches!(refusal, OpenError::InvalidUrl(_)));
            assert!(!format!("{refusal} {refusal:?}").contains("S3cret"), "{refusal:?}");
        }
    }
}
