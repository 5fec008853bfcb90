use super::Accounts;
use crate::{Error, IdentityResult, NormalizedName, PasswordHash, User, UserClaims};

/// What an operator does, without the user's password or codes.
impl Accounts {
    /// Up to `limit` accounts in order of their normalized names, after `after`.
    pub async fn list(&self, _after: Option<&NormalizedName>, _limit: usize) -> Result<Vec<User>, Error> {
        todo!()
    }

    /// The user's claims and roles.
    pub async fn claims(&self, _user: &User) -> Result<UserClaims, Error> {
        todo!()
    }

    /// Removes the account and everything that belongs to it.
    pub async fn delete(&self, _user: User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Puts the user into a role, which is made if it does not exist.
    pub async fn add_role(&self, _user: &User, _role: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Takes the user out of a role.
    pub async fn remove_role(&self, _user: &User, _role: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Adds a claim.
    pub async fn add_claim(&self, _user: &User, _claim_type: &str, _value: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Removes every claim with this type and value.
    pub async fn remove_claim(&self, _user: &User, _claim_type: &str, _value: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Marks the address as confirmed, without a token.
    pub async fn mark_email_confirmed(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Marks the telephone number as confirmed.
    pub async fn mark_phone_number_confirmed(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Locks the account for ever. Who is signed in stays so; see [`sign_out_everywhere`](Self::sign_out_everywhere).
    pub async fn lock(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Unlocks the account and forgets its failures.
    pub async fn unlock(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Failures do not lock this account any more.
    pub async fn disable_lockout(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Gives the account another user name. Ends its sessions.
    pub async fn set_user_name(&self, _user: &mut User, _name: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Gives the account a password hash that was made elsewhere. Ends its sessions.
    pub async fn set_password_hash(&self, _user: &mut User, _hash: PasswordHash) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// Gives the account a new security stamp, which ends its sessions and pending links.
    pub async fn sign_out_everywhere(&self, _user: &mut User) -> Result<IdentityResult, Error> {
        todo!()
    }
}
