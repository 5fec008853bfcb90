//! Signing in with passkeys. Stores that keep none pass every check here.

use std::sync::Arc;

use time::Duration;

use wicketgate_identity::account::Change;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::passkey::{UserPasskey, VerifiedAssertion};
use wicketgate_identity::store::{ChangeOutcome, LastPasskey, PasskeyStore, PasskeyUse, RemovePasskeyOutcome};
use wicketgate_identity::{EventKind, StoreError, User};

use crate::Store;
use crate::fixture::{NOW, change_anyway, create, in_parallel, reload, set_password, stamp};
use crate::passkeys::{add, event, id, passkey};

/// A sign-in with the passkey 7 of an account that was seen so, whose counter was 7.
async fn mark_used(passkeys: &dyn PasskeyStore, seen: &User, sign_count: u32) -> Result<bool, StoreError> {
    let used = PasskeyUse {
        user: &seen.id,
        id: &id(7),
        expected_sign_count: 7,
        expected_stamp: seen.security_stamp.as_ref(),
        now: NOW,
        verified: VerifiedAssertion {
            sign_count,
            is_backed_up: true,
            is_user_verified: false,
        },
    };
    let signed_in = event(
        EventKind::SignedIn(AuthenticationMethod::Passkey { is_two_factors: false }),
        seen,
    );
    passkeys.mark_used(used, &signed_in).await
}

/// A counter that others have moved meanwhile refuses the sign-in.
pub async fn a_passkey_is_used_by_whoever_saw_its_counter(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(passkeys, &ada, &passkey(7)).await?;
    let outcomes = in_parallel(8, |i| {
        let (store, ada) = (Arc::clone(&store), ada.clone());
        async move {
            let sign_count = 100 + u32::try_from(i).unwrap_or_default();
            match store.passkeys() {
                Some(passkeys) => mark_used(passkeys, &ada, sign_count).await,
                None => Ok(false),
            }
        }
    })
    .await?;
    assert_eq!(outcomes.iter().filter(|is_used| **is_used).count(), 1, "{outcomes:?}");
    let first = outcomes.iter().position(|is_used| *is_used).unwrap_or_default();
    let expected = UserPasskey {
        sign_count: 100 + u32::try_from(first).unwrap_or_default(),
        is_backed_up: true,
        ..passkey(7)
    };
    assert_eq!(passkeys.find(&ada.id, &id(7)).await?, Some(expected));
    Ok(())
}

/// As in .NET, and the security stamp stays. A refused sign-in leaves all as it is.
pub async fn a_sign_in_with_a_passkey_gives_a_new_concurrency_stamp(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(passkeys, &ada, &passkey(7)).await?;
    let before = reload(&store, &ada).await?;
    assert!(mark_used(passkeys, &ada, 8).await?);
    let after = reload(&store, &ada).await?;
    assert_ne!(after.concurrency_stamp, before.concurrency_stamp);
    let unchanged = User {
        concurrency_stamp: after.concurrency_stamp.clone(),
        ..before
    };
    assert_eq!(after, unchanged);
    assert!(!mark_used(passkeys, &ada, 9).await?);
    assert_eq!(reload(&store, &ada).await?, after);
    Ok(())
}

/// Also where that happened after its answer was verified.
pub async fn no_passkey_is_used_at_an_account_that_is_locked_or_changed(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ended = NOW - Duration::seconds(1);
    for (name, change, is_used) in [
        ("ada", Change::LockoutEnd(Some(NOW)), false),
        ("bob", Change::LockoutEnd(Some(ended)), true),
        ("cyd", Change::SecurityStamp(stamp("second")), false),
        ("dan", set_password(Some("new"), "second"), false),
    ] {
        let seen = create(&store, name).await?;
        add(passkeys, &seen, &passkey(7)).await?;
        assert_eq!(change_anyway(&store, &seen.id, change).await?, ChangeOutcome::Changed);
        let now = reload(&store, &seen).await?;
        assert_eq!(mark_used(passkeys, &seen, 8).await?, is_used, "{name}");
        if !is_used {
            assert_eq!(passkeys.find(&seen.id, &id(7)).await?, Some(passkey(7)), "{name}");
            assert_eq!(reload(&store, &seen).await?, now, "{name}");
        }
        // Its id is for the next account.
        let removed = event(EventKind::PasskeyRemoved, &seen);
        let outcome = passkeys.remove(&seen.id, &id(7), LastPasskey::Goes, &removed).await?;
        assert_eq!(outcome, RemovePasskeyOutcome::Removed, "{name}");
    }
    Ok(())
}
