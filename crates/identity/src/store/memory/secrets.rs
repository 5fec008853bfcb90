//! One-time secrets in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::secret::{IssuedSecret, Redemption, StatelessSecret};
use crate::store::{SecretStore, StoreError};

/// How many secrets there may be.
const MOST_SECRETS: usize = 100_000;

/// Secrets in memory, at most 100,000 of them.
#[derive(Default)]
pub(super) struct MemorySecrets {
    state: Mutex<Secrets>,
}

/// By purpose and hash.
#[derive(Default)]
pub(super) struct Secrets(HashMap<(&'static str, String), Kept>);

struct Kept {
    subject: String,
    expires: OffsetDateTime,
    is_redeemed: bool,
}

impl MemorySecrets {
    /// For a step that does more than redeem a secret, and holds it meanwhile.
    pub(super) fn lock(&self) -> MutexGuard<'_, Secrets> {
        // No method leaves the state half-written, so it is intact even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets {
    /// Whether [`redeem`](Self::redeem) would say yes.
    pub(super) fn can_redeem(&self, redemption: &Redemption) -> bool {
        match (self.0.get(&key(redemption)), redemption.stateless()) {
            (None, stateless) => stateless.is_some(),
            (Some(_), Some(_)) => false,
            (Some(kept), None) => !kept.is_redeemed && kept.expires > redemption.at(),
        }
    }

    pub(super) fn redeem(&mut self, redemption: &Redemption) -> Result<Option<String>, StoreError> {
        if !self.can_redeem(redemption) {
            return Ok(None);
        }
        if let Some(kept) = self.0.get_mut(&key(redemption)) {
            kept.is_redeemed = true;
            return Ok(Some(kept.subject.clone()));
        }
        let Some(StatelessSecret { subject, expires }) = redemption.stateless() else {
            return Ok(None);
        };
        self.make_room_for(redemption)?;
        let kept = Kept {
            subject: subject.clone(),
            expires: *expires,
            is_redeemed: true,
        };
        self.0.insert(key(redemption), kept);
        Ok(Some(subject.clone()))
    }

    /// So that redeeming it cannot fail once what it is for is done.
    pub(super) fn make_room_for(&mut self, redemption: &Redemption) -> Result<(), StoreError> {
        // Of one that was issued something is kept already.
        if redemption.stateless().is_none() {
            return Ok(());
        }
        if self.0.len() >= MOST_SECRETS {
            self.0.retain(|_, kept| kept.expires >= redemption.at());
        }
        match self.0.len() < MOST_SECRETS {
            true => Ok(()),
            false => Err(StoreError::Unavailable("there are too many one-time secrets".into())),
        }
    }
}

fn key(redemption: &Redemption) -> (&'static str, String) {
    (redemption.purpose(), redemption.hash().to_owned())
}

/// Only their number, not their contents.
impl fmt::Debug for MemorySecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.lock().0.len())
    }
}

#[async_trait]
impl SecretStore for MemorySecrets {
    async fn issue(&self, secret: &IssuedSecret) -> Result<(), StoreError> {
        let mut secrets = self.lock();
        if secrets.0.len() >= MOST_SECRETS {
            return Err(StoreError::Unavailable("there are too many one-time secrets".into()));
        }
        let kept = Kept {
            subject: secret.subject.clone(),
            expires: secret.expires,
            is_redeemed: false,
        };
        secrets.0.insert((secret.purpose, secret.hash.clone()), kept);
        Ok(())
    }

    async fn redeem(&self, redemption: &Redemption) -> Result<Option<String>, StoreError> {
        self.lock().redeem(redemption)
    }

    async fn remove_expired(&self, before: OffsetDateTime, limit: usize) -> Result<u64, StoreError> {
        let mut secrets = self.lock();
        let expired = secrets.0.iter().filter(|(_, kept)| kept.expires < before);
        let expired: Vec<_> = expired.take(limit).map(|(key, _)| key.clone()).collect();
        expired.iter().for_each(|key| drop(secrets.0.remove(key)));
        Ok(expired.len() as u64)
    }
}
