//! Removing passkeys, and what ends with them. Stores that keep none pass every check here.

use wicketgate_identity::passkey::CredentialId;
use wicketgate_identity::session::{Session, SessionsAfterChange};
use wicketgate_identity::store::{LastPasskey, RemovePasskeyOutcome};
use wicketgate_identity::{EventKind, StoreError};

use crate::Store;
use crate::fixture::{create, in_parallel};
use crate::passkeys::{add, event, id, listed, passkey};
use crate::sessions::fixture::{good, session};

/// Two that are removed at once never both go.
pub async fn the_last_passkey_stays_where_nothing_else_lets_its_user_in(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    for number in 0..4 {
        add(passkeys, &ada, &passkey(number)).await?;
    }
    add(passkeys, &bob, &passkey(4)).await?;
    let outcomes = in_parallel(4, |number| {
        let (store, ada) = (store.clone(), ada.clone());
        async move {
            let Some(passkeys) = store.passkeys() else {
                return Ok(RemovePasskeyOutcome::NotFound);
            };
            let number = u8::try_from(number).unwrap_or_default();
            let removed = event(EventKind::PasskeyRemoved, &ada);
            passkeys
                .remove(&ada.id, &id(number), LastPasskey::Stays, &removed)
                .await
        }
    })
    .await?;
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!(count(RemovePasskeyOutcome::Removed), 3, "{outcomes:?}");
    assert_eq!(count(RemovePasskeyOutcome::Last), 1, "{outcomes:?}");
    let left: Vec<CredentialId> = listed(passkeys, &ada.id).await?;
    let [last] = &left[..] else {
        return Err(StoreError::Failed(format!("{left:?}").into()));
    };
    let removed = event(EventKind::PasskeyRemoved, &ada);
    let outcome = passkeys.remove(&ada.id, last, LastPasskey::Goes, &removed).await?;
    assert_eq!(outcome, RemovePasskeyOutcome::Removed);
    assert_eq!(listed(passkeys, &bob.id).await?, [id(4)]);
    Ok(())
}

/// And no others: neither the user's by other means, nor those of others by a credential of the same name.
pub async fn sessions_that_a_passkey_began_end_with_it(store: Store) -> Result<(), StoreError> {
    let (Some(passkeys), Some(sessions)) = (store.passkeys(), store.sessions()) else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(passkeys, &ada, &passkey(1)).await?;
    let credential = id(1).to_string();
    for (number, user, began_by) in [
        (0, &ada, Some(credential.clone())),
        (1, &ada, None),
        (2, &ada, Some(credential.to_lowercase())),
        (3, &ada, Some(credential.clone())),
        (4, &bob, Some(credential.clone())),
    ] {
        let session = Session {
            credential: began_by,
            ..session(number, user)
        };
        assert!(sessions.add(&session, 100).await?, "{number}");
    }
    let ended = SessionsAfterChange::EndOf { credential };
    let removed = event(EventKind::PasskeyRemoved, &ada).with_sessions(Some(ended));
    passkeys.remove(&ada.id, &id(1), LastPasskey::Goes, &removed).await?;
    assert_eq!(good(sessions, &ada.id).await?, [1, 2]);
    assert_eq!(good(sessions, &bob.id).await?, [4]);
    Ok(())
}
