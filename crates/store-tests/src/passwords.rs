//! Passwords and security stamps.

use wicketgate_identity::account::{Change, EmailUniqueness, Expected, SecurityStamp};
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{PasswordHash, StoreError, User};

use crate::Store;
use crate::fixture::{
    change, change_anyway, change_if, changed, create, create_user, created, in_parallel, reload, set_password, stamp,
    user,
};

/// A change that was checked against an older state of the account does not overwrite a newer one.
pub async fn a_password_is_replaced_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let with = |security_stamp| User {
        security_stamp,
        ..ada.clone()
    };
    let replace = async |seen: &User, hash, new| change(&store, seen, set_password(Some(hash), new)).await;
    let stale = with(Some(stamp("stale")));
    assert_eq!(replace(&stale, "no", "no").await?, ChangeOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?, ada);
    assert_eq!(replace(&ada, "one", "1").await?, ChangeOutcome::Changed);
    assert_eq!(replace(&ada, "no", "no").await?, ChangeOutcome::Conflict);
    assert_eq!(replace(&with(None), "no", "no").await?, ChangeOutcome::Conflict);
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (after.password_hash, after.security_stamp),
        (Some(PasswordHash::from_stored("one")), Some(stamp("1")))
    );
    Ok(())
}

/// An account that another system created may have no stamp; then that is expected.
pub async fn a_missing_stamp_can_be_expected(store: Store) -> Result<(), StoreError> {
    let bare = User {
        security_stamp: None,
        ..user("ada")
    };
    let outcome = create_user(&store, &bare, EmailUniqueness::NotRequired).await?;
    let bare = created(bare, outcome)?;
    let stale = User {
        security_stamp: Some(stamp("stale")),
        ..bare.clone()
    };
    let replace = async |seen: &User| change(&store, seen, set_password(Some("new"), "new")).await;
    assert_eq!(replace(&stale).await?, ChangeOutcome::Conflict);
    assert_eq!(replace(&bare).await?, ChangeOutcome::Changed);
    assert_eq!(replace(&bare).await?, ChangeOutcome::Conflict);
    Ok(())
}

/// Of many changes that saw the same state, one happens, so a reset code works once.
pub async fn one_of_many_password_changes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        let new = set_password(Some(&format!("hash-{i}")), &format!("stamp-{i}"));
        async move { change(&store, &ada, new).await }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    let hash = after
        .password_hash
        .as_ref()
        .map(|hash| hash.as_str().replace("hash", "stamp"));
    assert_eq!(
        hash.as_deref(),
        after.security_stamp.as_ref().map(SecurityStamp::as_str)
    );
    Ok(())
}

/// An account can lose its password.
pub async fn a_password_is_removed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change(&store, &ada, set_password(None, "new")).await?;
    assert_eq!(reload(&store, &ada).await?.password_hash, None);
    Ok(())
}

fn hash_of(user: &User) -> PasswordHash {
    let hash = user.password_hash.clone();
    hash.unwrap_or_else(|| PasswordHash::from_stored(""))
}

/// The account as it was seen, with this hash.
fn as_hashed<'a>(seen: &'a User, hash: &'a PasswordHash) -> Expected<'a> {
    let stamp = seen.security_stamp.as_ref();
    Expected::PasswordHash { hash, stamp }
}

/// Whoever has given the account another stamp may have ended its sessions, which the new stamp must not bring back.
pub async fn a_password_is_rehashed_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let old = hash_of(&ada);
    change_anyway(&store, &ada.id, Change::SecurityStamp(stamp("other"))).await?;
    let before = reload(&store, &ada).await?;
    for new in [
        set_password(Some("better"), "late"),
        Change::Rehash(PasswordHash::from_stored("better")),
    ] {
        let late = change_if(&store, &ada.id, as_hashed(&ada, &old), &new).await?;
        assert_eq!(late, ChangeOutcome::Conflict);
        assert_eq!(reload(&store, &ada).await?, before);
        let bare = User {
            security_stamp: None,
            ..ada.clone()
        };
        let late = change_if(&store, &ada.id, as_hashed(&bare, &old), &new).await?;
        assert_eq!(late, ChangeOutcome::Conflict);
    }
    let new = set_password(Some("better"), "new");
    let outcome = change_if(&store, &ada.id, as_hashed(&before, &old), &new).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    Ok(())
}

/// Parallel logins that all see an old hash replace it once. A password changed in the meantime is not overwritten.
pub async fn one_of_many_rehashes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        let better = format!("better-{i}");
        async move {
            let new = set_password(Some(&better), &better);
            change_if(&store, &ada.id, as_hashed(&ada, &hash_of(&ada)), &new).await
        }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    let hash = after.password_hash.as_ref().map(PasswordHash::as_str);
    assert_eq!(hash, after.security_stamp.as_ref().map(SecurityStamp::as_str));
    Ok(())
}

/// The same password under another hash leaves the stamp alone, and overwrites no password that was changed in the meantime.
pub async fn a_rehash_keeps_the_security_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let old = hash_of(&ada);
    let outcomes = in_parallel(20, |i| {
        let (store, ada, old) = (store.clone(), ada.clone(), old.clone());
        let rehash = Change::Rehash(PasswordHash::from_stored(format!("better-{i}")));
        async move { change_if(&store, &ada.id, as_hashed(&ada, &old), &rehash).await }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    assert_ne!(after.password_hash, Some(old.clone()));
    assert_eq!(after.security_stamp, ada.security_stamp);
    assert_ne!(after.concurrency_stamp, ada.concurrency_stamp);
    let late = Change::Rehash(PasswordHash::from_stored("late"));
    let outcome = change_if(&store, &ada.id, as_hashed(&ada, &old), &late).await?;
    assert_eq!(outcome, ChangeOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?, after);
    Ok(())
}

/// Signing out everywhere is a new stamp.
pub async fn the_security_stamp_is_replaced(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcome = change_anyway(&store, &ada.id, Change::SecurityStamp(stamp("new"))).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    assert_eq!(reload(&store, &ada).await?.security_stamp, Some(stamp("new")));
    Ok(())
}
