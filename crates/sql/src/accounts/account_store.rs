//! [`AccountStore`] on a database.

use std::future::Future;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::account::{
    Change, ConcurrencyStamp, EmailUniqueness, Expected, NormalizedName, SecurityStamp,
};
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{
    Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, NewAccountMail, RedeemOutcome, UserClaims,
};
use wicketgate_identity::{AccountStore, Event, StoreError, User, UserId};
use wicketgate_protection::Random;

use super::create::{Creation, Mail};
use super::lockout::AttemptAt;
use super::update::Target;
use super::{SqlAccountStore, change, claims, create, lockout, new_id, two_factor, users};
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::events::StepEvent;
use crate::retry::retrying;

/// Each method lets a neighbouring module do the step, again where another transaction got in its way.
#[async_trait]
impl<D: Database> AccountStore for SqlAccountStore<D> {
    fn longest_name(&self) -> Option<usize> {
        D::Dialect::LONGEST_NAME
    }

    fn read_id(&self, text: &str) -> Option<UserId> {
        self.database.layout().keys().read(text).map(UserId::from_stored)
    }

    fn new_id(&self, now: OffsetDateTime, random: &dyn Random) -> UserId {
        UserId::from_stored(new_id(&*self.database, now, random))
    }

    async fn create(
        &self,
        user: &User,
        email: EmailUniqueness,
        mail: Option<&dyn NewAccountMail>,
        event: &Event,
    ) -> Result<CreateOutcome, StoreError> {
        let key = user.normalized_email.as_ref().or(user.normalized_user_name.as_ref());
        let _turn = self.addresses.wait(key.map_or("", NormalizedName::as_str)).await?;
        let mail = match mail {
            _ if self.database.layout().keys().is_made_by_database() => Mail::ForId(mail),
            Some(mail) => Mail::Made(Some(mail.queued(user).await?)),
            None => Mail::Made(None),
        };
        let creation = &Creation {
            user,
            email,
            mail,
            event: self.event(event).await?,
            random: &*self.random,
        };
        self.run(|| create::create(&*self.database, creation)).await
    }

    async fn delete(&self, id: &UserId, event: &Event) -> Result<bool, StoreError> {
        let event = self.event(event).await?;
        self.write_to(id, || users::delete(&*self.database, id, self.has_deletions, event))
            .await
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_id(&*self.database, id)).await
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_normalized_name(&*self.database, name)).await
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_normalized_email(&*self.database, email))
            .await
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        self.run(|| users::list(&*self.database, after, limit)).await
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        self.run(|| claims::find_claims(&*self.database, id)).await
    }

    async fn change(
        &self,
        id: &UserId,
        expected: Expected<'_>,
        change: &Change,
        event: &Event,
    ) -> Result<ChangeOutcome, StoreError> {
        let target = Target {
            id,
            expected,
            concurrency_stamp: &self.new_stamp(),
        };
        // Always before the account's turn, so that nobody waits in a circle.
        let address = match change {
            Change::Email { email, .. } => email.normalized_email.as_str(),
            _ => "",
        };
        let _turn = self.addresses.wait(address).await?;
        let event = self.event(event).await?;
        let random = &*self.random;
        self.write_to(id, || change::change(&*self.database, target, change, event, random))
            .await
    }

    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt<'_>,
        now: OffsetDateTime,
        options: &LockoutOptions,
        event: &Event,
    ) -> Result<AttemptOutcome, StoreError> {
        let at = &AttemptAt {
            id,
            expected,
            attempt,
            now,
            options,
            stamp: &self.new_stamp(),
        };
        let event = self.event(event).await?;
        self.write_to(id, || lockout::settle_attempt(&*self.database, at, event))
            .await
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        self.run(|| two_factor::authenticator_key(&*self.database, id)).await
    }

    async fn authenticator_keys(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<(UserId, String)>, StoreError> {
        self.run(|| two_factor::authenticator_keys(&*self.database, after, limit))
            .await
    }

    async fn replace_authenticator_key(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
        self.write_to(id, || two_factor::replace_stored_key(&*self.database, id, old, new))
            .await
    }

    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
        event: &Event,
    ) -> Result<Option<String>, StoreError> {
        let target = Target {
            id,
            expected: Expected::Account,
            concurrency_stamp: &self.new_stamp(),
        };
        let event = self.event(event).await?;
        self.write_to(id, || {
            two_factor::ensure_authenticator_key(&*self.database, target, expected, key, stamp, event)
        })
        .await
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        self.run(|| two_factor::recovery_codes(&*self.database, id)).await
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
        event: &Event,
    ) -> Result<RedeemOutcome, StoreError> {
        let redeeming = &two_factor::Redeeming {
            id,
            expected,
            code,
            now,
            concurrency_stamp: &self.new_stamp(),
        };
        let event = self.event(event).await?;
        self.write_to(id, || {
            two_factor::redeem_recovery_code(&*self.database, redeeming, event)
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.run(|| users::ping(&*self.database)).await?;
        self.database.check().await?;
        self.check_writable().await
    }

    async fn check_writable(&self) -> Result<(), StoreError> {
        Ok(retrying(&*self.database, &*self.random, || self.writes.check(&*self.database)).await?)
    }
}

impl<D: Database> SqlAccountStore<D> {
    /// When it is this one's turn among all who write to the account.
    pub(crate) async fn write_to<T, F, Fut>(&self, id: &UserId, step: F) -> Result<T, StoreError>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, DatabaseError>> + Send,
        T: Send,
    {
        let _turn = self.accounts.wait(id.as_str()).await?;
        self.run(step).await
    }

    /// What only reads is tried again too: in SQL Server it can be the victim of a deadlock.
    pub(crate) async fn run<T, F, Fut>(&self, step: F) -> Result<T, StoreError>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, DatabaseError>> + Send,
        T: Send,
    {
        let outcome = retrying(&*self.database, &*self.random, step).await;
        self.writes.heed(&outcome);
        Ok(outcome?)
    }

    /// What of the event is written with its step.
    pub(crate) async fn event<'a>(&'a self, event: &'a Event) -> Result<StepEvent<'a>, StoreError> {
        match &self.events {
            Some(events) => events.step(event).await,
            None => Ok(StepEvent::not_kept(event)),
        }
    }

    pub(crate) fn new_stamp(&self) -> ConcurrencyStamp {
        ConcurrencyStamp::generate(&*self.random)
    }
}
