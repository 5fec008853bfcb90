//! An owner makes the tables, and a role that may not change them serves.

use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName};
use wicketgate_identity::options::SchemaVersion::V3;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::store::{ChangeOutcome, CreateOutcome};
use wicketgate_identity::{User, UserId};
use wicketgate_protection::StoredElement;
use wicketgate_sql::{OpenError, connect_keys, migrate_keys};
use wicketgate_store_tests::fixture::event;
use zeroize::Zeroizing;

use crate::{Database, Kind};

const SERVERS: [Kind; 2] = [Kind::Postgres, Kind::MySql];
const ROWS: &str = "SELECT, INSERT, UPDATE, DELETE";
/// Those that a role that serves reads and writes.
const TABLES: [&str; 19] = [
    "AspNetRoleClaims",
    "AspNetRoles",
    "AspNetUserClaims",
    "AspNetUserLogins",
    "AspNetUserPasskeys",
    "AspNetUserRoles",
    "AspNetUserTokens",
    "AspNetUsers",
    "DataProtectionKeys",
    "wicketgate_events",
    "wicketgate_event_keys",
    "wicketgate_event_seals",
    "wicketgate_event_checkpoints",
    "wicketgate_unknown_sign_ins",
    "wicketgate_mails",
    "wicketgate_secrets",
    "wicketgate_rate_limits",
    "wicketgate_sessions",
    "wicketgate_deletions",
];

#[tokio::test]
async fn a_role_that_may_only_read_and_write_rows_serves() {
    for kind in SERVERS {
        let Some(owned) = migrated(kind).await else { continue };
        let role = Role::new(&owned).await;
        role.may_serve().await;
        let serving = role.database();

        let store = serving.connect(V3).await.unwrap();
        let ada = ada();
        let created = store
            .accounts()
            .create(&ada, EmailUniqueness::Required, None, &event())
            .await
            .unwrap();
        assert_eq!(created, CreateOutcome::Created(ada.id.clone()));
        let admin = NormalizedName::from_stored("ADMIN");
        assert_eq!(
            store
                .accounts()
                .change(
                    &ada.id,
                    Expected::Account,
                    &Change::AddRole {
                        name: "Admin".to_owned(),
                        normalized: admin.clone()
                    },
                    &event()
                )
                .await
                .unwrap(),
            ChangeOutcome::Changed
        );
        assert_eq!(
            store
                .accounts()
                .change(
                    &ada.id,
                    Expected::Account,
                    &Change::AddClaim {
                        claim_type: "a".to_owned(),
                        value: "b".to_owned()
                    },
                    &event()
                )
                .await
                .unwrap(),
            ChangeOutcome::Changed
        );
        assert_eq!(store.accounts().find_claims(&ada.id).await.unwrap().roles.len(), 1);
        assert!(store.accounts().delete(&ada.id, &event()).await.unwrap());

        let keys = connect_keys(&serving.url, &StoreOptions::default()).await.unwrap();
        let element = StoredElement {
            name: "key-1".to_owned(),
            xml: Zeroizing::new("<key/>".to_owned()),
        };
        assert!(keys.store_if_unchanged(element, 0).await.unwrap());
        assert_eq!(keys.all_elements().await.unwrap().len(), 1);

        serving.migrate(V3).await.unwrap();
    }
}

#[tokio::test]
async fn a_role_cannot_make_what_is_missing() {
    for kind in SERVERS {
        let Some(owned) = kind.new_database().await else {
            continue;
        };
        let role = Role::new(&owned).await;
        let refused = role.database().connect(V3).await.unwrap_err();
        let message = refused.to_string();
        assert!(message.contains("denied"), "{message}");
        let right = match kind {
            Kind::MySql => "Access denied for user",
            _ => "for schema public (CREATE is needed)",
        };
        assert!(message.contains(right), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

/// MySQL's own words have both.
#[tokio::test]
async fn a_right_that_is_missing_is_named_with_its_table() {
    let Some(owned) = migrated(Kind::Postgres).await else {
        return;
    };
    let role = Role::new(&owned).await;
    role.may_serve().await;
    let revoke = format!(r#"REVOKE INSERT ON "AspNetUsers" FROM {}"#, role.name);
    owned.run(&revoke).await;
    let store = role.database().connect(V3).await.unwrap();
    let (ada, registered) = (ada(), event());
    let created = store
        .accounts()
        .create(&ada, EmailUniqueness::NotRequired, None, &registered)
        .await;
    let refusal = created.unwrap_err().to_string();
    assert!(
        refusal.contains("permission denied for table AspNetUsers (INSERT is needed)"),
        "{refusal}"
    );
}

/// MySQL shows nobody a table that they may not use: it looks like a database of EF Core's.
#[tokio::test]
async fn marks_that_a_role_may_not_read_are_named_or_passed_over() {
    for kind in SERVERS {
        let Some(owned) = migrated(kind).await else { continue };
        let role = Role::new(&owned).await;
        role.may_use_the_tables_of_identity().await;
        let serving = role.database();
        match serving.connect(V3).await {
            Ok(store) => {
                assert_eq!(kind, Kind::MySql);
                store.accounts().ping().await.unwrap();
            }
            Err(refused) => {
                assert_eq!(kind, Kind::Postgres);
                let message = refused.to_string();
                assert!(
                    message.ends_with(": permission denied for table wicketgate_migrations (SELECT is needed)"),
                    "{message}"
                );
                assert!(matches!(refused, OpenError::Database { .. }));
            }
        }
    }
}

fn ada() -> User {
    User {
        id: UserId::from_stored("1"),
        user_name: Some("ada".to_owned()),
        normalized_user_name: Some(NormalizedName::from_stored("ADA")),
        email: Some("ada@example.test".to_owned()),
        normalized_email: Some(NormalizedName::from_stored("ADA@EXAMPLE.TEST")),
        email_confirmed: false,
        password_hash: None,
        security_stamp: None,
        concurrency_stamp: None,
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    }
}

async fn migrated(kind: Kind) -> Option<Database> {
    let owned = kind.new_database().await?;
    owned.migrate(V3).await.unwrap();
    migrate_keys(&owned.url, &StoreOptions::default()).await.unwrap();
    Some(owned)
}

/// A role without any right yet.
struct Role<'a> {
    owned: &'a Database,
    /// That of the database, which is unique.
    name: String,
}

impl<'a> Role<'a> {
    async fn new(owned: &'a Database) -> Self {
        let (_, name) = owned.url.rsplit_once('/').unwrap();
        let create = match owned.kind {
            Kind::MySql => format!("CREATE USER {name} IDENTIFIED BY 'role'"),
            _ => format!("CREATE ROLE {name} LOGIN PASSWORD 'role'"),
        };
        owned.run(&create).await;
        let name = name.to_owned();
        Self { owned, name }
    }

    /// As docs/DATABASES.md says.
    async fn may_serve(&self) {
        if self.owned.kind == Kind::MySql {
            self.grant(ROWS, &format!("{}.*", self.name)).await;
        } else {
            self.may_use_the_tables_of_identity().await;
            self.grant("SELECT", "wicketgate_migrations, wicketgate_scripts").await;
        }
    }

    async fn may_use_the_tables_of_identity(&self) {
        for table in TABLES {
            self.grant(ROWS, &format!("\"{table}\"")).await;
        }
    }

    async fn grant(&self, rights: &str, table: &str) {
        self.owned
            .run(&format!("GRANT {rights} ON {table} TO {}", self.name))
            .await;
    }

    /// The database as the role reaches it.
    fn database(&self) -> Database {
        let (scheme, rest) = self.owned.url.split_once("://").unwrap();
        let (_, place) = rest.split_once('@').unwrap();
        Database {
            kind: self.owned.kind,
            url: format!("{scheme}://{}:role@{place}", self.name),
            _folder: None,
        }
    }
}
