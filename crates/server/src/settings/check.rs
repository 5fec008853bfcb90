//! What no value's own type refuses: values out of bounds, and settings that do not go together.

use wicketgate_identity::options::{SecondFactorOptions, SessionOptions, UserOptions};
use wicketgate_sql::DatabaseUrl;

use super::{EventSettings, Settings, SettingsError, contradictions, cookies, passkeys, rate_limits};

/// # Errors
/// The first value out of bounds, or the first settings that do not go together.
pub(super) fn check(settings: &Settings) -> Result<(), SettingsError> {
    check_features(settings)?;
    check_prefix(settings)?;
    cookies::check(settings)?;
    rate_limits::check(&settings.identity.rate_limits).or_else(conflict)?;
    passkeys::check(&settings.identity.passkeys).or_else(conflict)?;
    check_limits(settings)?;
    check_events(settings)?;
    check_email(settings)?;
    check_second_factor(settings)?;
    check_user(settings)?;
    check_sessions(settings)?;
    contradictions::check(settings)
}

/// What a setting asks for must have been built in. The stores say it themselves of a database's URL.
fn check_features(settings: &Settings) -> Result<(), SettingsError> {
    if settings.swagger.enabled && !cfg!(feature = "swagger") {
        return conflict("`swagger.enabled` needs the feature `swagger`, which this program was built without");
    }
    if settings.email.smtp_url.is_some() && !cfg!(feature = "smtp") {
        return conflict("`email.smtp_url` needs the feature `smtp`, which this program was built without");
    }
    Ok(())
}

fn check_prefix(settings: &Settings) -> Result<(), SettingsError> {
    if !settings
        .prefix
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/-._~".contains(c))
    {
        return conflict("`prefix` must be a path of letters, digits and -._~, such as /api/identity");
    }
    let path = settings.prefix.trim_matches('/');
    if !path.is_empty() && path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return conflict(
            "`prefix` must not contain an empty segment, `.` or `..`: clients and proxies resolve such paths, so no request \
             would arrive",
        );
    }
    Ok(())
}

fn check_limits(settings: &Settings) -> Result<(), SettingsError> {
    if settings.limits.max_connections == Some(0) {
        return conflict("`limits.max_connections` must be at least 1");
    }
    if settings.limits.requests.max_running_requests == 0 {
        return conflict("`limits.max_running_requests` must be at least 1");
    }
    if !(1..=DatabaseUrl::MOST_MAX_CONNECTIONS).contains(&settings.database.max_connections) {
        return conflict("`database.max_connections` must be from 1 to 10000");
    }
    Ok(())
}

fn check_events(settings: &Settings) -> Result<(), SettingsError> {
    let retention = settings.events.retention();
    if retention.is_some_and(|retention| retention < EventSettings::SHORTEST_RETENTION) {
        return conflict("`events.retention` must be at least 1d, or 0 to keep events for ever");
    }
    Ok(())
}

fn check_email(settings: &Settings) -> Result<(), SettingsError> {
    if settings.email.max_connections == 0 {
        return conflict("`email.max_connections` must be at least 1");
    }
    Ok(())
}

fn check_second_factor(settings: &Settings) -> Result<(), SettingsError> {
    if settings.identity.second_factor.window > SecondFactorOptions::MAX_WINDOW {
        return conflict("`second_factor.window` must be at most 10");
    }
    Ok(())
}

fn check_user(settings: &Settings) -> Result<(), SettingsError> {
    if settings.identity.user.deletion_grace < UserOptions::SHORTEST_DELETION_GRACE {
        return conflict("`user.deletion_grace` must be at least 1h");
    }
    Ok(())
}

fn check_sessions(settings: &Settings) -> Result<(), SettingsError> {
    let sessions = &settings.identity.sessions;
    if sessions.cache > SessionOptions::LONGEST_CACHE {
        return conflict("`sessions.cache` must be at most 5s");
    }
    if sessions.refresh_grace > SessionOptions::LONGEST_GRACE {
        return conflict("`sessions.refresh_grace` must be at most 60s");
    }
    if sessions.fresh_for < SessionOptions::SHORTEST_FRESH {
        return conflict("`sessions.fresh_for` must be at least 30s");
    }
    if sessions.idle_timeout < SessionOptions::SHORTEST_TIMEOUT {
        return conflict("`sessions.idle_timeout` must be at least 5m");
    }
    if sessions.absolute_timeout < SessionOptions::SHORTEST_TIMEOUT {
        return conflict("`sessions.absolute_timeout` must be at least 5m");
    }
    Ok(())
}

fn conflict(message: &str) -> Result<(), SettingsError> {
    Err(SettingsError::Conflict(message.to_owned()))
}
