use super::Accounts;
use crate::{Error, IdentityResult, User};

impl Accounts {
    /// The authenticator's shared key in base32, if there is one.
    pub async fn authenticator_key(&self, _user: &User) -> Result<Option<String>, Error> {
        todo!()
    }

    /// Makes a new authenticator key and returns it. Ends the account's sessions.
    pub async fn reset_authenticator_key(&self, _user: &mut User) -> Result<IdentityResult<String>, Error> {
        todo!()
    }

    /// Whether this is the authenticator's code now, give or take two steps of 30 seconds.
    pub async fn verify_authenticator_code(&self, _user: &User, _code: &str) -> Result<bool, Error> {
        todo!()
    }

    /// Switches the second factor on or off. Ends the account's sessions.
    pub async fn set_two_factor_enabled(&self, _user: &mut User, _enabled: bool) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// How many recovery codes are left.
    pub async fn count_recovery_codes(&self, _user: &User) -> Result<usize, Error> {
        todo!()
    }

    /// Replaces all recovery codes by this many new ones (the Identity API gives ten).
    pub async fn generate_recovery_codes(
        &self,
        _user: &mut User,
        _number: usize,
    ) -> Result<IdentityResult<Vec<String>>, Error> {
        todo!()
    }
}
