//! Accounts without HTTP or SQL: users, passwords, sign-in, second factor, tickets and tokens.

// What is done with accounts, and what can be chosen about it.
mod accounts;
mod email;
mod error;
mod options;
mod sign_in;

// An account, what its names and passwords may be, and where it is kept.
mod password_validator;
mod store;
mod user;
mod user_validator;

// Passwords.
mod hasher_pool;
mod password_hasher;

// Who a request comes from: claims, and tickets that carry them.
mod claims;
mod claims_factory;
pub mod schemes;
mod ticket;
mod ticket_cache;
mod ticket_format;

// What a user is given once: links, codes, the authenticator's key.
pub mod authenticator;
mod recovery_codes;
mod user_token;

// Forms of text and bytes.
mod binary;
pub mod http_date;
mod random_text;
#[cfg(test)]
mod test_random;
pub mod text;

pub use accounts::Accounts;
pub use claims::{Claim, ClaimsIdentity, ClaimsPrincipal, claim_types};
pub use claims_factory::ClaimsFactory;
pub use email::{EmailError, EmailMessage, EmailSender, EmailText};
pub use error::{Error, IdentityError, IdentityResult};
pub use options::{
    ClaimsIdentityOptions, CompatibilityMode, LockoutOptions, Options, PasswordHasherOptions, PasswordOptions,
    SchemaVersion, SecurityStampOptions, SignInOptions, StoreOptions, TokenProviderOptions, UserOptions,
};
pub use password_hasher::{
    Argon2idCosts, InvalidArgon2idCosts, PasswordHashForm, PasswordHasher, PasswordVerification,
};
pub use recovery_codes::RecoveryCodes;
pub use sign_in::{
    AuthenticationMethod, Credentials, RememberedMachine, SecondFactor, SignIn, SignInOutcome, SignInResult, SignedIn,
};
pub use store::conformance as store_conformance;
pub use store::{
    Attempt, AttemptChange, AttemptOutcome, AttemptState, CreateOutcome, EmailChange, EmailUniqueness, MemoryStore,
    RedeemOutcome, Settlement, StoreError, UpdateOutcome, UserClaims, UserStore,
};
pub use ticket::{MalformedTicket, Ticket, TicketProperties};
pub use ticket_format::{AccessToken, CachedTicketFormat, Cookie, CookieScheme, Protected, RefreshToken, TicketFormat};
pub use user::{ConcurrencyStamp, NormalizedName, PasswordHash, SecurityStamp, User, UserId};
pub use user_token::{MalformedCode, UserToken, UserTokenProvider, UserTokenPurpose};
