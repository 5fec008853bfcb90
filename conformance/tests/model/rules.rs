//! What the two profiles promise.

use std::collections::BTreeMap;

use time::Duration;

/// Which profile an application has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Compatible,
    Strict,
}

impl Profile {
    pub(crate) const ALL: [Self; 2] = [Self::Compatible, Self::Strict];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Strict => "strict",
        }
    }

    pub(crate) fn is_strict(self) -> bool {
        self == Self::Strict
    }

    /// The settings of the application.
    pub(crate) fn settings(self) -> BTreeMap<String, String> {
        // What a sign-in that is not fresh may do is not modelled: `tests/sessions/fresh.rs` looks at each route.
        [
            ("profile", self.name()),
            ("rate_limits.enabled", "false"),
            ("sessions.require_fresh_sign_in", "false"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// How long a mailed code that sets a new password is good.
    pub(crate) fn reset_lifespan(self) -> Duration {
        match self {
            Self::Compatible => LINK_LIFESPAN,
            Self::Strict => Duration::minutes(10),
        }
    }

    /// How many steps an authenticator may be off.
    pub(crate) fn window(self) -> i64 {
        match self {
            Self::Compatible => 2,
            Self::Strict => 1,
        }
    }

    pub(crate) fn application_cookie(self) -> &'static str {
        match self {
            Self::Compatible => ".AspNetCore.Identity.Application",
            Self::Strict => "__Host-.AspNetCore.Identity.Application",
        }
    }

    pub(crate) fn machine_cookie(self) -> &'static str {
        match self {
            Self::Compatible => "Identity.TwoFactorRememberMe",
            Self::Strict => "__Host-Identity.TwoFactorRememberMe",
        }
    }

    /// Whether an account may be given this password.
    pub(crate) fn accepts(self, password: &str, has_second_factor: bool) -> bool {
        let shortest = match self {
            Self::Compatible => 6,
            Self::Strict if has_second_factor => 8,
            Self::Strict => LONG,
        };
        password.len() >= shortest
    }
}

/// As long as a password has to be in the strict profile without a second factor.
pub(crate) const LONG: usize = 15;
pub(crate) const LINK_LIFESPAN: Duration = Duration::DAY;
pub(crate) const LOCKOUT: Duration = Duration::minutes(5);
pub(crate) const MOST_FAILURES: i32 = 5;
pub(crate) const ACCESS_TOKEN: Duration = Duration::hours(1);
pub(crate) const REFRESH_TOKEN: Duration = Duration::days(14);
pub(crate) const COOKIE: Duration = Duration::days(14);
pub(crate) const STAMP_CHECK: Duration = Duration::minutes(30);
pub(crate) const IDLE: Duration = Duration::days(14);
pub(crate) const ABSOLUTE: Duration = Duration::days(30);
pub(crate) const GRACE: Duration = Duration::seconds(10);
