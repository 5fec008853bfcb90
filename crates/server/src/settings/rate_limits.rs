//! The settings of rate limits.

use wicketgate_identity::options::RateLimitOptions;

use super::table::{Setting, settings};

/// Longer windows would keep somebody waiting for days.
const LONGEST_BURST: u32 = 1_440;

/// Their rows in the table.
pub(super) static SETTINGS: &[Setting] = settings! {
    "rate_limits.enabled" at identity.rate_limits.enabled:
        "Whether requests beyond the limits below get 429. Limits count by account, wherever the requests come from, and by client (an IPv4 address, or the /64 network of an IPv6 address); behind a proxy, set trusted_proxies. Instances that share a PostgreSQL, MySQL, MariaDB or SQL Server database count together.";
    "rate_limits.burst" at identity.rate_limits.burst:
        "How many minutes' worth of requests may come at once after a quiet time: with 4 and a limit of 10 a minute, 40 at once and then one every 6 seconds.";
    "rate_limits.login.per_account" at identity.rate_limits.login.per_account:
        "Sign-ins, and confirmations at /manage/confirm: requests per minute for one account. 0 means no limit.";
    "rate_limits.login.per_client" at identity.rate_limits.login.per_client:
        "Sign-ins, also with passkeys, and confirmations at /manage/confirm: requests per minute from one client. 0 means no limit.";
    "rate_limits.two_factor.per_account" at identity.rate_limits.two_factor.per_account:
        "Changes of the second factor at /manage/2fa, with or without a code or password: requests per minute for one account. 0 means no limit.";
    "rate_limits.two_factor.per_client" at identity.rate_limits.two_factor.per_client:
        "Changes of the second factor at /manage/2fa, with or without a code or password: requests per minute from one client. 0 means no limit.";
    "rate_limits.info.per_account" at identity.rate_limits.info.per_account:
        "Changes of password or address at /manage/info, and of passkeys, and exports and deletions of an account (GET /manage/account/export, DELETE /manage/account): requests per minute for one account. 0 means no limit.";
    "rate_limits.info.per_client" at identity.rate_limits.info.per_client:
        "Changes of password or address at /manage/info, and of passkeys, and exports and deletions of an account (GET /manage/account/export, DELETE /manage/account): requests per minute from one client. 0 means no limit.";
    "rate_limits.refresh.per_account" at identity.rate_limits.refresh.per_account:
        "Uses of refresh tokens: requests per minute for one account. 0 means no limit.";
    "rate_limits.refresh.per_client" at identity.rate_limits.refresh.per_client:
        "Uses of refresh tokens: requests per minute from one client. 0 means no limit.";
    "rate_limits.register.per_account" at identity.rate_limits.register.per_account:
        "Registrations: requests per minute for one address. 0 means no limit.";
    "rate_limits.register.per_client" at identity.rate_limits.register.per_client:
        "Registrations: requests per minute from one client. 0 means no limit.";
    "rate_limits.forgot_password.per_account" at identity.rate_limits.forgot_password.per_account:
        "Requests for a password reset mail: requests per minute for one address. 0 means no limit.";
    "rate_limits.forgot_password.per_client" at identity.rate_limits.forgot_password.per_client:
        "Requests for a password reset mail: requests per minute from one client. 0 means no limit.";
    "rate_limits.reset_password.per_account" at identity.rate_limits.reset_password.per_account:
        "Password resets with a mailed code: requests per minute for one address. 0 means no limit.";
    "rate_limits.reset_password.per_client" at identity.rate_limits.reset_password.per_client:
        "Password resets with a mailed code: requests per minute from one client. 0 means no limit.";
    "rate_limits.resend_confirmation_email.per_account" at identity.rate_limits.resend_confirmation_email.per_account:
        "Requests for a confirmation mail: requests per minute for one address. 0 means no limit.";
    "rate_limits.resend_confirmation_email.per_client" at identity.rate_limits.resend_confirmation_email.per_client:
        "Requests for a confirmation mail: requests per minute from one client. 0 means no limit.";
    "rate_limits.confirm_email.per_account" at identity.rate_limits.confirm_email.per_account:
        "Confirmations of an address by a mailed link: requests per minute for one account. 0 means no limit.";
    "rate_limits.confirm_email.per_client" at identity.rate_limits.confirm_email.per_client:
        "Confirmations of an address by a mailed link: requests per minute from one client. 0 means no limit.";
};

/// # Errors
/// What a value out of bounds must be instead.
pub(super) fn check(options: &RateLimitOptions) -> Result<(), &'static str> {
    match options.burst {
        1..=LONGEST_BURST => Ok(()),
        _ => Err("`rate_limits.burst` must be from 1 to 1440"),
    }
}
