//! Refresh tokens of the strict profile over HTTP: each works once, on three instances, and a copy ends the session.

use std::sync::Arc;

use axum::Router;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};
use wicketgate_axum::wicketgate_protection::{DataProtection, ManualClock, SystemRandom};
use wicketgate_axum::{EmailText, Identity, MemoryStore, Options, options::Profile};
use wicketgate_identity::mail::AccountNotice;
use wicketgate_identity::options::UserOptions;

use crate::client::{ADA, get, post, text};
use crate::mailbox::Mailbox;

struct World {
    instances: Vec<Router>,
    mailbox: Arc<Mailbox>,
    clock: Arc<ManualClock>,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
        let store = Arc::new(MemoryStore::new());
        let keys = DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom));
        let options = Options {
            sessions: Options::for_profile(Profile::Strict).sessions,
            user: UserOptions {
                notify_owners: true,
                ..UserOptions::default()
            },
            ..Options::default()
        };
        let mailbox = Arc::new(Mailbox::default());
        let instances = (0..3).map(|_| {
            let identity = Identity::builder(store.clone())
                .keys(keys.clone())
                .clock(clock.clone())
                .options(options.clone())
                .email_queue(mailbox.clone())
                .public_url("https://accounts.example.test".parse().unwrap())
                .build()
                .unwrap();
            identity.wrap(identity.api())
        });
        let world = Self {
            instances: instances.collect(),
            mailbox,
            clock,
        };
        assert_eq!(post(&world.instances[0], "/register", ADA).await.status(), 200);
        world.mailbox.take_link();
        world
    }

    async fn log_in(&self) -> Tokens {
        Tokens::from(text(post(&self.instances[0], "/login", ADA).await).await)
    }

    /// The new tokens, or `None` for 401.
    async fn refresh(&self, instance: usize, tokens: &Tokens) -> Option<Tokens> {
        let body = json!({"refreshToken": tokens.refresh}).to_string();
        let answer = post(&self.instances[instance], "/refresh", &body).await;
        match answer.status().as_u16() {
            200 => Some(Tokens::from(text(answer).await)),
            status => {
                assert_eq!(status, 401);
                None
            }
        }
    }

    async fn is_signed_in(&self, tokens: &Tokens) -> bool {
        let header = format!("Bearer {}", tokens.access);
        let answer = get(&self.instances[1], "/manage/info", &[("authorization", &header)]).await;
        answer.status() == 200
    }
}

#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl From<String> for Tokens {
    fn from(json: String) -> Self {
        let json: Value = serde_json::from_str(&json).unwrap();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Self {
            access: text("accessToken"),
            refresh: text("refreshToken"),
        }
    }
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_whoever_comes_first() {
    for thief_is_first in [true, false] {
        let world = World::new().await;
        let other_device = world.log_in().await;
        let stolen = world.log_in().await;
        let first = world.refresh(0, &stolen).await.unwrap();
        world.clock.advance(Duration::minutes(1));
        let (thief, owner) = match thief_is_first {
            // The thief has gone on with it, and the owner comes with what is a step behind, and is served once.
            true => (first, world.refresh(1, &stolen).await.unwrap()),
            false => (world.refresh(1, &stolen).await.unwrap(), first),
        };
        world.clock.advance(Duration::minutes(1));
        let (goes_on, is_void) = if thief_is_first { (owner, thief) } else { (thief, owner) };
        // Of the two, the one whose token is void by now is found out, and neither has a session any more.
        assert!(world.refresh(2, &is_void).await.is_none());
        assert!(world.refresh(0, &goes_on).await.is_none());
        assert!(!world.is_signed_in(&goes_on).await && !world.is_signed_in(&is_void).await);
        assert!(world.is_signed_in(&other_device).await);
    }
}

#[tokio::test]
async fn an_honest_client_never_loses_its_session() {
    let world = World::new().await;
    let mut tokens = world.log_in().await;
    for round in 0..6 {
        world.clock.advance(Duration::minutes(30));
        let lost = world.refresh(round % 3, &tokens).await.unwrap();
        tokens = match round % 3 {
            0 => lost,
            // Another tab, at the same moment, and then both go on with what the later one got.
            1 => world.refresh(2, &tokens).await.unwrap(),
            // The answer was lost, and the client comes back later with the last token that it has.
            _ => {
                world.clock.advance(Duration::minutes(5));
                world.refresh(0, &tokens).await.unwrap()
            }
        };
        assert!(world.is_signed_in(&tokens).await, "{round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_instances_at_once_give_one_successor() {
    let world = Arc::new(World::new().await);
    let mut tokens = world.log_in().await;
    for _ in 0..5 {
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..30 {
            let (world, tokens) = (world.clone(), tokens.clone());
            requests.spawn(async move { world.refresh(number % 3, &tokens).await });
        }
        let given: Vec<Tokens> = requests.join_all().await.into_iter().map(Option::unwrap).collect();
        // All are the same one: after one is used, the others are used, and the first use is not undone.
        world.clock.advance(Duration::minutes(1));
        tokens = world.refresh(0, &given[0]).await.unwrap();
        assert!(
            world.refresh(1, &given[29]).await.is_some(),
            "within the grace of the first use"
        );
    }
}

#[tokio::test]
async fn a_used_token_is_no_good_once_its_successor_was_used() {
    let world = World::new().await;
    let first = world.log_in().await;
    let second = world.refresh(0, &first).await.unwrap();
    let third = world.refresh(1, &second).await.unwrap();
    assert!(world.is_signed_in(&third).await);
    assert!(world.refresh(2, &first).await.is_none());
    let told: Vec<EmailText> = world.mailbox.take().into_iter().map(|mail| mail.text).collect();
    assert_eq!(told, [EmailText::Notice(AccountNotice::RefreshTokenReused)]);
    assert!(!world.is_signed_in(&third).await);
    assert!(world.refresh(0, &third).await.is_none());
}
