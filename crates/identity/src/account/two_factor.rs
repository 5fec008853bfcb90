//! Setting up the second factor.

use super::accounts::{Accounts, answer_change};
use crate::account::{Change, Expected, User};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::second_factor::{AcceptedCode, NewRecoveryCodes, RecoveryCodes, authenticator};
use crate::secret::{AuthenticatorStep, Redemption, StatelessSecret};
use crate::session::SessionsAfterChange;
use crate::store::ChangeOutcome;

/// How often a first key is tried to be created because the account changed in the meantime.
const TRIES: u32 = 5;

impl Accounts {
    /// The authenticator's shared key in base32, created now if there is none or an empty one. Concurrent calls get the
    /// same key. Creating it gives the account a new security stamp, which ends pending links, and cookies and tokens where there
    /// are no [sessions](crate::session); sessions go on. `None` if the account does not exist.
    ///
    /// An empty text if the key is encrypted and cannot be opened, which the log says: it stays until it is reset, since the ring may
    /// get its key back.
    ///
    /// # Errors
    /// [`Error::Busy`] if the account's security stamp keeps changing.
    pub async fn ensure_authenticator_key(&self, user: &mut User) -> Result<Option<String>, Error> {
        let stored = self.stored_authenticator_key(user).await?;
        if let Some(stored) = stored.filter(|stored| !stored.is_empty()) {
            return self.shown_authenticator_key(user, &stored).await.map(Some);
        }
        let new = authenticator::new_key(self.inner.random.as_ref());
        let new = self.protect_authenticator_key(&user.id, &new).await?;
        for _ in 0..TRIES {
            if let Some(key) = self.create_authenticator_key(user, &new).await? {
                return self.shown_authenticator_key(user, &key).await.map(Some);
            }
            match self.find_by_id(&user.id).await? {
                Some(now) => *user = now,
                None => return Ok(None),
            }
        }
        Err(Error::Busy)
    }

    /// The key that the account has afterwards; `None` if it is no longer as it was read.
    async fn create_authenticator_key(&self, user: &mut User, new: &str) -> Result<Option<String>, Error> {
        let (old, stamp) = (user.security_stamp.as_ref(), self.new_security_stamp());
        let has_sessions = self.sessions().is_some();
        let sessions = has_sessions.then(|| SessionsAfterChange::go_on(old, &stamp));
        let event = self
            .event(EventKind::AuthenticatorKeyCreated, &user.id)
            .with_sessions(sessions);
        let store = self.store();
        let key = store
            .ensure_authenticator_key(&user.id, old, new, &stamp, &event)
            .await?;
        if key.as_deref() == Some(new) {
            self.changed(&event);
            user.security_stamp = Some(stamp);
        }
        Ok(key)
    }

    async fn shown_authenticator_key(&self, user: &User, stored: &str) -> Result<String, Error> {
        let key = self.try_open_authenticator_key(user, stored).await?;
        Ok(key.map_or_else(String::new, |key| key.as_str().to_owned()))
    }

    /// Replaces the authenticator key and returns the new one. Ends the account's sessions and pending links.
    pub async fn reset_authenticator_key(&self, user: &mut User) -> Result<IdentityResult<String>, Error> {
        let key = authenticator::new_key(self.inner.random.as_ref());
        let change = Change::AuthenticatorKey {
            key: self.protect_authenticator_key(&user.id, &key).await?,
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome).map(|()| key))
    }

    /// The authenticator's current code, give or take
    /// [`SecondFactorOptions::window`](crate::options::SecondFactorOptions::window), with what has to be redeemed by whatever it is
    /// used for. `None` if it is wrong; an account without a key has no codes. Does not look whether the code was used before.
    ///
    /// # Errors
    /// [`Error::Protect`] if the key ring cannot be read.
    pub async fn accept_authenticator_code(&self, user: &User, code: &str) -> Result<Option<AcceptedCode>, Error> {
        match self.stored_authenticator_key(user).await? {
            Some(stored) => self.accept_code_of(user, &stored, code).await,
            None => Ok(None),
        }
    }

    /// The same for the key that the store has. In .NET an empty key counts as none; decoded, it would be a key of zero bytes,
    /// which everybody knows.
    pub(crate) async fn accept_code_of(
        &self,
        user: &User,
        stored: &str,
        code: &str,
    ) -> Result<Option<AcceptedCode>, Error> {
        let key = self.try_open_authenticator_key(user, stored).await?;
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return Ok(None);
        };
        let (now, options) = (self.now(), &self.options().second_factor);
        let Some(step) = authenticator::step_of_code(&key, code, now, options.window) else {
            return Ok(None);
        };
        let secret = StatelessSecret {
            subject: user.id.as_str().to_owned(),
            expires: authenticator::end_of_step(step, options.window),
        };
        let parts: [&[u8]; 2] = [key.as_bytes(), &step.to_be_bytes()];
        let secret = Redemption::of_stateless::<AuthenticatorStep>(secret, &parts, now);
        let secret = self.single_use(options.single_use, secret)?;
        Ok(Some(AcceptedCode { secret }))
    }

    /// Switches the second factor on or off. Ends the account's sessions and pending links, even if nothing changes.
    pub async fn set_two_factor_enabled(&self, user: &mut User, enabled: bool) -> Result<IdentityResult, Error> {
        let change = Change::TwoFactorEnabled {
            enabled,
            first_recovery_codes: None,
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer_change(outcome))
    }

    /// Switches the second factor on for who has shown a code of the authenticator, which is used up. Ends the account's
    /// sessions and pending links, even if nothing changes.
    pub async fn enable_two_factor(&self, user: &mut User, code: &AcceptedCode) -> Result<IdentityResult, Error> {
        self.switch_on(user, code, None).await
    }

    /// Switches the second factor on for an account without recovery codes, and creates ten, which are returned: both
    /// or neither. Refused if the account has codes by now. Ends the account's sessions and pending links.
    pub async fn enable_two_factor_with_recovery_codes(
        &self,
        user: &mut User,
        code: &AcceptedCode,
    ) -> Result<IdentityResult<Vec<String>>, Error> {
        let NewRecoveryCodes { shown, stored } = self.new_recovery_codes();
        let enabled = self.switch_on(user, code, Some(stored)).await?;
        Ok(enabled.map(|()| shown))
    }

    async fn switch_on(
        &self,
        user: &mut User,
        code: &AcceptedCode,
        first_recovery_codes: Option<RecoveryCodes>,
    ) -> Result<IdentityResult, Error> {
        let change = Change::TwoFactorEnabled {
            enabled: true,
            first_recovery_codes,
            stamp: self.new_security_stamp(),
        };
        let kind = EventKind::from(&change);
        let outcome = self.change_redeeming(kind, user, change, code.secret.as_ref()).await?;
        Ok(match outcome {
            ChangeOutcome::AlreadyRedeemed => Err(vec![IdentityError::InvalidTwoFactorCode]),
            outcome => answer_change(outcome),
        })
    }

    fn new_recovery_codes(&self) -> NewRecoveryCodes {
        NewRecoveryCodes::generate(self.random(), self.options().second_factor.hash_recovery_codes)
    }

    /// The remaining recovery codes.
    pub async fn recovery_codes(&self, user: &User) -> Result<RecoveryCodes, Error> {
        Ok(self.store().recovery_codes(&user.id).await?)
    }

    /// The number of remaining recovery codes.
    pub async fn count_recovery_codes(&self, user: &User) -> Result<usize, Error> {
        Ok(self.recovery_codes(user).await?.len())
    }

    /// Replaces all recovery codes with ten new ones and returns them.
    pub async fn generate_recovery_codes(&self, user: &User) -> Result<IdentityResult<Vec<String>>, Error> {
        let seen = self.recovery_codes(user).await?;
        self.replace_recovery_codes(user, &seen).await
    }

    /// Replaces the recovery codes that the caller saw with ten new ones and returns them. Refused if another request
    /// has replaced them in the meantime, since a user is being shown its codes.
    pub async fn replace_recovery_codes(
        &self,
        user: &User,
        seen: &RecoveryCodes,
    ) -> Result<IdentityResult<Vec<String>>, Error> {
        let NewRecoveryCodes { shown, stored } = self.new_recovery_codes();
        let (expected, change) = (Expected::RecoveryCodes(seen), Change::RecoveryCodes(stored));
        let outcome = self.write(&user.id, expected, &change).await?;
        Ok(answer_change(outcome).map(|()| shown))
    }
}
