//! Everything that can be chosen about the server, and where the choices come from.

mod check;
mod cookies;
mod error;
mod file;
mod flags;
mod sections;
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
pub use sections::{
    CorsSettings, DatabaseSettings, EmailSettings, EndpointSettings, KeySettings, KeyStore, LimitSettings,
    LogClientAddress, LogFormat, LogLevel, RateLimitSettings, SwaggerSettings, TlsSettings,
};
pub(crate) use source::Given;
pub use source::Source;
use table::Setting;
pub use value::Secret;

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
        check::check(&settings)?;
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
}

#[cfg(test)]
mod tests;
