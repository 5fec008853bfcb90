//! The passkeys in `conformance/goldens/passkeys/app.db`, which EF Core wrote, and the rows that ceremonies left.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_identity::passkey::{CredentialId, CredentialPublicKey, VerifiedAssertion};
use wicketgate_identity::store::{AddPasskeyOutcome, LastPasskey, PasskeyUse, RemovePasskeyOutcome};
use wicketgate_identity::{Event, EventKind, Stores, UserId};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{connect, migrate};

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../conformance/goldens/passkeys")
        .join(file)
}

fn json(file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(golden(file)).unwrap()).unwrap()
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap()
}

struct World {
    store: Arc<dyn Stores>,
    /// As EF Core beside the server has it.
    ef_core: Connection,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.db");
        fs::copy(golden("app.db"), &path).unwrap();
        let url = format!("sqlite://{}", path.display());
        let options = StoreOptions::default();
        Self {
            store: connect(&url, &options, Arc::new(SystemRandom)).await.unwrap(),
            ef_core: Connection::open(&path).unwrap(),
            _folder: folder,
        }
    }

    /// Id, user and document of every row.
    fn rows(&self) -> Vec<(CredentialId, UserId, String)> {
        let select = r#"SELECT "CredentialId", "UserId", "Data" FROM "AspNetUserPasskeys""#;
        let mut select = self.ef_core.prepare(select).unwrap();
        let rows = select.query_map([], |row| {
            let (id, user): (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
            Ok((CredentialId::new(id).unwrap(), UserId::from_stored(user), row.get(2)?))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    async fn security_stamp(&self, user: &UserId) -> Option<SecurityStamp> {
        let user = self.store.accounts().find_by_id(user).await.unwrap().unwrap();
        user.security_stamp
    }

    fn document(&self, id: &CredentialId) -> String {
        let select = r#"SELECT "Data" FROM "AspNetUserPasskeys" WHERE "CredentialId" = ?1"#;
        self.ef_core
            .query_row(select, [id.as_bytes()], |row| row.get(0))
            .unwrap()
    }

    fn set_document(&self, id: &CredentialId, document: &str) {
        let update = r#"UPDATE "AspNetUserPasskeys" SET "Data" = ?2 WHERE "CredentialId" = ?1"#;
        let parameters = (id.as_bytes(), document);
        assert_eq!(self.ef_core.execute(update, parameters).unwrap(), 1);
    }
}

fn event(user: &UserId) -> Event {
    Event::new(
        EventKind::PasskeyAdded,
        Some(user.clone()),
        datetime!(2026-01-02 03:04:05 UTC),
    )
}

#[tokio::test]
async fn the_passkeys_of_a_dotnet_database_are_read() {
    let world = World::new().await;
    let passkeys = world.store.passkeys().unwrap();
    let people = json("passkey-people.json");
    for person in people.as_array().unwrap() {
        let user = UserId::from_stored(text(person, "Id"));
        let id = CredentialId::from_base64url(text(person, "credentialId")).unwrap();
        let passkey = passkeys.find(&user, &id).await.unwrap().unwrap();
        assert_eq!(i64::from(passkey.sign_count), person["signCount"].as_i64().unwrap());
        assert_eq!(passkey.is_backed_up, person["flags"].as_i64().unwrap() & 0x10 != 0);
        assert_eq!(passkey.created_at, datetime!(2026-01-02 03:04:05 UTC));
        let algorithm = CredentialPublicKey::decode(&passkey.public_key).unwrap().algorithm();
        assert_eq!(
            i64::from(algorithm.unwrap().id()),
            person["algorithm"].as_i64().unwrap()
        );
        assert_eq!(passkeys.list(&user).await.unwrap(), [passkey]);
    }
}

#[tokio::test]
async fn rows_are_written_as_ef_core_writes_them() {
    let world = World::new().await;
    let passkeys = world.store.passkeys().unwrap();
    let rows = world.rows();
    assert_eq!(rows.len(), 38);
    for (id, user, document) in rows {
        let passkey = passkeys.find(&user, &id).await.unwrap().unwrap();
        let removed = passkeys
            .remove(&user, &id, LastPasskey::Goes, &event(&user))
            .await
            .unwrap();
        assert_eq!(removed, RemovePasskeyOutcome::Removed);
        let stamp = world.security_stamp(&user).await;
        let added = passkeys
            .add(&user, stamp.as_ref(), &passkey, 1_000, &event(&user))
            .await;
        assert_eq!(added.unwrap(), AddPasskeyOutcome::Added);
        assert_eq!(world.document(&id), document, "{id}");
    }
}

#[tokio::test]
async fn a_sign_in_leaves_the_row_that_ef_core_leaves() {
    let world = World::new().await;
    let passkeys = world.store.passkeys().unwrap();
    let (id, user, _) = world.rows().remove(0);
    let stamp = world.security_stamp(&user).await;
    let mut count = 0;
    let goldens = json("passkeys.json");
    for ceremony in goldens["ceremonies"].as_array().unwrap() {
        let (Some(before), Some(after)) = (ceremony["rowBefore"].as_str(), ceremony["rowAfter"].as_str()) else {
            continue;
        };
        if ceremony["result"].as_str() != Some("Succeeded") {
            assert_eq!(before, after, "{}", ceremony["about"]);
            continue;
        }
        // .NET 11 writes another member, which is kept.
        for newer in ["", r#""Aaguid":null,"#] {
            let of_version = |document: &str| document.replacen('{', &format!("{{{newer}"), 1);
            world.set_document(&id, &of_version(before));
            let expected: Value = serde_json::from_str(after).unwrap();
            let verified = VerifiedAssertion {
                sign_count: u32::try_from(expected["SignCount"].as_u64().unwrap()).unwrap(),
                is_backed_up: expected["IsBackedUp"].as_bool().unwrap(),
                is_user_verified: false,
            };
            let seen = passkeys.find(&user, &id).await.unwrap().unwrap().sign_count;
            let used = PasskeyUse {
                user: &user,
                id: &id,
                expected_sign_count: seen,
                expected_stamp: stamp.as_ref(),
                now: datetime!(2026-01-02 03:04:05 UTC),
                verified,
            };
            assert!(passkeys.mark_used(used, &event(&user)).await.unwrap());
            assert_eq!(world.document(&id), of_version(after), "{}", ceremony["about"]);
        }
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[tokio::test]
async fn a_database_of_version_2_keeps_no_passkeys_until_it_is_migrated() {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("app.db").display());
    let older = StoreOptions {
        schema_version: SchemaVersion::V2,
        ..StoreOptions::default()
    };
    let store = connect(&url, &older, Arc::new(SystemRandom)).await.unwrap();
    assert!(store.passkeys().is_none());
    drop(store);
    migrate(&url, &StoreOptions::default()).await.unwrap();
    let store = connect(&url, &StoreOptions::default(), Arc::new(SystemRandom))
        .await
        .unwrap();
    assert!(store.passkeys().is_some());
}
