//! Authenticator keys and recovery codes.

use super::Store;
use super::fixture::{codes, create, in_parallel, reload, stamp};
use crate::{StoreError, UpdateOutcome};

/// Switching the second factor ends sessions.
pub async fn the_second_factor_is_switched_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for (enabled, new) in [(true, "on"), (false, "off")] {
        assert_eq!(
            store.set_two_factor_enabled(&ada.id, enabled, &stamp(new)).await?,
            UpdateOutcome::Updated
        );
        let after = reload(&store, &ada).await?;
        assert_eq!(
            (after.two_factor_enabled, after.security_stamp),
            (enabled, Some(stamp(new)))
        );
    }
    Ok(())
}

/// An account has one key; a new one takes the old one's place.
pub async fn an_authenticator_key_is_replaced_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    assert_eq!(store.authenticator_key(&ada.id).await?, None);
    for key in ["FIRST", "SECOND"] {
        assert_eq!(
            store.replace_authenticator_key(&ada.id, key, &stamp(key)).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(store.authenticator_key(&ada.id).await?.as_deref(), Some(key));
        assert_eq!(reload(&store, &ada).await?.security_stamp, Some(stamp(key)));
    }
    assert_eq!(store.authenticator_key(&grace.id).await?, None);
    Ok(())
}

/// New codes take the old ones' place; the stamp stays.
pub async fn recovery_codes_are_replaced_and_counted(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for number in [10, 3, 0, 1] {
        assert_eq!(
            store.replace_recovery_codes(&ada.id, &codes(number)).await?,
            UpdateOutcome::Updated
        );
        assert_eq!(store.count_recovery_codes(&ada.id).await?, number);
    }
    assert!(
        !store.redeem_recovery_code(&ada.id, "CODE9-CODE9").await?,
        "a replaced code"
    );
    assert!(
        !store.redeem_recovery_code(&ada.id, "code0-code0").await?,
        "another case"
    );
    assert!(!store.redeem_recovery_code(&ada.id, "").await?);
    assert!(store.redeem_recovery_code(&ada.id, "CODE0-CODE0").await?);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 0);
    assert_eq!(reload(&store, &ada).await?.security_stamp, ada.security_stamp);
    Ok(())
}

/// One code lets one of fifty in.
pub async fn a_recovery_code_works_for_one_of_many(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.replace_recovery_codes(&ada.id, &codes(10)).await?;
    let redeemed = in_parallel(50, |_| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move { store.redeem_recovery_code(&id, "CODE4-CODE4").await }
    })
    .await?;
    assert_eq!(redeemed.iter().filter(|redeemed| **redeemed).count(), 1);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 9);
    Ok(())
}

/// No redemption undoes another.
pub async fn different_recovery_codes_are_redeemed_in_parallel(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    store.replace_recovery_codes(&ada.id, &codes(10)).await?;
    let redeemed = in_parallel(9, |i| {
        let (store, id) = (store.clone(), ada.id.clone());
        async move { store.redeem_recovery_code(&id, &codes(10)[i]).await }
    })
    .await?;
    assert_eq!(redeemed, [true; 9]);
    assert_eq!(store.count_recovery_codes(&ada.id).await?, 1);
    assert!(store.redeem_recovery_code(&ada.id, "CODE9-CODE9").await?);
    Ok(())
}
