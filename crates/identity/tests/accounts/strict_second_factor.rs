//! The second factor as the strict profile has it: codes work once, and a stolen database has neither keys nor codes.

use time::Duration;
use wicketgate_identity::options::{Options, Profile};
use wicketgate_identity::second_factor::{is_encrypted, ring_key};
use wicketgate_identity::secret::{PasswordReset, Secret};
use wicketgate_identity::{Accounts, IdentityError, SecondFactor, User};

use crate::world::{ADA, START, World};

fn strict() -> World {
    World::with(|options| options.second_factor = Options::for_profile(Profile::Strict).second_factor)
}

async fn stored_key(accounts: &Accounts, user: &User) -> String {
    accounts.store().authenticator_key(&user.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_step_is_accepted_once() {
    let world = strict();
    let (_, key, _) = world.register_with_second_factor(ADA).await;
    let code = world.code(&key);
    for outcome in ["Succeeded", "Failed"] {
        let second_factor = SecondFactor::AuthenticatorCode(&code);
        assert_eq!(world.outcome_with(ADA, second_factor).await, outcome);
    }
    // Also while the window would still allow it.
    world.clock.advance(Duration::seconds(30));
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await,
        "Failed"
    );
    let next = world.code(&key);
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&next)).await,
        "Succeeded"
    );
}

#[tokio::test]
async fn a_code_that_comes_again_is_counted_until_it_locks() {
    let world = strict();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let code = world.code(&key);
    let outcomes = ["Succeeded", "Failed", "Failed", "Failed", "Failed", "LockedOut"];
    for outcome in outcomes {
        assert_eq!(
            world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await,
            outcome
        );
    }
    assert!(world.reload(&ada).await.lockout_end.is_some());
}

#[tokio::test]
async fn the_code_that_switches_the_second_factor_on_signs_nobody_in() {
    let world = strict();
    let mut ada = world.register(ADA).await;
    let key = world
        .accounts
        .ensure_authenticator_key(&mut ada)
        .await
        .unwrap()
        .unwrap();
    let code = world.code(&key);
    let accepted = world
        .accounts
        .accept_authenticator_code(&ada, &code)
        .await
        .unwrap()
        .unwrap();
    let codes = world
        .accounts
        .enable_two_factor_with_recovery_codes(&mut ada, &accepted)
        .await;
    assert_eq!(codes.unwrap().unwrap().len(), 10);
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await,
        "Failed"
    );
    let again = world.accounts.enable_two_factor(&mut ada, &accepted).await.unwrap();
    assert_eq!(again, Err(vec![IdentityError::InvalidTwoFactorCode]));
}

#[tokio::test]
async fn without_room_for_its_code_nothing_is_switched_on() {
    let world = strict();
    let mut ada = world.register(ADA).await;
    let key = world.accounts.reset_authenticator_key(&mut ada).await.unwrap().unwrap();
    let accepted = world.accounts.accept_authenticator_code(&ada, &world.code(&key)).await;
    let accepted = accepted.unwrap().unwrap();
    let mut issued = Secret::<PasswordReset>::from_text("x").issued("nobody", START + Duration::HOUR);
    let secrets = world.accounts.stores().secrets().unwrap();
    let mut number = 0;
    while secrets.issue(&issued).await.is_ok() {
        number += 1;
        issued.hash = number.to_string();
    }
    let before = world.reload(&ada).await;
    assert!(world.accounts.enable_two_factor(&mut ada, &accepted).await.is_err());
    assert_eq!(world.reload(&ada).await, before);
}

#[tokio::test]
async fn a_code_holds_for_one_step_either_way() {
    let world = strict();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let code = world.code(&key);
    for (seconds, valid) in [(30, true), (-30, true), (60, false), (-60, false)] {
        world.clock.advance(Duration::seconds(seconds));
        let verified = world
            .accounts
            .accept_authenticator_code(&ada, &code)
            .await
            .unwrap()
            .is_some();
        assert_eq!(verified, valid, "{seconds} seconds later");
        world.clock.advance(Duration::seconds(-seconds));
    }
}

#[tokio::test]
async fn recovery_codes_are_stored_as_hashes_and_each_works_once() {
    let world = strict();
    let (ada, _, codes) = world.register_with_second_factor(ADA).await;
    let stored = world.accounts.recovery_codes(&ada).await.unwrap().to_stored();
    assert!(codes.iter().all(|code| code.len() == 29 && !stored.contains(code)));
    for stored in stored.split(';') {
        assert_eq!(
            world.outcome_with(ADA, SecondFactor::RecoveryCode(stored)).await,
            "Failed"
        );
    }
    for outcome in ["Succeeded", "Failed"] {
        assert_eq!(
            world.outcome_with(ADA, SecondFactor::RecoveryCode(&codes[4])).await,
            outcome
        );
    }
    assert_eq!(world.accounts.count_recovery_codes(&ada).await.unwrap(), 9);
}

#[tokio::test]
async fn keys_are_encrypted_and_change_to_what_the_options_say() {
    let world = strict();
    let (ada, key, _) = world.register_with_second_factor(ADA).await;
    let stored = stored_key(&world.accounts, &ada).await;
    assert!(is_encrypted(&stored) && ring_key(&stored).is_some());
    assert_eq!(world.accounts.authenticator_key(&ada).await.unwrap(), Some(key.clone()));
    let step = world.accounts.reprotect_authenticator_keys(None, 10).await.unwrap();
    assert_eq!((step.changed, step.unreadable, step.next), (0, 0, None));

    // As an application of .NET left it beside.
    let replaced = world
        .accounts
        .store()
        .replace_authenticator_key(&ada.id, &stored, &key)
        .await;
    assert!(replaced.unwrap());
    assert_eq!(world.accounts.authenticator_key(&ada).await.unwrap(), Some(key.clone()));
    let step = world.accounts.reprotect_authenticator_keys(None, 1).await.unwrap();
    assert_eq!((step.changed, &step.next), (1, &Some(ada.id.clone())));
    let step = world
        .accounts
        .reprotect_authenticator_keys(step.next.as_ref(), 1)
        .await
        .unwrap();
    assert_eq!((step.changed, step.next), (0, None));
    assert!(is_encrypted(&stored_key(&world.accounts, &ada).await));
    assert_eq!(world.accounts.authenticator_key(&ada).await.unwrap(), Some(key));
}

/// An account whose key nobody can open still asks for its second factor, and has its recovery codes.
#[tokio::test]
async fn a_key_that_cannot_be_opened_lets_nobody_in() {
    let world = strict();
    let (ada, key, codes) = world.register_with_second_factor(ADA).await;
    let stored = stored_key(&world.accounts, &ada).await;
    let broken = format!("{stored}AAAA");
    let replaced = world
        .accounts
        .store()
        .replace_authenticator_key(&ada.id, &stored, &broken)
        .await;
    assert!(replaced.unwrap());
    assert_eq!(world.outcome_with(ADA, SecondFactor::None).await, "RequiresTwoFactor");
    let code = world.code(&key);
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&code)).await,
        "Failed"
    );
    let empty = world.code("");
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::AuthenticatorCode(&empty)).await,
        "Failed"
    );
    assert!(world.accounts.authenticator_key(&ada).await.is_err());
    // Nor is it replaced unasked: whoever gets the ring's key back has the account's, too.
    let mut ada = ada;
    let shown = world.accounts.ensure_authenticator_key(&mut ada).await.unwrap();
    assert_eq!(shown.as_deref(), Some(""));
    assert_eq!(stored_key(&world.accounts, &ada).await, broken);
    assert_eq!(
        world.outcome_with(ADA, SecondFactor::RecoveryCode(&codes[0])).await,
        "Succeeded"
    );
}

/// Somebody else has made recovery codes meanwhile: the code is as good as before, and nobody is told that it was used.
#[tokio::test]
async fn a_code_is_not_used_up_where_there_are_recovery_codes_already() {
    let world = strict();
    let mut ada = world.register(ADA).await;
    let key = world
        .accounts
        .ensure_authenticator_key(&mut ada)
        .await
        .unwrap()
        .unwrap();
    let accounts = &world.accounts;
    accounts.generate_recovery_codes(&ada).await.unwrap().unwrap();
    let accepted = accounts.accept_authenticator_code(&ada, &world.code(&key)).await;
    let accepted = accepted.unwrap().unwrap();
    let refused = accounts
        .enable_two_factor_with_recovery_codes(&mut ada, &accepted)
        .await;
    assert_eq!(refused.unwrap(), Err(vec![IdentityError::ConcurrencyFailure]));
    assert_eq!(accounts.enable_two_factor(&mut ada, &accepted).await.unwrap(), Ok(()));
    let again = accounts.enable_two_factor(&mut ada, &accepted).await.unwrap();
    assert_eq!(again, Err(vec![IdentityError::InvalidTwoFactorCode]));
}
