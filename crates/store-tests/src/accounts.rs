//! Creating, finding, listing and deleting.

use time::Duration;

use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::second_factor::RecoveryCodes;
use wicketgate_identity::store::{CreateOutcome, UserClaims};
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{
    NOW, add_claim, by_id, by_name, change_anyway, claims, codes, create, create_user, created, delete, ensure_key,
    in_parallel, is_created, join, look_alikes, normalized, pair, reload, replace_codes, stamp, user,
};

/// Every field comes back as it was, whichever way the account is looked up.
pub async fn a_created_account_is_found_as_it_was_written(store: Store) -> Result<(), StoreError> {
    let full = User {
        phone_number: Some("+44 20 7946 0000".to_owned()),
        phone_number_confirmed: true,
        email_confirmed: true,
        two_factor_enabled: true,
        lockout_end: Some(NOW + Duration::microseconds(123_456)),
        access_failed_count: 3,
        ..user("ada")
    };
    let bare = User {
        email: None,
        normalized_email: None,
        password_hash: None,
        security_stamp: None,
        concurrency_stamp: None,
        lockout_enabled: false,
        ..user("bare")
    };
    for written in [full, bare] {
        let outcome = create_user(&store, &written, EmailUniqueness::Required).await?;
        let written = created(written, outcome)?;
        assert_eq!(by_id(&store, &written.id).await?, Some(written.clone()));
        assert_eq!(by_name(&store, &written).await?, Some(written.clone()));
        if let Some(email) = &written.normalized_email {
            assert_eq!(
                store.accounts().find_by_normalized_email(email).await?,
                Some(written.clone())
            );
        }
    }
    Ok(())
}

/// Text outside ASCII, and outside the basic plane, comes back and can be looked up.
pub async fn unicode_is_kept(store: Store) -> Result<(), StoreError> {
    let written = create(&store, "ünï-ß-Ελλάς-😀-'quoted'-%_").await?;
    assert_eq!(by_name(&store, &written).await?, Some(written.clone()));
    assert_eq!(
        store
            .accounts()
            .find_by_normalized_email(&normalized("ÜNÏ-😀@EXAMPLE.TEST"))
            .await?,
        None
    );
    change_anyway(&store, &written.id, add_claim("géneral", "\u{1f600}\n")).await?;
    assert_eq!(claims(&store, &written.id).await?, [pair("géneral", "\u{1f600}\n")]);
    Ok(())
}

/// Even if the database considers two names equal: a request in the name of `áda` must not find the account of `ada`.
pub async fn an_account_is_found_only_as_it_is_written(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for id in look_alikes(&ada.id) {
        assert_eq!(by_id(&store, &id).await?, None, "{id:?}");
    }
    for name in ["ada", "ADA ", "ÁDA", "ADA\u{301}", "\u{ff21}DA"] {
        assert_eq!(
            store.accounts().find_by_normalized_name(&normalized(name)).await?,
            None,
            "{name:?}"
        );
        let email = normalized(&format!("{name}@EXAMPLE.TEST"));
        assert_eq!(
            store.accounts().find_by_normalized_email(&email).await?,
            None,
            "{email:?}"
        );
    }
    assert_eq!(by_name(&store, &ada).await?, Some(ada));
    Ok(())
}

/// An id that a link has is read as .NET reads it, and a text that is read otherwise than it is written can be no other account's.
pub async fn an_id_from_outside_is_read_as_the_one_that_is_stored(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    assert_eq!(store.accounts().read_id(ada.id.as_str()), Some(ada.id.clone()));
    for text in look_alikes(&ada.id) {
        if let Some(read) = store.accounts().read_id(text.as_str()) {
            assert!(read == ada.id || read == text, "{text:?}: {read:?}");
        }
    }
    Ok(())
}

/// Looking up an account that does not exist is not an error.
pub async fn a_missing_account_is_none(store: Store) -> Result<(), StoreError> {
    let missing = user("nobody");
    assert_eq!(by_id(&store, &missing.id).await?, None);
    assert_eq!(by_name(&store, &missing).await?, None);
    assert_eq!(
        store
            .accounts()
            .find_by_normalized_email(&normalized("NOBODY@EXAMPLE.TEST"))
            .await?,
        None
    );
    assert_eq!(store.accounts().find_claims(&missing.id).await?, UserClaims::default());
    assert_eq!(store.accounts().authenticator_key(&missing.id).await?, None);
    assert!(store.accounts().recovery_codes(&missing.id).await?.is_empty());
    assert_eq!(store.accounts().list(None, 10).await?, []);
    Ok(())
}

/// A second account with the name is refused and leaves no trace.
pub async fn a_taken_name_refuses_another_account(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    let second = User {
        id: user("other").id,
        ..user("ada")
    };
    assert_eq!(
        create_user(&store, &second, EmailUniqueness::NotRequired).await?,
        CreateOutcome::DuplicateUserName
    );
    assert_eq!(by_id(&store, &second.id).await?, None);
    assert_eq!(by_name(&store, &first).await?, Some(first));
    Ok(())
}

/// A duplicate id is an error of the id generator, not a regular outcome, and replaces nothing.
pub async fn a_taken_id_fails(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    if first.id != user("ada").id {
        // The store numbers its accounts by itself.
        return Ok(());
    }
    let second = User {
        id: first.id.clone(),
        ..user("grace")
    };
    let created = create_user(&store, &second, EmailUniqueness::NotRequired).await;
    assert!(matches!(created, Err(StoreError::Failed(_))), "{created:?}");
    assert_eq!(reload(&store, &first).await?, first);
    assert_eq!(by_name(&store, &second).await?, None);
    Ok(())
}

/// Two accounts may share an address, unless the options say otherwise.
pub async fn a_shared_address_is_refused_only_where_it_must_be_unique(store: Store) -> Result<(), StoreError> {
    let first = create(&store, "ada").await?;
    let sharing = |name| User {
        email: first.email.clone(),
        normalized_email: first.normalized_email.clone(),
        ..user(name)
    };
    assert_eq!(
        create_user(&store, &sharing("grace"), EmailUniqueness::Required).await?,
        CreateOutcome::DuplicateEmail
    );
    assert_eq!(by_name(&store, &user("grace")).await?, None);
    let outcome = create_user(&store, &sharing("alan"), EmailUniqueness::NotRequired).await?;
    assert!(is_created(&outcome), "{outcome:?}");
    Ok(())
}

/// Of many concurrent registrations of one name, one wins, and the others are told that it is taken.
pub async fn many_registrations_of_one_name_give_one_account(store: Store) -> Result<(), StoreError> {
    let outcomes = in_parallel(50, |i| {
        let (store, user) = (
            store.clone(),
            User {
                id: user(&format!("id-{i}")).id,
                ..user("ada")
            },
        );
        async move { create_user(&store, &user, EmailUniqueness::NotRequired).await }
    })
    .await?;
    assert_eq!(outcomes.iter().filter(|outcome| is_created(outcome)).count(), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::DuplicateUserName)
            .count(),
        49
    );
    assert_eq!(store.accounts().list(None, 100).await?.len(), 1);
    Ok(())
}

/// The same for an address that must be unique.
pub async fn many_registrations_of_one_unique_address_give_one_account(store: Store) -> Result<(), StoreError> {
    let outcomes = in_parallel(50, |i| {
        let shared = user("ada");
        let user = User {
            email: shared.email,
            normalized_email: shared.normalized_email,
            ..user(&format!("user-{i}"))
        };
        let store = store.clone();
        async move { create_user(&store, &user, EmailUniqueness::Required).await }
    })
    .await?;
    assert_eq!(outcomes.iter().filter(|outcome| is_created(outcome)).count(), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::DuplicateEmail)
            .count(),
        49
    );
    assert_eq!(store.accounts().list(None, 100).await?.len(), 1);
    Ok(())
}

/// Any number of accounts may be without a name.
pub async fn accounts_without_a_name_do_not_collide(store: Store) -> Result<(), StoreError> {
    for i in 0..2 {
        let nameless = User {
            user_name: None,
            normalized_user_name: None,
            ..user(&format!("{i}"))
        };
        let outcome = create_user(&store, &nameless, EmailUniqueness::NotRequired).await?;
        let nameless = created(nameless, outcome)?;
        assert_eq!(by_id(&store, &nameless.id).await?, Some(nameless));
    }
    assert_eq!(store.accounts().list(None, 10).await?, []);
    Ok(())
}

/// Pages follow each other without gap or repetition.
pub async fn accounts_are_listed_in_pages(store: Store) -> Result<(), StoreError> {
    for name in ["e", "b", "d", "a", "c"] {
        create(&store, name).await?;
    }
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.accounts().list(after.as_ref(), 2).await?;
        let Some(last) = page.last() else { break };
        after = last.normalized_user_name.clone();
        pages.push(page.into_iter().filter_map(|user| user.user_name).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    Ok(())
}

/// A deleted account leaves nothing behind that a later one with its name or id could inherit.
pub async fn deletion_takes_everything_along(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, add_claim("department", "engineering")).await?;
    join(&store, &ada, "Manager").await?;
    let key = ensure_key(&store, &ada, "KEY", &stamp("K")).await?;
    assert_eq!(key.as_deref(), Some("KEY"));
    replace_codes(&store, &ada.id, &RecoveryCodes::default(), codes(1).into()).await?;

    assert!(delete(&store, &ada.id).await?);
    assert!(!delete(&store, &ada.id).await?);
    assert_eq!(by_name(&store, &ada).await?, None);

    let again = create(&store, "ada").await?;
    assert_eq!(store.accounts().find_claims(&again.id).await?, UserClaims::default());
    assert_eq!(store.accounts().authenticator_key(&again.id).await?, None);
    assert!(store.accounts().recovery_codes(&again.id).await?.is_empty());
    Ok(())
}
