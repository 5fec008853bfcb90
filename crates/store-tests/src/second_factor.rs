//! Authenticator keys and recovery codes.

use wicketgate_identity::account::Change;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{Attempt, ChangeOutcome, RedeemOutcome};
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{
    FIVE_MINUTES, NOW, by_id, change, change_anyway, changed, codes, create, ensure_key, in_parallel, redeem, reload,
    replace_codes, set_key, settle, stamp, switch_second_factor,
};

/// Switching the second factor ends sessions.
pub async fn the_second_factor_is_switched_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let mut seen = ada.clone();
    for (enabled, new) in [(true, "on"), (false, "off")] {
        let outcome = change(&store, &seen, switch_second_factor(enabled, new)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        let after = reload(&store, &ada).await?;
        assert_eq!(
            (after.two_factor_enabled, &after.security_stamp),
            (enabled, &Some(stamp(new)))
        );
        let late = change(&store, &seen, switch_second_factor(!enabled, "late")).await?;
        assert_eq!(late, ChangeOutcome::Conflict);
        assert_eq!(reload(&store, &ada).await?, after);
        seen = after;
    }
    Ok(())
}

/// The second factor and its first recovery codes are set together, or neither is.
pub async fn a_second_factor_comes_with_its_first_recovery_codes(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(10, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        let enable = Change::TwoFactorEnabled {
            enabled: true,
            first_recovery_codes: Some(RecoveryCodes::from(vec![format!("{i}")])),
            stamp: stamp(&format!("{i}")),
        };
        async move { change(&store, &ada, enable).await }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    let winner = outcomes.iter().position(|outcome| *outcome == ChangeOutcome::Changed);
    let after = reload(&store, &ada).await?;
    assert!(after.two_factor_enabled);
    assert_eq!(after.security_stamp, winner.map(|i| stamp(&i.to_string())));
    let codes = store.accounts().recovery_codes(&ada.id).await?;
    assert_eq!(
        Some(&codes),
        winner.map(|i| RecoveryCodes::from(vec![i.to_string()])).as_ref()
    );

    let late = Change::TwoFactorEnabled {
        enabled: false,
        first_recovery_codes: Some(RecoveryCodes::from(vec!["late".to_owned()])),
        stamp: stamp("late"),
    };
    assert_eq!(change(&store, &after, late).await?, ChangeOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?, after);
    assert_eq!(store.accounts().recovery_codes(&ada.id).await?, codes);
    Ok(())
}

/// An account has one key. A new one replaces it, unless another request did so first.
pub async fn an_authenticator_key_is_replaced_with_a_new_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    assert_eq!(store.accounts().authenticator_key(&ada.id).await?, None);
    let mut seen = ada.clone();
    for key in ["FIRST", "SECOND"] {
        let outcome = change(&store, &seen, set_key(key, key)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        let late = change(&store, &seen, set_key("LATE", "late")).await?;
        assert_eq!(late, ChangeOutcome::Conflict);
        assert_eq!(store.accounts().authenticator_key(&ada.id).await?.as_deref(), Some(key));
        seen = reload(&store, &ada).await?;
        assert_eq!(seen.security_stamp, Some(stamp(key)));
    }
    assert_eq!(store.accounts().authenticator_key(&grace.id).await?, None);
    Ok(())
}

/// Nothing but the form of the key changes, and only if it is the key that was read.
pub async fn authenticator_keys_are_listed_in_pages_and_change_their_form(store: Store) -> Result<(), StoreError> {
    let accounts = store.accounts();
    assert!(accounts.authenticator_keys(None, 2).await?.is_empty());
    let mut with_keys = Vec::new();
    for name in ["ada", "grace", "joan"] {
        let user = create(&store, name).await?;
        change(&store, &user, set_key(name, "stamp")).await?;
        with_keys.push((user.id.clone(), name.to_owned()));
    }
    create(&store, "without").await?;
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = accounts.authenticator_keys(after.as_ref(), 2).await?;
        assert!(page.len() <= 2);
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        listed.extend(page);
    }
    listed.sort();
    with_keys.sort();
    assert_eq!(listed, with_keys);

    let (id, key) = &with_keys[0];
    let before = by_id(&store, id).await?;
    assert!(!accounts.replace_authenticator_key(id, "OTHER", "NEW").await?);
    assert_eq!(accounts.authenticator_key(id).await?.as_ref(), Some(key));
    assert!(accounts.replace_authenticator_key(id, key, "NEW").await?);
    assert_eq!(accounts.authenticator_key(id).await?.as_deref(), Some("NEW"));
    assert_eq!(by_id(&store, id).await?, before);
    assert!(!accounts.replace_authenticator_key(id, key, "LATE").await?);
    Ok(())
}

/// Concurrent requests get the same key, and that one is stored.
pub async fn many_requests_for_a_first_key_get_one_key(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    // An empty key counts as none.
    change(&store, &ada, set_key("", "empty")).await?;
    let ada = reload(&store, &ada).await?;
    let keys = in_parallel(30, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move { ensure_key(&store, &ada, &format!("KEY{i}"), &stamp(&format!("{i}"))).await }
    })
    .await?;
    let stored = store.accounts().authenticator_key(&ada.id).await?;
    assert!(stored.as_ref().is_some_and(|key| key.starts_with("KEY")), "{stored:?}");
    assert!(keys.iter().all(|key| *key == stored), "{stored:?} {keys:?}");
    let after = reload(&store, &ada).await?;
    let maker = stored.and_then(|key| key.strip_prefix("KEY").map(stamp));
    assert_eq!(after.security_stamp, maker, "a key is made with its maker's stamp");
    assert_eq!(
        ensure_key(&store, &ada, "LATE", &stamp("late")).await?,
        store.accounts().authenticator_key(&ada.id).await?
    );
    assert_eq!(
        reload(&store, &ada).await?,
        after,
        "where there is a key nothing is written"
    );
    Ok(())
}

/// Whoever has given the account another stamp may have ended its sessions, which the new stamp must not bring back.
pub async fn a_first_key_is_made_only_over_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, Change::SecurityStamp(stamp("other"))).await?;
    let before = reload(&store, &ada).await?;
    assert_eq!(ensure_key(&store, &ada, "KEY", &stamp("late")).await?, None);
    assert_eq!(store.accounts().authenticator_key(&ada.id).await?, None);
    assert_eq!(reload(&store, &ada).await?, before);
    let made = ensure_key(&store, &before, "KEY", &stamp("key")).await?;
    assert_eq!(made.as_deref(), Some("KEY"));
    Ok(())
}

/// New codes replace the old ones; the security stamp stays.
pub async fn recovery_codes_are_replaced_and_counted(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for number in [10, 3, 0, 1] {
        let seen = store.accounts().recovery_codes(&ada.id).await?;
        let codes = RecoveryCodes::from(codes(number));
        let outcome = replace_codes(&store, &ada.id, &seen, codes.clone()).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        assert_eq!(store.accounts().recovery_codes(&ada.id).await?, codes);
    }
    for (code, expected) in [
        // A replaced code, one in lower case, an empty one, and the valid one, twice.
        ("CODE9-CODE9", RedeemOutcome::Wrong),
        ("code0-code0", RedeemOutcome::Wrong),
        ("", RedeemOutcome::Wrong),
        ("CODE0-CODE0", RedeemOutcome::Redeemed),
        ("CODE0-CODE0", RedeemOutcome::Wrong),
    ] {
        assert_eq!(redeem(&store, &ada, code).await?, expected, "{code}");
    }
    assert!(store.accounts().recovery_codes(&ada.id).await?.is_empty());
    assert_eq!(reload(&store, &ada).await?.security_stamp, ada.security_stamp);
    Ok(())
}

/// Codes that a user was shown are not replaced by a request that started before they were created.
pub async fn one_of_many_replacements_of_recovery_codes_wins(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for _ in 0..2 {
        let seen = store.accounts().recovery_codes(&ada.id).await?;
        let before = reload(&store, &ada).await?.concurrency_stamp;
        let outcomes = in_parallel(20, |i| {
            let (store, id, seen) = (store.clone(), ada.id.clone(), seen.clone());
            let new = RecoveryCodes::from(vec![format!("{}{i}", seen.len())]);
            async move { replace_codes(&store, &id, &seen, new).await }
        })
        .await?;
        assert_eq!(changed(&outcomes), 1);
        let winner = outcomes.iter().position(|outcome| *outcome == ChangeOutcome::Changed);
        let shown = winner.map(|i| RecoveryCodes::from(vec![format!("{}{i}", seen.len())]));
        assert_eq!(Some(store.accounts().recovery_codes(&ada.id).await?), shown);
        assert_ne!(reload(&store, &ada).await?.concurrency_stamp, before);
    }
    Ok(())
}

/// Of fifty sign-ins with one code, one succeeds.
pub async fn a_recovery_code_works_for_one_of_many(store: Store) -> Result<(), StoreError> {
    let ada = create_with_codes(&store).await?;
    let redeemed = in_parallel(50, |_| {
        let (store, ada) = (store.clone(), ada.clone());
        async move { redeem(&store, &ada, "CODE4-CODE4").await }
    })
    .await?;
    let number = redeemed.iter().filter(|outcome| **outcome == RedeemOutcome::Redeemed);
    assert_eq!(number.count(), 1);
    assert_eq!(store.accounts().recovery_codes(&ada.id).await?.len(), 9);
    Ok(())
}

/// Parallel redemptions do not undo each other.
pub async fn different_recovery_codes_are_redeemed_in_parallel(store: Store) -> Result<(), StoreError> {
    let ada = create_with_codes(&store).await?;
    let redeemed = in_parallel(9, |i| {
        let (store, ada) = (store.clone(), ada.clone());
        async move { redeem(&store, &ada, &codes(10)[i]).await }
    })
    .await?;
    assert_eq!(redeemed, [RedeemOutcome::Redeemed; 9]);
    assert_eq!(store.accounts().recovery_codes(&ada.id).await?.len(), 1);
    assert_eq!(redeem(&store, &ada, "CODE9-CODE9").await?, RedeemOutcome::Redeemed);
    Ok(())
}

/// A right code does not bypass a lockout, and is not used up.
pub async fn a_recovery_code_is_refused_while_the_account_is_locked(store: Store) -> Result<(), StoreError> {
    let ada = create_with_codes(&store).await?;
    change_anyway(&store, &ada.id, Change::LockoutEnd(Some(NOW + FIVE_MINUTES))).await?;
    let locked = reload(&store, &ada).await?;
    for code in ["CODE0-CODE0", "wrong"] {
        assert_eq!(redeem(&store, &ada, code).await?, RedeemOutcome::Refused);
    }
    assert_eq!(reload(&store, &ada).await?, locked);
    assert_eq!(store.accounts().recovery_codes(&ada.id).await?.len(), 10);
    Ok(())
}

/// A recovery code completes a sign-in, which resets the failure count, unless the credentials changed after the
/// password was checked.
pub async fn a_recovery_code_forgets_failures(store: Store) -> Result<(), StoreError> {
    let ada = create_with_codes(&store).await?;
    settle(&store, &ada, Attempt::Failed, 5, NOW).await?;
    assert_eq!(redeem(&store, &ada, "wrong").await?, RedeemOutcome::Wrong);
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 1);
    assert_eq!(redeem(&store, &ada, "CODE0-CODE0").await?, RedeemOutcome::Redeemed);
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 0);

    change_anyway(&store, &ada.id, Change::SecurityStamp(stamp("new"))).await?;
    assert_eq!(redeem(&store, &ada, "CODE1-CODE1").await?, RedeemOutcome::Conflict);
    assert_eq!(store.accounts().recovery_codes(&ada.id).await?.len(), 9);
    Ok(())
}

async fn create_with_codes(store: &Store) -> Result<User, StoreError> {
    let ada = create(store, "ada").await?;
    replace_codes(store, &ada.id, &RecoveryCodes::default(), codes(10).into()).await?;
    Ok(ada)
}
