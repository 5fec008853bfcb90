//! What holds for every write.

use std::collections::HashSet;

use super::Store;
use super::fixture::{NOW, change_email, codes, create, join, normalized, redeem, reload, stamp, user};
use crate::{
    Attempt, AttemptOutcome, EmailUniqueness, LockoutOptions, PasswordHash, RecoveryCodes, RedeemOutcome, StoreError,
    UpdateOutcome, User, UserClaims,
};

/// EF Core's optimistic concurrency, in an application beside this one, sees every write.
pub async fn every_write_gives_a_new_concurrency_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let mut seen = HashSet::from([ada.concurrency_stamp.clone()]);
    for write in 0..WRITES {
        apply(&store, write, &reload(&store, &ada).await?).await?;
        let after = reload(&store, &ada).await?;
        assert!(
            after.concurrency_stamp.is_some(),
            "write {write} left no concurrency stamp"
        );
        assert!(
            seen.insert(after.concurrency_stamp),
            "write {write} kept the concurrency stamp"
        );
    }
    Ok(())
}

/// A write that comes after the deletion brings nothing back.
pub async fn every_write_to_a_missing_account_conflicts(store: Store) -> Result<(), StoreError> {
    let missing = user("nobody");
    for write in 0..WRITES {
        assert_eq!(
            apply(&store, write, &missing).await?,
            UpdateOutcome::Conflict,
            "write {write}"
        );
    }
    let options = LockoutOptions::default();
    for attempt in [
        Attempt::Failed,
        Attempt::Incomplete,
        Attempt::Succeeded,
        Attempt::NotCounted,
    ] {
        assert_eq!(
            store.settle_attempt(&missing.id, None, attempt, NOW, &options).await?,
            AttemptOutcome::Conflict
        );
    }
    assert_eq!(redeem(&store, &missing, "AAAAA-AAAAA").await?, RedeemOutcome::Conflict);
    assert_eq!(
        store
            .ensure_authenticator_key(&missing.id, "KEY", &stamp("key"))
            .await?,
        None
    );
    assert_eq!(store.find_by_id(&missing.id).await?, None);
    assert_eq!(store.find_claims(&missing.id).await?, UserClaims::default());
    Ok(())
}

/// The readiness probe's question is answered.
pub async fn the_store_answers_a_ping(store: Store) -> Result<(), StoreError> {
    store.ping().await
}

/// How many writes [`apply`] knows.
const WRITES: usize = 15;

/// One of the writes that change an account's row, by number.
async fn apply(store: &Store, write: usize, user: &User) -> Result<UpdateOutcome, StoreError> {
    let id = &user.id;
    let hash = PasswordHash::from_stored("applied");
    match write {
        0 => store.set_lockout_end(id, Some(NOW)).await,
        1 => store.set_lockout_enabled(id, true).await,
        2 => {
            store
                .replace_password(id, user.security_stamp.as_ref(), Some(&hash), &stamp("2"))
                .await
        }
        3 => store.rehash_password(id, &hash, &hash, &stamp("3")).await,
        4 => store.replace_security_stamp(id, &stamp("4")).await,
        5 => store.confirm_email(id, user.security_stamp.as_ref()).await,
        6 => {
            store
                .set_user_name(id, "applied", &normalized("APPLIED"), &stamp("6"))
                .await
        }
        7 => store.set_phone_number_confirmed(id, true).await,
        8 => {
            let seen = user.security_stamp.as_ref();
            store.set_two_factor_enabled(id, seen, true, &stamp("8")).await
        }
        9 => {
            let seen = user.security_stamp.as_ref();
            store
                .replace_authenticator_key(id, seen, "KEY", &stamp("changed"))
                .await
        }
        10 => {
            let codes = RecoveryCodes::from(codes(2));
            store
                .replace_recovery_codes(id, &RecoveryCodes::default(), &codes)
                .await
        }
        11 => change_email(store, user, "new", None, EmailUniqueness::NotRequired).await,
        12 => join(store, user, "Manager").await,
        13 => store.remove_role(id, &normalized("MANAGER")).await,
        _ => store.add_claim(id, "type", "value").await,
    }
}
