//! Many guesses at once: no more are told anything than would have been in turn, and right logins do not hinder each
//! other.
//!
//! The runtime has one thread, and passwords are hashed in the order in which they came. So all guesses have read the
//! account before the first is settled, and the last of them is settled when the account has long been locked.

use std::collections::HashMap;

use tokio::task::JoinSet;
use wicketgate_identity::{Credentials, PasswordAlgorithm, PasswordHash, SecondFactor};

use crate::world::{ADA, PASSWORD, VERSION_2_HASH, World};

const GUESSES: usize = 300;

/// A password, an authenticator's code, a recovery code.
type Guess = (String, Option<String>, Option<String>);

/// What came of guesses at Ada's account that are all made at once, in their order.
async fn outcomes(world: &World, guesses: Vec<Guess>) -> Vec<String> {
    let mut logins = JoinSet::new();
    for (i, (password, code, recovery_code)) in guesses.into_iter().enumerate() {
        let sign_in = world.sign_in.clone();
        logins.spawn(async move {
            let credentials = Credentials {
                user_name: ADA,
                password: &password,
                second_factor: SecondFactor::new(code.as_deref(), recovery_code.as_deref()),
                remembered_machine: None,
            };
            (i, sign_in.password(credentials).await.unwrap().result.to_string())
        });
    }
    let mut outcomes = logins.join_all().await;
    outcomes.sort();
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn count(outcomes: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for outcome in outcomes {
        *counts.entry(outcome.as_str()).or_default() += 1;
    }
    counts
}

/// Wrong ones, and the right one at last.
fn guesses(wrong: Guess, right: Guess) -> Vec<Guess> {
    let mut guesses = vec![wrong; GUESSES - 1];
    guesses.push(right);
    guesses
}

#[tokio::test]
async fn cve_2023_33170_of_parallel_passwords_only_the_limit_is_told_anything() {
    let world = World::new();
    let ada = world.register(ADA).await;
    let guesses = guesses(("wrong".to_owned(), None, None), (PASSWORD.to_owned(), None, None));
    let outcomes = outcomes(&world, guesses).await;
    assert_eq!(outcomes[GUESSES - 1], "LockedOut", "the right one");
    assert_eq!(
        count(&outcomes),
        HashMap::from([("Failed", 4), ("LockedOut", GUESSES - 4)])
    );
    assert!(world.reload(&ada).await.is_locked_out(world.now()));
}

#[tokio::test]
async fn of_parallel_codes_only_the_limit_is_told_anything() {
    let world = World::new();
    let (ada, key, codes) = world.register_with_second_factor(ADA).await;
    let password = PASSWORD.to_owned();
    let wrong = (password.clone(), Some(world.wrong_code(&key)), None);
    let right = (password.clone(), Some(world.code(&key)), None);
    let mut guesses = guesses(wrong, right);
    guesses.push((password.clone(), None, Some(codes[0].clone())));
    guesses.push((password, None, None));
    let outcomes = outcomes(&world, guesses).await;
    assert_eq!(
        outcomes[GUESSES - 1..],
        ["LockedOut", "LockedOut", "LockedOut"],
        "the right code, a right recovery code, and the password that it is asked for"
    );
    assert_eq!(
        count(&outcomes),
        HashMap::from([("Failed", 4), ("LockedOut", GUESSES - 2)])
    );
    assert_eq!(
        world.accounts.count_recovery_codes(&ada).await.unwrap(),
        10,
        "none is used up"
    );
}

/// The new hash would be a new security stamp, which ends the account's sessions: whoever has one would learn of it.
#[tokio::test]
async fn a_right_password_that_comes_too_late_is_not_hashed_anew() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let old = PasswordHash::from_stored(VERSION_2_HASH);
    world
        .accounts
        .set_password_hash(&mut ada, old.clone())
        .await
        .unwrap()
        .unwrap();
    let guesses = guesses(("wrong".to_owned(), None, None), (PASSWORD.to_owned(), None, None));
    assert_eq!(outcomes(&world, guesses).await[GUESSES - 1], "LockedOut");
    let after = world.reload(&ada).await;
    assert_eq!(
        (after.password_hash, after.security_stamp),
        (Some(old), ada.security_stamp)
    );
}

#[tokio::test]
async fn parallel_logins_with_the_right_password_all_succeed_where_one_failure_locks() {
    let world = World::with(|options| options.lockout.max_failed_access_attempts = 1);
    let ada = world.register(ADA).await;
    let right = (PASSWORD.to_owned(), None, None);
    let outcomes = outcomes(&world, vec![right; 100]).await;
    assert_eq!(count(&outcomes), HashMap::from([("Succeeded", 100)]));
    assert_eq!(world.reload(&ada).await, ada);
}

#[tokio::test]
async fn a_password_that_was_changed_while_it_was_looked_at_does_not_sign_in() {
    let world = World::with(|options| {
        options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(20_000.try_into().unwrap());
    });
    let mut ada = world.register(ADA).await;
    let hash = PasswordHash::from_stored(VERSION_2_HASH.replace("AAABAgM", "AAABAgN"));
    let login = outcomes(&world, vec![(PASSWORD.to_owned(), None, None)]);
    // The login goes first, and comes to the hashing of its password.
    let (outcome, changed) = tokio::join!(login, world.accounts.set_password_hash(&mut ada, hash));
    changed.unwrap().unwrap();
    assert_eq!(outcome, ["Failed"]);
    assert_eq!(world.reload(&ada).await.access_failed_count, 1);
}
