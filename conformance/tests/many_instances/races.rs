//! What many clients do at once over all instances is counted as if it had been done in turn.

use std::net::SocketAddr;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use wicketgate_conformance::{ReceivedResponse, Store, one_time_code};
use wicketgate_protection::{Clock, SystemClock};

use crate::{
    client::{Credential, EMAIL, PASSWORD, bearer, post, register, tokens},
    deployment::Deployment,
    sessions::Test,
};

pub(crate) const TESTS: [(&str, Test); 3] = [
    ("a_hundred_wrong_guesses_at_once_count_as_a_hundred", |store| {
        Box::pin(wrong_guesses(store))
    }),
    ("one_of_fifty_simultaneous_uses_of_a_recovery_code_succeeds", |store| {
        Box::pin(one_recovery_code(store))
    }),
    ("one_of_thirty_simultaneous_registrations_of_a_name_succeeds", |store| {
        Box::pin(one_registration(store))
    }),
];

async fn wrong_guesses(store: Store) -> Result<(), Failed> {
    let deployment = Deployment::new(store, &[("Identity:Lockout:MaxFailedAccessAttempts", "101")]).await;
    register(deployment.balancer()).await;
    let guess = json!({"email": EMAIL, "password": "wrong"});
    let answers = at_once(deployment.instances(), 100, "/login", &guess).await;
    for answer in answers {
        assert!(
            answer.status == 401 && answer.body.contains(r#""Failed""#),
            "{answer:?}"
        );
    }
    // The count stood at exactly a hundred: one more and the account is locked.
    let last = post(deployment.balancer(), "/login", &Credential::None, &guess).await;
    assert!(last.body.contains(r#""LockedOut""#), "{store}: {last:?}");
    Ok(())
}

async fn one_recovery_code(store: Store) -> Result<(), Failed> {
    let deployment = Deployment::new(store, &[("Identity:Lockout:MaxFailedAccessAttempts", "1000")]).await;
    let balancer = deployment.balancer();
    register(balancer).await;
    let credential = bearer(&tokens(balancer).await);
    let key = post(balancer, "/manage/2fa", &credential, &json!({})).await;
    let key: Value = serde_json::from_str(&key.body)?;
    let key = key["sharedKey"].as_str().ok_or("there is no key")?;
    let code = one_time_code(key, SystemClock.now(), 0);
    let enabled = post(
        balancer,
        "/manage/2fa",
        &credential,
        &json!({"enable": true, "twoFactorCode": code}),
    )
    .await;
    assert_eq!(enabled.status, 200, "{}", enabled.body);
    let enabled: Value = serde_json::from_str(&enabled.body)?;
    let login = json!({"email": EMAIL, "password": PASSWORD, "twoFactorRecoveryCode": enabled["recoveryCodes"][0]});
    let answers = at_once(deployment.instances(), 50, "/login", &login).await;
    assert_eq!(statuses(&answers), (1, 49), "{store}: {answers:?}");
    Ok(())
}

async fn one_registration(store: Store) -> Result<(), Failed> {
    let deployment = Deployment::new(store, &[]).await;
    for round in 0..5 {
        let account = json!({"email": format!("ada{round}@example.test"), "password": PASSWORD});
        let answers = at_once(deployment.instances(), 30, "/register", &account).await;
        assert_eq!(statuses(&answers), (1, 29), "{store}: {answers:?}");
    }
    Ok(())
}

/// Sends the same request many times at once, to each of the instances in turn.
async fn at_once(instances: &[SocketAddr], times: usize, path: &'static str, body: &Value) -> Vec<ReceivedResponse> {
    let mut requests = JoinSet::new();
    for &instance in instances.iter().cycle().take(times) {
        let body = body.clone();
        requests.spawn(async move { post(instance, path, &Credential::None, &body).await });
    }
    requests.join_all().await
}

/// How many succeeded, and how many were refused as a client's mistake.
fn statuses(answers: &[ReceivedResponse]) -> (usize, usize) {
    let count = |range: std::ops::Range<u16>| answers.iter().filter(|answer| range.contains(&answer.status)).count();
    (count(200..300), count(400..500))
}
