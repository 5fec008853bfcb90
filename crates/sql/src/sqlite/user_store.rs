use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{Sqlite, SqlitePool};
use time::{Duration, OffsetDateTime};
use wicketgate_identity::{
    ConcurrencyStamp, CreateOutcome, EmailChange, EmailUniqueness, FailureOutcome, NormalizedName, PasswordHash,
    SecurityStamp, StoreError, UpdateOutcome, User, UserClaims, UserId, UserStore,
};

use super::error::store_error;
use super::{SqliteStore, claims, credentials, lockout, two_factor, users};

/// Each method takes a connection, lets a neighbouring module do the step with it, and translates the failures.
#[async_trait]
impl UserStore for SqliteStore {
    async fn create(&self, user: &User, email: EmailUniqueness) -> Result<CreateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        users::create(&mut writer, user, email).await.map_err(store_error)
    }

    async fn delete(&self, id: &UserId) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        users::delete(&mut writer, id).await.map_err(store_error)
    }

    async fn find_by_id(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let mut reader = self.reader().await?;
        users::find_by_id(&mut reader, id).await.map_err(store_error)
    }

    async fn find_by_normalized_name(&self, name: &NormalizedName) -> Result<Option<User>, StoreError> {
        let mut reader = self.reader().await?;
        users::find_by_normalized_name(&mut reader, name)
            .await
            .map_err(store_error)
    }

    async fn find_by_normalized_email(&self, email: &NormalizedName) -> Result<Option<User>, StoreError> {
        let mut reader = self.reader().await?;
        users::find_by_normalized_email(&mut reader, email)
            .await
            .map_err(store_error)
    }

    async fn list(&self, after: Option<&NormalizedName>, limit: usize) -> Result<Vec<User>, StoreError> {
        let mut reader = self.reader().await?;
        users::list(&mut reader, after, limit).await.map_err(store_error)
    }

    async fn find_claims(&self, id: &UserId) -> Result<UserClaims, StoreError> {
        let mut reader = self.reader().await?;
        claims::find_claims(&mut reader, id).await.map_err(store_error)
    }

    async fn record_failure(
        &self,
        id: &UserId,
        max_attempts: i32,
        now: OffsetDateTime,
        lockout: Duration,
    ) -> Result<FailureOutcome, StoreError> {
        let mut writer = self.writer().await?;
        lockout::record_failure(&mut writer, id, max_attempts, now, lockout, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn reset_failures(&self, id: &UserId) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        lockout::reset_failures(&mut writer, id, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn set_lockout_end(&self, id: &UserId, end: Option<OffsetDateTime>) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        lockout::set_lockout_end(&mut writer, id, end, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn set_lockout_enabled(&self, id: &UserId, enabled: bool) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        lockout::set_lockout_enabled(&mut writer, id, enabled, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn rehash_password(
        &self,
        id: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::rehash_password(&mut writer, id, old, new, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn replace_password(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        hash: Option<&PasswordHash>,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::replace_password(&mut writer, id, expected, hash, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn replace_security_stamp(&self, id: &UserId, stamp: &SecurityStamp) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::replace_security_stamp(&mut writer, id, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn confirm_email(&self, id: &UserId, expected: Option<&SecurityStamp>) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::confirm_email(&mut writer, id, expected, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn change_email(
        &self,
        id: &UserId,
        expected: Option<&SecurityStamp>,
        change: &EmailChange,
        stamp: &SecurityStamp,
        email: EmailUniqueness,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::change_email(&mut writer, id, expected, change, stamp, email, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn set_user_name(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::set_user_name(&mut writer, id, name, normalized, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn set_phone_number_confirmed(&self, id: &UserId, confirmed: bool) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        credentials::set_phone_number_confirmed(&mut writer, id, confirmed, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn set_two_factor_enabled(
        &self,
        id: &UserId,
        enabled: bool,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        two_factor::set_two_factor_enabled(&mut writer, id, enabled, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn authenticator_key(&self, id: &UserId) -> Result<Option<String>, StoreError> {
        let mut reader = self.reader().await?;
        two_factor::authenticator_key(&mut reader, id)
            .await
            .map_err(store_error)
    }

    async fn replace_authenticator_key(
        &self,
        id: &UserId,
        key: &str,
        stamp: &SecurityStamp,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        two_factor::replace_authenticator_key(&mut writer, id, key, stamp, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn count_recovery_codes(&self, id: &UserId) -> Result<usize, StoreError> {
        let mut reader = self.reader().await?;
        two_factor::count_recovery_codes(&mut reader, id)
            .await
            .map_err(store_error)
    }

    async fn replace_recovery_codes(&self, id: &UserId, codes: &[String]) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        two_factor::replace_recovery_codes(&mut writer, id, codes, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn redeem_recovery_code(&self, id: &UserId, code: &str) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        two_factor::redeem_recovery_code(&mut writer, id, code, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn add_role(
        &self,
        id: &UserId,
        name: &str,
        normalized: &NormalizedName,
    ) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        claims::add_role(&mut writer, id, name, normalized, &*self.random)
            .await
            .map_err(store_error)
    }

    async fn remove_role(&self, id: &UserId, normalized: &NormalizedName) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        claims::remove_role(&mut writer, id, normalized, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn add_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        claims::add_claim(&mut writer, id, claim_type, value, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn remove_claim(&self, id: &UserId, claim_type: &str, value: &str) -> Result<UpdateOutcome, StoreError> {
        let mut writer = self.writer().await?;
        claims::remove_claim(&mut writer, id, claim_type, value, &self.new_stamp())
            .await
            .map_err(store_error)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        users::ping(&mut reader).await.map_err(store_error)
    }
}

impl SqliteStore {
    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        acquire(&self.readers).await
    }

    async fn writer(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        acquire(&self.writer).await
    }

    fn new_stamp(&self) -> ConcurrencyStamp {
        ConcurrencyStamp::generate(&*self.random)
    }
}

async fn acquire(pool: &SqlitePool) -> Result<PoolConnection<Sqlite>, StoreError> {
    pool.acquire().await.map_err(store_error)
}

/// For a statement that changes one account if it is there and as expected.
pub(super) fn update_outcome(result: &SqliteQueryResult) -> UpdateOutcome {
    match result.rows_affected() {
        0 => UpdateOutcome::Conflict,
        _ => UpdateOutcome::Updated,
    }
}
