//! Everything that can be chosen about the server, and where the choices come from.

mod check;
mod cookies;
mod error;
mod file;
mod flags;
mod loading;
mod secret;
mod sections;
mod smtp_url;
mod source;
mod table;
mod value;

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use lettre::{Address, message::Mailbox};
use time::Duration;
use wicketgate_axum::{AllowedHost, AuthenticationOptions, PublicUrl};
use wicketgate_identity::Options;
use wicketgate_sql::{DatabaseUrl, Pooler};

pub use error::SettingsError;
pub(crate) use flags::{given_flags, with_flags};
pub use secret::Secret;
pub use sections::{
    CorsSettings, DatabaseSettings, EmailSettings, EndpointSettings, KeySettings, KeyStore, LimitSettings,
    LogClientAddress, LogFormat, LogLevel, RateLimitSettings, SwaggerSettings, TlsSettings,
};
pub use smtp_url::{SmtpTls, SmtpUrl, SmtpUrlError};
pub(crate) use source::Given;
pub use source::Source;

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
    /// Which Identity endpoints there are.
    pub endpoints: EndpointSettings,
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
            endpoints: EndpointSettings::default(),
            database: DatabaseSettings {
                url: Secret("sqlite://data/wicketgate.db".to_owned()),
                url_file: None,
                max_connections: DatabaseUrl::DEFAULT_MAX_CONNECTIONS,
                pooler: Pooler::None,
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
                enabled: cfg!(feature = "swagger"),
                require_sign_in: false,
            },
            rate_limits: RateLimitSettings::default(),
            identity: Options::default(),
            authentication: AuthenticationOptions::default(),
        }
    }
}

#[cfg(test)]
mod tests;
