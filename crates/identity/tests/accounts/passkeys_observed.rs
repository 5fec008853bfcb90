//! What an observer is told of passkeys.

use std::cell::RefCell;

use wicketgate_identity::SignIn;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::observer::{Observation, Observer, observe_with};
use wicketgate_identity::passkey::PasskeyRefusal;
use wicketgate_identity::{SignInResult, User};

use crate::passkeys::{REQUEST, answer, recorded, world};

thread_local! {
    /// Other tests have threads of their own.
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct ByThread;

impl Observer for ByThread {
    fn observe(&self, what: &Observation<'_>) {
        let told = match what {
            Observation::SignInStep {
                method: AuthenticationMethod::Passkey,
                result,
                ..
            } => result.to_string(),
            Observation::UserUpdated { kind, succeeded, .. } => format!("{}: {succeeded}", kind.name()),
            _ => return,
        };
        TOLD.with_borrow_mut(|all| all.push(told));
    }
}

fn told() -> Vec<String> {
    TOLD.take()
}

#[tokio::test]
async fn each_step_with_a_passkey_is_told() {
    assert!(observe_with(ByThread));
    let registration = recorded("ES384: a credential is registered");
    let (accounts, user) = world(&registration["userId"]).await;
    let (credential, state) = answer(&registration);
    told();

    let seen_before = User {
        security_stamp: Some(SecurityStamp::from_stored("older")),
        ..user.clone()
    };
    let added = accounts
        .add_passkey(&seen_before, credential, state, REQUEST, None)
        .await;
    assert_eq!(added.unwrap(), Err(PasskeyRefusal::AccountChanged));
    let added = accounts.add_passkey(&user, credential, state, REQUEST, None).await;
    let id = added.unwrap().unwrap().credential_id;
    assert_eq!(told(), ["passkey_added: false", "passkey_added: true"]);

    let sign_in = SignIn::new(accounts.clone());
    let attempt = recorded("ES384: signs in");
    let (credential, state) = answer(&attempt);
    assert!(matches!(
        sign_in.passkey(credential, state, REQUEST).await.unwrap(),
        SignInResult::Succeeded(_)
    ));
    assert_eq!(told(), ["signed_in: true", "Succeeded"]);
    for refused in [credential, "{}"] {
        sign_in.passkey(refused, state, REQUEST).await.unwrap();
        assert_eq!(told(), ["Failed"]);
    }

    assert!(accounts.rename_passkey(&user.id, &id, Some("key")).await.unwrap());
    assert!(accounts.remove_passkey(&user.id, &id).await.unwrap());
    assert!(!accounts.remove_passkey(&user.id, &id).await.unwrap());
    assert_eq!(
        told(),
        [
            "passkey_renamed: true",
            "passkey_removed: true",
            "passkey_removed: false"
        ]
    );
}
