//! Registering, as .NET's `UserManager.CreateAsync` does it.

use tokio::task::JoinSet;
use wicketgate_identity::IdentityError;
use wicketgate_identity::account::NormalizedName;

use crate::world::{ADA, PASSWORD, World};

#[tokio::test]
async fn a_registered_account_has_what_dotnet_gives_it() {
    let world = World::new();
    let ada = world.register(ADA).await;
    assert_eq!(world.reload(&ada).await, ada);
    assert_eq!((ada.user_name.as_deref(), ada.email.as_deref()), (Some(ADA), Some(ADA)));
    let normalized = NormalizedName::from_stored("ADA@EXAMPLE.TEST");
    assert_eq!(
        (&ada.normalized_user_name, &ada.normalized_email),
        (&Some(normalized.clone()), &Some(normalized))
    );
    assert!(ada.lockout_enabled && !ada.email_confirmed && !ada.two_factor_enabled);
    assert_eq!(ada.security_stamp.unwrap().as_str().len(), 32);
    assert!(ada.password_hash.is_some() && ada.concurrency_stamp.is_some());
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_order_of_dotnet() {
    let world = World::with(|options| options.user.require_unique_email = true);
    world.register(ADA).await;
    for (email, password, expected) in [
        ("bad", "x", &["InvalidEmail"][..]),
        (ADA, "Passw0rd", &["PasswordRequiresNonAlphanumeric"]),
        ("a b@c", PASSWORD, &["InvalidUserName"]),
        (ADA, PASSWORD, &["DuplicateUserName", "DuplicateEmail"]),
        ("ADA@Example.Test", PASSWORD, &["DuplicateUserName", "DuplicateEmail"]),
    ] {
        let errors = world.accounts.register(email, password).await.unwrap().unwrap_err();
        assert_eq!(
            errors.iter().map(IdentityError::code).collect::<Vec<_>>(),
            expected,
            "{email}"
        );
    }
}

#[tokio::test]
async fn a_taken_address_is_told_beside_a_name_that_is_not_allowed() {
    let world = World::with(|options| options.user.require_unique_email = true);
    let mut ada = world.register(ADA).await;
    let odd = "o'hara@example.test";
    let token = world.accounts.change_email_token(&ada, odd).await.unwrap();
    world
        .accounts
        .change_email(&mut ada, odd, &token)
        .await
        .unwrap()
        .unwrap_err();
    let errors = world.accounts.register(odd, PASSWORD).await.unwrap().unwrap_err();
    assert_eq!(
        errors.iter().map(IdentityError::code).collect::<Vec<_>>(),
        ["InvalidUserName", "DuplicateEmail"]
    );
}

#[tokio::test]
async fn a_name_is_taken_in_every_case_and_composition() {
    let world = World::with(|options| options.user.allowed_user_name_characters.clear());
    world.register("\u{e9}lan@example.test").await;
    for same in ["\u{c9}LAN@example.test", "e\u{301}lan@EXAMPLE.test"] {
        let errors = world.accounts.register(same, PASSWORD).await.unwrap().unwrap_err();
        assert_eq!(errors, [IdentityError::DuplicateUserName(same.to_owned())]);
        assert!(world.accounts.find_by_name(same).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_address_that_only_has_to_be_unique_where_the_options_say_so() {
    for unique in [true, false] {
        let world = World::with(|options| options.user.require_unique_email = unique);
        let mut ada = world.register(ADA).await;
        world
            .accounts
            .set_user_name(&mut ada, "countess")
            .await
            .unwrap()
            .unwrap();
        let again = world.accounts.register(ADA, PASSWORD).await.unwrap();
        let duplicate = again.err().unwrap_or_default();
        let expected = unique.then(|| IdentityError::DuplicateEmail(ADA.to_owned()));
        assert_eq!(duplicate, Vec::from_iter(expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_registrations_of_one_name_give_one_account_and_duplicates() {
    let world = World::new();
    let mut registrations = JoinSet::new();
    for _ in 0..50 {
        let accounts = world.accounts.clone();
        registrations.spawn(async move { accounts.register(ADA, PASSWORD).await.unwrap() });
    }
    let (registered, refused): (Vec<_>, Vec<_>) = registrations
        .join_all()
        .await
        .into_iter()
        .partition(|registration| registration.is_ok());
    assert_eq!(registered.len(), 1);
    for refusal in refused {
        assert_eq!(refusal, Err(vec![IdentityError::DuplicateUserName(ADA.to_owned())]));
    }
    assert_eq!(world.accounts.list(None, 100).await.unwrap().len(), 1);
}

#[tokio::test]
async fn new_accounts_can_be_kept_from_locking() {
    let world = World::with(|options| options.lockout.allowed_for_new_users = false);
    assert!(!world.register(ADA).await.lockout_enabled);
}
