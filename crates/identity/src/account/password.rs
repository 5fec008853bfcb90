//! Checking, changing and resetting passwords.

use tracing::{info, warn};

use super::{Accounts, answer_change};
use crate::{
    Attempt, AttemptOutcome, Change, ChangeOutcome, Error, Expected, IdentityError, IdentityResult,
    PasswordVerification, User, UserToken, UserTokenPurpose, password::rules,
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
            PasswordVerification::SuccessRehashNeeded => {
                if self.rehash(user, password).await? {
                    return Ok(true);
                }
                // Another request replaced the hash first, and that one decides: it may be of another password.
                let Some(current) = self.find_by_id(&user.id).await? else {
                    return Ok(false);
                };
                *user = current;
                Ok(self.verify_password(Some(user), password).await? != PasswordVerification::Failed)
            }
        }
    }

    /// Changes the password of somebody who knows the old one. Ends the account's sessions and pending links.
    ///
    /// With [`LockoutOptions::count_old_password_failures`](crate::LockoutOptions::count_old_password_failures) a wrong old
    /// password is a failure as at a sign-in, and while the account is locked every old password is answered as a wrong
    /// one.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn change_password(&self, user: &mut User, old: &str, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password_size(new) {
            return Ok(Err(errors));
        }
        let is_right = self.verify_password(Some(user), old).await? != PasswordVerification::Failed;
        if let Err(error) = self.settle_old_password(user, is_right).await? {
            warn!(user = %user.id, %error, "password not changed");
            return Ok(Err(vec![error]));
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

    /// Replaces the hash of a right password; `false` if another request replaced it first.
    pub(crate) async fn rehash(&self, user: &mut User, password: &str) -> Result<bool, Error> {
        let new = match self.hasher().hash(password).await {
            // The password was right, and the next sign-in can do it.
            Err(Error::Busy | Error::Abandoned) => return Ok(true),
            new => new?,
        };
        let Some(old) = &user.password_hash else {
            return Ok(false);
        };
        let change = Change::Password {
            hash: Some(new),
            stamp: self.new_security_stamp(),
        };
        let expected = Expected::PasswordHash(old);
        if self.store().change(&user.id, expected, &change).await? != ChangeOutcome::Changed {
            return Ok(false);
        }
        change.apply(user);
        info!(user = %user.id, "password hashed anew");
        Ok(true)
    }

    async fn settle_old_password(&self, user: &User, is_right: bool) -> Result<Result<(), IdentityError>, Error> {
        if !self.options().lockout.count_old_password_failures {
            return Ok(is_right.then_some(()).ok_or(IdentityError::PasswordMismatch));
        }
        let attempt = if is_right { Attempt::Incomplete } else { Attempt::Failed };
        Ok(match self.settle_attempt(user, attempt).await? {
            AttemptOutcome::Accepted => Ok(()),
            AttemptOutcome::Conflict => Err(IdentityError::ConcurrencyFailure),
            AttemptOutcome::Counted(_) | AttemptOutcome::LockedOut(_) | AttemptOutcome::Refused => {
                Err(IdentityError::PasswordMismatch)
            }
        })
    }

    /// As [`AccountStore::settle_attempt`](crate::AccountStore::settle_attempt), now.
    pub(crate) async fn settle_attempt(&self, user: &User, attempt: Attempt) -> Result<AttemptOutcome, Error> {
        let expected = user.security_stamp.as_ref();
        let options = &self.options().lockout;
        Ok(self
            .store()
            .settle_attempt(&user.id, expected, attempt, self.now(), options)
            .await?)
    }

    /// Gives the account another password, without the old one or a token: for operators. Ends its sessions and pending
    /// links; a lockout stays.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords wait to be hashed.
    pub async fn set_password(&self, user: &mut User, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = rules::validate(&self.options().password, new) {
            return Ok(Err(errors));
        }
        let change = Change::Password {
            hash: Some(self.hasher().hash(new).await?),
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome).inspect(|()| info!(user = %user.id, "password changed")))
    }
}
