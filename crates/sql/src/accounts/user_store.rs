use std::future::Future;

use async_trait::async_trait;
use time::OffsetDateTime;
use wicketgate_identity::{
    Attempt, AttemptOutcome, ConcurrencyStamp, CreateOutcome, EmailChange, EmailUniqueness, LockoutOptions,
    NormalizedName, PasswordHash, RecoveryCodes, RedeemOutcome, SecurityStamp, StoreError, UpdateOutcome, User,
    UserClaims, UserId, UserStore,
};

use super::lockout::AttemptAt;
use super::{SqlStore, claims, credentials, lockout, two_factor, users};
use crate::database::Database;
use crate::database_error::DatabaseError;
use crate::retry::retrying;

/// Each method lets a neighbouring module do the step, again where another transaction got in its way.
#[async_trait]
impl<D: Database> UserStore for SqlStore<D> {
    fn longest_name(&self) -> Option<usize> {
        D::LONGEST_NAME
    }

    async fn create(&self, user: &User, email: EmailUniqueness) -> Result<CreateOutcome, StoreError> {
        self.run(|| users::create(&self.database, user, email)).await
    }

    async fn delete(&self, id: &UserId) -> Result<bool, StoreError> {
        self.run(|| users::delete(&self.database, id)).await
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_id(&self.database, id)).await
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_normalized_name(&self.database, name)).await
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        self.run(|| users::find_by_normalized_email(&self.database, email))
            .await
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        self.run(|| users::list(&self.database, after, limit)).await
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        self.run(|| claims::find_claims(&self.database, id)).await
    }

    async fn settle_attempt(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        attempt: Attempt,
        now: OffsetDateTime,
        options: &LockoutOptions,
    ) -> Result<AttemptOutcome, StoreError> {
        let _turn = self.turns.wait(id).await?;
        let at = &AttemptAt {
            id,
            expected,
            attempt,
            now,
            options,
            stamp: &self.new_stamp(),
        };
        self.run(|| lockout::settle_attempt(&self.database, at)).await
    }

    async fn set_lockout_end(&self, id: &UserId, end: Option<OffsetDateTime>) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| lockout::set_lockout_end(&self.database, id, end, concurrency_stamp))
            .await
    }

    async fn set_lockout_enabled(&self, id: &UserId, enabled: bool) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| lockout::set_lockout_enabled(&self.database, id, enabled, concurrency_stamp))
            .await
    }

    async fn rehash_password(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::rehash_password(&self.database, id, old, new, stamp, concurrency_stamp))
            .await
    }

    async fn replace_password(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        hash: Option<&PasswordHash>,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::replace_password(&self.database, id, expected, hash, stamp, concurrency_stamp))
            .await
    }

    async fn replace_security_stamp(&self, id: &UserId, stamp: &SecurityStamp) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::replace_security_stamp(&self.database, id, stamp, concurrency_stamp))
            .await
    }

    async fn confirm_email(&self, id: &UserId, expected: Option<&SecurityStamp>) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::confirm_email(&self.database, id, expected, concurrency_stamp))
            .await
    }

    async fn change_email(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        change: &EmailChange,
        stamp: &SecurityStamp,
        email: EmailUniqueness,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::change_email(&self.database, id, expected, change, stamp, email, concurrency_stamp))
            .await
    }

    async fn set_user_name(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::set_user_name(&self.database, id, name, normalized, stamp, concurrency_stamp))
            .await
    }

    async fn set_phone_number_confirmed(&self, id: &UserId, confirmed: bool) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| credentials::set_phone_number_confirmed(&self.database, id, confirmed, concurrency_stamp))
            .await
    }

    async fn set_two_factor_enabled(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        enabled: bool,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| two_factor::set_two_factor_enabled(&self.database, id, expected, enabled, stamp, concurrency_stamp))
            .await
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        self.run(|| two_factor::authenticator_key(&self.database, id)).await
    }

    async fn replace_authenticator_key(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| two_factor::replace_authenticator_key(&self.database, id, expected, key, stamp, concurrency_stamp))
            .await
    }

    async fn ensure_authenticator_key(
        &self,
        id: &UserId,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<Option<String>, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| two_factor::ensure_authenticator_key(&self.database, id, key, stamp, concurrency_stamp))
            .await
    }

    async fn recovery_codes(&self, id: &UserId) -> Result<RecoveryCodes, StoreError> {
        self.run(|| two_factor::recovery_codes(&self.database, id)).await
    }

    async fn replace_recovery_codes(
        &self,
        id: &UserId,
        seen: &RecoveryCodes,
        codes: &RecoveryCodes,
    ) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| two_factor::replace_recovery_codes(&self.database, id, seen, codes, concurrency_stamp))
            .await
    }

    async fn redeem_recovery_code(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<RedeemOutcome, StoreError> {
        let _turn = self.turns.wait(id).await?;
        let concurrency_stamp = &self.new_stamp();
        self.run(|| two_factor::redeem_recovery_code(&self.database, id, expected, code, now, concurrency_stamp))
            .await
    }

    async fn add_role(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
    ) -> Result<UpdateOutcome, StoreError> {
        self.run(|| claims::add_role(&self.database, id, name, normalized, &*self.random))
            .await
    }

    async fn remove_role(&self, id: &UserId, normalized: &NormalizedName) -> Result<UpdateOutcome, StoreError> {
        let concurrency_stamp = &self.new_stamp();
        self.run(|| claims::remove_role(&self.database, id, normalized, concurrency_stamp))
            .await
    }

    async fn add_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        let stamp = &self.new_stamp();
        self.run(|| claims::add_claim(&self.database, id, claim_type, value, stamp))
            .await
    }

    async fn remove_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        let stamp = &self.new_stamp();
        self.run(|| claims::remove_claim(&self.database, id, claim_type, value, stamp))
            .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.run(|| users::ping(&self.database)).await?;
        self.database.check().await?;
        self.check_writable().await
    }

    async fn check_writable(&self) -> Result<(), StoreError> {
        Ok(self.writes.check(&self.database).await?)
    }
}

impl<D: Database> SqlStore<D> {
    /// What only reads is tried again too: in SQL Server it can be the victim of a deadlock.
    async fn run<T, F, Fut>(&self, step: F) -> Result<T, StoreError>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, DatabaseError>> + Send,
        T: Send,
    {
        let outcome = retrying(&*self.random, step).await;
        self.writes.heed(&outcome);
        Ok(outcome?)
    }

    fn new_stamp(&self) -> ConcurrencyStamp {
        ConcurrencyStamp::generate(&*self.random)
    }
}
