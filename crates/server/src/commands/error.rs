//! Why a command failed.

use std::{io, net::SocketAddr};

use wicketgate_axum::BuildError;
use wicketgate_identity::{Error, IdentityError, StoreError};
use wicketgate_protection::KeyRepositoryError;
use wicketgate_sql::OpenError;

use crate::{email::EmailStartError, key_ring::KeyEncryptionFileError, settings::SettingsError};

/// Why a command ended without doing its work. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The keys cannot be read or written.
    #[error(transparent)]
    Keys(#[from] KeyRepositoryError),
    /// The certificate or passphrase that keys are encrypted with cannot be used.
    #[error(transparent)]
    KeyEncryption(#[from] KeyEncryptionFileError),
    /// Keys would be mixed with others.
    #[error("{place} has keys or revocations already; name a folder without, nothing was copied")]
    HasKeys {
        /// Where.
        place: String,
    },
    /// `check-dotnet` found what is in the way of a move.
    #[error("{} in the way of a move", match obstacles {
        1 => "1 thing stands".to_owned(),
        more => format!("{more} things stand"),
    })]
    NotReady {
        /// All that was found, for standard output.
        report: String,
        /// How many things these are.
        obstacles: usize,
    },
    /// The accounts failed.
    #[error(transparent)]
    Accounts(#[from] Error),
    /// The accounts refused.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Refused(Vec<IdentityError>),
    /// There is no such account.
    #[error("there is no account with the user name or address `{0}`")]
    NoSuchUser(String),
    /// The application's own store cannot be used.
    #[error(transparent)]
    Store(StoreError),
    /// The Identity API cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The application could not make its router.
    #[error("the application does not start: {0}")]
    Application(Box<dyn std::error::Error + Send + Sync>),
    /// A second signal came while the server was stopping.
    #[error("stopped at once, as a second signal asked: requests in flight and waiting mail were given up")]
    StoppedAtOnce,
    /// `check-dotnet` was told of no folder with keys.
    #[error("the database has no table DataProtectionKeys: name the folder of the keys with --keys")]
    NoKeys,
    /// There is no such key.
    #[error("there is no key {0}; `keys list` shows all")]
    NoSuchKey(uuid::Uuid),
    /// The words are no command.
    #[error("{0}")]
    Words(String),
    /// No password was given.
    #[error("no password was given: type it, or give it as the first line of standard input")]
    NoPassword,
    /// What should be a password hash is none.
    #[error(
        "that is no password hash that a login could match: give one as ASP.NET Core Identity stores it, or an argon2id \
         PHC string; set-password takes a password"
    )]
    NoHash,
    /// Mail cannot go out.
    #[error("{0}")]
    Email(String),
    /// The address is taken or not this machine's.
    #[error("cannot listen at {address}: {}", reason(source))]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The server that was asked is not well.
    #[error("the server at {address} is not healthy: {reason}")]
    Unhealthy {
        /// Who was asked.
        address: SocketAddr,
        /// What came of it.
        reason: String,
    },
    /// The operating system gave no threads.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// The document cannot be written as JSON.
    #[error("cannot write the OpenAPI document: {0}")]
    OpenApi(#[from] serde_json::Error),
}

impl CommandError {
    /// Whether the same may succeed in a moment: a database's server is away.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => matches!(error, OpenError::Away { .. }),
            Self::Store(error) => matches!(error, StoreError::Unavailable(_)),
            Self::Keys(error) => error.is_passing(),
            _ => false,
        }
    }
}

impl From<EmailStartError> for CommandError {
    fn from(error: EmailStartError) -> Self {
        Self::Email(error.to_string())
    }
}

/// The most common one is worth plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there already".to_owned(),
        _ => error.to_string(),
    }
}
