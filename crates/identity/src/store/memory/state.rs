use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use crate::store::{AttemptChange, EmailUniqueness, UpdateOutcome};
use crate::{ConcurrencyStamp, NormalizedName, RecoveryCodes, SecurityStamp, User, UserId};

/// All that a [`MemoryStore`](super::MemoryStore) holds.
#[derive(Default)]
pub(super) struct State {
    pub(super) accounts: HashMap<UserId, Account>,
    pub(super) ids_by_name: BTreeMap<NormalizedName, UserId>,
    pub(super) roles: BTreeMap<NormalizedName, String>,
    writes: u128,
}

pub(super) struct Account {
    pub(super) user: User,
    pub(super) claims: Vec<(String, String)>,
    pub(super) roles: BTreeSet<NormalizedName>,
    pub(super) authenticator_key: Option<String>,
    pub(super) recovery_codes: RecoveryCodes,
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

    pub(super) fn update(&mut self, id: &UserId, change: impl FnOnce(&mut Account)) -> UpdateOutcome {
        let Some(account) = self.accounts.get_mut(id) else {
            return UpdateOutcome::Conflict;
        };
        change(account);
        self.writes += 1;
        account.user.concurrency_stamp = Some(ConcurrencyStamp::from_stored(Uuid::from_u128(self.writes).to_string()));
        UpdateOutcome::Updated
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

    pub(super) fn update_if(
        &mut self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        change: impl FnOnce(&mut Account),
    ) -> UpdateOutcome {
        match self.accounts.get(id) {
            Some(account) if account.user.security_stamp.as_ref() == expected => self.update(id, change),
            _ => UpdateOutcome::Conflict,
        }
    }

    pub(super) fn rename(&mut self, id: &UserId, name: &str, normalized: &NormalizedName) {
        let Some(account) = self.accounts.get_mut(id) else {
            return;
        };
        account.user.user_name = Some(name.to_owned());
        if let Some(old) = account.user.normalized_user_name.replace(normalized.clone()) {
            self.ids_by_name.remove(&old);
        }
        self.ids_by_name.insert(normalized.clone(), id.clone());
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
        }
    }
}
