//! Checking, changing and resetting passwords.

use super::accounts::{Accounts, answer_change};
use crate::account::{Change, Expected, User, UserToken, UserTokenPurpose};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::{Event, EventKind, FailureReason};
use crate::observer::{self, CheckedAccount, Observation};
use crate::password::PasswordVerification;
use crate::password::rules::{self, PasswordOwner};
use crate::secret::Redemption;
use crate::store::{Attempt, AttemptOutcome, ChangeOutcome};

impl Accounts {
    /// Whether the password is right. If its hash is weaker than new ones, it is rehashed and the account gets a new
    /// security stamp, as in .NET, unless
    /// [`rehash_keeps_security_stamp`](crate::options::PasswordHasherOptions::rehash_keeps_security_stamp).
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn check_password(&self, user: &mut User, password: &str) -> Result<bool, Error> {
        match self.verify_password(Some(user), password).await? {
            PasswordVerification::Failed => Ok(false),
            PasswordVerification::Success => Ok(true),
            PasswordVerification::SuccessRehashNeeded => {
                if self.rehash(user, password).await? {
                    return Ok(true);
                }
                // Another request changed the account first, possibly to another password, so check again.
                let Some(current) = self.find_by_id(&user.id).await? else {
                    return Ok(false);
                };
                *user = current;
                Ok(self.verify_password(Some(user), password).await? != PasswordVerification::Failed)
            }
        }
    }

    /// Changes the password of a user who knows the old one. Ends the account's sessions and pending links.
    ///
    /// With
    /// [`LockoutOptions::count_old_password_failures`](crate::options::LockoutOptions::count_old_password_failures), a
    /// wrong old password counts as a failed sign-in, and while the account is locked every old password is treated as
    /// wrong.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn change_password(&self, user: &mut User, old: &str, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password_size(new) {
            return Ok(Err(errors));
        }
        let is_right = self.verify_password(Some(user), old).await? != PasswordVerification::Failed;
        let settled = self.settle_password(
            user,
            is_right,
            EventKind::OldPasswordAccepted,
            EventKind::password_change_failed,
        );
        if let Err(error) = settled.await? {
            return Ok(Err(vec![error]));
        }
        self.replace_password(EventKind::PasswordChanged, user, new, None).await
    }

    /// The token that [`reset_password`](Self::reset_password) takes.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring has no usable key.
    pub async fn password_reset_token(&self, user: &User) -> Result<UserToken, Error> {
        Ok(self
            .inner
            .tokens
            .generate(&UserTokenPurpose::ResetPassword, user)
            .await?)
    }

    /// Has the key ring look for the key of this token, should it not know it, as
    /// [`reset_password`](Self::reset_password) does. Call it before the account is looked up: otherwise the time of an
    /// answer tells whether there is one.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring cannot be read.
    pub async fn find_key_of(&self, token: &UserToken) -> Result<(), Error> {
        self.inner.tokens.find_key_of(token).await
    }

    /// Changes the password of a user who got a token by mail. Ends the account's sessions and pending links, including
    /// this token; a lockout stays, as in .NET. A refusal for another reason, such as a weak password, leaves the token as
    /// it was.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed, [`Error::Protect`] if the key ring cannot be
    /// read.
    pub async fn reset_password(&self, user: &mut User, token: &UserToken, new: &str) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password_size(new) {
            return Ok(Err(errors));
        }
        let tokens = &self.inner.tokens;
        let Some(secret) = tokens.open(&UserTokenPurpose::ResetPassword, token, user).await? else {
            self.event(EventKind::PasswordResetFailed, &user.id).log();
            return Ok(Err(vec![IdentityError::InvalidToken]));
        };
        let secret = self.single_use(self.options().token_provider.single_use, secret)?;
        self.replace_password(EventKind::PasswordReset, user, new, secret.as_ref())
            .await
    }

    /// Whether the account may turn its second factor off, as far as its password is concerned. Where
    /// [a shorter password is enough with a second factor](crate::options::PasswordOptions::required_length_with_second_factor),
    /// the password must be at hand and long enough without; a shorter one must be changed first. Nobody knows the length
    /// of a password from its hash.
    ///
    /// A wrong password counts as a wrong old password does.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn may_turn_off_second_factor(
        &self,
        user: &User,
        password: Option<&str>,
    ) -> Result<IdentityResult, Error> {
        let options = &self.options().password;
        let may_be_short = options.may_be_shorter_with_second_factor();
        if !may_be_short || !user.two_factor_enabled || user.password_hash.is_none() {
            return Ok(Ok(()));
        }
        let Some(password) = password.filter(|password| !password.is_empty()) else {
            return Ok(Err(vec![IdentityError::PasswordRequired]));
        };
        let is_right = self.verify_password(Some(user), password).await? != PasswordVerification::Failed;
        let settled = self.settle_password(
            user,
            is_right,
            EventKind::TwoFactorPasswordAccepted,
            EventKind::two_factor_disable_failed,
        );
        if let Err(error) = settled.await? {
            return Ok(Err(vec![error]));
        }
        if rules::is_too_short(password, options.required_length) {
            return Ok(Err(vec![IdentityError::PasswordTooShort(options.required_length)]));
        }
        Ok(Ok(()))
    }

    /// Every rule that a new password breaks.
    pub(super) async fn validate_password(
        &self,
        password: &str,
        owner: PasswordOwner<'_>,
    ) -> Result<IdentityResult, Error> {
        let options = &self.options().password;
        if let Err(errors) = rules::validate(options, password, owner) {
            return Ok(Err(errors));
        }
        if let Some(corpus) = &options.breach_corpus
            && corpus.contains(password).await.map_err(Error::BreachCorpus)?
        {
            return Ok(Err(vec![IdentityError::PasswordBreached]));
        }
        Ok(Ok(()))
    }

    /// Whether the password is right. An account that does not exist or has no password takes as long. A password
    /// longer than any account can have is wrong, and not hashed.
    pub(crate) async fn verify_password(
        &self,
        user: Option<&User>,
        password: &str,
    ) -> Result<PasswordVerification, Error> {
        if self.validate_password_size(password).is_err() {
            return Ok(PasswordVerification::Failed);
        }
        let hash = user.and_then(|user| user.password_hash.as_ref());
        let verification = match hash {
            Some(hash) => self.hasher().verify(hash, password).await?,
            None => self.hasher().verify_unknown(password).await?,
        };
        let owner = match (user, hash) {
            (None, _) => CheckedAccount::Missing,
            (Some(_), None) => CheckedAccount::WithoutPassword,
            (Some(_), Some(_)) => CheckedAccount::WithPassword,
        };
        observer::tell(&Observation::PasswordChecked { owner, verification });
        Ok(verification)
    }

    /// Rehashes a right password; `false` if another request replaced the hash or the security stamp first.
    pub(crate) async fn rehash(&self, user: &mut User, password: &str) -> Result<bool, Error> {
        let new = match self.hasher().hash(password).await {
            // The password was right, and the next sign-in can rehash it.
            Err(Error::Busy | Error::Abandoned) => return Ok(true),
            new => new?,
        };
        let Some(old) = &user.password_hash else {
            return Ok(false);
        };
        let change = if self.options().password_hasher.rehash_keeps_security_stamp {
            Change::Rehash(new)
        } else {
            Change::Password {
                hash: Some(new),
                stamp: self.new_security_stamp(),
            }
        };
        let expected = Expected::PasswordHash {
            hash: old,
            stamp: user.security_stamp.as_ref(),
        };
        let kind = EventKind::PasswordRehashed;
        if self.write_as(kind, &user.id, expected, &change).await? != ChangeOutcome::Changed {
            return Ok(false);
        }
        change.apply(user);
        Ok(true)
    }

    /// Settles the check of a signed-in user's password, with the store if a wrong one counts as a failure. The event is
    /// `accepted` or, if the password was wrong, `failed`.
    async fn settle_password(
        &self,
        user: &User,
        is_right: bool,
        accepted: EventKind,
        failed: fn(FailureReason) -> EventKind,
    ) -> Result<Result<(), IdentityError>, Error> {
        let (attempt, kind) = match is_right {
            true => (Attempt::Incomplete, accepted.clone()),
            false => (Attempt::Failed, failed(FailureReason::WrongPassword)),
        };
        let event = self.event(kind, &user.id);
        let outcome = if self.options().lockout.count_old_password_failures {
            self.settle_attempt(user, attempt, &event).await?
        } else {
            AttemptOutcome::Accepted
        };
        let Some(settled) = event.settled(outcome, user.lockout_enabled) else {
            self.event(failed(FailureReason::ChangedMeanwhile), &user.id).log();
            return Ok(Err(IdentityError::ConcurrencyFailure));
        };
        settled.log();
        Ok(match settled.kind == accepted {
            true => Ok(()),
            false => Err(IdentityError::PasswordMismatch),
        })
    }

    /// [`AccountStore::settle_attempt`](crate::AccountStore::settle_attempt), at the time of the event.
    pub(crate) async fn settle_attempt(
        &self,
        user: &User,
        attempt: Attempt<'_>,
        event: &Event,
    ) -> Result<AttemptOutcome, Error> {
        let expected = user.security_stamp.as_ref();
        let options = &self.options().lockout;
        Ok(self
            .store()
            .settle_attempt(&user.id, expected, attempt, event.at, options, event)
            .await?)
    }

    /// Sets the account's password without the old one or a token, for operators. Ends its sessions and pending links;
    /// a lockout stays.
    ///
    /// # Errors
    /// [`Error::Busy`] if too many passwords are waiting to be hashed.
    pub async fn set_password(&self, user: &mut User, new: &str) -> Result<IdentityResult, Error> {
        self.replace_password(EventKind::PasswordSet, user, new, None).await
    }

    async fn replace_password(
        &self,
        kind: EventKind,
        user: &mut User,
        new: &str,
        secret: Option<&Redemption>,
    ) -> Result<IdentityResult, Error> {
        if let Err(errors) = self.validate_password(new, PasswordOwner::of(user)).await? {
            return Ok(Err(errors));
        }
        let change = Change::Password {
            hash: Some(self.hasher().hash(new).await?),
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_redeeming(kind, user, change, secret).await?;
        if outcome == ChangeOutcome::AlreadyRedeemed {
            self.event(EventKind::PasswordResetFailed, &user.id).log();
        }
        Ok(answer_change(outcome))
    }
}
