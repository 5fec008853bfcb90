//! How many requests are too many.

use crate::limit::{LimitScope, LimitedAction, Quota};

/// Limits on requests with which somebody could guess passwords and codes, or have mails sent. Below them, nothing of them can be
/// seen. (.NET has them apart from Identity, as `RateLimiterOptions`, and none by default.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimitOptions {
    /// Whether there are limits at all.
    pub enabled: bool,
    /// The requests of so many minutes may come at once, after nothing has come for as long: 4. Who uses an account by a
    /// program, such as a test, often signs in many times within seconds, and then no more.
    pub burst: u32,
    /// Sign-ins, and proofs that a session's user is still there: 10 and 60.
    pub login: RequestsPerMinute,
    /// Changes of the second factor by users who are signed in: 10 and 60.
    pub two_factor: RequestsPerMinute,
    /// Changes of password or address by users who are signed in, and exports and deletions of their accounts: 10 and 60.
    pub info: RequestsPerMinute,
    /// New tokens: 60 and 600.
    pub refresh: RequestsPerMinute,
    /// Registrations: 5 and 30.
    pub register: RequestsPerMinute,
    /// Mails with a code for a new password: 5 and 30.
    pub forgot_password: RequestsPerMinute,
    /// New passwords for such a code: 5 and 30.
    pub reset_password: RequestsPerMinute,
    /// Mails with a link to confirm an address: 5 and 30.
    pub resend_confirmation_email: RequestsPerMinute,
    /// Links that are followed: 5 and 30.
    pub confirm_email: RequestsPerMinute,
}

/// How many requests there may be in a minute, on average. Zero means any number of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestsPerMinute {
    /// Requests about one account, whether or not it exists, wherever they come from.
    pub per_account: u32,
    /// Requests from one client: an IPv4 address, or an IPv6 network of 64 bits.
    pub per_client: u32,
}

impl RequestsPerMinute {
    const fn new(per_account: u32, per_client: u32) -> Self {
        Self {
            per_account,
            per_client,
        }
    }
}

impl Default for RateLimitOptions {
    fn default() -> Self {
        const GUESSES: RequestsPerMinute = RequestsPerMinute::new(10, 60);
        const MAILS: RequestsPerMinute = RequestsPerMinute::new(5, 30);
        Self {
            enabled: true,
            burst: 4,
            login: GUESSES,
            two_factor: GUESSES,
            info: GUESSES,
            refresh: RequestsPerMinute::new(60, 600),
            register: MAILS,
            forgot_password: MAILS,
            reset_password: MAILS,
            resend_confirmation_email: MAILS,
            confirm_email: MAILS,
        }
    }
}

impl RateLimitOptions {
    /// A quota whose window is as long as the longest of them.
    pub(crate) fn longest_quota(&self) -> Option<Quota> {
        Quota::per_minute(1, self.burst)
    }

    /// The limit on an action; `None` if there is none.
    pub fn quota(&self, action: LimitedAction, scope: LimitScope) -> Option<Quota> {
        if !self.enabled {
            return None;
        }
        let limits = match action {
            LimitedAction::Login => self.login,
            LimitedAction::TwoFactor => self.two_factor,
            LimitedAction::Info => self.info,
            LimitedAction::Refresh => self.refresh,
            LimitedAction::Register => self.register,
            LimitedAction::ForgotPassword => self.forgot_password,
            LimitedAction::ResetPassword => self.reset_password,
            LimitedAction::ResendConfirmationEmail => self.resend_confirmation_email,
            LimitedAction::ConfirmEmail => self.confirm_email,
        };
        let requests = match scope {
            LimitScope::Account => limits.per_account,
            LimitScope::Client => limits.per_client,
        };
        Quota::per_minute(requests, self.burst)
    }
}
