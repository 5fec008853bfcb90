//! The sections of the settings.

use std::path::PathBuf;

use lettre::message::Mailbox;
use time::Duration;
use wicketgate_axum::{AllowedOrigin, Endpoint, RequestLimits};
use wicketgate_sql::{DatabaseUrl, Pooler};

use super::{secret::Secret, smtp_url::SmtpUrl};

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

/// See [`Settings::limits`](super::Settings::limits); .NET's `KestrelServerLimits`.
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

/// See [`Settings::endpoints`](super::Settings::endpoints).
#[derive(Debug, Clone, Default)]
pub struct EndpointSettings {
    /// Endpoints that are left out, in the routes and in the OpenAPI document.
    pub disabled: Vec<Endpoint>,
}

/// See [`Settings::database`](super::Settings::database).
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite://PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, `mysql://USER:PASSWORD@HOST/DATABASE`,
    /// `mssql://USER:PASSWORD@HOST/DATABASE`, or `memory:` for accounts that end with the process.
    ///
    /// With [`url_file`](Self::url_file), what was in the file when the settings were read.
    pub url: Secret<String>,
    /// A file with the URL, which is read again when the database server no longer lets its user in.
    pub url_file: Option<PathBuf>,
    /// How many connections to the database server there may be at a time, beside up to two for keys.
    pub max_connections: usize,
    /// Whether the URL leads to a pooler whose connections are ours only while a transaction lasts.
    pub pooler: Pooler,
}

/// The URL of accounts that end with the process.
const MEMORY: &str = "memory:";

impl DatabaseSettings {
    /// Whether accounts end with the process.
    pub(crate) fn is_memory(&self) -> bool {
        self.url.0 == MEMORY
    }

    /// Where the accounts are, for the store.
    pub(crate) fn to_url(&self) -> DatabaseUrl {
        let url = DatabaseUrl::from(&self.url.0)
            .with_max_connections(self.max_connections)
            .with_pooler(self.pooler);
        match &self.url_file {
            Some(file) => url.with_file(file.clone()),
            None => url,
        }
    }
}

/// See [`Settings::keys`](super::Settings::keys).
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

/// See [`Settings::email`](super::Settings::email).
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

/// See [`Settings::tls`](super::Settings::tls). A certificate and a key, or neither.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// A PEM file: the server's certificate, then those that vouch for it.
    pub certificate: Option<PathBuf>,
    /// A PEM file: the certificate's private key.
    pub key: Option<PathBuf>,
    /// For how long browsers shall use HTTPS alone (RFC 6797; .NET's `HstsOptions.MaxAge`); without one, they are not told.
    pub hsts_max_age: Option<Duration>,
}

/// See [`Settings::cors`](super::Settings::cors).
#[derive(Debug, Clone, Default)]
pub struct CorsSettings {
    /// Origins whose pages may call with credentials.
    pub allowed_origins: Vec<AllowedOrigin>,
}

/// See [`Settings::swagger`](super::Settings::swagger).
#[derive(Debug, Clone)]
pub struct SwaggerSettings {
    /// Whether `/swagger` and `/openapi/v1.json` are there.
    pub enabled: bool,
    /// Whether only signed-in users see them.
    pub require_sign_in: bool,
}

/// See [`Settings::rate_limits`](super::Settings::rate_limits).
#[derive(Debug, Clone, Default)]
pub struct RateLimitSettings {
    /// Must stay `false`: rate limits are not built yet, and one that is believed in but not there is worse than none.
    pub enabled: bool,
}
