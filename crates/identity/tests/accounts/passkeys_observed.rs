//! What an observer is told of passkeys.

use std::cell::RefCell;

use wicketgate_identity::SignIn;
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::claims::AuthenticationMethod;
use wicketgate_identity::observer::{Observation, Observer, observe_with};
use wicketgate_identity::passkey::{PasskeyAnswer, PasskeyRefusal};
use wicketgate_identity::{SignInResult, User};

use crate::passkeys::{answer, recorded, refused, world};

thread_local! {
    /// Other tests have threads of their own.
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct ByThread;

impl Observer for ByThread {
    fn observe(&self, what: &Observation<'_>) {
        let told = match what {
            Observation::SignInStep {
                method: AuthenticationMethod::Passkey { .. },
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
    let right = answer(&registration);
    told();

    let seen_before = User {
        security_stamp: Some(SecurityStamp::from_stored("older")),
        ..user.clone()
    };
    let added = accounts.add_passkey(&seen_before, right, None).await;
    assert_eq!(added.unwrap(), refused(PasskeyRefusal::AccountChanged));
    let added = accounts.add_passkey(&user, right, None).await;
    let id = added.unwrap().unwrap().credential_id;
    assert_eq!(told(), ["passkey_added: false", "passkey_added: true"]);

    let sign_in = SignIn::new(accounts.clone());
    let attempt = recorded("ES384: signs in");
    let right = answer(&attempt);
    assert!(matches!(
        sign_in.passkey(right).await.unwrap(),
        SignInResult::Succeeded(_)
    ));
    assert_eq!(told(), ["signed_in: true", "Succeeded"]);
    for credential_json in [right.credential_json, "{}"] {
        let refused = PasskeyAnswer {
            credential_json,
            ..right
        };
        sign_in.passkey(refused).await.unwrap();
        assert_eq!(told(), ["Failed"]);
    }

    let renamed = accounts.rename_passkey(&user.id, &id, Some("key")).await;
    assert_eq!(renamed.unwrap(), Ok(true));
    for is_removed in [true, false] {
        assert_eq!(accounts.remove_passkey(&user, &id).await.unwrap(), Ok(is_removed));
    }
    assert_eq!(
        told(),
        [
            "passkey_renamed: true",
            "passkey_removed: true",
            "passkey_removed: false"
        ]
    );
}
