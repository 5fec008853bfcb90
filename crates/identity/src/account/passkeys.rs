//! Passkeys of accounts.

use tokio::time::Instant;

use super::accounts::Accounts;
use super::writing::observe;
use crate::account::{User, UserId};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::passkey::{
    Attestation, CredentialId, PasskeyAnswer, PasskeyAttestationState, PasskeyCreationOptions, PasskeyRefusal,
    PasskeyRequestOptions, PasskeyUserEntity, UserPasskey,
};
use crate::secret::{PasskeyChallenge, Redemption, StatelessSecret};
use crate::session::SessionsAfterChange;
use crate::store::{AddPasskeyOutcome, LastPasskey, RemovePasskeyOutcome};

/// Passkeys (.NET's `UserManager` and `SignInManager` have these). [`SignIn::passkey`](crate::SignIn::passkey) signs in with one.
/// Where the stores keep no passkeys (a database does from version 3 of its tables on), nobody has any, and none is added.
impl Accounts {
    /// Whether there are passkeys here: the [options](crate::options::PasskeyOptions::enabled) say so, and the stores keep them.
    pub fn has_passkeys(&self) -> bool {
        self.options().passkeys.enabled && self.stores().passkeys().is_some()
    }

    /// The user's passkeys, the oldest first.
    pub async fn passkeys(&self, user: &UserId) -> Result<Vec<UserPasskey>, Error> {
        match self.stores().passkeys() {
            Some(store) => Ok(store.list(user).await?),
            None => Ok(Vec::new()),
        }
    }

    /// What a browser needs to make a passkey for the user, for a request to this host (.NET's
    /// `SignInManager.MakePasskeyCreationOptionsAsync`).
    pub async fn passkey_creation_options(&self, user: &User, host: &str) -> Result<PasskeyCreationOptions, Error> {
        let existing = self.passkeys(&user.id).await?;
        // .NET's templates have "User" for nobody.
        let name = user.user_name.clone().unwrap_or_else(|| "User".to_owned());
        let entity = PasskeyUserEntity {
            id: user.id.clone(),
            display_name: name.clone(),
            name,
        };
        let options = &self.options().passkeys;
        Ok(PasskeyCreationOptions::new(
            options,
            host,
            entity,
            &existing,
            self.random(),
        ))
    }

    /// What a browser needs to sign in with a passkey that it finds by itself, for a request to this host (.NET's
    /// `SignInManager.MakePasskeyRequestOptionsAsync(null)`).
    pub fn passkey_request_options(&self, host: &str) -> PasskeyRequestOptions {
        PasskeyRequestOptions::for_anybody(&self.options().passkeys, host, self.random())
    }

    /// Verifies and adds the passkey that a browser made with [`passkey_creation_options`](Self::passkey_creation_options), whose
    /// state came back with its answer (.NET's `SignInManager.PerformPasskeyAttestationAsync` and
    /// `UserManager.AddOrUpdatePasskeyAsync`). Sessions go on. It is refused if the user's credentials have changed since `user` was
    /// read: whoever changed them may have had to.
    ///
    /// Where [`single_use`](crate::options::PasskeyOptions::single_use) says so, a challenge adds a passkey once, on all instances.
    pub async fn add_passkey(
        &self,
        user: &User,
        answer: PasskeyAnswer<'_>,
        name: Option<&str>,
    ) -> Result<IdentityResult<UserPasskey>, Error> {
        let name = match given_name(name) {
            Ok(name) => name.map(str::to_owned),
            Err(error) => return Ok(Err(vec![error])),
        };
        let (passkey, challenge) = match self.verify_new_passkey(user, answer) {
            Ok(verified) => verified,
            Err(refusal) => return Ok(refused(user, refusal)),
        };
        let Some(store) = self.stores().passkeys() else {
            return Ok(refused(user, PasskeyRefusal::NotKept));
        };
        if !self.redeem_challenge(&challenge).await? {
            return Ok(refused(user, PasskeyRefusal::ReusedChallenge));
        }
        let passkey = UserPasskey { name, ..passkey };
        let event = self.event(EventKind::PasskeyAdded, &user.id);
        let (expected, limit, start) = (user.security_stamp.as_ref(), UserPasskey::MAX_PER_USER, Instant::now());
        let outcome = store.add(&user.id, expected, &passkey, limit, &event).await?;
        observe(&event, outcome == AddPasskeyOutcome::Added, start);
        Ok(match outcome {
            AddPasskeyOutcome::Added => {
                self.changed(&event);
                Ok(passkey)
            }
            AddPasskeyOutcome::AlreadyRegistered => refused(user, PasskeyRefusal::CredentialAlreadyRegistered),
            AddPasskeyOutcome::TooMany => refused(user, PasskeyRefusal::TooManyPasskeys),
            AddPasskeyOutcome::AccountChanged => refused(user, PasskeyRefusal::AccountChanged),
            AddPasskeyOutcome::NoAccount => refused(user, PasskeyRefusal::CredentialDoesNotBelongToUser),
        })
    }

    /// Gives the user's passkey a name, or none for an empty one; `false` if the user has no such passkey.
    pub async fn rename_passkey(
        &self,
        user: &UserId,
        id: &CredentialId,
        name: Option<&str>,
    ) -> Result<IdentityResult<bool>, Error> {
        let name = match given_name(name) {
            Ok(name) => name,
            Err(error) => return Ok(Err(vec![error])),
        };
        let Some(store) = self.stores().passkeys() else {
            return Ok(Ok(false));
        };
        let event = self.event(EventKind::PasskeyRenamed, user);
        let start = Instant::now();
        let is_renamed = store.rename(user, id, name, &event).await?;
        observe(&event, is_renamed, start);
        if is_renamed {
            self.changed(&event);
        }
        Ok(Ok(is_renamed))
    }

    /// Removes the user's passkey, and ends the sessions that it began; `false` if the user has no such passkey. The only passkey of
    /// an account without a password stays. (In .NET sessions go on, and it may be the last way in.)
    pub async fn remove_passkey(&self, user: &User, id: &CredentialId) -> Result<IdentityResult<bool>, Error> {
        let Some(store) = self.stores().passkeys() else {
            return Ok(Ok(false));
        };
        let last = match user.password_hash {
            Some(_) => LastPasskey::Goes,
            None => LastPasskey::Stays,
        };
        let credential = id.to_string();
        // Also where sessions are off: another instance may have begun some, or this one before.
        let keeps_sessions = self.stores().sessions().is_some();
        let sessions = keeps_sessions.then_some(SessionsAfterChange::EndOf { credential });
        let event = self.event(EventKind::PasskeyRemoved, &user.id).with_sessions(sessions);
        let start = Instant::now();
        let outcome = store.remove(&user.id, id, last, &event).await?;
        observe(&event, outcome == RemovePasskeyOutcome::Removed, start);
        Ok(match outcome {
            RemovePasskeyOutcome::Removed => {
                self.changed(&event);
                Ok(true)
            }
            RemovePasskeyOutcome::NotFound => Ok(false),
            RemovePasskeyOutcome::Last => Err(vec![IdentityError::LastSignInMethod]),
        })
    }

    /// The new passkey, if the answer is right and was asked for by this user; and what the authenticator had to sign.
    fn verify_new_passkey(
        &self,
        user: &User,
        answer: PasskeyAnswer<'_>,
    ) -> Result<(UserPasskey, Vec<u8>), PasskeyRefusal> {
        let PasskeyAnswer {
            credential_json,
            state_json,
            request,
        } = answer;
        let options = &self.options().passkeys;
        let attestation = Attestation::verify(credential_json, state_json, options, request, self.now())?;
        if attestation.user_entity.id != user.id {
            // A ceremony that somebody else began in this browser.
            return Err(PasskeyRefusal::CredentialDoesNotBelongToUser);
        }
        let state = PasskeyAttestationState::from_json(state_json)?;
        Ok((attestation.passkey, state.challenge))
    }

    /// Uses up the challenge of a ceremony, where each may be answered once; `false` if it was answered before.
    pub(super) async fn redeem_challenge(&self, challenge: &[u8]) -> Result<bool, Error> {
        let (options, now) = (&self.options().passkeys, self.now());
        let secret = StatelessSecret {
            // Anybody may answer it, and one of them does.
            subject: String::new(),
            // The state has expired by then, also by the clock of another instance.
            expires: now.saturating_add(options.authenticator_timeout * 2),
        };
        let redemption = Redemption::of_stateless::<PasskeyChallenge>(secret, &[challenge], now);
        let redemption = self.single_use(options.single_use, redemption)?;
        match (redemption, self.stores().secrets()) {
            (Some(redemption), Some(store)) => Ok(store.redeem(&redemption).await?.is_some()),
            _ => Ok(true),
        }
    }
}

/// An empty name is none.
fn given_name(name: Option<&str>) -> Result<Option<&str>, IdentityError> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) if !UserPasskey::is_name(name) => {
            Err(IdentityError::InvalidPasskeyName(UserPasskey::MAX_NAME_LENGTH))
        }
        name => Ok(name),
    }
}

/// Says so in the log, too.
fn refused<T>(user: &User, refusal: PasskeyRefusal) -> IdentityResult<T> {
    tracing::info!(user = %user.id, %refusal, "passkey not added");
    Err(vec![refusal.into()])
}
