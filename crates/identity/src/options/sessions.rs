//! Whether sign-ins are sessions, and how long these last.

use time::Duration;

/// Whether sign-ins are sessions that can be listed and ended, and how long they last. ASP.NET Core has no sessions.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Whether every sign-in is a session. Off by default.
    pub enabled: bool,
    /// How long a session may be remembered before it is read again: at most [`LONGEST_CACHE`](Self::LONGEST_CACHE), and by default
    /// not at all. A session that another instance ends works that much longer here.
    pub cache: Duration,
    /// How long a session lasts that nobody uses: 14 days.
    pub idle_timeout: Duration,
    /// How long a session lasts in any case: 30 days.
    pub absolute_timeout: Duration,
    /// Whether a refresh token works once, and using it again ends its session. Off by default: in .NET it works until it
    /// expires. Needs sessions.
    pub rotate_refresh_tokens: bool,
    /// How long a refresh token that was used gives the same successor again, for other tabs and for lost answers: 10 seconds.
    pub refresh_grace: Duration,
    /// Whether what matters most asks for a [fresh sign-in](Self::fresh_for): `/manage/2fa`, which shows the authenticator's key, a
    /// new address, and ending other sessions. Off by default. Needs sessions.
    pub require_fresh_sign_in: bool,
    /// For how long a sign-in is fresh: 5 minutes.
    pub fresh_for: Duration,
}

impl SessionOptions {
    /// The longest time that [`cache`](Self::cache) can be.
    pub const LONGEST_CACHE: Duration = Duration::seconds(5);
    /// The longest time that [`refresh_grace`](Self::refresh_grace) can be.
    pub const LONGEST_GRACE: Duration = Duration::seconds(60);
    /// The shortest time that [`fresh_for`](Self::fresh_for) should be.
    pub const SHORTEST_FRESH: Duration = Duration::seconds(30);
    /// The shortest time that the timeouts should be, since the last use is written once a minute.
    pub const SHORTEST_TIMEOUT: Duration = Duration::minutes(5);

    /// A session that was last used longer ago than this is over in any case.
    pub fn longest_unused(&self) -> Duration {
        self.idle_timeout.min(self.absolute_timeout)
    }
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            enabled: false,
            cache: Duration::ZERO,
            idle_timeout: Duration::days(14),
            absolute_timeout: Duration::days(30),
            rotate_refresh_tokens: false,
            refresh_grace: Duration::seconds(10),
            require_fresh_sign_in: false,
            fresh_for: Duration::minutes(5),
        }
    }
}
