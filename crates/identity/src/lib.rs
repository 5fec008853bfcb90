//! Accounts without HTTP or SQL: users, passwords, sign-in, second factor, tickets and tokens.
//!
//! ```
//! # use std::sync::Arc;
//! # use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};
//! use wicketgate_identity::{Accounts, Credentials, Error, MemoryStore, Options, SecondFactor, SignIn, SignInResult};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! # let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
//! # let keys = DataProtection::ephemeral(clock.clone(), random.clone());
//! let accounts = Accounts::new(Arc::new(MemoryStore::new()), &keys, Options::default(), clock, random);
//! match accounts.register("ada@example.test", "Passw0rd!").await? {
//!     Ok(user) => println!("welcome, {}", user.id),
//!     Err(errors) => errors.iter().for_each(|error| println!("{}: {error}", error.code())),
//! }
//!
//! let credentials = Credentials {
//!     user_name: "ada@example.test",
//!     password: "Passw0rd!",
//!     second_factor: SecondFactor::None,
//!     remembered_machine: None,
//! };
//! let outcome = SignIn::new(accounts).password(credentials).await?;
//! assert!(matches!(outcome.result, SignInResult::Succeeded(_)));
//! # Ok(())
//! # }
//! ```
//!
//! [`Accounts`] is .NET's `UserManager`, [`SignIn`] its `SignInManager`. What they do is kept by [`Stores`], in memory
//! or in a database, and told as [`Event`]s. What is rarely named is in the modules, a module for each subject.

pub mod account;
mod binary;
pub mod claims;
mod error;
pub mod event;
pub mod limit;
pub mod mail;
pub mod observer;
pub mod options;
pub mod passkey;
pub mod password;
pub mod request;
pub mod schemes;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod store;
#[cfg(test)]
mod test_random;
pub mod text;
pub mod ticket;

pub use account::{Accounts, PasswordHash, User, UserId};
pub use claims::ClaimsPrincipal;
pub use error::{Error, IdentityError, IdentityResult};
pub use event::{Event, EventKind};
pub use mail::{EmailError, EmailMessage, EmailSender, EmailText};
pub use options::Options;
pub use password::PasswordAlgorithm;
pub use session::{Session, SessionId, Sessions};
pub use sign_in::{Credentials, SecondFactor, SignIn, SignInOutcome, SignInResult, SignInSuccess};
pub use store::{AccountStore, EventLog, IntoStores, MemoryStore, StoreError, Stores};
