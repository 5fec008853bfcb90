//! Requests that several instances count together.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::world::{Limits, State, World, log_in, until};
use crate::limit::shared_limits::{Patience, SharedLimits};

const AT_ONCE: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn instances_count_together_and_who_is_over_is_not_looked_up_again() {
    let world = World::new();
    let instances = [world.instance(), world.instance()];
    let mut passed = 0;
    for number in 0..200 {
        passed += usize::from(log_in(&instances[number % 2], "ada", None).await.is_ok());
    }
    assert_eq!(passed, 40);
    // Each instance asks once for what it does not know.
    assert!(world.bookings() <= 42, "{}", world.bookings());
}

#[tokio::test]
async fn while_the_store_is_away_each_instance_counts_by_itself_and_asks_once() {
    for state in [State::Fails, State::Hangs] {
        let world = World::new();
        let limits = world.patient(AT_ONCE, HOUR);
        for _ in 0..5 {
            log_in(&limits, "ada", None).await.unwrap();
        }
        world.set(state);
        let mut passed = 5;
        for _ in 0..100 {
            passed += usize::from(log_in(&limits, "ada", None).await.is_ok());
        }
        // What was counted before counts.
        assert_eq!(passed, 40, "{state:?}");
        assert_eq!(world.bookings(), 6, "{state:?}");
    }
}

/// Not for the turn of who has asked in vain, either, which lasts as long as the statement.
#[tokio::test]
async fn while_the_store_is_away_nobody_waits_for_it() {
    let world = World::new();
    let limits = world.patient(AT_ONCE, HOUR);
    world.set(State::Hangs);
    log_in(&limits, "ada", None).await.unwrap();
    for _ in 0..35 {
        let at_once = timeout(Duration::ZERO, log_in(&limits, "ada", None));
        at_once.await.unwrap().unwrap();
    }
    assert_eq!(world.bookings(), 1);
}

/// Of ten connections eight may write, and who only counts leaves half of them to the others.
#[tokio::test]
async fn bookings_that_hang_leave_connections_to_others() {
    let world = World::new();
    let limits = world.patient(AT_ONCE, Duration::ZERO);
    world.set(State::Hangs);
    let hanging: Vec<String> = (0..20).map(|number| format!("user{number}")).collect();
    for account in &hanging {
        log_in(&limits, account, None).await.unwrap();
    }
    assert_eq!(world.bookings(), 4);
    world.set(State::Answers);
    world.stores.limits.gate.add_permits(4);
    until(|| world.stores.limits.answers.load(Relaxed) == 4).await;
    log_in(&limits, "ada", None).await.unwrap();
    assert_eq!(world.bookings(), 5);
}

#[tokio::test]
async fn a_store_that_answers_again_is_asked_again() {
    let world = World::new();
    let limits = world.patient(AT_ONCE, Duration::ZERO);
    let states = [State::Fails, State::Answers, State::Hangs, State::Answers];
    for (account, state) in ["ada", "bob", "eve", "dan"].into_iter().zip(states) {
        world.set(state);
        log_in(&limits, account, None).await.unwrap();
    }
    assert_eq!(world.bookings(), 4);
}

#[tokio::test]
async fn a_booking_that_takes_too_long_is_not_cut_off() {
    let world = World::new();
    let limits = world.patient(AT_ONCE, Duration::ZERO);
    world.set(State::Hangs);
    log_in(&limits, "ada", None).await.unwrap();
    let Limits { gate, answers, .. } = &world.stores.limits;
    assert_eq!(answers.load(Relaxed), 0);
    gate.add_permits(1);
    until(|| answers.load(Relaxed) == 1).await;
}

#[tokio::test]
async fn bookings_with_one_key_take_turns() {
    let world = World::new();
    let limits = world.instance();
    world.set(State::Hangs);
    let mut logins = JoinSet::new();
    for account in ["ada"; 10].into_iter().chain(["bob"]) {
        let limits = limits.clone();
        logins.spawn(async move { log_in(&limits, account, None).await });
    }
    until(|| world.bookings() == 2).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.bookings(), 2, "one of each");
    world.stores.limits.gate.add_permits(11);
    assert!(logins.join_all().await.iter().all(Result::is_ok));
    assert_eq!(world.bookings(), 11);
}

#[tokio::test]
async fn an_answer_to_what_was_asked_before_a_failure_ends_no_pause() {
    let world = World::new();
    let limits = world.instance();
    world.set(State::Hangs);
    let slow = limits.clone();
    let slow = tokio::spawn(async move { log_in(&slow, "ada", None).await });
    until(|| world.bookings() == 1).await;
    world.set(State::Fails);
    log_in(&limits, "bob", None).await.unwrap();
    world.stores.limits.gate.add_permits(1);
    slow.await.unwrap().unwrap();
    log_in(&limits, "eve", None).await.unwrap();
    assert_eq!(world.bookings(), 2);
}

#[test]
fn after_a_pause_one_asks_for_all() {
    let (world, now) = (World::new(), Instant::now());
    let patience = Patience {
        answer: HOUR,
        pause: HOUR,
    };
    let shared = SharedLimits::new(world.stores.clone(), world.clock.clone(), patience);
    assert!(shared.is_to_be_asked(now) && shared.is_to_be_asked(now));
    shared.leave_alone(&"away");
    assert!(!shared.is_to_be_asked(now));
    let later = now + 2 * HOUR;
    assert!(shared.is_to_be_asked(later));
    assert!(!shared.is_to_be_asked(later));
}

#[tokio::test]
async fn past_rows_are_removed_now_and_then() {
    let world = World::new();
    let limits = world.instance();
    for minute in 0..3 {
        for _ in 0..5 {
            log_in(&limits, &format!("user{minute}"), None).await.unwrap();
        }
        until(|| world.stores.limits.removals.load(Relaxed) == 2 * (minute + 1)).await;
        world.clock.advance(time::Duration::seconds(61));
    }
    assert_eq!(world.stores.limits.removals.load(Relaxed), 6);
}

#[tokio::test]
async fn past_rows_are_removed_to_the_end_however_many_there_are() {
    let world = World::new();
    world.stores.limits.pages.store(250, Relaxed);
    log_in(&world.instance(), "ada", None).await.unwrap();
    until(|| world.stores.limits.removals.load(Relaxed) == 251).await;
}
