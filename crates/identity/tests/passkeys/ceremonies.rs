//! Every ceremony gets .NET's verdict, in .NET's words.

use wicketgate_identity::passkey::{
    Assertion, Attestation, MalformedJson, PasskeyOperation, PasskeyRefusal, VerifiedAssertion,
};

use crate::golden::{Ceremony, Kind, WRITTEN, ceremonies};
use crate::stored_rows::{Registered, answered_id, passkey};

/// Compares a refusal with what .NET said. Only the words about text that is no JSON are our own.
fn assert_refused(ceremony: &Ceremony, refusal: &PasskeyRefusal) {
    let Some(failure) = &ceremony.failure else {
        // A sign-in does not tell why.
        assert_eq!(
            (ceremony.kind, ceremony.result.as_deref()),
            (Kind::SignIn, Some("Failed")),
            "{}",
            ceremony.about
        );
        return;
    };
    if let PasskeyRefusal::InvalidCredentialJson(operation, MalformedJson::Syntax) = refusal {
        let start =
            format!("The {operation} credential JSON had an invalid format: 'no json' is an invalid JSON literal.");
        assert!(failure.starts_with(&start), "{}: {failure}", ceremony.about);
        return;
    }
    assert_eq!(refusal.to_string(), *failure, "{}", ceremony.about);
}

/// What .NET threw is no verdict: there was nothing to verify.
async fn state(ceremony: &Ceremony) -> Option<String> {
    let ticket = ceremony.answered_ticket().await;
    match (ceremony.operation().state(ticket.as_ref()), &ceremony.thrown) {
        (Ok(state), None) => Some(state.to_owned()),
        (Ok(_), Some(thrown)) => {
            assert!(
                thrown.starts_with("ArgumentException") && ceremony.credential_json.is_empty(),
                "{thrown}"
            );
            None
        }
        (Err(no_ceremony), Some(thrown)) => {
            assert_eq!(format!("InvalidOperationException: {no_ceremony}"), *thrown);
            None
        }
        (Err(no_ceremony), None) => panic!("{}: {no_ceremony}", ceremony.about),
    }
}

#[tokio::test]
async fn registrations_get_the_verdict_of_dotnet() {
    let (mut registered, mut count) = (Registered::default(), 0);
    for ceremony in ceremonies() {
        if ceremony.operation() != PasskeyOperation::Attestation {
            continue;
        }
        count += 1;
        let Some(state) = state(&ceremony).await else {
            continue;
        };
        let (options, request) = (ceremony.options(), ceremony.request());
        let verdict = Attestation::verify(&ceremony.credential_json, &state, &options, request, WRITTEN);
        let verdict = verdict.and_then(|attestation| {
            let is_registered = registered.has(&attestation.passkey.credential_id);
            if is_registered {
                Err(PasskeyRefusal::CredentialAlreadyRegistered)
            } else {
                Ok(attestation)
            }
        });
        match verdict {
            Ok(attestation) => {
                assert!(ceremony.succeeded, "{}: {:?}", ceremony.about, ceremony.failure);
                let mut expected = passkey(answered_id(&ceremony), ceremony.row.as_ref().unwrap());
                assert_eq!(expected.name, ceremony.name);
                expected.name = None;
                assert_eq!(attestation.passkey, expected, "{}", ceremony.about);
                let (user, entity) = (attestation.user_entity, ceremony.entity.as_ref().unwrap());
                let user = [user.id.as_str(), &user.name, &user.display_name];
                assert_eq!(user, [&entity.id, &entity.name, &entity.display_name]);
            }
            Err(refusal) => {
                assert!(!ceremony.succeeded, "{}: {refusal}", ceremony.about);
                assert_refused(&ceremony, &refusal);
            }
        }
        registered.add(&ceremony);
    }
    assert_eq!(count, 102);
}

#[tokio::test]
async fn sign_ins_get_the_verdict_of_dotnet() {
    let (mut registered, mut count) = (Registered::default(), 0);
    for ceremony in ceremonies() {
        registered.add(&ceremony);
        if ceremony.operation() != PasskeyOperation::Assertion {
            continue;
        }
        count += 1;
        let Some(state) = state(&ceremony).await else {
            continue;
        };
        match verify(&ceremony, &state, &registered) {
            Ok(verified) => assert_signed_in(&ceremony, verified),
            Err(refusal) => {
                assert!(!ceremony.succeeded, "{}: {refusal}", ceremony.about);
                assert_refused(&ceremony, &refusal);
            }
        }
    }
    assert_eq!(count, 96);
}

fn verify(ceremony: &Ceremony, state: &str, registered: &Registered) -> Result<VerifiedAssertion, PasskeyRefusal> {
    let assertion = Assertion::read(&ceremony.credential_json, state)?;
    if let Some(asked) = &ceremony.asked_user_id {
        assert_eq!(assertion.user_id().as_str(), asked);
    }
    let passkey = registered.find(ceremony, assertion.user_id().as_str(), assertion.credential_id());
    assertion.verify(passkey.as_ref(), &ceremony.options(), ceremony.request())
}

fn assert_signed_in(ceremony: &Ceremony, verified: VerifiedAssertion) {
    let about = &ceremony.about;
    match (ceremony.kind, ceremony.result.as_deref()) {
        (Kind::SignIn, Some("Succeeded")) => {
            let after = passkey(answered_id(ceremony), ceremony.row_after.as_ref().unwrap());
            assert_eq!(
                (verified.sign_count, verified.is_backed_up),
                (after.sign_count, after.is_backed_up),
                "{about}"
            );
        }
        // The passkey is right, and the account may not sign in.
        (Kind::SignIn, result) => assert_eq!(result, Some("LockedOut"), "{about}"),
        _ => {
            assert!(ceremony.succeeded, "{about}: {:?}", ceremony.failure);
            let updated = ceremony.updated.as_ref().unwrap();
            let expected = (updated.sign_count, updated.is_backed_up);
            assert_eq!((verified.sign_count, verified.is_backed_up), expected, "{about}");
        }
    }
}
