//! Registering passkeys and signing in with them, as recorded from ASP.NET Core.

use std::sync::Arc;

use serde_json::Value;
use time::macros::datetime;
use wicketgate_identity::account::Change;
use wicketgate_identity::passkey::{CredentialId, PasskeyAnswer, PasskeyRefusal, PasskeyRequest};
use wicketgate_identity::{Accounts, IdentityError, MemoryStore, Options, SignIn, SignInResult, User, UserId};
use wicketgate_protection::{DataProtection, ManualClock, SeededRandom};

const REQUEST: PasskeyRequest<'static> = PasskeyRequest {
    host: "id.example.test",
    origin: Some("https://id.example.test"),
};

pub(crate) fn recorded(about: &str) -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../conformance/goldens/passkeys/passkeys.json"
    );
    let goldens: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut ceremonies = goldens["ceremonies"].as_array().unwrap().iter();
    ceremonies.find(|ceremony| ceremony["about"] == about).unwrap().clone()
}

pub(crate) fn answer(ceremony: &Value) -> PasskeyAnswer<'_> {
    let state = &ceremony["state"]["items"]["PasskeyState"];
    PasskeyAnswer {
        credential_json: ceremony["credentialJson"].as_str().unwrap(),
        state_json: state.as_str().unwrap(),
        request: REQUEST,
    }
}

pub(crate) fn refused<T>(refusal: PasskeyRefusal) -> Result<T, Vec<IdentityError>> {
    Err(vec![IdentityError::InvalidPasskey(refusal)])
}

/// The user of the recording, without a password.
pub(crate) async fn world(user: &Value) -> (Accounts, User) {
    let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
    let random = Arc::new(SeededRandom::new(1));
    let keys = DataProtection::ephemeral(clock.clone(), random.clone());
    let store: Arc<dyn wicketgate_identity::Stores> = Arc::new(MemoryStore::new());
    let accounts = Accounts::new(store, &keys, Options::default(), clock, random);
    let made = accounts
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    let user = User {
        id: UserId::from_stored(user.as_str().unwrap()),
        user_name: None,
        normalized_user_name: None,
        email: None,
        normalized_email: None,
        ..made
    };
    let uniqueness = wicketgate_identity::account::EmailUniqueness::NotRequired;
    let event = wicketgate_identity::Event::new(
        wicketgate_identity::EventKind::Registered,
        Some(user.id.clone()),
        datetime!(2026-01-02 03:04:05 UTC),
    );
    accounts.store().create(&user, uniqueness, None, &event).await.unwrap();
    (accounts, user)
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_and_is_removed() {
    let registration = recorded("ES384: a credential is registered");
    let (accounts, user) = world(&registration["userId"]).await;
    let added = accounts.add_passkey(&user, answer(&registration), Some("key"));
    let passkey = added.await.unwrap().unwrap();
    assert_eq!(passkey.name.as_deref(), Some("key"));
    assert_eq!(
        accounts.passkeys(&user.id).await.unwrap(),
        std::slice::from_ref(&passkey)
    );
    let again = accounts.add_passkey(&user, answer(&registration), None).await.unwrap();
    assert_eq!(again, refused(PasskeyRefusal::CredentialAlreadyRegistered));

    let sign_in = SignIn::new(accounts.clone());
    let attempt = recorded("ES384: signs in");
    let SignInResult::Succeeded(success) = sign_in.passkey(answer(&attempt)).await.unwrap() else {
        panic!("refused");
    };
    assert_eq!((&success.user.id, success.method.amr()), (&user.id, "pwd"));
    assert_eq!(success.credential.as_ref(), Some(&passkey.credential_id));
    let counted = accounts.passkeys(&user.id).await.unwrap();
    let row: Value = serde_json::from_str(attempt["rowAfter"].as_str().unwrap()).unwrap();
    assert_eq!(u64::from(counted[0].sign_count), row["SignCount"].as_u64().unwrap());
    // The counter does not stand still.
    let replayed = sign_in.passkey(answer(&attempt)).await.unwrap();
    assert_eq!(replayed, SignInResult::Failed);

    let renamed = accounts.rename_passkey(&user.id, &passkey.credential_id, None).await;
    assert_eq!(renamed.unwrap(), Ok(true));
    let other = CredentialId::new([1]).unwrap();
    assert_eq!(accounts.remove_passkey(&user, &other).await.unwrap(), Ok(false));
    let removed = accounts.remove_passkey(&user, &passkey.credential_id).await;
    assert_eq!(removed.unwrap(), Ok(true));
    let removed = sign_in.passkey(answer(&attempt)).await.unwrap();
    assert_eq!(removed, SignInResult::Failed);
}

#[tokio::test]
async fn a_locked_account_is_told_so_after_the_passkey_was_verified() {
    let registration = recorded("ES256: a credential is registered");
    let (accounts, user) = world(&registration["userId"]).await;
    let added = accounts.add_passkey(&user, answer(&registration), None).await;
    added.unwrap().unwrap();
    let end = datetime!(2027-01-01 00:00 UTC);
    let event = wicketgate_identity::Event::new(
        wicketgate_identity::EventKind::Locked(end),
        Some(user.id.clone()),
        datetime!(2026-01-02 03:04:05 UTC),
    );
    let change = Change::LockoutEnd(Some(end));
    let expected = wicketgate_identity::account::Expected::Account;
    accounts
        .store()
        .change(&user.id, expected, &change, &event)
        .await
        .unwrap();

    let sign_in = SignIn::new(accounts);
    let attempt = recorded("ES256: signs in");
    let right = answer(&attempt);
    assert_eq!(sign_in.passkey(right).await.unwrap(), SignInResult::LockedOut);
    let wrong = right
        .credential_json
        .replace("\"signature\":\"", "\"signature\":\"AAAA");
    let wrong = PasskeyAnswer {
        credential_json: &wrong,
        ..right
    };
    assert_eq!(sign_in.passkey(wrong).await.unwrap(), SignInResult::Failed);
}

#[tokio::test]
async fn a_passkey_that_was_made_for_another_user_is_not_added() {
    let registration = recorded("ES256: a credential is registered");
    let (accounts, user) = world(&registration["userId"]).await;
    let other = User {
        id: UserId::from_stored("other"),
        ..user
    };
    let added = accounts.add_passkey(&other, answer(&registration), None).await;
    assert_eq!(added.unwrap(), refused(PasskeyRefusal::CredentialDoesNotBelongToUser));
}
