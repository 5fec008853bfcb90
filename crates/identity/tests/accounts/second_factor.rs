//! Signing in with an authenticator or a recovery code.

use crate::world::{ADA, PASSWORD, World, event, signed_in};
use tokio::task::JoinSet;
use wicketgate_identity::account::{Change, EmailUniqueness, Expected};
use wicketgate_identity::claims::{AuthenticationMethod, claim_types};
use wicketgate_identity::sign_in::RememberedMachine;
use wicketgate_identity::{Credentials, SecondFactor, User};

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_right_password_only() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let asked = world.login(ADA, PASSWORD, SecondFactor::None).await;
    assert_eq!(asked.result.to_string(), "RequiresTwoFactor");
    assert_eq!(asked.second_factor_asked_of, Some(ada.id));
    assert_eq!(asked.remembered_machine, Some(RememberedMachine::NotRemembered));

    let wrong = world
        .login(ADA, "wrong", SecondFactor::AuthenticatorCode(&world.code(&key)))
        .await;
    assert_eq!(wrong.result.to_string(), "Failed");
    assert_eq!(wrong.second_factor_asked_of, None);
    assert_eq!(wrong.remembered_machine, None);
}

#[tokio::test]
async fn an_authenticator_code_signs_in() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let result = world
        .login(ADA, PASSWORD, SecondFactor::AuthenticatorCode(&world.code(&key)))
        .await;
    assert_eq!(result.second_factor_asked_of, Some(ada.id));
    let signed_in = signed_in(result);
    assert_eq!(signed_in.method, AuthenticationMethod::Authenticator);
    assert_eq!(signed_in.principal.find_first_value("amr"), Some("mfa"));
}

#[tokio::test]
async fn a_wrong_code_counts_and_locks_at_the_allowed_number() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 3);
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let wrong = world.wrong_code(&key);
    for outcome in ["Failed", "Failed", "LockedOut"] {
        let result = world
            .login(ADA, PASSWORD, SecondFactor::AuthenticatorCode(&wrong))
            .await;
        assert_eq!(result.result.to_string(), outcome);
        assert_eq!(result.second_factor_asked_of, Some(ada.id.clone()));
    }
    assert_eq!(
        world
            .outcome_with(ADA, SecondFactor::AuthenticatorCode(&world.code(&key)))
            .await,
        "LockedOut"
    );
}

#[tokio::test]
async fn a_right_password_without_its_code_forgets_no_failures() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 3);
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    world.outcome(ADA, "wrong").await;
    assert_eq!(world.outcome(ADA, PASSWORD).await, "RequiresTwoFactor");
    world
        .outcome_with(ADA, SecondFactor::AuthenticatorCode(&world.wrong_code(&key)))
        .await;
    assert_eq!(world.reload(&ada).await.access_failed_count, 2);
    assert_eq!(
        world
            .outcome_with(ADA, SecondFactor::AuthenticatorCode(&world.code(&key)))
            .await,
        "Succeeded"
    );
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_wrong_ones_do_not_count() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 1);
    let (ada, _, codes) = world.register_with_second_factor(ADA).await;
    assert_eq!(codes.len(), 10);
    let result = world.login(ADA, PASSWORD, SecondFactor::RecoveryCode(&codes[0])).await;
    assert_eq!(signed_in(result).method, AuthenticationMethod::RecoveryCode);
    for wrong in [
        &codes[0],
        "AAAAA-AAAAA",
        &codes[1].to_lowercase(),
        &format!(" {} ", codes[1]),
    ] {
        assert_eq!(
            world.outcome_with(ADA, SecondFactor::RecoveryCode(wrong)).await,
            "Failed"
        );
    }
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
    assert_eq!(world.accounts.count_recovery_codes(&ada).await.unwrap(), 9);
    assert_eq!(
        world
            .outcome_with(ADA, SecondFactor::AuthenticatorCode(&codes[1]))
            .await,
        "LockedOut"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_recovery_code_lets_one_of_many_in() {
    let world = World::new();
    let (_, _, codes) = world.register_with_second_factor(ADA).await;
    let mut logins = JoinSet::new();
    for _ in 0..50 {
        let (sign_in, code) = (world.sign_in.clone(), codes[3].clone());
        logins.spawn(async move {
            let credentials = Credentials {
                user_name: ADA,
                password: PASSWORD,
                second_factor: SecondFactor::RecoveryCode(&code),
                remembered_machine: None,
            };
            sign_in.password(credentials).await.unwrap().result.to_string()
        });
    }
    let outcomes = logins.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "Succeeded").count(), 1);
}

#[tokio::test]
async fn the_authenticator_code_goes_before_the_recovery_code_and_empty_ones_are_none() {
    let world = World::new();
    let (_, key, codes) = world.register_with_second_factor(ADA).await;
    let (right, wrong) = (world.code(&key), world.wrong_code(&key));
    for (code, recovery_code, outcome) in [
        (None, None, "RequiresTwoFactor"),
        (Some(""), Some(""), "RequiresTwoFactor"),
        (Some(wrong.as_str()), Some(codes[0].as_str()), "Failed"),
        (Some(""), Some(codes[0].as_str()), "Succeeded"),
        (Some(right.as_str()), Some("nope"), "Succeeded"),
    ] {
        assert_eq!(
            world.outcome_with(ADA, SecondFactor::new(code, recovery_code)).await,
            outcome,
            "{recovery_code:?}"
        );
    }
}

#[tokio::test]
async fn a_second_factor_nobody_could_give_is_not_asked_for() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    world
        .accounts
        .set_two_factor_enabled(&mut ada, true)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    assert_eq!(
        world.outcome(ADA, PASSWORD).await,
        "RequiresTwoFactor",
        "a code could be mailed"
    );
    for code in ["000000", "", "0"] {
        let code = SecondFactor::AuthenticatorCode(code);
        assert_eq!(world.outcome_with(ADA, code).await, "Failed", "no key, no code");
    }
}

/// Codes could be sent to a telephone number that is confirmed and there, and to no other.
#[tokio::test]
async fn a_telephone_number_asks_for_a_second_factor_only_where_it_is_given_and_confirmed() {
    for (number, confirmed, outcome) in [
        (None, true, "Succeeded"),
        (Some(""), true, "Succeeded"),
        (Some(" "), true, "Succeeded"),
        (Some("+44 20 7946 0000"), false, "Succeeded"),
        (Some("+44 20 7946 0000"), true, "RequiresTwoFactor"),
    ] {
        let world = World::new();
        let ada = world.register(ADA).await;
        let store = world.accounts.store();
        store.delete(&ada.id, &event()).await.unwrap();
        let ada = User {
            phone_number: number.map(str::to_owned),
            phone_number_confirmed: confirmed,
            two_factor_enabled: true,
            ..ada
        };
        store
            .create(&ada, EmailUniqueness::NotRequired, None, &event())
            .await
            .unwrap();
        assert_eq!(world.outcome(ADA, PASSWORD).await, outcome, "{number:?} {confirmed}");
    }
}

/// In .NET an empty key is none. As base32 it would be a key of no bytes, whose codes everybody can work out.
#[tokio::test]
async fn an_empty_authenticator_key_is_no_second_factor() {
    let world = World::new();
    let (mut ada, ..) = world.register_with_second_factor(ADA).await;
    let expected = ada.security_stamp.clone();
    let store = world.accounts.store();
    let stamp = expected.clone().unwrap();
    store
        .change(
            &ada.id,
            Expected::SecurityStamp(expected.as_ref()),
            &Change::AuthenticatorKey {
                key: "".to_owned(),
                stamp: stamp.clone(),
            },
            &event(),
        )
        .await
        .unwrap();
    let code = world.code("");
    let code = SecondFactor::AuthenticatorCode(&code);
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded", "nothing to ask for");
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    assert_eq!(
        world.outcome_with(ADA, code).await,
        "Failed",
        "asked for, since codes could be mailed"
    );
    let made = world.accounts.ensure_authenticator_key(&mut ada).await.unwrap();
    assert!(made.is_some_and(|key| !key.is_empty()), "an empty key is replaced");
}

/// The cookie `Identity.TwoFactorUserId` names the account by its id, in a ticket that is no sign-in.
#[tokio::test]
async fn the_account_that_was_asked_is_named_by_its_id() {
    let world = World::new();
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    let asked = world
        .login(ADA, PASSWORD, SecondFactor::None)
        .await
        .second_factor_asked_of;
    let principal = world.sign_in.two_factor_user_principal(&asked.unwrap());
    let identity = &principal.identities[0];
    assert_eq!(principal.identities.len(), 1);
    assert_eq!(
        identity.authentication_type.as_deref(),
        Some("Identity.TwoFactorUserId")
    );
    let claims: Vec<_> = identity.claims.iter().map(|claim| claim.value.as_str()).collect();
    assert_eq!(claims, [ada.id.as_str()], "and says nothing else");
    assert_eq!(principal.find_first_value(claim_types::NAME), Some(ada.id.as_str()));
    let options = &world.accounts.options().claims_identity;
    assert_eq!(principal.user_id(options), None, "nobody is signed in by it");
}
