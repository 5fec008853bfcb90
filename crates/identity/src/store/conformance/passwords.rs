//! Passwords and security stamps.

use super::Store;
use super::fixture::{create, in_parallel, reload, stamp, updated, user};
use crate::{EmailUniqueness, PasswordHash, SecurityStamp, StoreError, UpdateOutcome, User};

/// A change that was checked against an older state of the account does not overwrite a newer one.
pub async fn a_password_is_replaced_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let replace = |expected: Option<SecurityStamp>, hash, new| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move {
            let hash = PasswordHash::from_stored(hash);
            store
                .replace_password(&id, expected.as_ref(), Some(&hash), &stamp(new))
                .await
        }
    };
    let first = || ada.security_stamp.clone();
    assert_eq!(
        replace(Some(stamp("stale")), "no", "no").await?,
        UpdateOutcome::Conflict
    );
    assert_eq!(reload(&store, &ada).await?, ada);
    assert_eq!(replace(first(), "one", "1").await?, UpdateOutcome::Updated);
    assert_eq!(replace(first(), "no", "no").await?, UpdateOutcome::Conflict);
    assert_eq!(replace(None, "no", "no").await?, UpdateOutcome::Conflict);
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (after.password_hash, after.security_stamp),
        (Some(PasswordHash::from_stored("one")), Some(stamp("1")))
    );
    Ok(())
}

/// An account of another system's making may have no stamp; then that is what is expected.
pub async fn a_missing_stamp_can_be_expected(store: Store) -> Result<(), StoreError> {
    let bare = User {
        security_stamp: None,
        ..user("ada")
    };
    store.create(&bare, EmailUniqueness::NotRequired).await?;
    let hash = PasswordHash::from_stored("new");
    let stale = stamp("stale");
    let replace = async |expected| {
        store
            .replace_password(&bare.id, expected, Some(&hash), &stamp("new"))
            .await
    };
    assert_eq!(replace(Some(&stale)).await?, UpdateOutcome::Conflict);
    assert_eq!(replace(None).await?, UpdateOutcome::Updated);
    assert_eq!(replace(None).await?, UpdateOutcome::Conflict);
    Ok(())
}

/// Of many changes that saw the same state one happens, so a reset code works once.
pub async fn one_of_many_password_changes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let hash = PasswordHash::from_stored(format!("hash-{i}"));
            let stamp = stamp(&format!("stamp-{i}"));
            store
                .replace_password(&ada.id, ada.security_stamp.as_ref(), Some(&hash), &stamp)
                .await
        }
    })
    .await?;
    assert_eq!(updated(&outcomes), 1);
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
    store
        .replace_password(&ada.id, ada.security_stamp.as_ref(), None, &stamp("new"))
        .await?;
    assert_eq!(reload(&store, &ada).await?.password_hash, None);
    Ok(())
}

/// Parallel logins that all see an old hash replace it once; a password changed meanwhile is not overwritten.
pub async fn one_of_many_rehashes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(20, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let old = ada.password_hash.unwrap_or_else(|| PasswordHash::from_stored(""));
            let new = PasswordHash::from_stored(format!("better-{i}"));
            store
                .rehash_password(&ada.id, &old, &new, &stamp(&format!("better-{i}")))
                .await
        }
    })
    .await?;
    assert_eq!(updated(&outcomes), 1);
    let after = reload(&store, &ada).await?;
    let hash = after.password_hash.as_ref().map(PasswordHash::as_str);
    assert_eq!(hash, after.security_stamp.as_ref().map(SecurityStamp::as_str));
    Ok(())
}

/// Signing out everywhere is a new stamp.
pub async fn the_security_stamp_is_replaced(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(
        store.replace_security_stamp(&ada.id, &stamp("new")).await?,
        UpdateOutcome::Updated
    );
    assert_eq!(reload(&store, &ada).await?.security_stamp, Some(stamp("new")));
    Ok(())
}
