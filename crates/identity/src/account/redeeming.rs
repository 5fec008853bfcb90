//! Changes of an account that use up a one-time secret.

use super::accounts::Accounts;
use crate::account::{Change, Expected, User};
use crate::error::Error;
use crate::event::EventKind;
use crate::secret::{Redemption, Secrets};
use crate::store::{ChangeOutcome, StoreError};

impl Accounts {
    /// The one-time secrets; `None` if the stores keep none.
    pub fn secrets(&self) -> Option<Secrets<'_>> {
        let store = self.stores().secrets()?;
        Some(Secrets::new(store, self.clock(), self.random()))
    }

    /// The secret, if it has to be redeemed because the option for it is on.
    pub(super) fn single_use(&self, is_on: bool, secret: Redemption) -> Result<Option<Redemption>, Error> {
        match is_on {
            // Nothing may be accepted twice because nobody could tell.
            true if self.stores().secrets().is_none() => Err(Error::Store(StoreError::Failed(
                "codes can be used once only where one-time secrets are kept, which these stores do not do".into(),
            ))),
            true => Ok(Some(secret)),
            false => Ok(None),
        }
    }

    /// Changes the account if it still has the security stamp it was read with and the secret, if there is one, can be
    /// redeemed, and updates `user`. Both happen in one transaction, or neither.
    pub(super) async fn change_redeeming(
        &self,
        kind: EventKind,
        user: &mut User,
        change: Change,
        secret: Option<&Redemption>,
    ) -> Result<ChangeOutcome, Error> {
        let Some(secret) = secret else {
            return self.change_if_unchanged_as(kind, user, change).await;
        };
        let expected = Expected::Redeeming {
            stamp: user.security_stamp.as_ref(),
            secret,
        };
        let outcome = self.write_as(kind, &user.id, expected, &change).await?;
        if outcome == ChangeOutcome::Changed {
            change.apply(user);
        }
        Ok(outcome)
    }
}
