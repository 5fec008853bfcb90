//! Addresses, user names and telephone numbers.

use wicketgate_identity::account::{Change, EmailUniqueness};
use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{
    by_name, change, change_anyway, change_email, changed, create, create_user, in_parallel, is_created, new_name,
    reload, stamp, user,
};

/// Confirming keeps the security stamp, and a link with an older stamp confirms nothing.
pub async fn an_address_is_confirmed_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let stale = User {
        security_stamp: Some(stamp("stale")),
        ..ada.clone()
    };
    let outcome = change(&store, &stale, Change::EmailConfirmed).await?;
    assert_eq!(outcome, ChangeOutcome::Conflict);
    assert!(!reload(&store, &ada).await?.email_confirmed);
    let outcome = change(&store, &ada, Change::EmailConfirmed).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    let after = reload(&store, &ada).await?;
    assert!(after.email_confirmed);
    assert_eq!(after.security_stamp, ada.security_stamp);
    Ok(())
}

/// The new address, the new name and the new stamp appear together, and the old name is free.
pub async fn an_address_is_changed_with_the_user_name(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let outcome = change_email(&store, &ada, "countess", Some("countess"), EmailUniqueness::Required).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    let expected = user("countess");
    let after = reload(&store, &ada).await?;
    assert_eq!(
        (&after.email, &after.normalized_email),
        (&expected.email, &expected.normalized_email)
    );
    assert_eq!(
        (&after.user_name, &after.normalized_user_name),
        (&expected.user_name, &expected.normalized_user_name)
    );
    assert!(after.email_confirmed);
    assert_eq!(after.security_stamp, Some(stamp("changed")));
    assert_eq!(by_name(&store, &expected).await?, Some(after));
    assert_eq!(by_name(&store, &ada).await?, None);

    let heir = User {
        id: user("another").id,
        ..user("ada")
    };
    let outcome = create_user(&store, &heir, EmailUniqueness::Required).await?;
    assert!(is_created(&outcome), "{outcome:?}");
    Ok(())
}

/// A link with an older stamp changes nothing. Without a new name, the name stays.
pub async fn an_address_is_changed_only_for_the_expected_stamp(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let stale = User {
        security_stamp: Some(stamp("stale")),
        ..ada.clone()
    };
    let outcome = change_email(
        &store,
        &stale,
        "countess",
        Some("countess"),
        EmailUniqueness::NotRequired,
    )
    .await?;
    assert_eq!(outcome, ChangeOutcome::Conflict);
    assert_eq!(reload(&store, &ada).await?, ada);

    let outcome = change_email(&store, &ada, "countess", None, EmailUniqueness::NotRequired).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    let after = reload(&store, &ada).await?;
    assert_eq!(after.email, user("countess").email);
    assert_eq!(after.user_name, ada.user_name);
    Ok(())
}

/// If the name or address belongs to another account, neither changes. An account's own name and address do not count
/// as taken.
pub async fn a_change_to_a_taken_name_or_address_changes_nothing(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    create(&store, "grace").await?;
    let outcome = change_email(&store, &ada, "free", Some("grace"), EmailUniqueness::NotRequired).await?;
    assert_eq!(outcome, ChangeOutcome::DuplicateUserName);
    let outcome = change_email(&store, &ada, "grace", None, EmailUniqueness::Required).await?;
    assert_eq!(outcome, ChangeOutcome::DuplicateEmail);
    assert_eq!(reload(&store, &ada).await?, ada);
    let outcome = change_email(&store, &ada, "ada", Some("ada"), EmailUniqueness::Required).await?;
    assert_eq!(outcome, ChangeOutcome::Changed);
    Ok(())
}

/// A name can be set unless it is taken, and is free again once it is given up.
pub async fn a_user_name_is_changed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    assert_eq!(rename(&store, &ada, "grace").await?, ChangeOutcome::DuplicateUserName);
    assert_eq!(reload(&store, &ada).await?, ada);
    assert_eq!(rename(&store, &ada, "countess").await?, ChangeOutcome::Changed);
    let after = reload(&store, &ada).await?;
    assert_eq!(after.user_name.as_deref(), Some("countess"));
    assert_eq!(
        (after.email.clone(), after.security_stamp.clone()),
        (ada.email.clone(), Some(stamp("renamed")))
    );
    assert_eq!(by_name(&store, &user("countess")).await?, Some(after));
    assert_eq!(rename(&store, &grace, "ada").await?, ChangeOutcome::Changed);
    Ok(())
}

/// Of many concurrent changes to one name, one wins.
pub async fn many_renames_to_one_name_give_it_to_one_account(store: Store) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    for i in 0..20 {
        accounts.push(create(&store, &format!("user-{i}")).await?);
    }
    let outcomes = in_parallel(accounts.len(), |i| {
        let (store, user) = (store.clone(), accounts[i].clone());
        async move { rename(&store, &user, "ada").await }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == ChangeOutcome::DuplicateUserName)
            .count(),
        19
    );
    Ok(())
}

/// The confirmation of the telephone number is stored; the security stamp stays.
pub async fn a_telephone_number_is_confirmed(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for confirmed in [true, false] {
        let outcome = change_anyway(&store, &ada.id, Change::PhoneNumberConfirmed(confirmed)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        let after = reload(&store, &ada).await?;
        assert_eq!(
            (after.phone_number_confirmed, after.security_stamp),
            (confirmed, ada.security_stamp.clone())
        );
    }
    Ok(())
}

async fn rename(store: &Store, user: &User, name: &str) -> Result<ChangeOutcome, StoreError> {
    change_anyway(store, &user.id, new_name(name, "renamed")).await
}
