//! URLs of databases on servers, which may name several hosts as libpq's do:
//! `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE`.

use zeroize::Zeroizing;

use crate::OpenError;

/// The one parameter of a query that is not the driver's, because no driver here knows several hosts.
const TARGET: &str = "target_session_attrs";

/// A URL for each host that a URL names, in the same order.
pub(crate) fn host_urls(url: &str) -> Result<Vec<Zeroizing<String>>, OpenError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| invalid("`//` is missing"))?;
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(authority_end);
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
    fn a_missing_host_is_refused_without_the_password() {
        for hosts in ["one,,two", ",one", "one,", ":5432,one"] {
            let refusal = host_urls(&format!("mysql://ada:S3cret@{hosts}/app")).unwrap_err();
            assert!(matches!(refusal, OpenError::InvalidUrl(_)));
            assert!(!format!("{refusal} {refusal:?}").contains("S3cret"), "{refusal:?}");
        }
    }
}
