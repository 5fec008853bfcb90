//! Passkeys of accounts.

use tokio::time::Instant;

use super::accounts::Accounts;
use super::writing::observe;
use crate::account::{User, UserId};
use crate::error::Error;
use crate::event::{Event, EventKind};
use crate::passkey::{
    Attestation, CredentialId, PasskeyCreationOptions, PasskeyRefusal, PasskeyRequest, PasskeyRequestOptions,
    PasskeyUserEntity, UserPasskey,
};
use crate::store::{AddPasskeyOutcome, PasskeyUse};

/// Passkeys (.NET's `UserManager` and `SignInManager` have these). [`SignIn::passkey`](crate::SignIn::passkey) signs in with one.
/// Where the stores keep no passkeys (a database does from version 3 of its tables on), nobody has any, and none is added.
impl Accounts {
    /// The user's passkeys, the oldest first.
    pub async fn passkeys(&self, user: &UserId) -> Result<Vec<UserPasskey>, Error> {
        match self.stores().passkeys() {
            Some(store) => Ok(store.list(user).await?),
            None => Ok(Vec::new()),
        }
    }

    /// What a browser needs to make a passkey for the user, for a request to this host.
    pub async fn passkey_creation_options(&self, user: &User, host: &str) -> Result<PasskeyCreationOptions, Error> {
        let existing = self.passkeys(&user.id).await?;
        let name = user.user_name.clone().unwrap_or_default();
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

    /// What a browser needs to sign in with a passkey that it finds by itself, for a request to this host.
    pub fn passkey_request_options(&self, host: &str) -> PasskeyRequestOptions {
        PasskeyRequestOptions::for_anybody(&self.options().passkeys, host, self.random())
    }

    /// Adds the passkey that a browser made with
    /// [`passkey_creation_options`](Self::passkey_creation_options), whose state came back with its answer. Sessions go on. It is
    /// refused if the user's credentials have changed since `user` was read: whoever changed them may have had to.
    ///
    /// The caller has checked the name with [`UserPasskey::is_name`].
    pub async fn add_passkey(
        &self,
        user: &User,
        credential_json: &str,
        state_json: &str,
        request: PasskeyRequest<'_>,
        name: Option<String>,
    ) -> Result<Result<UserPasskey, PasskeyRefusal>, Error> {
        let options = &self.options().passkeys;
        let attestation = Attestation::verify(credential_json, state_json, options, request, self.now());
        let attestation = match attestation {
            Ok(attestation) if attestation.user_entity.id == user.id => attestation,
            // A ceremony that somebody else began in this browser.
            Ok(_) => return Ok(Err(refused(user, PasskeyRefusal::CredentialDoesNotBelongToUser))),
            Err(refusal) => return Ok(Err(refused(user, refusal))),
        };
        let passkey = UserPasskey {
            name,
            ..attestation.passkey
        };
        let Some(store) = self.stores().passkeys() else {
            return Ok(Err(refused(user, PasskeyRefusal::NotKept)));
        };
        let event = self.event(EventKind::PasskeyAdded, &user.id);
        let (expected, limit, start) = (user.security_stamp.as_ref(), UserPasskey::MAX_PER_USER, Instant::now());
        let outcome = store.add(&user.id, expected, &passkey, limit, &event).await?;
        observe(&event, outcome == AddPasskeyOutcome::Added, start);
        Ok(match outcome {
            AddPasskeyOutcome::Added => {
                self.changed(&event);
                Ok(passkey)
            }
            AddPasskeyOutcome::AlreadyRegistered => Err(refused(user, PasskeyRefusal::CredentialAlreadyRegistered)),
            AddPasskeyOutcome::TooMany => Err(refused(user, PasskeyRefusal::TooManyPasskeys)),
            AddPasskeyOutcome::AccountChanged => Err(refused(user, PasskeyRefusal::AccountChanged)),
            AddPasskeyOutcome::NoAccount => Err(refused(user, PasskeyRefusal::CredentialDoesNotBelongToUser)),
        })
    }

    /// Gives the user's passkey a name, or none; `false` if the user has no such passkey. The caller has checked the name with
    /// [`UserPasskey::is_name`].
    pub async fn rename_passkey(&self, user: &UserId, id: &CredentialId, name: Option<&str>) -> Result<bool, Error> {
        let Some(store) = self.stores().passkeys() else {
            return Ok(false);
        };
        let event = self.event(EventKind::PasskeyRenamed, user);
        let start = Instant::now();
        let is_renamed = store.rename(user, id, name, &event).await?;
        observe(&event, is_renamed, start);
        if is_renamed {
            self.changed(&event);
        }
        Ok(is_renamed)
    }

    /// Removes the user's passkey; `false` if the user has no such passkey. As in .NET, sessions that began with it go on, and it
    /// may be the last way in.
    pub async fn remove_passkey(&self, user: &UserId, id: &CredentialId) -> Result<bool, Error> {
        let Some(store) = self.stores().passkeys() else {
            return Ok(false);
        };
        let event = self.event(EventKind::PasskeyRemoved, user);
        let start = Instant::now();
        let is_removed = store.remove(user, id, &event).await?;
        observe(&event, is_removed, start);
        if is_removed {
            self.changed(&event);
        }
        Ok(is_removed)
    }

    /// Writes what a passkey is like after it was used; `false` if it or its account has changed since it was verified.
    pub(crate) async fn mark_passkey_used(&self, used: PasskeyUse<'_>, event: &Event) -> Result<bool, Error> {
        let Some(store) = self.stores().passkeys() else {
            return Ok(false);
        };
        let start = Instant::now();
        let is_used = store.mark_used(used, event).await?;
        observe(event, is_used, start);
        Ok(is_used)
    }

    /// The event of a passkey that did not do. No failure is counted: nobody guesses signatures. So the account's row is left alone,
    /// and the event is written only where it tells somebody of an account: strangers have nothing written.
    pub(crate) async fn passkey_failed(&self, user: Option<UserId>, kind: EventKind) -> Result<(), Error> {
        let event = Event::new(kind, user, self.now());
        if let (Some(log), Some(_)) = (self.stores().events(), &event.user) {
            log.add(&event).await?;
        }
        event.log();
        Ok(())
    }
}

/// Says so in the log; whoever answered learns no more than that it was refused.
fn refused(user: &User, refusal: PasskeyRefusal) -> PasskeyRefusal {
    tracing::info!(user = %user.id, %refusal, "passkey not added");
    refusal
}
