//! Everything that can be chosen about the server, and where the choices come from.

mod cookies;
mod error;
mod file;
mod flags;
mod source;
mod table;
mod value;

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use lettre::{Address, message::Mailbox};
use time::Duration;
use wicketgate_axum::{AllowedHost, AllowedOrigin, AuthenticationOptions, PublicUrl, RequestLimits};
use wicketgate_identity::Options;
use wicketgate_sql::DatabaseUrl;

pub use error::SettingsError;
pub(crate) use flags::{given_flags, with_flags};
pub(crate) use source::Given;
pub use source::Source;
use table::Setting;
pub use value::Secret;

use crate::email::SmtpUrl;

/// Everything that can be chosen. [`Settings::default`] runs on a machine with nothing prepared.
///
/// Each field is one row of the table that also makes `--help`, the flags and the messages.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address and port to listen at.
    pub listen: SocketAddr,
    /// The path in front of the Identity endpoints, such as `/api/identity`; empty for none.
    pub prefix: String,
    /// Where the server is reached from outside; mailed links begin with it.
    pub public_url: Option<PublicUrl>,
    /// Hosts that requests may be for; with none, any.
    pub allowed_hosts: Vec<AllowedHost>,
    /// Who may say in `X-Forwarded-…` headers what a request looked like outside.
    pub trusted_proxies: Vec<IpNet>,
    /// How long requests in flight may take after SIGTERM or SIGINT.
    pub shutdown_timeout: Duration,
    /// How long a client may take to send a request's headers.
    pub request_headers_timeout: Duration,
    /// How much clients may ask of the server.
    pub limits: LimitSettings,
    /// How much is logged.
    pub log: LogLevel,
    /// What log lines look like.
    pub log_format: LogFormat,
    /// How much of a client's address is logged.
    pub log_client_address: LogClientAddress,
    /// Where the accounts are.
    pub database: DatabaseSettings,
    /// Where the keys are that protect tokens and cookies.
    pub keys: KeySettings,
    /// How mail goes out.
    pub email: EmailSettings,
    /// The certificate, for HTTPS.
    pub tls: TlsSettings,
    /// Which other origins' pages may call.
    pub cors: CorsSettings,
    /// The page to try the endpoints on.
    pub swagger: SwaggerSettings,
    /// Rate limits.
    pub rate_limits: RateLimitSettings,
    /// The options of accounts.
    pub identity: Options,
    /// The options of tokens and cookies.
    pub authentication: AuthenticationOptions,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What may fail soon.
    Warn,
    /// What happens, a line for each request.
    Info,
    /// How it happens.
    Debug,
    /// Everything.
    Trace,
}

/// What log lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// See [`Settings::limits`]; .NET's `KestrelServerLimits`.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Connections that are served at a time; without a number, as many as the limit of open files affords, up to 10,000.
    pub max_connections: Option<usize>,
    /// How long a connection may wait for its next request.
    pub keep_alive_timeout: Duration,
    /// Fewest bytes a second that a client may send of a body; 0 for no limit.
    pub min_request_body_data_rate: u32,
    /// Fewest bytes a second that a client may read of an answer; 0 for no limit.
    pub min_response_data_rate: u32,
    /// How long a client may be slower than these two.
    pub min_data_rate_grace_period: Duration,
    /// How much a request to the Identity endpoints may bring along.
    pub requests: RequestLimits,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            max_connections: None,
            keep_alive_timeout: Duration::seconds(130),
            min_request_body_data_rate: 240,
            min_response_data_rate: 240,
            min_data_rate_grace_period: Duration::seconds(5),
            requests: RequestLimits::default(),
        }
    }
}

/// How much of a client's address is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogClientAddress {
    /// The whole address.
    Full,
    /// The network alone: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address.
    Prefix,
    /// Nothing.
    Off,
}

/// See [`Settings::database`].
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite://PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, `mysql://USER:PASSWORD@HOST/DATABASE`,
    /// `mssql://USER:PASSWORD@HOST/DATABASE`, or `memory:` for accounts that end with the process.
    ///
    /// With [`url_file`](Self::url_file), what was in the file when the settings were read.
    pub url: Secret<String>,
    /// A file with the URL, which is read again when the database server no longer lets its user in.
    pub url_file: Option<PathBuf>,
}

impl DatabaseSettings {
    /// Where the accounts are, for the store.
    pub(crate) fn to_url(&self) -> DatabaseUrl {
        let url = DatabaseUrl::from(&self.url.0);
        match &self.url_file {
            Some(file) => url.with_file(file.clone()),
            None => url,
        }
    }
}

/// See [`Settings::keys`].
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// Where they are kept.
    pub store: KeyStore,
    /// The folder with .NET's `key-….xml` files.
    pub directory: PathBuf,
    /// What protected data is bound to beside the keys (.NET's `SetApplicationName`).
    pub application_name: Option<String>,
    /// A PEM file: the RSA certificate for which new keys are encrypted at rest, and its private key.
    pub certificate: Option<PathBuf>,
    /// PEM files of the same kind that only open keys.
    pub unprotect_certificates: Vec<PathBuf>,
    /// A file with the passphrase that new keys are encrypted with at rest, unless a certificate is there for that. A
    /// passphrase has no setting of its own: flags and variables are seen by others.
    pub passphrase_file: Option<PathBuf>,
    /// Files with passphrases that only open keys.
    pub unprotect_passphrase_files: Vec<PathBuf>,
}

/// Where the keys are that protect tokens and cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    /// In the database where that is on a server, which every instance reaches; otherwise in the folder.
    Auto,
    /// One file each in `keys.directory`.
    Folder,
    /// Rows of `DataProtectionKeys` in the database of the accounts (.NET's `PersistKeysToDbContext`). With accounts in
    /// memory, keys are there too.
    Database,
}

/// See [`Settings::email`].
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The mail server; without one, mail goes to [`directory`](Self::directory).
    pub smtp_url: Option<Secret<SmtpUrl>>,
    /// Who mail comes from.
    pub from: Mailbox,
    /// Name to sign in to the mail server with, if the URL has none.
    pub username: Option<String>,
    /// Password to sign in to the mail server with, if the URL has none.
    pub password: Option<Secret<String>>,
    /// A file with that password.
    pub password_file: Option<PathBuf>,
    /// A PEM file with the certificate authorities that may vouch for the mail server, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// How many connections to the mail server there may be at once.
    pub max_connections: usize,
    /// The folder that gets mail as `.eml` files while there is no mail server.
    pub directory: PathBuf,
}

/// See [`Settings::tls`]. A certificate and a key, or neither.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// A PEM file: the server's certificate, then those that vouch for it.
    pub certificate: Option<PathBuf>,
    /// A PEM file: the certificate's private key.
    pub key: Option<PathBuf>,
    /// For how long browsers shall use HTTPS alone (RFC 6797; .NET's `HstsOptions.MaxAge`); without one, they are not told.
    pub hsts_max_age: Option<Duration>,
}

/// See [`Settings::cors`].
#[derive(Debug, Clone, Default)]
pub struct CorsSettings {
    /// Origins whose pages may call with credentials.
    pub allowed_origins: Vec<AllowedOrigin>,
}

/// See [`Settings::swagger`].
#[derive(Debug, Clone)]
pub struct SwaggerSettings {
    /// Whether `/swagger` and `/openapi/v1.json` are there.
    pub enabled: bool,
    /// Whether only signed-in users see them.
    pub require_sign_in: bool,
}

/// See [`Settings::rate_limits`].
#[derive(Debug, Clone, Default)]
pub struct RateLimitSettings {
    /// Must stay `false`: rate limits are not built yet, and one that is believed in but not there is worse than none.
    pub enabled: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            prefix: String::new(),
            public_url: None,
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            shutdown_timeout: Duration::seconds(30),
            request_headers_timeout: Duration::seconds(30),
            limits: LimitSettings::default(),
            log: LogLevel::Info,
            log_format: LogFormat::Text,
            log_client_address: LogClientAddress::Full,
            database: DatabaseSettings {
                url: Secret("sqlite://data/wicketgate.db".to_owned()),
                url_file: None,
            },
            keys: KeySettings {
                store: KeyStore::Auto,
                directory: PathBuf::from("data/keys"),
                application_name: None,
                certificate: None,
                unprotect_certificates: Vec::new(),
                passphrase_file: None,
                unprotect_passphrase_files: Vec::new(),
            },
            email: EmailSettings {
                smtp_url: None,
                from: Mailbox::new(None, Address::new_dangerous("no-reply", "localhost")),
                username: None,
                password: None,
                password_file: None,
                ca_file: None,
                max_connections: 8,
                directory: PathBuf::from("data/mail"),
            },
            tls: TlsSettings::default(),
            cors: CorsSettings::default(),
            swagger: SwaggerSettings {
                enabled: true,
                require_sign_in: false,
            },
            rate_limits: RateLimitSettings::default(),
            identity: Options::default(),
            authentication: AuthenticationOptions::default(),
        }
    }
}

impl Settings {
    /// The defaults, changed by variables such as `WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS`. Variables without
    /// `WICKETGATE__` in front are others' and are passed over.
    ///
    /// # Errors
    /// The first key that is unknown or value that does not fit.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        Self::from_sources(source::variables(variables))
    }

    /// The defaults, changed by everything that was given, the later of two for the same key winning.
    pub(crate) fn from_sources(given: impl IntoIterator<Item = Given>) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        let mut has_database_url = false;
        for Given { key, value, source } in given {
            has_database_url |= key == "database.url";
            let setting = table::find(&key).ok_or_else(|| SettingsError::unknown(&key, &source))?;
            let place = (setting.place)(&mut settings);
            place
                .set(&value)
                .map_err(|refused| SettingsError::refused(&key, &source, &value, place, &refused))?;
        }
        if has_database_url && settings.database.url_file.is_some() {
            let message = "`database.url` and `database.url_file` exclude each other: set one";
            return Err(SettingsError::Conflict(message.to_owned()));
        }
        settings.check()?;
        Ok(settings)
    }

    /// From the file, the environment and the flags of this process.
    pub(crate) fn load(config: Option<PathBuf>, flags: Vec<Given>) -> Result<Self, SettingsError> {
        let file = file::read(config)?;
        // A variable that is not UTF-8 is none of ours: all names and values here are text.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        let mut settings = Self::from_sources(file.into_iter().chain(source::variables(environment)).chain(flags))?;
        settings.read_database_url()?;
        Ok(settings)
    }

    /// Reads the file that [`DatabaseSettings::url_file`] names, if it names one.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read_database_url(&mut self) -> Result<(), SettingsError> {
        let Some(path) = &self.database.url_file else {
            return Ok(());
        };
        let url = DatabaseUrl::read(path).map_err(|source| SettingsError::DatabaseUrl {
            path: path.clone(),
            source,
        })?;
        self.database.url = Secret(url.as_str().to_owned());
        Ok(())
    }

    /// What no single value can tell.
    fn check(&self) -> Result<(), SettingsError> {
        let conflict = |message: &str| Err(SettingsError::Conflict(message.to_owned()));
        if !self
            .prefix
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-._~".contains(c))
        {
            return conflict("`prefix` can only be a path of letters, digits and -._~, such as /api/identity");
        }
        let path = self.prefix.trim_matches('/');
        if !path.is_empty() && path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return conflict(
                "`prefix` cannot have a segment that is empty, `.` or `..`: clients and proxies resolve such a path, and \
                 nobody could ask for it",
            );
        }
        cookies::check(self)?;
        if self.rate_limits.enabled {
            return conflict("`rate_limits.enabled` can only be `false`: rate limits are not built yet");
        }
        if self.keys.certificate.is_none() && self.keys.passphrase_file.is_none() {
            if !self.keys.unprotect_certificates.is_empty() {
                return conflict(
                    "`keys.unprotect_certificates` needs `keys.certificate` or `keys.passphrase_file`: new keys are \
                     encrypted with that one",
                );
            }
            if !self.keys.unprotect_passphrase_files.is_empty() {
                return conflict(
                    "`keys.unprotect_passphrase_files` needs `keys.certificate` or `keys.passphrase_file`: new keys \
                     are encrypted with that one",
                );
            }
        }
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            return conflict("`tls.certificate` and `tls.key` go together: set both, or neither for plain HTTP");
        }
        if self.tls.hsts_max_age.is_some() && self.tls.certificate.is_none() {
            return conflict(
                "`tls.hsts_max_age` needs `tls.certificate`: over plain HTTP browsers must not heed it (a proxy that ends \
                 TLS sends it itself)",
            );
        }
        if self.limits.max_connections == Some(0) {
            return conflict("`limits.max_connections` must be at least 1");
        }
        if self.email.max_connections == 0 {
            return conflict("`email.max_connections` must be at least 1");
        }
        if self.email.password.is_some() && self.email.password_file.is_some() {
            return conflict("`email.password` and `email.password_file` exclude each other: set one");
        }
        let url_has_password = self
            .email
            .smtp_url
            .as_ref()
            .is_some_and(|url| url.0.credentials.is_some());
        let has_password = self.email.password.is_some() || self.email.password_file.is_some();
        if has_password
            && self
                .email
                .smtp_url
                .as_ref()
                .is_some_and(|url| url.0.would_show_password())
        {
            return conflict(
                "`email.smtp_url` would send `email.password` in clear: use smtps://, or `?tls=required`, or say `?tls=none`",
            );
        }
        if self.email.username.is_some() != has_password && !url_has_password {
            return conflict("`email.username` and `email.password` (or `email.password_file`) go together: set both");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
