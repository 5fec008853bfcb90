//! The contents of the in-memory store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::sessions::MemorySessions;
use crate::account::{Change, ConcurrencyStamp, Deletion, EmailUniqueness, Expected, NormalizedName, User, UserId};
use crate::event::Event;
use crate::passkey::UserPasskey;
use crate::second_factor::RecoveryCodes;
use crate::store::{AttemptChange, ChangeOutcome};

/// All that a [`MemoryStore`](super::MemoryStore) holds.
#[derive(Default)]
pub(super) struct State {
    pub(super) accounts: HashMap<UserId, Account>,
    pub(super) ids_by_name: BTreeMap<NormalizedName, UserId>,
    pub(super) roles: BTreeMap<NormalizedName, String>,
    pub(super) sessions: MemorySessions,
    pub(super) deletions: HashMap<UserId, PendingDeletion>,
    writes: u128,
}

/// That an account is to be deleted, and what it was like before it was closed.
pub(super) struct PendingDeletion {
    pub(super) deletion: Deletion,
    pub(super) lockout_enabled: bool,
}

pub(super) struct Account {
    pub(super) user: User,
    pub(super) claims: Vec<(String, String)>,
    pub(super) roles: BTreeSet<NormalizedName>,
    pub(super) authenticator_key: Option<String>,
    pub(super) recovery_codes: RecoveryCodes,
    pub(super) passkeys: Vec<UserPasskey>,
}

impl State {
    pub(super) fn name_is_taken(&self, name: Option<&NormalizedName>, by_other_than: &UserId) -> bool {
        name.and_then(|name| self.ids_by_name.get(name))
            .is_some_and(|owner| owner != by_other_than)
    }

    pub(super) fn email_is_taken(
        &self,
        email: Option<&NormalizedName>,
        by_other_than: &UserId,
        uniqueness: EmailUniqueness,
    ) -> bool {
        uniqueness == EmailUniqueness::Required
            && email.is_some()
            && self
                .accounts
                .values()
                .any(|account| account.user.normalized_email.as_ref() == email && account.user.id != *by_other_than)
    }

    pub(super) fn update(&mut self, id: &UserId, change: impl FnOnce(&mut Account)) -> ChangeOutcome {
        let Some(account) = self.accounts.get_mut(id) else {
            return ChangeOutcome::Conflict;
        };
        change(account);
        self.writes += 1;
        account.user.concurrency_stamp = Some(ConcurrencyStamp::from_stored(Uuid::from_u128(self.writes).to_string()));
        ChangeOutcome::Changed
    }

    /// Whether there was one.
    pub(super) fn delete(&mut self, id: &UserId, event: &Event) -> bool {
        let Some(account) = self.accounts.remove(id) else {
            return false;
        };
        if let Some(name) = &account.user.normalized_user_name {
            self.ids_by_name.remove(name);
        }
        self.sessions.after_change(id, event);
        self.deletions.remove(id);
        true
    }

    pub(super) fn count(&mut self, id: &UserId, change: AttemptChange) {
        match change {
            AttemptChange::None => {}
            AttemptChange::Count(count) => {
                self.update(id, |account| account.user.access_failed_count = count);
            }
            AttemptChange::LockOut(end) => {
                self.update(id, |account| {
                    account.user.lockout_end = Some(end);
                    account.user.access_failed_count = 0;
                });
            }
        }
    }

    /// Whether there is such an account, and it is so.
    pub(super) fn is_as_expected(&self, id: &UserId, expected: Expected<'_>) -> bool {
        self.accounts.get(id).is_some_and(|account| account.is_as(expected))
    }

    pub(super) fn change(&mut self, id: &UserId, expected: Expected<'_>, change: &Change) -> ChangeOutcome {
        let Some(account) = self.accounts.get(id).filter(|account| account.is_as(expected)) else {
            return ChangeOutcome::Conflict;
        };
        if self.name_is_taken(change.user_name(), id) {
            return ChangeOutcome::DuplicateUserName;
        }
        if let Change::Email { email, uniqueness, .. } = change
            && self.email_is_taken(Some(&email.normalized_email), id, *uniqueness)
        {
            return ChangeOutcome::DuplicateEmail;
        }
        if let Change::TwoFactorEnabled {
            first_recovery_codes: Some(_),
            ..
        } = change
            && !account.recovery_codes.is_empty()
        {
            return ChangeOutcome::Conflict;
        }
        if let Change::AddRole { name, normalized } = change {
            self.roles.entry(normalized.clone()).or_insert_with(|| name.clone());
        }
        if let Some(name) = change.user_name() {
            self.ids_by_name.retain(|_, owner| owner != id);
            self.ids_by_name.insert(name.clone(), id.clone());
        }
        self.update(id, |account| account.apply(change))
    }
}

impl Account {
    pub(super) fn new(user: User) -> Self {
        Self {
            user,
            claims: Vec::new(),
            roles: BTreeSet::new(),
            authenticator_key: None,
            recovery_codes: RecoveryCodes::default(),
            passkeys: Vec::new(),
        }
    }

    fn is_as(&self, expected: Expected<'_>) -> bool {
        match expected {
            Expected::RecoveryCodes(codes) => self.recovery_codes == *codes,
            expected => expected.is_met_by(&self.user),
        }
    }

    fn apply(&mut self, change: &Change) {
        change.apply(&mut self.user);
        match change {
            Change::AuthenticatorKey { key, .. } => self.authenticator_key = Some(key.clone()),
            Change::RecoveryCodes(codes)
            | Change::TwoFactorEnabled {
                first_recovery_codes: Some(codes),
                ..
            } => self.recovery_codes = codes.clone(),
            Change::AddRole { normalized, .. } => {
                self.roles.insert(normalized.clone());
            }
            Change::RemoveRole(normalized) => {
                self.roles.remove(normalized);
            }
            Change::AddClaim { claim_type, value } => self.claims.push((claim_type.clone(), value.clone())),
            Change::RemoveClaim { claim_type, value } => self.claims.retain(|(t, v)| t != claim_type || v != value),
            _ => {}
        }
    }
}
