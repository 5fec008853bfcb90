//! Passkeys of accounts.

use super::accounts::Accounts;
use crate::account::{User, UserId};
use crate::error::Error;
use crate::event::EventKind;
use crate::passkey::{
    Attestation, CredentialId, PasskeyCreationOptions, PasskeyRefusal, PasskeyRequest, PasskeyRequestOptions,
    PasskeyUserEntity, UserPasskey,
};
use crate::store::AddPasskeyOutcome;

/// Passkeys (.NET's `UserManager` and `SignInManager` have these). [`SignIn::passkey`](crate::SignIn::passkey) signs in with one.
/// Where the stores keep no passkeys, nobody has any, and none is added.
impl Accounts {
    /// Whether the stores keep passkeys: a database does from version 3 of its tables on.
    pub fn keeps_passkeys(&self) -> bool {
        self.stores().passkeys().is_some()
    }

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

    /// What a browser needs to use one of the user's passkeys, for a request to this host: for somebody who is signed in.
    pub async fn passkey_request_options_for(&self, user: &UserId, host: &str) -> Result<PasskeyRequestOptions, Error> {
        let passkeys = self.passkeys(user).await?;
        let options = &self.options().passkeys;
        Ok(PasskeyRequestOptions::for_user(
            options,
            host,
            user,
            &passkeys,
            self.random(),
        ))
    }

    /// Adds the passkey that a browser made with
    /// [`passkey_creation_options`](Self::passkey_creation_options), whose state came back with its answer. Sessions go on.
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
        let outcome = store.add(&user.id, &passkey, UserPasskey::MAX_PER_USER, &event).await?;
        Ok(match outcome {
            AddPasskeyOutcome::Added => {
                self.changed(&event);
                Ok(passkey)
            }
            AddPasskeyOutcome::AlreadyRegistered => Err(refused(user, PasskeyRefusal::CredentialAlreadyRegistered)),
            AddPasskeyOutcome::TooMany => Err(refused(user, PasskeyRefusal::TooManyPasskeys)),
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
        let is_renamed = store.rename(user, id, name, &event).await?;
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
        let is_removed = store.remove(user, id, &event).await?;
        if is_removed {
            self.changed(&event);
        }
        Ok(is_removed)
    }
}

/// Says so in the log; whoever answered learns no more than that it was refused.
fn refused(user: &User, refusal: PasskeyRefusal) -> PasskeyRefusal {
    tracing::info!(user = %user.id, %refusal, "passkey not added");
    refusal
}
