//! The settings of the server, and where they come from.

mod check;
mod contradictions;
mod cookies;
mod error;
mod file;
mod flags;
mod loading;
mod passkeys;
mod password_files;
mod password_hashes;
mod profile;
mod rate_limits;
mod secret;
mod sections;
mod sessions;
mod smtp_url;
mod source;
mod table;
mod value;

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use lettre::{Address, message::Mailbox};
use time::Duration;
use wicketgate_axum::{
    network::{AllowedHost, PublicUrl},
    options::AuthenticationOptions,
};
use wicketgate_identity::{Options, mail::EmailTexts, options::Profile};
use wicketgate_sql::{DatabaseUrl, Pooler};

pub use error::SettingsError;
pub(crate) use flags::{given_flags, with_flags};
pub use password_files::PasswordFileSettings;
pub use password_hashes::{CompatibilityMode, PasswordHashSettings};
pub use secret::Secret;
pub use sections::{
    CorsSettings, DatabaseSettings, EmailSettings, EndpointSettings, EventSettings, KeySettings, KeyStore,
    LimitSettings, LogClientAddress, LogFormat, LogLevel, MetricsSettings, SwaggerSettings, TlsSettings,
};
pub use smtp_url::{SmtpTls, SmtpUrl, SmtpUrlError};
pub(crate) use source::Given;
pub use source::Source;
pub(crate) use value::SettingValue;

/// All settings. The [default](Settings::default) works on a machine where nothing was prepared.
///
/// The table in `settings/table.rs` has a row for each value, from which the flags, `--help`, the messages and
/// docs/SETTINGS.md are made.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which defaults the other settings have.
    pub profile: Profile,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The path in front of the Identity endpoints, such as `/api/identity`; empty for none.
    pub prefix: String,
    /// The external URL; mailed links start with it.
    pub public_url: Option<PublicUrl>,
    /// Hosts that the server answers to; empty for any.
    pub allowed_hosts: Vec<AllowedHost>,
    /// Proxies whose `X-Forwarded-…` headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Maximum time for requests in flight and queued mail after SIGTERM or SIGINT.
    pub shutdown_timeout: Duration,
    /// Maximum time for a client to send a request's headers.
    pub request_headers_timeout: Duration,
    /// Limits on connections and requests.
    pub limits: LimitSettings,
    /// The log level.
    pub log: LogLevel,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// How much of a client's address is logged.
    pub log_client_address: LogClientAddress,
    /// Metrics.
    pub metrics: MetricsSettings,
    /// The Identity endpoints to leave out.
    pub endpoints: EndpointSettings,
    /// The database of the accounts.
    pub database: DatabaseSettings,
    /// The keys that protect tokens and cookies.
    pub keys: KeySettings,
    /// The events that the database keeps.
    pub events: EventSettings,
    /// Mail.
    pub email: EmailSettings,
    /// HTTPS.
    pub tls: TlsSettings,
    /// Cross-origin requests.
    pub cors: CorsSettings,
    /// The Swagger page.
    pub swagger: SwaggerSettings,
    /// Options of accounts.
    ///
    /// The algorithm of new password hashes is left out: see [`identity_options`](Self::identity_options).
    pub identity: Options,
    /// The algorithm of new password hashes.
    pub password_hashes: PasswordHashSettings,
    /// The files that passwords are checked and hashed with.
    pub password_files: PasswordFileSettings,
    /// Options of tokens and cookies.
    pub authentication: AuthenticationOptions,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Compatible,
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
            metrics: MetricsSettings::default(),
            endpoints: EndpointSettings::default(),
            database: DatabaseSettings {
                url: Secret("sqlite://data/wicketgate.db".to_owned()),
                url_file: None,
                max_connections: DatabaseUrl::DEFAULT_MAX_CONNECTIONS,
                pooler: Pooler::None,
            },
            keys: KeySettings {
                store: KeyStore::Auto,
                directory: None,
                application_name: None,
                certificate: None,
                unprotect_certificates: Vec::new(),
                passphrase_file: None,
                unprotect_passphrase_files: Vec::new(),
            },
            events: EventSettings::default(),
            email: EmailSettings {
                smtp_url: None,
                from: Mailbox::new(None, Address::new_dangerous("no-reply", "localhost")),
                texts: EmailTexts::default(),
                username: None,
                password: None,
                password_file: None,
                ca_file: None,
                max_connections: 8,
                retry_for: Duration::DAY,
                directory: PathBuf::from("data/mail"),
            },
            tls: TlsSettings::default(),
            cors: CorsSettings::default(),
            swagger: SwaggerSettings {
                enabled: cfg!(feature = "swagger"),
                require_sign_in: false,
            },
            identity: Options::default(),
            password_hashes: PasswordHashSettings::default(),
            password_files: PasswordFileSettings::default(),
            authentication: AuthenticationOptions::default(),
        }
    }
}

impl Settings {
    /// The options of accounts.
    pub fn identity_options(&self) -> Options {
        let mut options = self.identity.clone();
        options.password_hasher.algorithm = self.password_hashes.algorithm();
        options
    }
}

#[cfg(test)]
mod tests;
