//! What the strict profile changes about tokens and cookies.

use wicketgate_identity::options::Profile;

use super::{AuthenticationOptions, CookieOptions, CookieSecurePolicy, SameSite};

/// Browsers take a cookie with a name like this only from the host itself, over TLS, and for all its paths.
const HOST_PREFIX: &str = "__Host-";

impl AuthenticationOptions {
    /// The options of a profile. The [default](AuthenticationOptions::default) is [`Profile::Compatible`].
    pub fn for_profile(profile: Profile) -> Self {
        match profile {
            Profile::Compatible => Self::default(),
            Profile::Strict => Self::strict(),
        }
    }

    fn strict() -> Self {
        let mut options = Self::default();
        for cookie in [
            &mut options.cookie.cookie,
            &mut options.remember_machine_cookie.cookie,
            &mut options.external_cookie,
            &mut options.two_factor_user_id_cookie,
        ] {
            cookie.harden();
        }
        // A provider of identities leads the browser back from its own site.
        options.external_cookie.same_site = SameSite::Lax;
        options
    }
}

impl CookieOptions {
    /// No neighbour of the host can set the cookie, no network read it, and no other site have a request carry it.
    fn harden(&mut self) {
        self.name.insert_str(0, HOST_PREFIX);
        self.secure_policy = CookieSecurePolicy::Always;
        self.same_site = SameSite::Strict;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cookie_of_the_strict_profile_is_bound_to_its_host_and_kept_by_browsers() {
        for (_, cookie) in AuthenticationOptions::for_profile(Profile::Strict).cookies() {
            assert!(cookie.name.starts_with("__Host-"), "{cookie:?}");
            assert_ne!(cookie.same_site, SameSite::None, "{cookie:?}");
            assert!(cookie.http_only, "{cookie:?}");
            assert_eq!(cookie.check(), Ok(()), "{cookie:?}");
        }
    }

    #[test]
    fn the_compatible_profile_names_its_cookies_as_dotnet_does() {
        let names = AuthenticationOptions::default()
            .cookies()
            .map(|(_, cookie)| cookie.name.clone());
        assert_eq!(
            names,
            [
                ".AspNetCore.Identity.Application",
                "Identity.TwoFactorRememberMe",
                "Identity.External",
                "Identity.TwoFactorUserId",
            ]
        );
    }
}
