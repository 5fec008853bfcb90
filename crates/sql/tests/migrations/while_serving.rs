//! Instances that serve while somebody migrates their database: what their connections remember of it is then out of date.

use std::sync::Arc;

use futures_util::future::join_all;
use time::macros::datetime;
use wicketgate_identity::Stores;
use wicketgate_identity::account::NormalizedName;
use wicketgate_identity::options::LockoutOptions;
use wicketgate_identity::options::SchemaVersion::{V1, V2, V3};
use wicketgate_identity::store::{Attempt, AttemptOutcome};
use wicketgate_store_tests::fixture::event;

use crate::versions::ADA;
use crate::{Database, KINDS, Kind};

/// What the database is asked for a login, a wrong one and a right one. Nobody is told of a migration.
async fn logins(store: &Arc<dyn Stores>, kind: Kind) {
    let login = |number: usize| async move {
        let name = NormalizedName::from_stored("ADA");
        let ada = store.accounts().find_by_normalized_name(&name).await?.unwrap();
        let attempt = if number.is_multiple_of(3) {
            Attempt::Failed
        } else {
            Attempt::Succeeded
        };
        let options = &LockoutOptions {
            max_failed_access_attempts: 1000,
            ..LockoutOptions::default()
        };
        let now = datetime!(2026-01-02 03:04:05 UTC);
        let stamp = ada.security_stamp.as_ref();
        let outcome = store
            .accounts()
            .settle_attempt(&ada.id, stamp, attempt, now, options, &event())
            .await?;
        store.accounts().authenticator_key(&ada.id).await?;
        store.accounts().find_claims(&ada.id).await?;
        store.accounts().find_by_id(&ada.id).await?;
        store.accounts().ping().await?;
        Ok(outcome)
    };
    let outcomes: Vec<Result<AttemptOutcome, wicketgate_identity::StoreError>> = join_all((0..30).map(login)).await;
    let failed: Vec<_> = outcomes.iter().filter(|outcome| outcome.is_err()).collect();
    assert!(
        failed.is_empty(),
        "{kind:?}: {} of 30 failed: {failed:#?}",
        failed.len()
    );
}

async fn served(kind: Kind) -> Option<(Database, Arc<dyn Stores>)> {
    let database = kind.of_ef_core(V1).await?;
    database.run(ADA).await;
    let store = database.connect(V3).await.unwrap();
    logins(&store, kind).await;
    Some((database, store))
}

#[tokio::test]
async fn who_logs_in_after_a_migration_does_not_notice_it() {
    for kind in KINDS {
        let Some((database, store)) = served(kind).await else {
            continue;
        };
        for version in [V2, V3] {
            assert_ne!(database.migrate(version).await.unwrap(), [""; 0]);
            logins(&store, kind).await;
        }
    }
}

/// As an operator may do it by hand: some by some, so that connections are out of date more than once.
#[tokio::test]
async fn who_logs_in_after_columns_became_wider_does_not_notice_it() {
    for (kind, changes) in [
        (
            Kind::Postgres,
            [
                r#"ALTER TABLE "AspNetUsers" ALTER "AccessFailedCount" TYPE bigint"#,
                r#"ALTER TABLE "AspNetUsers" ALTER "NormalizedUserName" TYPE text, ADD "Nickname" text"#,
                r#"ALTER TABLE "AspNetUserTokens" ALTER "Value" TYPE varchar(1000)"#,
            ],
        ),
        (
            Kind::MySql,
            [
                r#"ALTER TABLE "AspNetUsers" MODIFY "AccessFailedCount" bigint NOT NULL"#,
                r#"ALTER TABLE "AspNetUsers" MODIFY "SecurityStamp" varchar(200), ADD "Nickname" text FIRST"#,
                r#"ALTER TABLE "AspNetUserTokens" MODIFY "Value" varchar(1000)"#,
            ],
        ),
    ] {
        let Some((database, store)) = served(kind).await else {
            continue;
        };
        for change in changes {
            database.run(change).await;
            logins(&store, kind).await;
        }
    }
}

/// Each change commits by itself, between and within the steps of a login.
#[tokio::test]
async fn who_logs_in_during_changes_does_not_notice_them() {
    for (kind, widen, narrow) in [
        (
            Kind::Postgres,
            r#"ALTER TABLE "AspNetUsers" ALTER "PhoneNumber" TYPE text"#,
            r#"ALTER TABLE "AspNetUsers" ALTER "PhoneNumber" TYPE varchar(256)"#,
        ),
        (
            Kind::MySql,
            r#"ALTER TABLE "AspNetUsers" MODIFY "PhoneNumber" longtext"#,
            r#"ALTER TABLE "AspNetUsers" MODIFY "PhoneNumber" varchar(256)"#,
        ),
    ] {
        let Some((database, store)) = served(kind).await else {
            continue;
        };
        let changing = async {
            for _ in 0..5 {
                database.run(widen).await;
                database.run(narrow).await;
            }
        };
        tokio::join!(changing, logins(&store, kind));
    }
}
