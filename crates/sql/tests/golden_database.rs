//! The database in `conformance/goldens/database`, which EF Core wrote.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use wicketgate_identity::{
    ConcurrencyStamp, CreateOutcome, EmailUniqueness, NormalizedName, PasswordHash, SecurityStamp, StoreOptions, User,
    UserId, UserStore,
};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::SqliteStore;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct People {
    people: Vec<Person>,
    two_factor: SecondFactor,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecondFactor {
    authenticator_key: String,
    recovery_codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Person {
    id: String,
    user_name: String,
    normalized_user_name: String,
    email: String,
    normalized_email: String,
    email_confirmed: bool,
    password_hash: Option<String>,
    security_stamp: String,
    concurrency_stamp: String,
    two_factor_enabled: bool,
    lockout_end: Option<String>,
    lockout_enabled: bool,
    access_failed_count: i32,
    #[serde(rename = "roles")]
    roles: Vec<String>,
    #[serde(rename = "claims")]
    claims: Vec<Claim>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Claim {
    #[serde(rename = "Type")]
    claim_type: String,
    value: String,
}

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/goldens/database")
        .join(file)
}

fn people() -> Vec<Person> {
    let text = fs::read_to_string(golden("people.json")).unwrap();
    serde_json::from_str::<People>(&text).unwrap().people
}

fn second_factor() -> SecondFactor {
    let text = fs::read_to_string(golden("people.json")).unwrap();
    serde_json::from_str::<People>(&text).unwrap().two_factor
}

fn name(normalized: &str) -> NormalizedName {
    NormalizedName::from_stored(normalized)
}

async fn open_copy(folder: &TempDir) -> SqliteStore {
    fs::copy(golden("app.db"), folder.path().join("app.db")).unwrap();
    open(folder).await
}

/// A connection as EF Core beside the server has it.
async fn ef_core(folder: &TempDir) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.path().join("app.db"))
        .connect()
        .await
        .unwrap()
}

async fn open(folder: &TempDir) -> SqliteStore {
    let url = format!("sqlite://{}", folder.path().join("app.db").display());
    SqliteStore::open(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap()
}

#[tokio::test]
async fn everybody_reads_back_as_ef_core_wrote_them() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let people = people();
    assert_eq!(people.len(), 13);
    for person in people {
        let name = NormalizedName::from_stored(person.normalized_user_name);
        let user = store.find_by_normalized_name(&name).await.unwrap().unwrap();
        assert_eq!(user.id.as_str(), person.id);
        assert_eq!(user.user_name, Some(person.user_name));
        assert_eq!(user.normalized_user_name, Some(name));
        assert_eq!(user.email, Some(person.email));
        assert_eq!(
            user.normalized_email,
            Some(NormalizedName::from_stored(person.normalized_email))
        );
        assert_eq!(user.email_confirmed, person.email_confirmed);
        assert_eq!(
            user.password_hash.as_ref().map(|hash| hash.as_str()),
            person.password_hash.as_deref()
        );
        assert_eq!(user.security_stamp.as_ref().unwrap().as_str(), person.security_stamp);
        assert_eq!(
            user.concurrency_stamp.as_ref().unwrap().as_str(),
            person.concurrency_stamp
        );
        assert_eq!(user.phone_number, None);
        assert!(!user.phone_number_confirmed);
        assert_eq!(user.two_factor_enabled, person.two_factor_enabled);
        let lockout_end = person
            .lockout_end
            .map(|text| OffsetDateTime::parse(&text, &Rfc3339).unwrap());
        assert_eq!(user.lockout_end, lockout_end);
        assert_eq!(user.lockout_enabled, person.lockout_enabled);
        assert_eq!(user.access_failed_count, person.access_failed_count);

        let claims = store.find_claims(&user.id).await.unwrap();
        let roles: Vec<String> = claims.roles.into_iter().map(|(name, _)| name).collect();
        assert_eq!(roles, person.roles);
        let expected: Vec<_> = person
            .claims
            .into_iter()
            .map(|claim| (claim.claim_type, claim.value))
            .collect();
        assert_eq!(claims.claims, expected);
    }
}

#[tokio::test]
async fn the_claims_of_a_role_are_found_with_it() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let manager = store
        .find_by_normalized_name(&name("MANAGER@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let roles = store.find_claims(&manager.id).await.unwrap().roles;
    let permission = ("permission".to_owned(), "approve".to_owned());
    assert_eq!(
        roles,
        [("Auditor".to_owned(), vec![]), ("Manager".to_owned(), vec![permission])]
    );
}

/// EF Core asks for no order; here it is always the same.
#[tokio::test]
async fn roles_are_found_by_name_order() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let manager = store
        .find_by_normalized_name(&name("MANAGER@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    for role in ["Zookeeper", "Clerk", "Baker", "Porter", "Nurse"] {
        store
            .add_role(&manager.id, role, &name(&role.to_uppercase()))
            .await
            .unwrap();
    }
    let roles = store.find_claims(&manager.id).await.unwrap().roles;
    let names: Vec<&str> = roles.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Auditor", "Baker", "Clerk", "Manager", "Nurse", "Porter", "Zookeeper"]
    );
}

#[tokio::test]
async fn the_second_factor_of_an_ef_core_account_works_on() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let user = store
        .find_by_normalized_name(&name("TWOFACTOR@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let second_factor = second_factor();
    assert_eq!(
        store.authenticator_key(&user.id).await.unwrap().unwrap(),
        second_factor.authenticator_key
    );

    let codes = &second_factor.recovery_codes;
    assert_eq!(store.count_recovery_codes(&user.id).await.unwrap(), codes.len());
    assert!(store.redeem_recovery_code(&user.id, &codes[3]).await.unwrap());
    assert!(!store.redeem_recovery_code(&user.id, &codes[3]).await.unwrap());

    let after = store.find_by_id(&user.id).await.unwrap().unwrap();
    assert_ne!(after.concurrency_stamp, user.concurrency_stamp, "EF Core has to notice");
    let left: Vec<&str> = codes
        .iter()
        .filter(|code| **code != codes[3])
        .map(String::as_str)
        .collect();
    let stored: String = sqlx::query_scalar("SELECT Value FROM AspNetUserTokens WHERE Name = 'RecoveryCodes'")
        .fetch_one(&mut ef_core(&folder).await)
        .await
        .unwrap();
    assert_eq!(stored, left.join(";"));
}

/// The columns' values as Microsoft.Data.Sqlite binds them, which `typeof` and `quote` show.
#[tokio::test]
async fn a_registration_is_written_as_ef_core_would() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let user = User {
        id: UserId::from_stored("0c4b6a3e-7f1e-4a55-9a5e-7f3f0f1f2a3b"),
        user_name: Some("new@example.test".to_owned()),
        normalized_user_name: Some(name("NEW@EXAMPLE.TEST")),
        email: Some("new@example.test".to_owned()),
        normalized_email: Some(name("NEW@EXAMPLE.TEST")),
        email_confirmed: true,
        password_hash: Some(PasswordHash::from_stored("a hash")),
        security_stamp: Some(SecurityStamp::from_stored("a stamp")),
        concurrency_stamp: Some(ConcurrencyStamp::from_stored("another")),
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: Some(datetime!(2026-01-02 03:04:05.5 UTC)),
        lockout_enabled: true,
        access_failed_count: 2,
    };
    assert_eq!(
        store.create(&user, EmailUniqueness::Required).await.unwrap(),
        CreateOutcome::Created
    );

    let columns = "quote(Id), quote(UserName), quote(NormalizedUserName), quote(Email), quote(NormalizedEmail),
        quote(EmailConfirmed), quote(PasswordHash), quote(SecurityStamp), quote(ConcurrencyStamp), quote(PhoneNumber),
        quote(PhoneNumberConfirmed), quote(TwoFactorEnabled), quote(LockoutEnd), quote(LockoutEnabled),
        quote(AccessFailedCount)";
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {columns} FROM AspNetUsers WHERE UserName = 'new@example.test'"
    )))
    .fetch_one(&mut ef_core(&folder).await)
    .await
    .unwrap();
    let written: Vec<String> = (0..row.len()).map(|column| row.get(column)).collect();
    assert_eq!(
        written,
        [
            "'0c4b6a3e-7f1e-4a55-9a5e-7f3f0f1f2a3b'",
            "'new@example.test'",
            "'NEW@EXAMPLE.TEST'",
            "'new@example.test'",
            "'NEW@EXAMPLE.TEST'",
            "1",
            "'a hash'",
            "'a stamp'",
            "'another'",
            "NULL",
            "0",
            "0",
            "'2026-01-02 03:04:05.5+00:00'",
            "1",
            "2",
        ]
    );
}

/// .NET writes nothing either, so that logins do not queue for the one writer.
#[tokio::test]
async fn a_success_after_no_failure_leaves_the_row_alone() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    for (normalized, is_written) in [("PLAIN@EXAMPLE.TEST", false), ("FAILING@EXAMPLE.TEST", true)] {
        let before = store.find_by_normalized_name(&name(normalized)).await.unwrap().unwrap();
        store.reset_failures(&before.id).await.unwrap();
        let after = store.find_by_id(&before.id).await.unwrap().unwrap();
        assert_eq!(after.access_failed_count, 0);
        assert_eq!(
            after.concurrency_stamp != before.concurrency_stamp,
            is_written,
            "{normalized}"
        );
    }
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    for normalized in ["MANAGER@EXAMPLE.TEST", "SOCIAL@EXAMPLE.TEST", "TWOFACTOR@EXAMPLE.TEST"] {
        let user = store.find_by_normalized_name(&name(normalized)).await.unwrap().unwrap();
        assert!(store.delete(&user.id).await.unwrap());
        assert!(!store.delete(&user.id).await.unwrap());
    }
    let mut connection = ef_core(&folder).await;
    for table in [
        "AspNetUserClaims",
        "AspNetUserLogins",
        "AspNetUserRoles",
        "AspNetUserTokens",
    ] {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[tokio::test]
async fn what_the_application_added_survives_every_write() {
    let folder = TempDir::new().unwrap();
    fs::copy(golden("app.db"), folder.path().join("app.db")).unwrap();
    sqlx::raw_sql(
        r#"ALTER TABLE "AspNetUsers" ADD COLUMN "DisplayName" TEXT NOT NULL DEFAULT 'nobody';
        ALTER TABLE "AspNetUserTokens" ADD COLUMN "Note" TEXT;
        UPDATE "AspNetUsers" SET "DisplayName" = 'Two Factor' WHERE "UserName" = 'twofactor@example.test';
        UPDATE "AspNetUserTokens" SET "Note" = 'kept';"#,
    )
    .execute(&mut ef_core(&folder).await)
    .await
    .unwrap();
    let store = open(&folder).await;
    let user = store
        .find_by_normalized_name(&name("TWOFACTOR@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let stamp = SecurityStamp::from_stored("another stamp");
    store
        .replace_authenticator_key(&user.id, "another key", &stamp)
        .await
        .unwrap();
    store
        .replace_recovery_codes(&user.id, &["one".to_owned()])
        .await
        .unwrap();
    store
        .set_user_name(&user.id, "another", &name("ANOTHER"), &stamp)
        .await
        .unwrap();
    store
        .create(
            &User {
                id: UserId::from_stored("new"),
                normalized_user_name: None,
                ..user
            },
            EmailUniqueness::NotRequired,
        )
        .await
        .unwrap();

    let mut connection = ef_core(&folder).await;
    let names: Vec<String> =
        sqlx::query_scalar("SELECT DisplayName FROM AspNetUsers WHERE Email = 'twofactor@example.test' ORDER BY rowid")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(names, ["Two Factor", "nobody"]);
    let notes: Vec<String> = sqlx::query_scalar("SELECT Note FROM AspNetUserTokens")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(notes, ["kept", "kept"]);
}

/// Two servers on one file: what either of them writes, the other sees, and a name goes to one of them.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_registrations_of_one_name_in_two_servers_one_succeeds() {
    let folder = TempDir::new().unwrap();
    let servers = [Arc::new(open_copy(&folder).await), Arc::new(open(&folder).await)];
    let template = servers[0]
        .find_by_normalized_name(&name("PLAIN@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let registrations: Vec<_> = (0..40)
        .map(|number| {
            let store = Arc::clone(&servers[number % 2]);
            let user = User {
                id: UserId::from_stored(format!("user {number}")),
                normalized_user_name: Some(name("SAME")),
                ..template.clone()
            };
            tokio::spawn(async move { store.create(&user, EmailUniqueness::NotRequired).await.unwrap() })
        })
        .collect();
    let mut created = 0;
    for registration in registrations {
        match registration.await.unwrap() {
            CreateOutcome::Created => created += 1,
            CreateOutcome::DuplicateUserName => {}
            CreateOutcome::DuplicateEmail => panic!("addresses may repeat here"),
        }
    }
    assert_eq!(created, 1);
    for server in servers {
        assert!(server.find_by_normalized_name(&name("SAME")).await.unwrap().is_some());
    }
}
