//! Claims about users, and the identities and principals that carry them.

mod authentication_method;
mod claim;
pub mod claim_types;
mod factory;
mod principal;

pub use self::authentication_method::AuthenticationMethod;
pub use self::claim::Claim;
pub use self::factory::ClaimsFactory;
pub use self::principal::{ClaimsIdentity, ClaimsPrincipal};
