//! What holds for every write.

use std::collections::HashSet;

use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{Attempt, AttemptOutcome, ChangeOutcome, RedeemOutcome, UserClaims};
use wicketgate_identity::{PasswordHash, StoreError, User};

use crate::Store;
use crate::fixture::{
    NOW, add_claim, add_role, by_id, change, change_anyway, change_email, change_if, codes, create, ensure_key,
    new_name, redeem, reload, remove_claim, remove_role, replace_codes, set_key, set_password, settle, stamp,
    switch_second_factor, user,
};

/// So that the optimistic concurrency of an EF Core application on the same database notices every write.
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

/// A write after the deletion does not bring the account back.
pub async fn every_write_to_a_missing_account_conflicts(store: Store) -> Result<(), StoreError> {
    let missing = user("nobody");
    for write in 0..WRITES {
        assert_eq!(
            apply(&store, write, &missing).await?,
            ChangeOutcome::Conflict,
            "write {write}"
        );
    }
    for attempt in [
        Attempt::Failed,
        Attempt::Incomplete,
        Attempt::Succeeded,
        Attempt::NotCounted,
    ] {
        assert_eq!(
            settle(&store, &missing, attempt, 5, NOW).await?,
            AttemptOutcome::Conflict
        );
    }
    assert_eq!(redeem(&store, &missing, "AAAAA-AAAAA").await?, RedeemOutcome::Conflict);
    assert_eq!(ensure_key(&store, &missing, "KEY", &stamp("key")).await?, None);
    assert_eq!(by_id(&store, &missing.id).await?, None);
    assert_eq!(store.accounts().find_claims(&missing.id).await?, UserClaims::default());
    Ok(())
}

/// A working store answers.
pub async fn the_store_answers_a_ping(store: Store) -> Result<(), StoreError> {
    store.accounts().ping().await
}

/// The number of writes in [`apply`].
const WRITES: usize = 16;

/// One of the writes that change an account's row, by number.
async fn apply(store: &Store, write: usize, user: &User) -> Result<ChangeOutcome, StoreError> {
    let anyway = async |new| change_anyway(store, &user.id, new).await;
    let as_seen = async |new| change(store, user, new).await;
    match write {
        0 => anyway(Change::LockoutEnd(Some(NOW))).await,
        1 => anyway(Change::LockoutEnabled(true)).await,
        2 => anyway(Change::SecurityStamp(stamp("2"))).await,
        3 => anyway(new_name("applied", "3")).await,
        4 => anyway(Change::PhoneNumberConfirmed(true)).await,
        5 => anyway(add_role("Manager")).await,
        6 => anyway(remove_role("Manager")).await,
        7 => anyway(add_claim("type", "value")).await,
        8 => anyway(remove_claim("type", "value")).await,
        9 => as_seen(set_password(Some("applied"), "9")).await,
        10 => {
            let applied = Expected::PasswordHash {
                hash: &PasswordHash::from_stored("applied"),
                stamp: user.security_stamp.as_ref(),
            };
            let again = set_password(Some("applied"), "10");
            change_if(store, &user.id, applied, &again).await
        }
        11 => as_seen(Change::EmailConfirmed).await,
        12 => as_seen(switch_second_factor(true, "12")).await,
        13 => as_seen(set_key("KEY", "13")).await,
        14 => change_email(store, user, "new", None, EmailUniqueness::NotRequired).await,
        _ => replace_codes(store, &user.id, &RecoveryCodes::default(), codes(2).into()).await,
    }
}
