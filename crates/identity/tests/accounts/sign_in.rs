//! Signing in, as .NET's `SignInManager` does it.

use std::sync::Arc;

use crate::world::{ADA, GRACE, PASSWORD, START, VERSION_2_HASH, World, signed_in};
use time::Duration;
use tokio::task::JoinSet;
use wicketgate_identity::{
    AuthenticationMethod, Claim, CompatibilityMode, Credentials, PasswordHash, PasswordHasher, PasswordHasherOptions,
    RememberedMachine, SecondFactor, SignInResult, claim_types,
};
use wicketgate_protection::SeededRandom;

#[tokio::test]
async fn a_right_password_signs_in() {
    let world = World::new();
    let ada = world.register(ADA).await;
    let signed_in = signed_in(world.login(&ADA.to_uppercase(), PASSWORD, SecondFactor::None).await);
    assert_eq!(signed_in.user, ada);
    assert_eq!(signed_in.method, AuthenticationMethod::Password);
    assert_eq!(signed_in.principal.find_first_value("amr"), Some("pwd"));
    assert_eq!(
        signed_in.principal.find_first_value(claim_types::NAME_IDENTIFIER),
        Some(ada.id.as_str())
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_fail_alike() {
    let world = World::new();
    world.register(ADA).await;
    let wrong = world.login(ADA, "wrong", SecondFactor::None).await;
    assert_eq!(wrong.outcome.to_string(), "Failed");
    assert_eq!(
        wrong,
        world.login("nobody@example.test", PASSWORD, SecondFactor::None).await
    );
}

#[tokio::test]
async fn the_fifth_failure_locks_for_five_minutes() {
    let world = World::new();
    let ada = world.register(ADA).await;
    for _ in 1..5 {
        assert_eq!(world.outcome(ADA, "wrong").await, "Failed");
    }
    assert_eq!(world.outcome(ADA, "wrong").await, "LockedOut");
    let locked = world.reload(&ada).await;
    assert_eq!(locked.lockout_end, Some(START + Duration::minutes(5)));
    assert_eq!(
        locked.security_stamp, ada.security_stamp,
        "a failure ends nobody's session"
    );

    world.clock.advance(Duration::minutes(5));
    assert_eq!(
        world.outcome(ADA, PASSWORD).await,
        "LockedOut",
        "in the lockout's last instant"
    );
    world.clock.advance(Duration::nanoseconds(100));
    assert_eq!(world.outcome(ADA, "wrong").await, "Failed", "the count starts again");
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn a_success_forgets_the_failures_before_it() {
    let world = World::new();
    let ada = world.register(ADA).await;
    for _ in 0..3 {
        for _ in 1..5 {
            assert_eq!(world.outcome(ADA, "wrong").await, "Failed");
        }
        assert_eq!(world.reload(&ada).await.access_failed_count, 4);
        assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
        assert_eq!(world.reload(&ada).await.access_failed_count, 0);
    }
}

#[tokio::test]
async fn a_success_without_failures_writes_nothing() {
    let world = World::new();
    let ada = world.register(ADA).await;
    world.outcome(ADA, PASSWORD).await;
    assert_eq!(world.reload(&ada).await.concurrency_stamp, ada.concurrency_stamp);
}

#[tokio::test]
async fn tries_during_a_lockout_neither_count_nor_prolong_it() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 1);
    let ada = world.register(ADA).await;
    world.outcome(ADA, "wrong").await;
    let locked = world.reload(&ada).await;
    world.clock.advance(Duration::minutes(4));
    assert_eq!(world.outcome(ADA, "wrong").await, "LockedOut");
    assert_eq!(world.reload(&ada).await, locked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_parallel_failures_lock_once() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 7);
    let ada = world.register(ADA).await;
    let outcomes = logins_at_once(&world, 100, "wrong").await;
    let failed = outcomes
        .iter()
        .filter(|result| result.outcome.to_string() == "Failed")
        .count();
    assert_eq!(failed, 6, "as many as may fail before the lockout (CVE-2023-33170)");
    let locked = world.reload(&ada).await;
    assert_eq!(
        (locked.access_failed_count, locked.lockout_end),
        (0, Some(START + Duration::minutes(5)))
    );
}

#[tokio::test]
async fn an_account_that_failures_cannot_lock_is_never_locked() {
    let world = World::with(|options| options.lockout.allowed_for_new_users = false);
    world.register(ADA).await;
    for _ in 0..12 {
        assert_eq!(world.outcome(ADA, "wrong").await, "Failed");
    }
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn an_operators_lock_holds_for_ever_and_until_it_is_taken_away() {
    let world = World::with(|options| options.lockout.allowed_for_new_users = false);
    let mut ada = world.register(ADA).await;
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.reload(&ada).await.lockout_end, ada.lockout_end);
    world.clock.advance(Duration::days(365 * 7_000));
    assert_eq!(world.outcome(ADA, PASSWORD).await, "LockedOut");
    world.accounts.unlock(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn what_must_be_confirmed_comes_before_the_lockout_and_the_password() {
    let world = World::with(|options| {
        options.sign_in.require_confirmed_email = true;
        options.lockout.max_failed_access_attempts = 1;
    });
    let mut ada = world.register(ADA).await;
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    for password in [PASSWORD, "wrong"] {
        assert_eq!(world.outcome(ADA, password).await, "NotAllowed");
    }
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
    world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, "wrong").await, "LockedOut");
    world.accounts.unlock(&mut ada).await.unwrap().unwrap();
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
}

#[tokio::test]
async fn each_confirmation_is_asked_for_by_its_option() {
    let email = World::with(|options| options.sign_in.require_confirmed_email = true);
    let account = World::with(|options| options.sign_in.require_confirmed_account = true);
    for world in [email, account] {
        let mut ada = world.register(ADA).await;
        world
            .accounts
            .mark_phone_number_confirmed(&mut ada)
            .await
            .unwrap()
            .unwrap();
        assert!(!world.sign_in.can_sign_in(&ada));
        world.accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
        assert!(world.sign_in.can_sign_in(&ada));
    }
    let telephone = World::with(|options| options.sign_in.require_confirmed_phone_number = true);
    let mut ada = telephone.register(ADA).await;
    telephone
        .accounts
        .mark_email_confirmed(&mut ada)
        .await
        .unwrap()
        .unwrap();
    assert!(!telephone.sign_in.can_sign_in(&ada));
    telephone
        .accounts
        .mark_phone_number_confirmed(&mut ada)
        .await
        .unwrap()
        .unwrap();
    assert!(telephone.sign_in.can_sign_in(&ada));
}

// The second factor

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_right_password_only() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let asked = world.login(ADA, PASSWORD, SecondFactor::None).await;
    assert_eq!(asked.outcome.to_string(), "RequiresTwoFactor");
    assert_eq!(asked.second_factor_asked_of, Some(ada.id));
    assert_eq!(asked.remembered_machine, Some(RememberedMachine::NotRemembered));

    let wrong = world
        .login(ADA, "wrong", SecondFactor::AuthenticatorCode(&world.code(&key)))
        .await;
    assert_eq!(wrong.outcome.to_string(), "Failed");
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
        assert_eq!(result.outcome.to_string(), outcome);
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
            sign_in.password(credentials).await.unwrap().outcome.to_string()
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

// Remembered machines

#[tokio::test]
async fn a_remembered_machine_stands_in_for_the_second_factor() {
    let world = World::new();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let ticket = world.remember(&ada);
    world
        .outcome_with(ADA, SecondFactor::AuthenticatorCode(&world.wrong_code(&key)))
        .await;
    let result = world.login_on(ADA, PASSWORD, SecondFactor::None, Some(&ticket)).await;
    assert_eq!(result.remembered_machine, Some(RememberedMachine::Remembered));
    assert_eq!(result.second_factor_asked_of, None);
    assert_eq!(signed_in(result).principal.find_first_value("amr"), Some("pwd"));
    assert_eq!(world.reload(&ada).await.access_failed_count, 0);
}

#[tokio::test]
async fn a_remembered_machine_is_its_own_accounts_only() {
    let world = World::new();
    let (ada, ..) = world.register_with_second_factor(ADA).await;
    world.register_with_second_factor(GRACE).await;
    let result = world
        .login_on(GRACE, PASSWORD, SecondFactor::None, Some(&world.remember(&ada)))
        .await;
    assert_eq!(result.outcome.to_string(), "RequiresTwoFactor");
    assert_eq!(result.remembered_machine, Some(RememberedMachine::NotRemembered));
}

#[tokio::test]
async fn a_machine_is_forgotten_once_the_interval_shows_another_stamp() {
    let world = World::new();
    let (mut ada, ..) = world.register_with_second_factor(ADA).await;
    world.register_with_second_factor(GRACE).await;
    let ticket = world.remember(&ada);
    world.clock.advance(Duration::minutes(31));
    let remembered = async |email| {
        let result = world.login_on(email, PASSWORD, SecondFactor::None, Some(&ticket)).await;
        result.remembered_machine
    };
    assert_eq!(
        remembered(ADA).await,
        Some(RememberedMachine::Remembered),
        "the stamp is still the same"
    );

    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert_eq!(remembered(ADA).await, Some(RememberedMachine::Ended));
    assert_eq!(
        remembered(GRACE).await,
        Some(RememberedMachine::Ended),
        "whoever signs in there"
    );
    world.clock.set(START + Duration::minutes(30));
    assert_eq!(
        remembered(ADA).await,
        Some(RememberedMachine::Remembered),
        "not looked at yet"
    );
}

// Hashes

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_logins_replace_an_old_hash_once_and_all_stay_signed_in() {
    let argon2id = argon2id_hash(PASSWORD).await;
    for (mode, old) in [
        (CompatibilityMode::IdentityV3, PasswordHash::from_stored(VERSION_2_HASH)),
        (CompatibilityMode::Argon2id, PasswordHash::from_stored(VERSION_2_HASH)),
        (CompatibilityMode::IdentityV3, argon2id.clone()),
        // of other costs
        (CompatibilityMode::Argon2id, argon2id.clone()),
    ] {
        parallel_logins_replace(old, mode).await;
    }
}

/// A hash that costs as little as can be.
async fn argon2id_hash(password: &str) -> PasswordHash {
    let options = PasswordHasherOptions {
        compatibility_mode: CompatibilityMode::Argon2id,
        argon2id_costs: "m=8,t=1,p=1".parse().unwrap(),
        ..PasswordHasherOptions::default()
    };
    let hasher = PasswordHasher::new(options, Arc::new(SeededRandom::new(2)));
    hasher.hash(password).await.unwrap()
}

async fn parallel_logins_replace(old: PasswordHash, mode: CompatibilityMode) {
    let world = World::with(|options| {
        options.password_hasher.compatibility_mode = mode;
        options.password_hasher.argon2id_costs = "m=16,t=1,p=1".parse().unwrap();
    });
    let mut ada = world.register(ADA).await;
    world
        .accounts
        .set_password_hash(&mut ada, old.clone())
        .await
        .unwrap()
        .unwrap();
    for result in logins_at_once(&world, 20, PASSWORD).await {
        let principal = signed_in(result).principal;
        let user = world.sign_in.validate_security_stamp(&principal).await.unwrap();
        assert_eq!(user.map(|user| user.id), Some(ada.id.clone()));
    }
    let rehashed = world.reload(&ada).await;
    assert_ne!(rehashed.password_hash, Some(old));
    assert_ne!(
        rehashed.security_stamp, ada.security_stamp,
        ".NET's rehash is a change of password"
    );
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    assert_eq!(world.reload(&ada).await, rehashed, "a good hash stays");
}

#[tokio::test]
async fn an_account_without_password_fails_every_password() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    for hash in ["", "not base64", "AAAA"] {
        world
            .accounts
            .set_password_hash(&mut ada, PasswordHash::from_stored(hash))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(world.outcome(ADA, "").await, "Failed");
    }
}

// Security stamps

#[tokio::test]
async fn a_ticket_holds_until_the_security_stamp_changes() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let principal = world.accounts.principal(&ada, None).await.unwrap();
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    let holds = async || {
        world
            .sign_in
            .validate_security_stamp(&principal)
            .await
            .unwrap()
            .is_some()
    };
    assert!(holds().await, "a lock ends no session, as in .NET");
    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert!(!holds().await);
    world.accounts.delete(ada).await.unwrap();
    assert!(!holds().await);
}

#[tokio::test]
async fn a_ticket_holds_for_the_account_it_names_only() {
    let world = World::new();
    let (ada, grace) = (world.register(ADA).await, world.register(GRACE).await);
    let mut principal = world.accounts.principal(&ada, None).await.unwrap();
    let id = principal.identities[0]
        .claims
        .iter_mut()
        .find(|claim| claim.value == ada.id.as_str())
        .unwrap();
    *id = Claim::new(claim_types::NAME_IDENTIFIER, grace.id.as_str());
    assert_eq!(
        world.sign_in.validate_security_stamp(&principal).await.unwrap(),
        None,
        "CVE-2025-24070"
    );
    principal.identities[0]
        .claims
        .retain(|claim| claim.claim_type != claim_types::SECURITY_STAMP);
    assert_eq!(world.sign_in.validate_security_stamp(&principal).await.unwrap(), None);
}

#[test]
fn credentials_are_not_printed() {
    let credentials = Credentials {
        user_name: "secret",
        password: "secret",
        second_factor: SecondFactor::RecoveryCode("secret"),
        remembered_machine: None,
    };
    assert!(!format!("{credentials:?}").contains("secret"));
}

async fn logins_at_once(world: &World, number: usize, password: &'static str) -> Vec<SignInResult> {
    let mut logins = JoinSet::new();
    for _ in 0..number {
        let sign_in = world.sign_in.clone();
        logins.spawn(async move {
            let credentials = Credentials {
                user_name: ADA,
                password,
                second_factor: SecondFactor::None,
                remembered_machine: None,
            };
            sign_in.password(credentials).await.unwrap()
        });
    }
    logins.join_all().await
}
