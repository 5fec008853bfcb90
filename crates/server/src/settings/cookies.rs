//! Settings of cookies that a browser would refuse without a word: the start says it instead.

use wicketgate_axum::{
    network::Host,
    options::{CookieOptions, CookieSecurePolicy},
};

use super::{Settings, SettingsError};

/// Refuses what would leave everybody signed out, or lead a browser elsewhere.
pub(super) fn check(settings: &Settings) -> Result<(), SettingsError> {
    let authentication = &settings.authentication;
    let cookie = &authentication.cookie.cookie;
    let remember_machine_cookie = &authentication.remember_machine_cookie.cookie;
    for (section, cookie) in [("cookie", cookie), ("remember_machine_cookie", remember_machine_cookie)] {
        let refused = |option: &str, reason: &str| SettingsError::Conflict(format!("`{section}.{option}` {reason}"));
        cookie
            .check()
            .map_err(|error| refused(error.option(), &error.to_string()))?;
        let taken = [
            &authentication.external_cookie,
            &authentication.two_factor_user_id_cookie,
        ];
        if taken.iter().any(|other| other.name.eq_ignore_ascii_case(&cookie.name)) {
            return Err(refused("name", "is the name of another cookie"));
        }
        check_against_public_url(settings, cookie).map_err(|(option, reason)| refused(option, reason))?;
    }
    if cookie.name.eq_ignore_ascii_case(&remember_machine_cookie.name) {
        let message = "`cookie.name` and `remember_machine_cookie.name` must differ in more than case";
        return Err(SettingsError::Conflict(message.to_owned()));
    }
    for (key, path) in [
        ("login_path", &authentication.cookie.login_path),
        ("access_denied_path", &authentication.cookie.access_denied_path),
    ] {
        if !is_local_path(path) {
            let message = format!(
                "`cookie.{key}` must start with a single `/` and contain only letters, digits and -._~!$&()*+,;=:@%/"
            );
            return Err(SettingsError::Conflict(message));
        }
    }
    Ok(())
}

/// Browsers take a cookie for a domain only from hosts there, and a secure one only over TLS or from this machine.
fn check_against_public_url(settings: &Settings, cookie: &CookieOptions) -> Result<(), (&'static str, &'static str)> {
    let Some(url) = &settings.public_url else {
        return Ok(());
    };
    let Some(host) = url.host() else {
        return Ok(());
    };
    if let Some(domain) = &cookie.domain
        && !is_within(host, domain.strip_prefix('.').unwrap_or(domain))
    {
        return Err((
            "domain",
            "does not contain the host of `public_url`: browsers would refuse the cookie",
        ));
    }
    if cookie.secure_policy == CookieSecurePolicy::Always && !url.is_https() && !host.is_loopback() {
        return Err((
            "secure_policy",
            "cannot be `Always` while `public_url` begins with http: browsers would refuse the cookie",
        ));
    }
    Ok(())
}

fn is_within(host: Host<'_>, domain: &str) -> bool {
    let (host, domain) = (host.name().to_ascii_lowercase(), domain.to_ascii_lowercase());
    host.strip_suffix(&domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a browser that is sent there stays with this server.
fn is_local_path(path: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&()*+,;=:@%/".contains(&byte);
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The start's answer to these variables, without `WICKETGATE__`.
    fn start(variables: &[(&str, &str)]) -> Result<(), String> {
        let variables = variables
            .iter()
            .map(|(name, value)| (format!("WICKETGATE__{name}"), (*value).to_owned()));
        let settings = Settings::from_variables(variables);
        settings.map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn each_cookie_s_own_rules_are_told_with_the_name_of_the_setting() {
        for (name, value, message) in [
            (
                "COOKIE__SAME_SITE",
                "None",
                "`cookie.same_site` can be `None` only with",
            ),
            ("COOKIE__NAME", "__Secure-id", "`cookie.name` begins with `__Secure-`"),
            (
                "COOKIE__DOMAIN",
                "https://example.test",
                "`cookie.domain` must be a host",
            ),
            ("COOKIE__PATH", "app", "`cookie.path` must begin with `/`"),
            ("COOKIE__MAX_AGE", "0s", "`cookie.max_age` must be longer"),
            (
                "REMEMBER_MACHINE_COOKIE__SAME_SITE",
                "None",
                "`remember_machine_cookie.same_site` can be",
            ),
            (
                "REMEMBER_MACHINE_COOKIE__NAME",
                "__Host-m",
                "`remember_machine_cookie.name` begins with",
            ),
            (
                "REMEMBER_MACHINE_COOKIE__NAME",
                "identity.external",
                "is the name of another cookie",
            ),
            ("COOKIE__NAME", "identity.twofactorrememberme", "must differ"),
            (
                "COOKIE__LOGIN_PATH",
                "login",
                "`cookie.login_path` must start with a single `/`",
            ),
            (
                "COOKIE__LOGIN_PATH",
                "//evil.test",
                "`cookie.login_path` must start with a single `/`",
            ),
            (
                "COOKIE__ACCESS_DENIED_PATH",
                "/a\r\nb",
                "`cookie.access_denied_path` must start",
            ),
        ] {
            let refusal = start(&[(name, value)]).unwrap_err();
            assert!(refusal.contains(message), "{name}={value}: {refusal}");
        }
        let secure = ("COOKIE__SECURE_POLICY", "Always");
        assert_eq!(start(&[secure, ("COOKIE__SAME_SITE", "None")]), Ok(()));
        assert_eq!(start(&[secure, ("COOKIE__NAME", "__Host-id")]), Ok(()));
        assert_eq!(start(&[("COOKIE__LOGIN_PATH", "/sign-in")]), Ok(()));
    }

    #[test]
    fn a_cookie_that_the_public_url_s_browsers_would_not_keep_is_refused() {
        let domain = |domain| ("COOKIE__DOMAIN", domain);
        let at = |url| ("PUBLIC_URL", url);
        for (url, name) in [
            ("https://id.example.test", "example.test"),
            ("https://id.example.test:8443/base", ".Example.test"),
            ("https://id.example.test", "id.example.test"),
        ] {
            assert_eq!(start(&[at(url), domain(name)]), Ok(()), "{url} {name}");
        }
        for (url, name) in [
            ("https://id.example.test", "example.org"),
            ("https://id.example.test", "app.example.test"),
            ("https://myexample.test", "example.test"),
        ] {
            let refusal = start(&[at(url), domain(name)]).unwrap_err();
            assert!(refusal.contains("`cookie.domain` does not contain"), "{refusal}");
        }
        let secure = ("COOKIE__SECURE_POLICY", "Always");
        let refusal = start(&[at("http://id.example.test"), secure]).unwrap_err();
        assert!(
            refusal.contains("`cookie.secure_policy` cannot be `Always`"),
            "{refusal}"
        );
        assert_eq!(start(&[at("https://id.example.test"), secure]), Ok(()));
        assert_eq!(start(&[at("http://localhost:8080"), secure]), Ok(()));
    }
}
