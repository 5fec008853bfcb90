//! Accounts without HTTP or SQL: users, passwords, sign-in, second factor, tickets and tokens.

mod accounts;
pub mod authenticator;
mod binary;
mod claims;
mod claims_factory;
mod email;
mod error;
mod hasher_pool;
pub mod http_date;
mod options;
mod password_hasher;
mod password_validator;
mod random_text;
pub mod recovery_codes;
pub mod schemes;
mod sign_in;
mod store;
#[cfg(test)]
mod test_random;
pub mod text;
mod ticket;
mod ticket_format;
mod user;
mod user_token;
mod user_validator;

pub use accounts::Accounts;
pub use claims::{Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
pub use claims_factory::ClaimsFactory;
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
pub use store::conformance as store_conformance;
pub use store::{
    CreateOutcome, EmailChange, EmailUniqueness, FailureOutcome, MemoryStore, StoreError, UpdateOutcome, UserClaims,
    UserStore,
};
pub use ticket::{MalformedTicket, Ticket, TicketProperties};
pub use ticket_format::{AccessToken, Cookie, CookieScheme, Protected, RefreshToken, TicketFormat};
pub use user::{ConcurrencyStamp, NormalizedName, PasswordHash, SecurityStamp, User, UserId};
pub use user_token::{MalformedCode, UserToken, UserTokenProvider, UserTokenPurpose};
