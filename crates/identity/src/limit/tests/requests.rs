//! Requests that are counted by one instance.

use std::sync::Arc;
use std::time::Duration;

use super::world::{World, log_in};
use crate::account::UserId;
use crate::limit::{LimitScope, LimitedAccount, LimitedAction, LimitedRequest, RateLimits};
use crate::options::RateLimitOptions;
use crate::store::{MemoryStore, Stores};

/// How many of three hundred logins pass.
async fn passing(limits: &RateLimits, account: impl Fn(usize) -> String, client: impl Fn(usize) -> String) -> usize {
    let mut passed = 0;
    for number in 0..300 {
        passed += usize::from(log_in(limits, &account(number), Some(&client(number))).await.is_ok());
    }
    passed
}

#[tokio::test]
async fn who_types_the_id_of_an_account_takes_none_of_its_owners_requests_away() {
    let world = World::new();
    let limits = world.instance();
    while log_in(&limits, "42", None).await.is_ok() {}
    let user = UserId::from_stored("42");
    let of_owner = LimitedRequest {
        action: LimitedAction::Login,
        account: Some(LimitedAccount::Known(&user)),
        client: None,
    };
    limits.check(of_owner).await.unwrap();
}

#[tokio::test]
async fn logins_are_limited_by_account_and_by_client() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    let ada = |number: usize| ["ada@example.test", "ADA@example.TEST"][number % 2].to_owned();
    let anybody = |number: usize| format!("user{number}@example.test");
    let anywhere = |number: usize| format!("198.51.{}.{}", number / 250, number % 250);
    assert_eq!(passing(&limits, ada, anywhere).await, 40);
    let one_network = |number: usize| format!("2001:db8::{number:x}");
    assert_eq!(passing(&limits, anybody, one_network).await, 240);
    world.clock.advance(time::Duration::minutes(1));
    assert_eq!(passing(&limits, ada, anywhere).await, 10);
}

#[tokio::test]
async fn who_is_over_the_limit_takes_nothing_away_from_accounts() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    assert_eq!(
        passing(&limits, |number| format!("user{number}"), |_| "192.0.2.1".to_owned()).await,
        240
    );
    for _ in 0..100 {
        let refused = log_in(&limits, "ada", Some("192.0.2.1")).await.unwrap_err();
        assert_eq!(refused.scope, LimitScope::Client);
    }
    assert!(log_in(&limits, "ada", Some("192.0.2.2")).await.is_ok());
}

#[tokio::test]
async fn without_an_address_accounts_are_limited_all_the_same() {
    let world = World::new();
    let limits = world.instance_on(Arc::new(MemoryStore::new()));
    for _ in 0..40 {
        assert!(log_in(&limits, "ada", None).await.is_ok());
    }
    let refused = log_in(&limits, "ada", None).await.unwrap_err();
    assert_eq!(
        (refused.scope, refused.retry_after),
        (LimitScope::Account, Duration::from_secs(6))
    );
    assert_eq!(
        refused.to_string(),
        "too many requests of the kind login by one account"
    );
}

#[tokio::test]
async fn limits_can_be_switched_off_one_by_one() {
    let world = World::new();
    let stores: Arc<dyn Stores> = Arc::new(MemoryStore::new());
    let mut options = RateLimitOptions::default();
    options.login.per_account = 0;
    let limits = |options: &RateLimitOptions| {
        RateLimits::new(options.clone(), stores.clone(), &world.protection, world.clock.clone())
    };
    let ada = |_| "ada".to_owned();
    let one_client = |_| "192.0.2.1".to_owned();
    assert_eq!(passing(&limits(&options), ada, one_client).await, 240);
    options.enabled = false;
    assert_eq!(passing(&limits(&options), ada, one_client).await, 300);
}
