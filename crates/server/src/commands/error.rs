//! Why a command failed.

use std::net::SocketAddr;

use wicketgate_axum::BuildError;
use wicketgate_identity::{Error, IdentityError, StoreError, password::PepperId};
use wicketgate_protection::KeyRepositoryError;
use wicketgate_sql::OpenError;

use crate::{key_encryption::KeyEncryptionFileError, opening_error::OpeningError};

/// Why a command ended without doing its work. Each message is one line.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Accounts or keys cannot be opened.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// Keys would be mixed with others.
    #[error("{place} already has keys or revocations: nothing was copied; choose a folder without any")]
    HasKeys {
        /// Where.
        place: String,
    },
    /// `check-dotnet` found what is in the way of a move.
    #[error("{} in the way of a move", match obstacles {
        1 => "1 obstacle stands".to_owned(),
        more => format!("{more} obstacles stand"),
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
    /// Nobody asked to have the account deleted.
    #[error("nobody asked to delete the account `{0}`: there is nothing to restore")]
    NotToBeDeleted(String),
    /// There is no such account, and no id was expected to be one.
    #[error(
        "there is no account with the user name, address or id `{0}`; what events said of a deleted account is erased"
    )]
    NoSuchUserOrId(String),
    /// The store keeps no events.
    #[error("no events are kept here: a database gets the tables for them by `wicketgate migrate`")]
    NoEvents,
    /// Somebody changed, forged or removed events, or they cannot be checked.
    #[error("{}", match problems {
        1 => "the events are not as they were written: 1 thing is wrong".to_owned(),
        more => format!("the events are not as they were written: {more} things are wrong"),
    })]
    EventsNotIntact {
        /// All that was found, for standard output.
        report: String,
        /// How many things are wrong.
        problems: u64,
    },
    /// Standard output cannot be written.
    #[error("{0}")]
    Output(String),
    /// The Identity API cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// `check-dotnet` was told of no folder with keys.
    #[error("the database has no table DataProtectionKeys: use --keys to name the folder with the keys")]
    NoKeys,
    /// There is no such key.
    #[error("there is no key {0}; `keys list` shows all")]
    NoSuchKey(uuid::Uuid),
    /// What is in the database would be lost with keys that are to be revoked.
    #[error(
        "what is to be revoked protects {resting} in the database: use --force, and then `keys reprotect`, for which revoked \
         keys still open them"
    )]
    KeysInUse {
        /// What rests on them.
        resting: String,
    },
    /// The words are no command.
    #[error("{0}")]
    Words(String),
    /// The application keeps accounts in a store of its own.
    #[error("this works on the database that database.url names, and the accounts are elsewhere")]
    OwnStore,
    /// No password was given.
    #[error("no password given: type one, or pass it as the first line of standard input")]
    NoPassword,
    /// What should be a password hash is none.
    #[error(
        "no login could match this hash: it must have ASP.NET Core Identity's format, or be an argon2id PHC string (to set a \
         password, use set-password)"
    )]
    NoHash,
    /// The hash needs a pepper that is not there.
    #[error(
        "no login could match this hash: it was made with the pepper {0}, which is neither in password_hasher.pepper_file nor in \
         password_hasher.previous_pepper_files"
    )]
    UnknownPepper(PepperId),
    /// The server that was asked is not well.
    #[error("the server at {address} is not healthy: {reason}")]
    Unhealthy {
        /// Who was asked.
        address: SocketAddr,
        /// What came of it.
        reason: String,
    },
    /// The document cannot be written as JSON.
    #[error("cannot write the OpenAPI document: {0}")]
    OpenApi(#[from] serde_json::Error),
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Accounts(error.into())
    }
}

impl From<OpenError> for CommandError {
    fn from(error: OpenError) -> Self {
        Self::Opening(error.into())
    }
}

impl From<KeyRepositoryError> for CommandError {
    fn from(error: KeyRepositoryError) -> Self {
        Self::Opening(error.into())
    }
}

impl From<KeyEncryptionFileError> for CommandError {
    fn from(error: KeyEncryptionFileError) -> Self {
        Self::Opening(error.into())
    }
}
