//! Accounts without HTTP or SQL: users, passwords, sign-in, second factor, tickets and tokens.

mod accounts;
mod claims;
mod email;
mod error;
mod hasher_pool;
mod options;
mod password_hasher;
mod sign_in;
mod store;
mod ticket;
mod user;

pub use accounts::Accounts;
pub use claims::{Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
pub use email::{EmailError, EmailMessage, EmailSender, EmailText};
pub use error::{Error, IdentityError, IdentityResult};
pub use options::{
    ClaimsIdentityOptions, CompatibilityMode, LockoutOptions, Options, PasswordHasherOptions, PasswordOptions,
    SchemaVersion, SecurityStampOptions, SignInOptions, StoreOptions, TokenProviderOptions, UserOptions,
};
pub use password_hasher::{PasswordHasher, PasswordVerification};
pub use sign_in::{
    AuthenticationMethod, Credentials, RememberedMachine, SecondFactor, SignIn, SignInOutcome, SignInResult, SignedIn,
};
pub use store::{
    CreateOutcome, EmailChange, EmailUniqueness, FailureOutcome, StoreError, UpdateOutcome, UserClaims, UserStore,
};
pub use ticket::{Ticket, TicketProperties};
pub use user::{ConcurrencyStamp, NormalizedName, PasswordHash, SecurityStamp, User, UserId};
