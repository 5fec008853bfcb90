//! Unique indexes that somebody else has made on Identity's tables.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[expect(dead_code, reason = "of use to other tests, too")]
mod shape;
#[path = "../src/test_accounts.rs"]
mod test_accounts;
#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use shape::run;
use tempfile::TempDir;
use test_accounts::user;
use test_databases::{SQL_SERVER, new_database};
use tokio::task::JoinSet;
use wicketgate_identity::account::{Change, EmailChange, EmailUniqueness, Expected, NormalizedName, SecurityStamp};
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::{ChangeOutcome, CreateOutcome};
use wicketgate_identity::{Stores, User};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;
use wicketgate_store_tests::fixture::event;

const SERVERS: [&str; 3] = ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL", SQL_SERVER];

/// A store of every kind that there is here, after this statement ran beside it.
async fn stores(statement: &str) -> Vec<(Arc<dyn Stores>, Option<TempDir>)> {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("app.db").display());
    let sqlite = open(&url).await;
    run(&url, statement).await;
    let mut stores = vec![(sqlite, Some(folder))];
    for server in SERVERS {
        if let Some(url) = new_database(server).await {
            let store = open(&url).await;
            let quoted = if url.starts_with("mysql") {
                statement.replace('"', "`")
            } else {
                statement.to_owned()
            };
            run(&url, &quoted).await;
            stores.push((store, None));
        }
    }
    stores
}

async fn open(url: &str) -> Arc<dyn Stores> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

/// With a name of its own, and the address of another one.
fn with_address_of(name: &str, other: &str) -> User {
    let other = user(other);
    User {
        email: other.email,
        normalized_email: other.normalized_email,
        ..user(name)
    }
}

const ADDRESSES: &str = r#"CREATE UNIQUE INDEX by_somebody_else ON "AspNetUsers" ("NormalizedEmail")"#;

#[tokio::test]
async fn an_index_on_addresses_makes_them_unique() {
    for (store, _folder) in stores(ADDRESSES).await {
        for uniqueness in [EmailUniqueness::NotRequired, EmailUniqueness::Required] {
            store
                .accounts()
                .create(&user("ada"), uniqueness, None, &event())
                .await
                .unwrap();
            let outcome = store
                .accounts()
                .create(&with_address_of("grace", "ada"), uniqueness, None, &event())
                .await;
            assert_eq!(outcome.unwrap(), CreateOutcome::DuplicateEmail, "{store:?}");
            let both = User {
                id: user("grace").id,
                ..user("ada")
            };
            let outcome = store.accounts().create(&both, uniqueness, None, &event()).await;
            assert_eq!(outcome.unwrap(), CreateOutcome::DuplicateUserName, "{store:?}");
            assert_eq!(store.accounts().list(None, 10).await.unwrap(), [user("ada")]);
            store.accounts().delete(&user("ada").id, &event()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_index_on_addresses_keeps_an_account_from_taking_anothers() {
    for (store, _folder) in stores(ADDRESSES).await {
        for name in ["ada", "grace"] {
            store
                .accounts()
                .create(&user(name), EmailUniqueness::NotRequired, None, &event())
                .await
                .unwrap();
        }
        for (user_name, expected) in [
            (None, ChangeOutcome::DuplicateEmail),
            (Some("free"), ChangeOutcome::DuplicateEmail),
            (Some("grace"), ChangeOutcome::DuplicateUserName),
        ] {
            let change = EmailChange {
                email: user("grace").email.unwrap(),
                normalized_email: user("grace").normalized_email.unwrap(),
                user_name: user_name.map(|name| {
                    let taken = user(name);
                    (taken.user_name.unwrap(), taken.normalized_user_name.unwrap())
                }),
            };
            let (first, changed) = (
                SecurityStamp::from_stored("first"),
                SecurityStamp::from_stored("changed"),
            );
            for uniqueness in [EmailUniqueness::NotRequired, EmailUniqueness::Required] {
                let id = user("ada").id;
                let outcome = store
                    .accounts()
                    .change(
                        &id,
                        Expected::SecurityStamp(Some(&first)),
                        &Change::Email {
                            email: change.clone(),
                            uniqueness,
                            stamp: changed.clone(),
                        },
                        &event(),
                    )
                    .await;
                assert_eq!(outcome.unwrap(), expected, "{store:?}");
                assert_eq!(store.accounts().find_by_id(&id).await.unwrap(), Some(user("ada")));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_index_on_addresses_settles_races() {
    for (store, _folder) in stores(ADDRESSES).await {
        let mut registering = JoinSet::new();
        for number in 0..20 {
            let store = Arc::clone(&store);
            let user = with_address_of(&format!("user-{number}"), "ada");
            registering.spawn(async move {
                store
                    .accounts()
                    .create(&user, EmailUniqueness::NotRequired, None, &event())
                    .await
            });
        }
        let outcomes = registering.join_all().await;
        let outcomes: Vec<CreateOutcome> = outcomes.into_iter().map(Result::unwrap).collect();
        let created = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, CreateOutcome::Created(_)));
        assert_eq!(created.count(), 1, "{store:?}");
        let refused = outcomes
            .iter()
            .filter(|outcome| **outcome == CreateOutcome::DuplicateEmail);
        assert_eq!(refused.count(), 19, "{store:?}");
    }
}

#[tokio::test]
async fn an_index_on_names_as_they_are_written_refuses_a_name() {
    let index = r#"CREATE UNIQUE INDEX by_somebody_else ON "AspNetUsers" ("UserName")"#;
    for (store, _folder) in stores(index).await {
        for name in ["ada", "grace"] {
            store
                .accounts()
                .create(&user(name), EmailUniqueness::NotRequired, None, &event())
                .await
                .unwrap();
        }
        let stamp = SecurityStamp::from_stored("changed");
        let (id, name) = (user("ada").id, user("grace").user_name.unwrap());
        let normalized = NormalizedName::from_stored(name.to_uppercase());
        let outcome = store
            .accounts()
            .change(
                &id,
                Expected::Account,
                &Change::UserName {
                    name: name.clone(),
                    normalized: normalized.clone(),
                    stamp: stamp.clone(),
                },
                &event(),
            )
            .await;
        assert_eq!(outcome.unwrap(), ChangeOutcome::DuplicateUserName, "{store:?}");
    }
}

#[tokio::test]
async fn an_index_on_claims_keeps_one_of_each() {
    // MySQL's longtext has no index of its whole length.
    let index = r#"CREATE UNIQUE INDEX by_somebody_else ON "AspNetUserClaims" ("UserId")"#;
    for (store, _folder) in stores(index).await {
        let id = user("ada").id;
        store
            .accounts()
            .create(&user("ada"), EmailUniqueness::NotRequired, None, &event())
            .await
            .unwrap();
        for _ in 0..2 {
            let outcome = store
                .accounts()
                .change(
                    &id,
                    Expected::Account,
                    &Change::AddClaim {
                        claim_type: "type".to_owned(),
                        value: "value".to_owned(),
                    },
                    &event(),
                )
                .await;
            assert_eq!(outcome.unwrap(), ChangeOutcome::Changed, "{store:?}");
        }
        let found = store.accounts().find_claims(&id).await.unwrap().claims;
        assert_eq!(found, [("type".to_owned(), "value".to_owned())]);
        assert!(
            store
                .accounts()
                .change(
                    &id,
                    Expected::Account,
                    &Change::AddClaim {
                        claim_type: "type".to_owned(),
                        value: "another".to_owned()
                    },
                    &event()
                )
                .await
                .is_err(),
            "it is not there"
        );
    }
}
