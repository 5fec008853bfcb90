//! Passkeys. Stores that keep none pass every check here.

use std::sync::Arc;

use time::Duration;

use wicketgate_identity::passkey::{CredentialId, UserPasskey};
use wicketgate_identity::store::{AddPasskeyOutcome, ChangeOutcome, LastPasskey, PasskeyStore, RemovePasskeyOutcome};
use wicketgate_identity::{Event, EventKind, StoreError, User, UserId};

use crate::Store;
use crate::fixture::{NOW, change_anyway, create, delete, in_parallel, look_alikes, reload, set_password};

pub(crate) fn id(number: u8) -> CredentialId {
    match CredentialId::new([number; 16]) {
        Some(id) => id,
        None => unreachable!("16 bytes are not too many"),
    }
}

/// A passkey that was registered as many hours before [`NOW`] as its number says.
pub(crate) fn passkey(number: u8) -> UserPasskey {
    UserPasskey {
        credential_id: id(number),
        public_key: vec![0xA5, number],
        name: None,
        created_at: NOW - Duration::hours(number.into()),
        sign_count: number.into(),
        transports: Some(vec!["internal".to_owned(), "hybrid".to_owned()]),
        is_user_verified: true,
        is_backup_eligible: true,
        is_backed_up: false,
        attestation_object: vec![0xFB, 0xFF, 0x00],
        client_data_json: b"{}".to_vec(),
    }
}

pub(crate) fn event(kind: EventKind, user: &User) -> Event {
    Event::new(kind, Some(user.id.clone()), NOW)
}

/// To an account that was seen so.
pub(crate) async fn add(
    passkeys: &dyn PasskeyStore,
    user: &User,
    passkey: &UserPasskey,
) -> Result<AddPasskeyOutcome, StoreError> {
    let added = event(EventKind::PasskeyAdded, user);
    let expected = user.security_stamp.as_ref();
    passkeys.add(&user.id, expected, passkey, 100, &added).await
}

pub(crate) async fn listed(passkeys: &dyn PasskeyStore, user: &UserId) -> Result<Vec<CredentialId>, StoreError> {
    let all = passkeys.list(user).await?.into_iter();
    Ok(all.map(|passkey| passkey.credential_id).collect())
}

/// With all that it has, and the oldest first.
pub async fn a_passkey_is_found_as_it_was_added(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    let full = UserPasskey {
        name: Some("Schlüssel \"1\" <\u{1F511}>".to_owned()),
        created_at: NOW + Duration::microseconds(123_450),
        sign_count: u32::MAX,
        is_user_verified: false,
        is_backed_up: true,
        ..passkey(2)
    };
    let longest = CredentialId::new([0xFF; CredentialId::MAX_LENGTH]);
    let bare = UserPasskey {
        credential_id: longest.unwrap_or_else(|| id(0)),
        transports: None,
        is_backup_eligible: false,
        ..passkey(3)
    };
    let none = UserPasskey {
        credential_id: CredentialId::new([]).unwrap_or_else(|| id(0)),
        transports: Some(Vec::new()),
        ..passkey(1)
    };
    for passkey in [&full, &bare, &none] {
        assert_eq!(add(passkeys, &ada, passkey).await?, AddPasskeyOutcome::Added);
        let found = passkeys.find(&ada.id, &passkey.credential_id).await?;
        assert_eq!(found.as_ref(), Some(passkey));
    }
    assert_eq!(passkeys.find(&ada.id, &id(9)).await?, None);
    assert_eq!(passkeys.list(&ada.id).await?, [bare, none, full]);
    Ok(())
}

/// Nobody else has it, however alike the ids look.
pub async fn a_passkey_is_found_by_its_own_user_alone(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(passkeys, &ada, &passkey(1)).await?;
    for other in look_alikes(&ada.id)
        .iter()
        .chain([&bob.id, &UserId::from_stored("a\0"), &UserId::from_stored("")])
    {
        assert_eq!(passkeys.find(other, &id(1)).await?, None, "{other}");
        assert!(passkeys.list(other).await?.is_empty(), "{other}");
        if other.as_str().contains('\0') {
            continue;
        }
        let event = event(EventKind::PasskeyRemoved, &ada);
        let removed = passkeys.remove(other, &id(1), LastPasskey::Goes, &event).await?;
        assert_eq!(removed, RemovePasskeyOutcome::NotFound, "{other}");
        assert!(!passkeys.rename(other, &id(1), Some("x"), &event).await?, "{other}");
    }
    assert_eq!(passkeys.find(&ada.id, &id(1)).await?, Some(passkey(1)));
    let nobody = UserId::from_stored("00000000-0000-0000-0000-000000000000");
    let added = event(EventKind::PasskeyAdded, &ada);
    let expected = ada.security_stamp.as_ref();
    let outcome = passkeys.add(&nobody, expected, &passkey(2), 100, &added).await?;
    assert_eq!(outcome, AddPasskeyOutcome::NoAccount);
    Ok(())
}

/// Whoever is first: an id is registered once among all users.
pub async fn one_of_many_gets_a_passkey(store: Store) -> Result<(), StoreError> {
    if store.passkeys().is_none() {
        return Ok(());
    }
    let mut users = Vec::new();
    for i in 0..4 {
        users.push(create(&store, &format!("ada{i}")).await?);
    }
    let users = Arc::new(users);
    let outcomes = in_parallel(12, |i| {
        let (store, users) = (Arc::clone(&store), Arc::clone(&users));
        async move {
            match store.passkeys() {
                Some(passkeys) => add(passkeys, &users[i % 4], &passkey(1)).await,
                None => Ok(AddPasskeyOutcome::NoAccount),
            }
        }
    })
    .await?;
    let added = outcomes.iter().filter(|outcome| **outcome == AddPasskeyOutcome::Added);
    assert_eq!(added.count(), 1, "{outcomes:?}");
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == AddPasskeyOutcome::AlreadyRegistered);
    assert_eq!(refused.count(), 11, "{outcomes:?}");
    Ok(())
}

/// However many requests come at once.
pub async fn no_more_passkeys_are_added_than_are_allowed(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    let outcomes = in_parallel(8, |i| {
        let (store, ada) = (Arc::clone(&store), ada.clone());
        async move {
            let added = event(EventKind::PasskeyAdded, &ada);
            let number = u8::try_from(i).unwrap_or_default();
            match store.passkeys() {
                Some(passkeys) => {
                    let expected = ada.security_stamp.as_ref();
                    passkeys.add(&ada.id, expected, &passkey(number), 3, &added).await
                }
                None => Ok(AddPasskeyOutcome::NoAccount),
            }
        }
    })
    .await?;
    let added = outcomes.iter().filter(|outcome| **outcome == AddPasskeyOutcome::Added);
    assert_eq!(added.count(), 3, "{outcomes:?}");
    assert!(outcomes.contains(&AddPasskeyOutcome::TooMany), "{outcomes:?}");
    assert_eq!(listed(passkeys, &ada.id).await?.len(), 3);
    Ok(())
}

/// Whoever has taken an account back leaves no passkey that an intruder adds at the same time.
pub async fn a_passkey_is_added_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let seen = create(&store, "ada").await?;
    let changed = change_anyway(&store, &seen.id, set_password(Some("new"), "second")).await?;
    assert_eq!(changed, ChangeOutcome::Changed);
    let now = reload(&store, &seen).await?;
    assert_eq!(
        add(passkeys, &seen, &passkey(1)).await?,
        AddPasskeyOutcome::AccountChanged
    );
    assert_eq!(passkeys.list(&seen.id).await?, []);
    assert_eq!(reload(&store, &seen).await?, now);
    assert_eq!(add(passkeys, &now, &passkey(1)).await?, AddPasskeyOutcome::Added);
    Ok(())
}

/// And nothing else about it changes.
pub async fn a_passkey_is_renamed_and_removed(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(passkeys, &ada, &passkey(1)).await?;
    add(passkeys, &ada, &passkey(2)).await?;
    for name in [Some("L'ordinateur \\ 日本"), Some(""), None] {
        let renamed = event(EventKind::PasskeyRenamed, &ada);
        assert!(passkeys.rename(&ada.id, &id(1), name, &renamed).await?);
        let expected = UserPasskey {
            name: name.map(str::to_owned),
            ..passkey(1)
        };
        assert_eq!(passkeys.find(&ada.id, &id(1)).await?, Some(expected));
    }
    let removed = event(EventKind::PasskeyRemoved, &ada);
    for (last, outcome) in [
        (LastPasskey::Stays, RemovePasskeyOutcome::Removed),
        (LastPasskey::Goes, RemovePasskeyOutcome::NotFound),
    ] {
        assert_eq!(passkeys.remove(&ada.id, &id(1), last, &removed).await?, outcome);
    }
    assert_eq!(passkeys.list(&ada.id).await?, [passkey(2)]);
    // Its id is free again.
    assert_eq!(add(passkeys, &ada, &passkey(1)).await?, AddPasskeyOutcome::Added);
    Ok(())
}

/// As in .NET, and the security stamp stays: no session ends.
pub async fn a_change_of_a_passkey_gives_a_new_concurrency_stamp(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    let mut stamps = vec![reload(&store, &ada).await?.concurrency_stamp];
    add(passkeys, &ada, &passkey(1)).await?;
    stamps.push(reload(&store, &ada).await?.concurrency_stamp);
    let renamed = event(EventKind::PasskeyRenamed, &ada);
    passkeys.rename(&ada.id, &id(1), Some("x"), &renamed).await?;
    stamps.push(reload(&store, &ada).await?.concurrency_stamp);
    let removed = event(EventKind::PasskeyRemoved, &ada);
    passkeys.remove(&ada.id, &id(1), LastPasskey::Goes, &removed).await?;
    let last = reload(&store, &ada).await?;
    assert_eq!(last.security_stamp, ada.security_stamp);
    stamps.push(last.concurrency_stamp);
    for (i, stamp) in stamps.iter().enumerate() {
        assert!(!stamps[..i].contains(stamp), "{stamps:?}");
    }
    // What came to nothing changes nothing.
    passkeys.remove(&ada.id, &id(1), LastPasskey::Goes, &removed).await?;
    assert_eq!(reload(&store, &ada).await?.concurrency_stamp, stamps[3]);
    Ok(())
}

/// And somebody else can have them.
pub async fn a_deleted_account_has_no_passkeys(store: Store) -> Result<(), StoreError> {
    let Some(passkeys) = store.passkeys() else {
        return Ok(());
    };
    let (ada, bob) = (create(&store, "ada").await?, create(&store, "bob").await?);
    add(passkeys, &ada, &passkey(1)).await?;
    assert_eq!(
        add(passkeys, &bob, &passkey(1)).await?,
        AddPasskeyOutcome::AlreadyRegistered
    );
    assert!(delete(&store, &ada.id).await?);
    assert_eq!(passkeys.find(&ada.id, &id(1)).await?, None);
    assert_eq!(add(passkeys, &bob, &passkey(1)).await?, AddPasskeyOutcome::Added);
    Ok(())
}
