//! What settings say together that no single value can tell.

use wicketgate_sql::DatabaseUrl;

use super::{EventSettings, Settings, SettingsError, cookies};

/// # Errors
/// The first settings that contradict each other.
pub(super) fn check(settings: &Settings) -> Result<(), SettingsError> {
    check_features(settings)?;
    check_prefix(settings)?;
    cookies::check(settings)?;
    check_rate_limits(settings)?;
    check_keys(settings)?;
    check_tls(settings)?;
    check_limits(settings)?;
    check_events(settings)?;
    check_email(settings)
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

fn check_rate_limits(settings: &Settings) -> Result<(), SettingsError> {
    if settings.rate_limits.enabled {
        return conflict("`rate_limits.enabled` must be `false`: rate limits are not implemented yet");
    }
    Ok(())
}

fn check_keys(settings: &Settings) -> Result<(), SettingsError> {
    if settings.keys.certificate.is_none() && settings.keys.passphrase_file.is_none() {
        if !settings.keys.unprotect_certificates.is_empty() {
            return conflict(
                "`keys.unprotect_certificates` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new keys",
            );
        }
        if !settings.keys.unprotect_passphrase_files.is_empty() {
            return conflict(
                "`keys.unprotect_passphrase_files` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new \
                 keys",
            );
        }
    }
    Ok(())
}

fn check_tls(settings: &Settings) -> Result<(), SettingsError> {
    if settings.tls.certificate.is_some() != settings.tls.key.is_some() {
        return conflict("`tls.certificate` and `tls.key` must be set together; set neither for plain HTTP");
    }
    if settings.tls.hsts_max_age.is_some() && settings.tls.certificate.is_none() {
        return conflict(
            "`tls.hsts_max_age` needs `tls.certificate`: browsers ignore the header over plain HTTP (a proxy that \
             terminates TLS must send it itself)",
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
    if settings.email.password.is_some() && settings.email.password_file.is_some() {
        return conflict("`email.password` and `email.password_file` cannot both be set");
    }
    let url_has_password = settings
        .email
        .smtp_url
        .as_ref()
        .is_some_and(|url| url.0.credentials.is_some());
    let has_password = settings.email.password.is_some() || settings.email.password_file.is_some();
    if has_password
        && settings
            .email
            .smtp_url
            .as_ref()
            .is_some_and(|url| url.0.would_show_password())
    {
        return conflict(
            "`email.smtp_url` would send `email.password` unencrypted: use smtps:// or `?tls=required`, or allow it with `?tls=none`",
        );
    }
    if settings.email.username.is_some() != has_password && !url_has_password {
        return conflict("`email.username` and `email.password` (or `email.password_file`) must be set together");
    }
    Ok(())
}

fn conflict(message: &str) -> Result<(), SettingsError> {
    Err(SettingsError::Conflict(message.to_owned()))
}
