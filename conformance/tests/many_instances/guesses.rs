//! Guesses at once, over all instances: the database lets no more of them be told anything than may fail in turn, and
//! right logins do not hinder each other.

use std::net::SocketAddr;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wicketgate_conformance::{ReceivedResponse, Store, one_time_code};
use wicketgate_protection::{Clock, SystemClock};

use crate::{
    client::{Credential, PASSWORD, bearer, post},
    deployment::Deployment,
    sessions::Test,
};

pub(crate) const TESTS: [(&str, Test); 1] = [(
    "of_hundreds_of_guesses_at_once_no_more_are_told_anything_than_may_fail",
    |store| Box::pin(guesses(store)),
)];

/// How many wrong guesses come before the right ones.
const WRONG: usize = 150;

async fn guesses(store: Store) -> Result<(), Failed> {
    // Hashes that cost something: every guess has read the account when the first one is settled.
    let options = [("PasswordHasher:IterationCount", "20000")];
    let deployment = Deployment::new(store, &options).await;
    passwords(store, &deployment).await;
    codes(store, &deployment).await?;
    right_logins(store, &deployment).await;
    Ok(())
}

async fn passwords(store: Store, deployment: &Deployment) {
    register(deployment, "ada@example.test").await;
    let wrong = login("ada@example.test", "wrong");
    let right = login("ada@example.test", PASSWORD);
    told_nothing(store, deployment, &wrong, &[right]).await;
}

async fn codes(store: Store, deployment: &Deployment) -> Result<(), Failed> {
    let email = "grace@example.test";
    register(deployment, email).await;
    let tokens = post(
        deployment.balancer(),
        "/login",
        &Credential::None,
        &login(email, PASSWORD),
    )
    .await;
    let credential = bearer(&serde_json::from_str(&tokens.body)?);
    let key = post(deployment.balancer(), "/manage/2fa", &credential, &json!({})).await;
    let key: Value = serde_json::from_str(&key.body)?;
    let key = key["sharedKey"].as_str().ok_or("there is no key")?;
    let code = |steps| one_time_code(key, SystemClock.now(), steps);
    let enable = json!({"enable": true, "twoFactorCode": code(0)});
    let enabled = post(deployment.balancer(), "/manage/2fa", &credential, &enable).await;
    let enabled: Value = serde_json::from_str(&enabled.body)?;

    let with = |name: &str, value: Value| {
        let mut login = login(email, PASSWORD);
        login[name] = value;
        login
    };
    let wrong = with("twoFactorCode", json!(code(1_000)));
    let right = [
        with("twoFactorCode", json!(code(0))),
        with("twoFactorRecoveryCode", enabled["recoveryCodes"][0].clone()),
    ];
    told_nothing(store, deployment, &wrong, &right).await;
    Ok(())
}

/// Sends wrong guesses and then, while they wait to be hashed, right ones to each instance.
///
/// On a busy machine a right one may be first, and then rightly signs in and starts the count anew.
async fn told_nothing(store: Store, deployment: &Deployment, wrong: &Value, right: &[Value]) {
    let (mut first, mut last) = (JoinSet::new(), JoinSet::new());
    for &instance in deployment.instances().iter().cycle().take(WRONG) {
        send(&mut first, instance, wrong);
    }
    for &instance in deployment.instances() {
        right.iter().for_each(|right| send(&mut last, instance, right));
    }
    let (wrong, right) = (first.join_all().await, last.join_all().await);
    let signed_in = right.iter().filter(|answer| answer.status == 200).count();
    let failed = wrong
        .iter()
        .filter(|answer| answer.body.contains(r#""Failed""#))
        .count();
    let possible = 4..=4 * (1 + signed_in);
    assert!(
        possible.contains(&failed),
        "{store}: {failed} wrong guesses were told so, {signed_in} right ones"
    );
    for answer in &wrong {
        assert_eq!(answer.status, 401, "{store}: {answer:?}");
    }
    for answer in right.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 401, "{store}: {answer:?}");
        assert!(answer.body.contains(r#""LockedOut""#), "{store}: {answer:?}");
    }
}

async fn right_logins(store: Store, deployment: &Deployment) {
    let email = "edsger@example.test";
    register(deployment, email).await;
    let mut requests = JoinSet::new();
    for &instance in deployment.instances().iter().cycle().take(45) {
        send(&mut requests, instance, &login(email, PASSWORD));
    }
    for answer in requests.join_all().await {
        assert_eq!(answer.status, 200, "{store}: {answer:?}");
    }
}

fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

fn send(requests: &mut JoinSet<ReceivedResponse>, instance: SocketAddr, body: &Value) {
    let body = body.clone();
    requests.spawn(async move { post(instance, "/login", &Credential::None, &body).await });
}

async fn register(deployment: &Deployment, email: &str) {
    let answer = post(
        deployment.balancer(),
        "/register",
        &Credential::None,
        &login(email, PASSWORD),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
