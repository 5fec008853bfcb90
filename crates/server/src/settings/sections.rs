//! The sections of the settings.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use lettre::message::Mailbox;
use time::Duration;
use wicketgate_axum::{Endpoint, network::AllowedOrigin, options::RequestLimits};
use wicketgate_identity::mail::EmailTexts;
use wicketgate_sql::{DatabaseUrl, Pooler};

use super::{secret::Secret, smtp_url::SmtpUrl};

/// The log level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Failures.
    Error,
    /// Signs of trouble.
    Warn,
    /// Events, and a line for each request.
    Info,
    /// Details.
    Debug,
    /// Everything.
    Trace,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line.
    Json,
}

/// See [`Settings::limits`](super::Settings::limits); .NET's `KestrelServerLimits`.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Maximum number of concurrent connections; if not set, derived from the open file limit, up to 10,000.
    pub max_connections: Option<usize>,
    /// How long an idle connection is kept open for its next request.
    pub keep_alive_timeout: Duration,
    /// Minimum rate at which a client must send a body, in bytes per second; 0 for no limit.
    pub min_request_body_data_rate: u32,
    /// Minimum rate at which a client must read a response, in bytes per second; 0 for no limit.
    pub min_response_data_rate: u32,
    /// Grace period before the two rates apply.
    pub min_data_rate_grace_period: Duration,
    /// Limits of requests to the Identity endpoints.
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

/// See [`Settings::metrics`](super::Settings::metrics).
#[derive(Debug, Clone, Default)]
pub struct MetricsSettings {
    /// Where metrics are read; nowhere if not set.
    pub listen: Option<SocketAddr>,
}

/// How much of a client's address is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogClientAddress {
    /// The full address.
    Full,
    /// Only the network: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address.
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
    /// With [`url_file`](Self::url_file), the content of the file when the settings were read; empty before.
    pub url: Secret<String>,
    /// File with the URL, read again when the database server rejects the user or password.
    pub url_file: Option<PathBuf>,
    /// Maximum number of connections to the database server, besides up to two for keys.
    pub max_connections: usize,
    /// Whether the URL leads to a pooler whose connections are ours only while a transaction lasts.
    pub pooler: Pooler,
}

/// The URL for accounts in memory.
const MEMORY: &str = "memory:";

/// What a database's URL leads to, as far as other settings depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatabaseKind {
    /// No database.
    Memory,
    /// A file.
    Sqlite,
    /// A server with PostgreSQL.
    PostgreSql,
    /// Another server.
    OtherServer,
}

impl DatabaseSettings {
    /// Whether accounts are kept in memory.
    pub(crate) fn is_memory(&self) -> bool {
        self.kind() == Some(DatabaseKind::Memory)
    }

    /// Whether every instance can reach the database.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self.kind(), Some(DatabaseKind::PostgreSql | DatabaseKind::OtherServer))
    }

    /// What the URL leads to; `None` before it is read from its file.
    pub(crate) fn kind(&self) -> Option<DatabaseKind> {
        let url = self.url.0.as_str();
        match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
            "" => None,
            _ if url == MEMORY => Some(DatabaseKind::Memory),
            "sqlite" => Some(DatabaseKind::Sqlite),
            "postgres" | "postgresql" => Some(DatabaseKind::PostgreSql),
            _ => Some(DatabaseKind::OtherServer),
        }
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
    /// Where the keys are stored.
    pub store: KeyStore,
    /// The folder with .NET's `key-….xml` files, if one was given.
    pub directory: Option<PathBuf>,
    /// Application name that isolates protected data from other applications with the same keys (.NET's `SetApplicationName`).
    pub application_name: Option<String>,
    /// PEM file with the RSA certificate and private key that encrypt new keys at rest.
    pub certificate: Option<PathBuf>,
    /// PEM files with further certificates, used only to decrypt existing keys.
    pub unprotect_certificates: Vec<PathBuf>,
    /// File with the passphrase that encrypts new keys at rest, if there is no certificate. There is no setting for the
    /// passphrase itself, because others can see flags and variables.
    pub passphrase_file: Option<PathBuf>,
    /// Files with further passphrases, used only to decrypt existing keys.
    pub unprotect_passphrase_files: Vec<PathBuf>,
}

impl KeySettings {
    /// The folder that is used if none was given.
    pub const DEFAULT_DIRECTORY: &str = "data/keys";

    /// The folder for keys that are in a folder.
    pub(crate) fn directory(&self) -> &Path {
        self.directory
            .as_deref()
            .unwrap_or_else(|| Path::new(Self::DEFAULT_DIRECTORY))
    }
}

/// Where the keys that protect tokens and cookies are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStore {
    /// In `keys.directory` if it is given. Otherwise in the database if it is on a server, which every instance can reach, and
    /// else in the folder `data/keys`.
    Auto,
    /// As files in `keys.directory`, or in `data/keys`.
    Folder,
    /// In the table `DataProtectionKeys` of the accounts' database (.NET's `PersistKeysToDbContext`). If the accounts are in
    /// memory, so are the keys.
    Database,
}

/// See [`Settings::events`](super::Settings::events).
#[derive(Debug, Clone)]
pub struct EventSettings {
    /// After how long events are removed; zero keeps them for ever.
    pub retention: Duration,
}

impl EventSettings {
    /// The shortest retention: whoever looks only in the morning sees what happened in the night.
    pub(super) const SHORTEST_RETENTION: Duration = Duration::days(1);

    /// After how long events are removed; `None` keeps them for ever.
    pub(crate) fn retention(&self) -> Option<Duration> {
        (!self.retention.is_zero()).then_some(self.retention)
    }
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            retention: Duration::days(180),
        }
    }
}

/// See [`Settings::email`](super::Settings::email).
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The mail server; without one, mail is written to [`directory`](Self::directory).
    pub smtp_url: Option<Secret<SmtpUrl>>,
    /// Sender address.
    pub from: Mailbox,
    /// The wording of mails.
    pub texts: EmailTexts,
    /// User name for the mail server, if it is not in the URL.
    pub username: Option<String>,
    /// Password for the mail server, if it is not in the URL.
    pub password: Option<Secret<String>>,
    /// File with that password.
    pub password_file: Option<PathBuf>,
    /// PEM file with the certificate authorities to trust for the mail server, instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Maximum number of concurrent connections to the mail server.
    pub max_connections: usize,
    /// How long a mail that could not be sent is tried again before it is dropped.
    pub retry_for: Duration,
    /// Folder for mail, as `.eml` files, if there is no mail server.
    pub directory: PathBuf,
}

/// See [`Settings::tls`](super::Settings::tls). Certificate and key are both set, or neither.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// PEM file with the certificate and its chain.
    pub certificate: Option<PathBuf>,
    /// PEM file with the certificate's private key.
    pub key: Option<PathBuf>,
    /// How long browsers must use only HTTPS (RFC 6797; .NET's `HstsOptions.MaxAge`); not sent if not set.
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
    /// Whether `/swagger` and `/openapi/v1.json` are served.
    pub enabled: bool,
    /// Whether they require sign-in.
    pub require_sign_in: bool,
}
