//! Changes of an account, in short.

use wicketgate_identity::PasswordHash;
use wicketgate_identity::account::Change;

use crate::fixture::{normalized, stamp};

/// Sets the password hash, or removes it, with this security stamp.
pub fn set_password(hash: Option<&str>, new: &str) -> Change {
    Change::Password {
        hash: hash.map(PasswordHash::from_stored),
        stamp: stamp(new),
    }
}

/// Switches the second factor on or off, with this security stamp.
pub fn switch_second_factor(enabled: bool, new: &str) -> Change {
    Change::TwoFactorEnabled {
        enabled,
        first_recovery_codes: None,
        stamp: stamp(new),
    }
}

/// Sets the authenticator key, with this security stamp.
pub fn set_key(key: &str, new: &str) -> Change {
    Change::AuthenticatorKey {
        key: key.to_owned(),
        stamp: stamp(new),
    }
}

/// Sets the user name, with this security stamp.
pub fn new_name(name: &str, new: &str) -> Change {
    Change::UserName {
        name: name.to_owned(),
        normalized: normalized(&name.to_uppercase()),
        stamp: stamp(new),
    }
}

/// Adds a role.
pub fn add_role(role: &str) -> Change {
    Change::AddRole {
        name: role.to_owned(),
        normalized: normalized(&role.to_uppercase()),
    }
}

/// Removes a role.
pub fn remove_role(role: &str) -> Change {
    Change::RemoveRole(normalized(&role.to_uppercase()))
}

/// Adds a claim.
pub fn add_claim(claim_type: &str, value: &str) -> Change {
    Change::AddClaim {
        claim_type: claim_type.to_owned(),
        value: value.to_owned(),
    }
}

/// Removes claims.
pub fn remove_claim(claim_type: &str, value: &str) -> Change {
    Change::RemoveClaim {
        claim_type: claim_type.to_owned(),
        value: value.to_owned(),
    }
}
