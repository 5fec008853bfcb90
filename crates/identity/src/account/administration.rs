//! What operators can do with accounts.

use time::OffsetDateTime;
use tokio::time::Instant;

use super::accounts::{Accounts, answer, answer_change};
use crate::account::{Change, Expected, NormalizedName, PasswordHash, User, validator};
use crate::error::{Error, IdentityError, IdentityResult};
use crate::event::EventKind;
use crate::observer::{self, Observation};
use crate::second_factor::RecoveryCodes;
use crate::session::SessionsAfterChange;
use crate::store::{FOR_EVER, UserClaims};
use crate::text::normalize;

/// Operations that need neither the user's password nor codes.
impl Accounts {
    /// Up to `limit` accounts in order of their normalized names, after `after`.
    pub async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, Error> {
        Ok(self.store().list(after, limit).await?)
    }

    /// The user's claims and roles.
    pub async fn claims(&self, user: &User) -> Result<UserClaims, Error> {
        Ok(self.store().find_claims(&user.id).await?)
    }

    /// Deletes the account and everything that belongs to it; `false` if it did not exist.
    pub async fn delete(&self, user: User) -> Result<bool, Error> {
        // Also where sessions are off: another instance may have begun some, or this one before.
        let has_sessions = self.stores().sessions().is_some();
        let sessions = has_sessions.then_some(SessionsAfterChange::Removed);
        let event = self.event(EventKind::Deleted, &user.id).with_sessions(sessions);
        let start = Instant::now();
        let deleted = self.store().delete(&user.id, &event).await?;
        observer::tell(&Observation::UserDeleted {
            succeeded: deleted,
            took: start.elapsed(),
        });
        if deleted {
            self.changed(&event);
        }
        Ok(deleted)
    }

    /// Adds the user to a role, which is created if it does not exist.
    pub async fn add_role(&self, user: &User, role: &str) -> Result<IdentityResult, Error> {
        let change = Change::AddRole {
            name: role.to_owned(),
            normalized: normalize(role),
        };
        let outcome = self.write(&user.id, Expected::Account, &change).await?;
        Ok(answer(outcome, role))
    }

    /// Removes the user from a role.
    pub async fn remove_role(&self, user: &User, role: &str) -> Result<IdentityResult, Error> {
        let change = Change::RemoveRole(normalize(role));
        let kind = EventKind::RoleRemoved { role: role.to_owned() };
        let outcome = self.write_as(kind, &user.id, Expected::Account, &change).await?;
        Ok(answer_change(outcome))
    }

    /// Adds a claim.
    pub async fn add_claim(&self, user: &User, claim_type: &str, value: &str) -> Result<IdentityResult, Error> {
        let change = Change::AddClaim {
            claim_type: claim_type.to_owned(),
            value: value.to_owned(),
        };
        let outcome = self.write(&user.id, Expected::Account, &change).await?;
        Ok(answer_change(outcome))
    }

    /// Removes every claim with this type and value.
    pub async fn remove_claim(&self, user: &User, claim_type: &str, value: &str) -> Result<IdentityResult, Error> {
        let change = Change::RemoveClaim {
            claim_type: claim_type.to_owned(),
            value: value.to_owned(),
        };
        let outcome = self.write(&user.id, Expected::Account, &change).await?;
        Ok(answer_change(outcome))
    }

    /// Marks the telephone number as confirmed.
    pub async fn mark_phone_number_confirmed(&self, user: &mut User) -> Result<IdentityResult, Error> {
        let outcome = self.change(user, Change::PhoneNumberConfirmed(true)).await?;
        Ok(answer_change(outcome))
    }

    /// Locks the account for ever, even if failures cannot lock it. Its [sessions](crate::session) end; where there are none, cookies
    /// and tokens continue, see [`sign_out_everywhere`](Self::sign_out_everywhere).
    pub async fn lock(&self, user: &mut User) -> Result<IdentityResult, Error> {
        if !user.lockout_enabled {
            let outcome = self.change(user, Change::LockoutEnabled(true)).await?;
            if let Err(errors) = answer_change(outcome) {
                return Ok(Err(errors));
            }
        }
        self.set_lockout_end(user, Some(FOR_EVER)).await
    }

    /// Unlocks the account and resets its count of failures. If its owner asked to have it [deleted](Self::request_deletion), that is
    /// taken back.
    pub async fn unlock(&self, user: &mut User) -> Result<IdentityResult, Error> {
        if self.cancel_deletion(user).await? && user.lockout_end.is_none() {
            return Ok(Ok(()));
        }
        self.set_lockout_end(user, None).await
    }

    /// Stops failures from locking this account, and ignores a current lockout.
    pub async fn disable_lockout(&self, user: &mut User) -> Result<IdentityResult, Error> {
        let outcome = self.change(user, Change::LockoutEnabled(false)).await?;
        Ok(answer_change(outcome))
    }

    /// Changes the user name. Ends the account's sessions and pending links.
    pub async fn set_user_name(&self, user: &mut User, name: &str) -> Result<IdentityResult, Error> {
        if let Err(error) = validator::validate_user_name(&self.options().user, name) {
            return Ok(Err(vec![error]));
        }
        if !self.can_keep(name) {
            return Ok(Err(vec![IdentityError::InvalidUserName(name.to_owned())]));
        }
        let change = Change::UserName {
            name: name.to_owned(),
            normalized: normalize(name),
            stamp: self.new_security_stamp(),
        };
        let outcome = self.change_if_unchanged(user, change).await?;
        Ok(answer(outcome, name))
    }

    /// Switches the second factor off, and removes the authenticator key and the recovery codes: for a user who lost
    /// both, and then signs in with the password alone and sets up a new one. Ends the account's sessions and pending
    /// links at once, and remembered machines at their next check.
    pub async fn reset_second_factor(&self, user: &mut User) -> Result<IdentityResult, Error> {
        // In this order, an interruption never leaves an account that requires a second factor nobody has.
        if let Err(errors) = self.set_two_factor_enabled(user, false).await? {
            return Ok(Err(errors));
        }
        if let Err(errors) = self.reset_authenticator_key(user).await? {
            return Ok(Err(errors));
        }
        let seen = self.recovery_codes(user).await?;
        let (expected, none) = (
            Expected::RecoveryCodes(&seen),
            Change::RecoveryCodes(RecoveryCodes::default()),
        );
        let outcome = self
            .write_as(EventKind::TwoFactorReset, &user.id, expected, &none)
            .await?;
        Ok(answer_change(outcome))
    }

    /// Whether the account is locked now.
    pub fn is_locked_out(&self, user: &User) -> bool {
        user.is_locked_out(self.now())
    }

    /// Imports a password hash. Ends the account's sessions and pending links.
    pub async fn set_password_hash(&self, user: &mut User, hash: PasswordHash) -> Result<IdentityResult, Error> {
        let change = Change::Password {
            hash: Some(hash),
            stamp: self.new_security_stamp(),
        };
        let outcome = self
            .change_if_unchanged_as(EventKind::PasswordHashSet, user, change)
            .await?;
        Ok(answer_change(outcome))
    }

    /// Gives the account a new security stamp, which ends its sessions and pending links.
    pub async fn sign_out_everywhere(&self, user: &mut User) -> Result<IdentityResult, Error> {
        let change = Change::SecurityStamp(self.new_security_stamp());
        let outcome = self.change(user, change).await?;
        Ok(answer_change(outcome))
    }

    async fn set_lockout_end(&self, user: &mut User, end: Option<OffsetDateTime>) -> Result<IdentityResult, Error> {
        let outcome = self.change(user, Change::LockoutEnd(end)).await?;
        Ok(answer_change(outcome))
    }
}
