//! The settings of sessions.

use super::table::{Setting, settings};

/// Their rows in the table.
pub(super) static SETTINGS: &[Setting] = settings! {
    "sessions.enabled" at identity.sessions.enabled:
        "Whether every sign-in is a session in the database, which each request is checked against, and which ends at once by signing out, by a change of credentials, or by an operator. Cookies and tokens without a session, as ASP.NET Core issues them, are then refused. Needs Wicketgate's own tables in the database.";
    "sessions.cache" at identity.sessions.cache:
        "How long a session may be remembered before it is read from the database again, at most 5s. A session that another instance ends works that much longer here, and what its user confirms there with tokens counts here that much later.";
    "sessions.idle_timeout" at identity.sessions.idle_timeout: "How long a session lasts that is not used, at least 5m.";
    "sessions.absolute_timeout" at identity.sessions.absolute_timeout: "How long a session lasts in any case, at least 5m. A cookie or token that expires earlier ends earlier.";
    "sessions.rotate_refresh_tokens" at identity.sessions.rotate_refresh_tokens:
        "Whether a refresh token works once. Using one again later than sessions.refresh_grace allows ends its session, since somebody else may have a copy.";
    "sessions.refresh_grace" at identity.sessions.refresh_grace:
        "How long a refresh token that was used gives the same successor again, for other tabs and for answers that were lost, at most 60s.";
    "sessions.require_fresh_sign_in" at identity.sessions.require_fresh_sign_in:
        "Whether /manage/2fa, a new address, adding and removing passkeys, ending other sessions, and the export of an account ask for a fresh sign-in. Who signed in longer ago than fresh_for gets 401, and proves again at /manage/confirm who they are.";
    "sessions.fresh_for" at identity.sessions.fresh_for: "For how long a sign-in is fresh, at least 30s.";
};
