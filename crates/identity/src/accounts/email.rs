use super::Accounts;
use crate::{Error, IdentityResult, User};

impl Accounts {
    /// The token of the link that confirms the account's address.
    pub async fn email_confirmation_token(&self, _user: &User) -> Result<String, Error> {
        todo!()
    }

    /// Confirms the account's address.
    pub async fn confirm_email(&self, _user: &mut User, _token: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// The token of the link that gives the account another address; the token holds for this address only.
    pub async fn change_email_token(&self, _user: &User, _new_email: &str) -> Result<String, Error> {
        todo!()
    }

    /// Gives the account another, confirmed address, and makes that its user name too, as the Identity API does.
    /// Ends the account's sessions.
    pub async fn change_email(
        &self,
        _user: &mut User,
        _new_email: &str,
        _token: &str,
    ) -> Result<IdentityResult, Error> {
        todo!()
    }
}
