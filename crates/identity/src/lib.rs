//! Accounts without HTTP or SQL: users, passwords, sign-in, second factor, tickets and tokens.

mod account;
mod binary;
mod caller;
mod claims;
mod error;
mod event;
mod mail;
mod options;
mod password;
mod request_context;
pub mod schemes;
mod second_factor;
mod sign_in;
mod store;
#[cfg(test)]
mod test_random;
pub mod text;
mod ticket;

pub use account::{
    Accounts, Change, ConcurrencyStamp, EmailChange, EmailUniqueness, Expected, MalformedCode, NormalizedName,
    PasswordHash, SecurityStamp, User, UserId, UserToken, UserTokenProvider, UserTokenPurpose,
};
pub use caller::Caller;
pub use claims::{AuthenticationMethod, Claim, ClaimsFactory, ClaimsIdentity, ClaimsPrincipal, claim_types};
pub use error::{Error, IdentityError, IdentityResult};
pub use event::{Event, EventKind, FailureReason};
pub use mail::{EmailError, EmailMessage, EmailSender, EmailText};
pub use options::{
    ClaimsIdentityOptions, LockoutOptions, Options, PasswordHasherOptions, PasswordOptions, SchemaVersion,
    SecurityStampOptions, SignInOptions, StoreOptions, TokenProviderOptions, UserOptions,
};
pub use password::{
    Argon2idCosts, InvalidArgon2idCosts, PasswordAlgorithm, PasswordHasher, PasswordVerification, UnreadableHash,
};
pub use request_context::{ClientNetwork, RequestContext};
pub use second_factor::{RecoveryCodes, authenticator};
pub use sign_in::{Credentials, RememberedMachine, SecondFactor, SignIn, SignInOutcome, SignInResult, SignInSuccess};
pub use store::{
    AccountStore, Attempt, AttemptChange, AttemptOutcome, AttemptState, ChangeOutcome, CreateOutcome, IntoStores,
    MemoryStore, RedeemOutcome, Settlement, StoreError, Stores, UserClaims,
};
pub use text::http_date;
pub use ticket::{
    AccessToken, CachedTicketFormat, Cookie, CookieScheme, MalformedTicket, Protected, RefreshToken, Ticket,
    TicketFormat, TicketProperties,
};
