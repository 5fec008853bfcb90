//! Codes of the strict profile over HTTP: each works once, for its own endpoint, on three instances.

use std::sync::Arc;

use axum::Router;
use serde_json::json;
use time::macros::datetime;
use wicketgate_axum::wicketgate_protection::{DataProtection, ManualClock, SystemRandom};
use wicketgate_axum::{EmailText, Identity, MemoryStore, Options, options::Profile};
use wicketgate_identity::options::RateLimitOptions;
use wicketgate_identity::second_factor::authenticator;

use crate::client::{get, post, text};
use crate::mailbox::Mailbox;

const ADA: &str = "ada@example.test";
const PASSWORD: &str = "correct horse battery";

struct World {
    /// Three instances on the same store and keys.
    instances: Vec<(Identity, Router)>,
    mailbox: Arc<Mailbox>,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
        let store = Arc::new(MemoryStore::new());
        let keys = DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom));
        let strict = Options::for_profile(Profile::Strict);
        // The rest of the profile has tests of its own.
        let options = Options {
            token_provider: strict.token_provider,
            second_factor: strict.second_factor,
            // A hundred requests at once are meant.
            rate_limits: RateLimitOptions {
                enabled: false,
                ..strict.rate_limits
            },
            ..Options::default()
        };
        let instances = (0..3).map(|_| {
            let identity = Identity::builder(store.clone())
                .keys(keys.clone())
                .clock(clock.clone())
                .email_queue(mailbox.clone())
                .public_url("https://accounts.example.test".parse().unwrap())
                .options(Options {
                    password: wicketgate_identity::options::PasswordOptions {
                        require_digit: false,
                        require_uppercase: false,
                        ..options.password.clone()
                    },
                    ..options.clone()
                })
                .build()
                .unwrap();
            let application = identity.wrap(identity.api());
            (identity, application)
        });
        Self {
            instances: instances.collect(),
            mailbox,
            clock,
        }
    }

    fn first(&self) -> &Router {
        &self.instances[0].1
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> u16 {
        post(self.first(), path, &body.to_string()).await.status().as_u16()
    }

    /// Registers Ada, and gives the path of the link that she got.
    async fn register(&self) -> String {
        let body = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(self.post("/register", body).await, 200);
        let link = self.mailbox.take_link();
        link.strip_prefix("https://accounts.example.test").unwrap().to_owned()
    }

    async fn reset_code(&self) -> String {
        assert_eq!(self.post("/forgotPassword", json!({"email": ADA})).await, 200);
        match &self.mailbox.take()[..] {
            [mail] => match &mail.text {
                EmailText::PasswordResetCode(code) => code.clone(),
                other => panic!("{other:?}"),
            },
            mails => panic!("{mails:?}"),
        }
    }

    async fn reset(&self, code: &str, password: &str) -> (u16, String) {
        let body = json!({"email": ADA, "resetCode": code, "newPassword": password});
        let answer = post(self.first(), "/resetPassword", &body.to_string()).await;
        (answer.status().as_u16(), text(answer).await)
    }

    /// The status of each of so many requests, all at once, to one instance after another.
    async fn at_once(&self, number: usize, path: &str, body: Option<serde_json::Value>) -> Vec<u16> {
        let body = body.map(|body| body.to_string());
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..number {
            let (application, path, body) = (self.instances[number % 3].1.clone(), path.to_owned(), body.clone());
            requests.spawn(async move {
                let answer = match body {
                    Some(body) => post(&application, &path, &body).await,
                    None => get(&application, &path, &[]).await,
                };
                answer.status().as_u16()
            });
        }
        requests.join_all().await
    }
}

fn succeeded(statuses: &[u16]) -> usize {
    assert!(
        statuses.iter().all(|status| matches!(status, 200 | 400 | 401)),
        "{statuses:?}"
    );
    statuses.iter().filter(|status| **status == 200).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_a_hundred_followers_of_a_link_is_told_that_it_worked() {
    let world = World::new();
    let link = world.register().await;
    assert_eq!(succeeded(&world.at_once(100, &link, None).await), 1);
    assert_eq!(get(world.first(), &link, &[]).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_resets_with_one_code_sets_its_password() {
    let world = World::new();
    let link = world.register().await;
    get(world.first(), &link, &[]).await;
    let code = world.reset_code().await;
    let body = json!({"email": ADA, "resetCode": code, "newPassword": "another horse battery"});
    assert_eq!(succeeded(&world.at_once(12, "/resetPassword", Some(body)).await), 1);
    let (status, body) = world.reset(&code, "a third horse battery").await;
    assert!(status == 400 && body.contains("InvalidToken"), "{body}");
}

#[tokio::test]
async fn a_weak_password_does_not_use_up_the_code_and_ten_minutes_do() {
    let world = World::new();
    let link = world.register().await;
    get(world.first(), &link, &[]).await;
    let code = world.reset_code().await;
    for _ in 0..3 {
        let (status, body) = world.reset(&code, "x").await;
        assert!(status == 400 && body.contains("PasswordTooShort"), "{body}");
    }
    assert_eq!(world.reset(&code, "another horse battery").await.0, 200);

    let code = world.reset_code().await;
    world
        .clock
        .advance(time::Duration::minutes(10) + time::Duration::SECOND);
    let (status, body) = world.reset(&code, "a third horse battery").await;
    assert!(status == 400 && body.contains("InvalidToken"), "{body}");
}

/// What better-auth allowed (CVE-2026-114607): what was made for one thing taken for another.
#[tokio::test]
async fn ghsa_965c_763c_88jm_a_mailed_code_is_good_for_its_own_endpoint_alone() {
    let world = World::new();
    let link = world.register().await;
    let (path, code) = link.split_once("&code=").unwrap();
    let (status, body) = world.reset(code, "another horse battery").await;
    assert!(status == 400 && body.contains("InvalidToken"), "{body}");
    let as_change = format!("{link}&changedEmail=mallory@example.test");
    assert_eq!(get(world.first(), &as_change, &[]).await.status(), 401);
    // None of that has used it up.
    assert_eq!(get(world.first(), &link, &[]).await.status(), 200);
    let reset = world.reset_code().await;
    let as_link = format!("{path}&code={reset}");
    assert_eq!(get(world.first(), &as_link, &[]).await.status(), 401);
    assert_eq!(world.reset(&reset, "another horse battery").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_logins_with_one_code_of_the_authenticator_succeeds() {
    let world = World::new();
    world.register().await;
    let accounts = world.instances[0].0.accounts();
    let mut ada = accounts.find_by_name(ADA).await.unwrap().unwrap();
    let key = accounts.reset_authenticator_key(&mut ada).await.unwrap().unwrap();
    accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
    let code = authenticator::code(&key, datetime!(2026-01-02 03:04:05 UTC)).unwrap();
    let body = json!({"email": ADA, "password": PASSWORD, "twoFactorCode": code});
    let statuses = world.at_once(12, "/login", Some(body.clone())).await;
    assert_eq!(succeeded(&statuses), 1);
    // The others were counted as guesses.
    let answer = text(post(world.first(), "/login", &body.to_string()).await).await;
    assert!(answer.contains("LockedOut"), "{answer}");
}
