use super::Accounts;
use crate::{Error, IdentityResult, User};

impl Accounts {
    /// Changes the password of somebody who knows the old one. Ends the account's sessions.
    pub async fn change_password(&self, _user: &mut User, _old: &str, _new: &str) -> Result<IdentityResult, Error> {
        todo!()
    }

    /// The code that [`reset_password`](Self::reset_password) takes, as .NET makes it; mails carry its base64url form.
    pub async fn password_reset_token(&self, _user: &User) -> Result<String, Error> {
        todo!()
    }

    /// Changes the password of somebody who got a code by mail. Ends the account's sessions; a lockout stays.
    pub async fn reset_password(&self, _user: &mut User, _token: &str, _new: &str) -> Result<IdentityResult, Error> {
        todo!()
    }
}
