//! Texts that a database's collation takes for the same, beside rows that an application wrote.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use shape::{run, texts};
use test_databases::new_database;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName, SecurityStamp};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::{ChangeOutcome, CreateOutcome};
use wicketgate_identity::{Stores, User, UserId};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::fixture::event;

/// A store on MySQL or MariaDB, whose usual collations have neither case nor accents, and the URL of its database.
async fn new_store() -> Option<(Arc<dyn Stores>, String)> {
    let url = new_database("WICKETGATE_TEST_MYSQL_URL").await?;
    let store = connect(&url, &StoreOptions::default(), Arc::new(SystemRandom)).await;
    Some((store.unwrap(), url))
}

fn normalized(text: &str) -> NormalizedName {
    NormalizedName::from_stored(text)
}

async fn create(store: &Arc<dyn Stores>) -> UserId {
    let user = User {
        id: UserId::from_stored("ada"),
        user_name: Some("ada".to_owned()),
        normalized_user_name: Some(normalized("ADA")),
        email: None,
        normalized_email: None,
        email_confirmed: false,
        password_hash: None,
        security_stamp: Some(SecurityStamp::from_stored("STAMP")),
        concurrency_stamp: None,
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    };
    let created = store
        .accounts()
        .create(&user, EmailUniqueness::NotRequired, None, &event())
        .await
        .unwrap();
    assert_eq!(created, CreateOutcome::Created(user.id.clone()));
    user.id
}

#[tokio::test]
async fn a_role_that_the_index_cannot_have_beside_another_is_refused_by_name() {
    let Some((store, url)) = new_store().await else { return };
    let id = create(&store).await;
    let insert = "INSERT INTO AspNetRoles (Id, Name, NormalizedName) VALUES ('1', 'Ádmin', 'ÁDMIN')";
    run(&url, insert).await;
    for (name, expected) in [
        ("Admin", ChangeOutcome::DuplicateRoleName),
        ("Ádmin ", ChangeOutcome::DuplicateRoleName),
        ("ádmin", ChangeOutcome::Changed),
    ] {
        let outcome = store
            .accounts()
            .change(
                &id,
                Expected::Account,
                &Change::AddRole {
                    name: name.to_owned(),
                    normalized: normalized(&name.to_uppercase()),
                },
                &event(),
            )
            .await;
        assert_eq!(outcome.unwrap(), expected, "{name:?}");
    }
    store
        .accounts()
        .change(
            &id,
            Expected::Account,
            &Change::RemoveRole(normalized("ADMIN")),
            &event(),
        )
        .await
        .unwrap();
    let roles = store.accounts().find_claims(&id).await.unwrap().roles;
    assert_eq!(roles, [("Ádmin".to_owned(), Vec::new())]);
    assert_eq!(texts(&url, "SELECT Name FROM AspNetRoles").await, ["Ádmin"]);
}

#[tokio::test]
async fn an_applications_token_with_a_name_that_looks_like_ours_is_not_ours() {
    let Some((store, url)) = new_store().await else { return };
    let id = create(&store).await;
    let insert = "INSERT INTO AspNetUserTokens (UserId, LoginProvider, Name, Value)
        VALUES ('ada', '[aspnetuserstore]', 'AuthenticatorKey', 'of the application')";
    run(&url, insert).await;
    assert_eq!(store.accounts().authenticator_key(&id).await.unwrap(), None);
    let values = texts(&url, "SELECT Value FROM AspNetUserTokens").await;
    assert_eq!(values, ["of the application"]);
}

#[tokio::test]
async fn a_stamp_in_another_case_is_not_the_expected_one() {
    let Some((store, _)) = new_store().await else { return };
    let id = create(&store).await;
    for (stamp, expected) in [
        ("stamp", ChangeOutcome::Conflict),
        ("STAMP ", ChangeOutcome::Conflict),
        ("STAMP", ChangeOutcome::Changed),
    ] {
        let stamp = SecurityStamp::from_stored(stamp);
        let outcome = store
            .accounts()
            .change(
                &id,
                Expected::SecurityStamp(Some(&stamp)),
                &Change::EmailConfirmed,
                &event(),
            )
            .await
            .unwrap();
        assert_eq!(outcome, expected, "{stamp:?}");
    }
}
