//! Settings that contradict each other, or of which one leaves another without any effect: with both, nothing starts.

use wicketgate_identity::options::{PasskeyOptions, RateLimitOptions, SessionOptions, StoreOptions};
use wicketgate_sql::Pooler;

use super::{
    KeyStore, Settings, SettingsError,
    password_hashes::CompatibilityMode,
    sections::DatabaseKind,
    smtp_url::{SmtpTls, SmtpUrl},
};

/// What must not be said together.
pub(super) struct Contradiction {
    /// Whether the settings say it.
    is_in: fn(&Settings) -> bool,
    /// One line that names the settings and says what to do.
    pub(super) message: &'static str,
}

/// `database.url` always has a value, so that only those who read the sources know whether it was given.
pub(super) const DATABASE_URL_TWICE: &str = "`database.url` and `database.url_file` cannot both be set";

/// # Errors
/// The first contradiction.
pub(super) fn check(settings: &Settings) -> Result<(), SettingsError> {
    match CONTRADICTIONS.iter().find(|each| (each.is_in)(settings)) {
        Some(found) => Err(SettingsError::Conflict(found.message.to_owned())),
        None => Ok(()),
    }
}

macro_rules! contradictions {
    ($(|$settings:ident| $is_in:expr => $message:literal;)*) => {
        /// All of them, in the order in which they are looked for.
        pub(super) static CONTRADICTIONS: &[Contradiction] = &[$(Contradiction {
            is_in: |$settings| $is_in,
            message: $message,
        }),*];
    };
}

// A setting that always has a value counts as given if its value is another one than the default.
contradictions! {
    |settings| settings.keys.directory.is_some() && settings.keys.store == KeyStore::Database =>
        "`keys.directory` names a folder for the keys, but `keys.store = \"database\"` keeps them in the database: set only \
         one of the two";
    |settings| !settings.keys.unprotect_certificates.is_empty() && !encrypts_keys(settings) =>
        "`keys.unprotect_certificates` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new keys";
    |settings| !settings.keys.unprotect_passphrase_files.is_empty() && !encrypts_keys(settings) =>
        "`keys.unprotect_passphrase_files` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new keys";

    |settings| settings.identity.sessions.rotate_refresh_tokens && !settings.identity.sessions.enabled =>
        "`sessions.rotate_refresh_tokens` needs `sessions.enabled`: a refresh token that works once is one of a session";
    |settings| settings.identity.sessions.require_fresh_sign_in && !settings.identity.sessions.enabled =>
        "`sessions.require_fresh_sign_in` needs `sessions.enabled`: only a session tells how fresh its sign-in is";

    |settings| settings.identity.sessions.refresh_grace != defaults(settings).identity.sessions.refresh_grace
        && !settings.identity.sessions.rotate_refresh_tokens =>
        "`sessions.refresh_grace` has no effect without `sessions.rotate_refresh_tokens = true`: set both, or leave it out";
    |settings| !settings.identity.sessions.enabled && times_sessions(settings) =>
        "`sessions.cache`, `sessions.idle_timeout`, `sessions.absolute_timeout` and `sessions.fresh_for` have no effect \
         without `sessions.enabled = true`: set it, or leave them out";
    |settings| !settings.identity.sessions.enabled
        && settings.identity.user.deletion_grace != defaults(settings).identity.user.deletion_grace =>
        "`user.deletion_grace` has no effect without `sessions.enabled = true`, which lets users delete their accounts: set both, \
         or leave it out";
    |settings| !settings.identity.passkeys.enabled && says_more_of_passkeys(settings) =>
        "`passkeys.server_domain` and the other settings of passkeys have no effect without `passkeys.enabled = true`: set it, or \
         leave them out";
    |settings| !settings.identity.rate_limits.enabled && has_limits_of_its_own(settings) =>
        "`rate_limits.burst` and the limits have no effect with `rate_limits.enabled = false`: leave them out, or leave that out";

    |settings| settings.tls.certificate.is_some() != settings.tls.key.is_some() =>
        "`tls.certificate` and `tls.key` must be set together; set neither for plain HTTP";
    |settings| settings.tls.hsts_max_age.is_some() && settings.tls.certificate.is_none() =>
        "`tls.hsts_max_age` needs `tls.certificate`: browsers ignore the header over plain HTTP (a proxy that terminates TLS \
         must send it itself)";
    |settings| settings.tls.hsts_max_age.is_some() && settings.public_url.as_ref().is_some_and(|url| !url.is_https()) =>
        "`tls.hsts_max_age` has browsers use only HTTPS, but `public_url` begins with http: let it begin with https, or leave \
         out `tls.hsts_max_age`";

    |settings| settings.database.pooler == Pooler::Transaction
        && settings.database.kind().is_some_and(|kind| kind != DatabaseKind::PostgreSql) =>
        "`database.pooler = \"transaction\"` is for PostgreSQL, but `database.url` names another database: leave out \
         `database.pooler`";
    |settings| settings.database.max_connections != defaults(settings).database.max_connections
        && matches!(settings.database.kind(), Some(DatabaseKind::Sqlite | DatabaseKind::Memory)) =>
        "`database.max_connections` is for database servers, but `database.url` names none: leave out \
         `database.max_connections`";
    |settings| settings.events.retention != defaults(settings).events.retention && settings.database.is_memory() =>
        "`events.retention` needs a database, but `database.url = \"memory:\"` keeps no events: leave out `events.retention`";
    |settings| settings.identity.stores.schema_version != defaults(settings).identity.stores.schema_version
        && settings.database.is_memory() =>
        "`stores.schema_version` needs a database, but `database.url = \"memory:\"` has no tables: leave out \
         `stores.schema_version`";
    |settings| settings.database.is_memory() && names_tables(&settings.identity.stores) =>
        "`stores.key_type`, `stores.schema`, `stores.tables`, `stores.columns`, `stores.naming` and `stores.column_defaults` are \
         about a database's tables, but `database.url = \"memory:\"` has none: leave them out";
    |settings| settings.identity.stores.schema.is_some()
        && settings.database.kind() == Some(DatabaseKind::Sqlite) =>
        "`stores.schema` is for PostgreSQL and SQL Server, but `database.url` names a SQLite file, which has no schemas: leave out \
         `stores.schema`";

    |settings| settings.email.password.is_some() && settings.email.password_file.is_some() =>
        "`email.password` and `email.password_file` cannot both be set";
    |settings| has_credentials(settings) && smtp(settings).is_some_and(|url| url.credentials.is_some()) =>
        "`email.smtp_url` already has a user name and a password: take them out of it, or leave out `email.username`, \
         `email.password` and `email.password_file`";
    |settings| has_password(settings) && smtp(settings).is_some_and(SmtpUrl::would_show_password) =>
        "`email.smtp_url` would send `email.password` unencrypted: use smtps:// or `?tls=required`, or allow it with `?tls=none`";
    |settings| settings.email.username.is_some() != has_password(settings) =>
        "`email.username` and `email.password` (or `email.password_file`) must be set together";
    |settings| has_credentials(settings) && smtp(settings).is_none() =>
        "`email.username`, `email.password` and `email.password_file` are for a mail server: set `email.smtp_url`, or leave \
         them out";
    |settings| settings.email.ca_file.is_some() && smtp(settings).is_none_or(|url| url.tls == SmtpTls::None) =>
        "`email.ca_file` is for a mail server with TLS: set `email.smtp_url` to one (smtps:// or `?tls=required`), or leave \
         out `email.ca_file`";
    |settings| settings.email.directory != defaults(settings).email.directory && smtp(settings).is_some() =>
        "`email.directory` is for mail without a mail server, but `email.smtp_url` names one: set only one of the two";

    |settings| settings.swagger.require_sign_in && !settings.swagger.enabled =>
        "`swagger.require_sign_in` protects pages that `swagger.enabled = false` leaves out: set only one of the two";

    |settings| settings.metrics.listen == Some(settings.listen) && settings.listen.port() != 0 =>
        "`metrics.listen` must be another address or port than `listen`: clients must not reach the metrics";

    |settings| settings.limits.min_data_rate_grace_period != defaults(settings).limits.min_data_rate_grace_period
        && settings.limits.min_request_body_data_rate == 0
        && settings.limits.min_response_data_rate == 0 =>
        "`limits.min_data_rate_grace_period` has no effect while `limits.min_request_body_data_rate` and \
         `limits.min_response_data_rate` are 0: leave it out, or set one of them";

    |settings| settings.password_hashes.iteration_count != defaults(settings).password_hashes.iteration_count
        && settings.password_hashes.compatibility_mode == CompatibilityMode::Argon2id =>
        "`password_hasher.iteration_count` is for IdentityV3, but `password_hasher.compatibility_mode` is Argon2id: set \
         `password_hasher.argon2id_costs` instead";
    |settings| settings.password_hashes.argon2id_costs != defaults(settings).password_hashes.argon2id_costs
        && settings.password_hashes.compatibility_mode != CompatibilityMode::Argon2id =>
        "`password_hasher.argon2id_costs` needs `password_hasher.compatibility_mode = \"Argon2id\"`";

    |settings| !settings.identity.password.context_words.is_empty() && !settings.identity.password.refuse_context_words =>
        "`password.context_words` has no effect without `password.refuse_context_words = true`: set both, or leave it out";
    |settings| is_longer(settings.identity.password.required_length, settings) =>
        "`password.required_length` is more than `password.max_length`: no password could be both long and short enough";
    |settings| settings.identity.password.required_length_with_second_factor.is_some_and(|length| is_longer(length, settings)) =>
        "`password.required_length_with_second_factor` is more than `password.max_length`: no password could be both long and \
         short enough";
    |settings| is_longer(settings.identity.password.required_unique_chars, settings) =>
        "`password.required_unique_chars` is more than `password.max_length`: no password could have so many characters";
}

/// Whether anything is said about the names of tables, or what is in them.
fn names_tables(stores: &StoreOptions) -> bool {
    let default = StoreOptions::DEFAULT;
    stores.key_type.is_some()
        || stores.schema.is_some()
        || !stores.tables.is_empty()
        || !stores.columns.is_empty()
        || stores.naming != default.naming
        || !stores.column_defaults.is_empty()
}

fn defaults(settings: &Settings) -> Settings {
    Settings::for_profile(settings.profile)
}

fn times_sessions(settings: &Settings) -> bool {
    let (given, default) = (&settings.identity.sessions, defaults(settings).identity.sessions);
    let times = |of: &SessionOptions| (of.cache, of.idle_timeout, of.absolute_timeout, of.fresh_for);
    times(given) != times(&default)
}

fn says_more_of_passkeys(settings: &Settings) -> bool {
    let given = &settings.identity.passkeys;
    let default = PasskeyOptions {
        enabled: given.enabled,
        ..defaults(settings).identity.passkeys
    };
    *given != default
}

/// Whether a rate limit is another one than where nothing is said.
fn has_limits_of_its_own(settings: &Settings) -> bool {
    let given = &settings.identity.rate_limits;
    let default = RateLimitOptions {
        enabled: given.enabled,
        ..defaults(settings).identity.rate_limits
    };
    *given != default
}

fn encrypts_keys(settings: &Settings) -> bool {
    settings.keys.certificate.is_some() || settings.keys.passphrase_file.is_some()
}

fn smtp(settings: &Settings) -> Option<&SmtpUrl> {
    settings.email.smtp_url.as_ref().map(|url| &url.0)
}

fn has_password(settings: &Settings) -> bool {
    settings.email.password.is_some() || settings.email.password_file.is_some()
}

fn has_credentials(settings: &Settings) -> bool {
    settings.email.username.is_some() || has_password(settings)
}

/// Whether no password has so many characters: each takes a byte at least.
fn is_longer(characters: usize, settings: &Settings) -> bool {
    characters > settings.identity.password.max_length
}
