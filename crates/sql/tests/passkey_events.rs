//! What is kept of refused sign-ins with passkeys.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::event::EventFilter;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::passkey::{PasskeyAnswer, PasskeyRequest};
use wicketgate_identity::{Accounts, Event, EventKind, Options, SignIn, SignInResult, User, UserId};
use wicketgate_protection::{DataProtection, ManualClock, SeededRandom};
use wicketgate_sql::connect;

const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};
const NOW: time::OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// The recorded answers, and the states that waited for them.
struct Recorded(Value);

impl Recorded {
    fn read() -> Self {
        let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/passkeys/passkeys.json");
        Self(serde_json::from_str(&fs::read_to_string(goldens).unwrap()).unwrap())
    }

    fn ceremony(&self, about: &str) -> &Value {
        let mut ceremonies = self.0["ceremonies"].as_array().unwrap().iter();
        ceremonies.find(|ceremony| ceremony["about"] == about).unwrap()
    }

    fn answer(&self, about: &str) -> PasskeyAnswer<'_> {
        let ceremony = self.ceremony(about);
        let state = &ceremony["state"]["items"]["PasskeyState"];
        PasskeyAnswer {
            credential_json: ceremony["credentialJson"].as_str().unwrap(),
            state_json: state.as_str().unwrap(),
            request: REQUEST,
        }
    }
}

/// An account with a passkey, in a database.
struct World {
    accounts: Accounts,
    clock: Arc<ManualClock>,
    user: User,
    recorded: Recorded,
    /// Of somebody else beside the server.
    other: Connection,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("app.db");
        let url = format!("sqlite://{}", path.display());
        let random = Arc::new(SeededRandom::new(1));
        let store = connect(&url, &StoreOptions::default(), random.clone()).await.unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let keys = DataProtection::ephemeral(clock.clone(), random.clone());
        let accounts = Accounts::new(store, &keys, Options::default(), clock.clone(), random);
        let recorded = Recorded::read();
        let registration = recorded.ceremony("ES384: a credential is registered");
        let registered = accounts.register("ada@example.test", "Passw0rd!").await;
        let user = User {
            id: UserId::from_stored(registration["userId"].as_str().unwrap()),
            user_name: None,
            normalized_user_name: None,
            email: None,
            normalized_email: None,
            ..registered.unwrap().unwrap()
        };
        let event = Event::new(EventKind::Registered, Some(user.id.clone()), NOW);
        let created = accounts
            .store()
            .create(&user, EmailUniqueness::NotRequired, None, &event);
        created.await.unwrap();
        let answer = recorded.answer("ES384: a credential is registered");
        let added = accounts.add_passkey(&user, answer, None).await;
        added.unwrap().unwrap();
        Self {
            accounts,
            clock,
            user,
            recorded,
            other: Connection::open(&path).unwrap(),
            _folder: folder,
        }
    }

    async fn sign_in(&self, answer: PasskeyAnswer<'_>) -> SignInResult {
        // Events of one instant have no order.
        self.clock.advance(time::Duration::SECOND);
        SignIn::new(self.accounts.clone()).passkey(answer).await.unwrap()
    }

    async fn set_lockout_end(&self, change: Change) {
        let event = Event::new(EventKind::from(&change), Some(self.user.id.clone()), NOW);
        let changed = self
            .accounts
            .store()
            .change(&self.user.id, Expected::Account, &change, &event);
        changed.await.unwrap();
    }

    /// The reasons of the user's failed sign-ins, the last one first.
    async fn kept(&self) -> Vec<String> {
        let failed = EventFilter {
            user: Some(self.user.id.clone()),
            kind: Some("sign_in_failed".to_owned()),
            limit: 100,
            ..EventFilter::default()
        };
        let kept = self.accounts.stores().events().unwrap().list(&failed).await.unwrap();
        let details = kept
            .iter()
            .map(|event| serde_json::from_str::<Value>(&event.detail).unwrap());
        details
            .map(|detail| detail["reason"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn with<'a>(answer: PasskeyAnswer<'a>, credential_json: &'a str) -> PasskeyAnswer<'a> {
    PasskeyAnswer {
        credential_json,
        ..answer
    }
}

#[tokio::test]
async fn a_refused_passkey_is_an_event_with_its_reason_also_of_a_locked_account() {
    let world = World::new().await;
    let right = world.recorded.answer("ES384: signs in");
    let wrong = right
        .credential_json
        .replace("\"signature\":\"", "\"signature\":\"AAAA");
    let wrong = with(right, &wrong);
    assert!(matches!(world.sign_in(right).await, SignInResult::Succeeded(_)));
    let mut expected: Vec<&str> = Vec::new();
    for end in [None, Some(datetime!(2027-01-01 00:00 UTC))] {
        world.set_lockout_end(Change::LockoutEnd(end)).await;
        assert_eq!(world.sign_in(wrong).await, SignInResult::Failed);
        expected.insert(0, "wrong_passkey");
        assert_eq!(world.kept().await, expected);
        // The counter does not stand still.
        assert_eq!(world.sign_in(right).await, SignInResult::Failed);
        expected.insert(0, "passkey_counter_went_back");
        assert_eq!(world.kept().await, expected);
    }
}

#[tokio::test]
async fn a_right_passkey_of_a_locked_account_is_an_event() {
    let world = World::new().await;
    let right = world.recorded.answer("ES384: signs in");
    world
        .set_lockout_end(Change::LockoutEnd(Some(datetime!(2027-01-01 00:00 UTC))))
        .await;
    assert_eq!(world.sign_in(right).await, SignInResult::LockedOut);
    assert_eq!(world.kept().await, ["locked_out"]);
}

/// Nothing waits for the database's lock.
#[tokio::test]
async fn a_stranger_has_nothing_written() {
    let world = World::new().await;
    let right = world.recorded.answer("ES384: signs in");
    let unknown_passkey = right.credential_json.replacen("\"id\":\"", "\"id\":\"AAAA", 1);
    let unknown_user = right
        .credential_json
        .replacen("\"userHandle\":\"", "\"userHandle\":\"AAAA", 1);
    assert!(unknown_passkey != right.credential_json && unknown_user != right.credential_json);
    world.other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for stranger in ["{}", "no json", &unknown_passkey, &unknown_user] {
        assert_eq!(world.sign_in(with(right, stranger)).await, SignInResult::Failed);
    }
    world.other.execute_batch("ROLLBACK").unwrap();
    assert!(world.kept().await.is_empty());
    assert!(matches!(world.sign_in(right).await, SignInResult::Succeeded(_)));
}
