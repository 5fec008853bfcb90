use tracing::{info, warn};

use super::{Accounts, answer_change};
use crate::{
    Error, IdentityError, IdentityResult, PasswordVerification, UpdateOutcome, User, UserToken, UserTokenPurpose,
    password_validator,
};

impl Accounts {
    /// Whether the password is the account's. A right one that has a weaker hash than new ones gets a new hash, and the
    /// account a new security stamp with it, as in .NET.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn check_password(&self, user: &mut User, password: &str) -> Result<bool, Error> {
        match self.verify_password(Some(user), password).await? {
            PasswordVerification::Failed => Ok(false),
            PasswordVerification::Success => Ok(true),
            PasswordVerification::SuccessRehashNeeded => self.rehash(user, password).await,
        }
    }

    /// Changes the password of somebody who knows the old one. Ends the account's sessions and pending links.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn change_password(&self, user: &mut User, old: &str, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password_size(new) {
            return Ok(Err(errors));
        }
        if self.verify_password(Some(user), old).await? == PasswordVerification::Failed {
            warn!(user = %user.id, "password not changed: the old one was wrong");
            return Ok(Err(vec![IdentityError::PasswordMismatch]));
        }
        self.set_password(user, new).await
    }

    /// The token that [`reset_password`](Self::reset_password) takes.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no key for it.
    pub async fn password_reset_token(&self, user: &User) -> Result<UserToken, Error> {
        Ok(self
            .inner
            .tokens
            .generate(&UserTokenPurpose::ResetPassword, user)
            .await?)
    }

    /// Changes the password of somebody who got a token by mail. Ends the account's sessions and pending links, this
    /// token among them; a lockout stays, as in .NET.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed, [`Error::Protect`] if the key ring cannot be read.
    pub async fn reset_password(&self, user: &mut User, token: &UserToken, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password_size(new) {
            return Ok(Err(errors));
        }
        if !self
            .inner
            .tokens
            .validate(&UserTokenPurpose::ResetPassword, token, user)
            .await?
        {
            warn!(user = %user.id, "password not reset: the token was not valid");
            return Ok(Err(vec![IdentityError::InvalidToken]));
        }
        self.set_password(user, new).await
    }

    /// Whether the password is the account's. One that does not exist, or has no password, takes as long. A password
    /// that is longer than any may be is nobody's, and not hashed.
    pub(crate) async fn verify_password(
        &self,
        user: Option<&User>,
        password: &str,
    ) -> Result<PasswordVerification, Error> {
        if self.validate_password_size(password).is_err() {
            return Ok(PasswordVerification::Failed);
        }
        match user.and_then(|user| user.password_hash.as_ref()) {
            Some(hash) => self.hasher().verify(hash, password).await,
            None => self.hasher().verify_unknown(password).await,
        }
    }

    /// Replaces the hash of a right password. If another request replaced it first, that one's hash decides: it may be
    /// of another password.
    async fn rehash(&self, user: &mut User, password: &str) -> Result<bool, Error> {
        let new = match self.hasher().hash(password).await {
            // The password was right, and the next sign-in can do it.
            Err(Error::Busy) => return Ok(true),
            new => new?,
        };
        let stamp = self.new_security_stamp();
        let Some(old) = &user.password_hash else {
            return Ok(false);
        };
        if self.store().rehash_password(&user.id, old, &new, &stamp).await? == UpdateOutcome::Updated {
            info!(user = %user.id, "password hashed anew");
            user.password_hash = Some(new);
            user.security_stamp = Some(stamp);
            return Ok(true);
        }
        let Some(current) = self.find_by_id(&user.id).await? else {
            return Ok(false);
        };
        *user = current;
        Ok(self.verify_password(Some(user), password).await? != PasswordVerification::Failed)
    }

    /// Gives the account another password, without the old one or a token: for operators. Ends its sessions and pending
    /// links; a lockout stays.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn set_password(&self, user: &mut User, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = password_validator::validate(&self.options().password, new) {
            return Ok(Err(errors));
        }
        let hash = self.hasher().hash(new).await?;
        let stamp = self.new_security_stamp();
        let expected = user.security_stamp.as_ref();
        let outcome = self
            .store()
            .replace_password(&user.id, expected, Some(&hash), &stamp)
            .await?;
        Ok(answer_change(outcome).inspect(|()| {
            info!(user = %user.id, "password changed");
            user.password_hash = Some(hash);
            user.security_stamp = Some(stamp);
        }))
    }
}
