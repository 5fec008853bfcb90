//! The domain that passkeys are bound to.

use super::error::ServeError;
use crate::settings::Settings;

/// On a loopback address there are only trials, and proxies that see to the host.
///
/// # Errors
/// [`ServeError::PasskeyDomain`] if any client could choose the domain.
pub(super) fn check(settings: &Settings) -> Result<(), ServeError> {
    let is_named = settings.identity.passkeys.server_domain.is_some() || settings.public_url.is_some();
    let is_local = settings.listen.ip().to_canonical().is_loopback();
    match settings.identity.passkeys.enabled && !is_named && !is_local {
        true => Err(ServeError::PasskeyDomain),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use wicketgate_identity::options::Profile;

    use super::*;

    #[test]
    fn who_serves_others_must_say_what_domain_passkeys_are_bound_to() {
        let checked = |listen: &str, change: fn(&mut Settings)| {
            let mut settings = Settings::for_profile(Profile::Strict);
            settings.listen = listen.parse().unwrap();
            change(&mut settings);
            check(&settings)
        };
        for (listen, change, is_refused) in [
            ("0.0.0.0:80", (|_| {}) as fn(&mut Settings), true),
            ("192.0.2.1:80", |_| {}, true),
            ("127.0.0.1:80", |_| {}, false),
            ("[::1]:80", |_| {}, false),
            (
                "0.0.0.0:80",
                |settings| settings.identity.passkeys.enabled = false,
                false,
            ),
            (
                "0.0.0.0:80",
                |settings| settings.identity.passkeys.server_domain = Some("example.com".to_owned()),
                false,
            ),
            (
                "0.0.0.0:80",
                |settings| settings.public_url = "https://id.example.com".parse().ok(),
                false,
            ),
        ] {
            let refusal = checked(listen, change);
            assert_eq!(refusal.is_err(), is_refused, "{listen} {refusal:?}");
        }
    }
}
