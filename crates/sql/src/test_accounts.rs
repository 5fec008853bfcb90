//! Accounts for tests.

use wicketgate_identity::account::{ConcurrencyStamp, NormalizedName, SecurityStamp};
use wicketgate_identity::{PasswordHash, User, UserId};

/// An account that could have been registered with the address `name@example.test`.
pub(crate) fn user(name: &str) -> User {
    let email = format!("{name}@example.test");
    let normalized = NormalizedName::from_stored(email.to_uppercase());
    User {
        id: UserId::from_stored(format!("id-of-{name}")),
        user_name: Some(email.clone()),
        normalized_user_name: Some(normalized.clone()),
        email: Some(email),
        normalized_email: Some(normalized),
        email_confirmed: false,
        password_hash: Some(PasswordHash::from_stored("hash")),
        security_stamp: Some(SecurityStamp::from_stored("first")),
        concurrency_stamp: Some(ConcurrencyStamp::from_stored("first")),
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    }
}
