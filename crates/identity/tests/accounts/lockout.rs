//! Failed attempts and the lockout that they lead to.

use crate::world::{ADA, PASSWORD, START, World, logins_at_once};
use time::Duration;
use wicketgate_identity::IdentityError;

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
        .filter(|result| result.result.to_string() == "Failed")
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

/// A stolen session is no place to guess the password.
#[tokio::test]
async fn wrong_old_passwords_count_as_failures_where_the_options_say_so() {
    for counted in [false, true] {
        let world = World::with(|options| options.lockout.count_old_password_failures = counted);
        let mut ada = world.register(ADA).await;
        let mut change = async |old| {
            world
                .accounts
                .change_password(&mut ada, old, "N3w-Passw0rd!")
                .await
                .unwrap()
        };
        for _ in 0..5 {
            assert_eq!(change("wrong").await, Err(vec![IdentityError::PasswordMismatch]));
        }
        let answer = change(PASSWORD).await;
        if counted {
            assert_eq!(answer, Err(vec![IdentityError::PasswordMismatch]), "locked");
            assert_eq!(world.outcome(ADA, PASSWORD).await, "LockedOut");
        } else {
            assert_eq!(answer, Ok(()));
            assert_eq!(world.outcome(ADA, "N3w-Passw0rd!").await, "Succeeded");
        }
    }
}

#[tokio::test]
async fn a_right_old_password_forgets_no_failures() {
    let world = World::with(|options| options.lockout.count_old_password_failures = true);
    let mut ada = world.register(ADA).await;
    world.outcome(ADA, "wrong").await;
    world
        .accounts
        .change_password(&mut ada, PASSWORD, "N3w-Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        world.reload(&ada).await.access_failed_count,
        1,
        "that is what a sign-in does"
    );
}
