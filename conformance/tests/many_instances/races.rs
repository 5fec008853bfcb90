//! What many clients do at once over all instances is counted as if it had been done in turn.

use std::{iter::repeat_n, net::SocketAddr};

use libtest_mimic::Failed;
use serde_json::{Value, json};
use wicketgate_conformance::{ReceivedResponse, Store, one_time_code};
use wicketgate_protection::{Clock, SystemClock};

use crate::{
    at_once::{self, Request},
    client::{Credential, EMAIL, PASSWORD, bearer, post, register, tokens},
    deployment::Deployment,
    sessions::Test,
};

pub(crate) const TESTS: [(&str, Test); 4] = [
    ("secrets_that_are_shown_to_many_at_once_all_work", |store| {
        Box::pin(shown_secrets(store))
    }),
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

async fn shown_secrets(store: Store) -> Result<(), Failed> {
    let deployment = Deployment::new(store, &[]).await;
    let balancer = deployment.balancer();
    register(balancer).await;
    let credential = bearer(&tokens(balancer).await);
    let at_once = async |body: Value| -> Result<Vec<Value>, Failed> {
        let answers = at_once_as(deployment.instances(), 4, "/manage/2fa", &credential, &body).await;
        let answers = answers.iter().map(|answer| match answer.status {
            200 => Ok(serde_json::from_str(&answer.body)?),
            400 if answer.body.contains("ConcurrencyFailure") => Ok(Value::Null),
            _ => Err(Failed::from(format!("{store}: {answer:?}"))),
        });
        answers.collect()
    };
    let shown = async || -> Result<Value, Failed> {
        let answer = post(balancer, "/manage/2fa", &credential, &json!({})).await;
        Ok(serde_json::from_str(&answer.body)?)
    };

    let answers = at_once(json!({})).await?;
    let key = shown().await?["sharedKey"].clone();
    assert!(
        answers.iter().all(|answer| answer["sharedKey"] == key),
        "{store}: {answers:?}"
    );

    // Whoever comes second to switch it on finds it switched on, with codes that somebody else is shown.
    let code = one_time_code(key.as_str().ok_or("there is no key")?, SystemClock.now(), 0);
    let answers = at_once(json!({"enable": true, "twoFactorCode": code})).await?;
    assert!(
        answers.iter().all(|answer| answer["isTwoFactorEnabled"] == true),
        "{store}: {answers:?}"
    );
    let codes = codes(&answers);
    assert_eq!(codes.len(), 1, "{store}: {answers:?}");
    assert_eq!(codes[0].len(), 10);
    assert_eq!(login_with(balancer, &codes[0][0]).await, 200, "{store}");

    // Whoever began before others were made is refused; whoever began later voids those, as one request after another.
    let answers = at_once(json!({"resetRecoveryCodes": true})).await?;
    let mut statuses = Vec::new();
    for codes in self::codes(&answers) {
        statuses.push(login_with(balancer, &codes[0]).await);
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        1,
        "{store}: {statuses:?}"
    );

    let answers = at_once(json!({"resetSharedKey": true})).await?;
    let key = shown().await?["sharedKey"].clone();
    assert!(
        answers.iter().any(|answer| answer["sharedKey"] == key),
        "{store}: {answers:?}"
    );
    Ok(())
}

/// The sets of recovery codes that are shown.
fn codes(answers: &[Value]) -> Vec<&Vec<Value>> {
    let codes = answers.iter().filter_map(|answer| answer["recoveryCodes"].as_array());
    codes.collect()
}

async fn login_with(balancer: SocketAddr, recovery_code: &Value) -> u16 {
    let login = json!({"email": EMAIL, "password": PASSWORD, "twoFactorRecoveryCode": recovery_code});
    post(balancer, "/login", &Credential::None, &login).await.status
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
    at_once_as(instances, times, path, &Credential::None, body).await
}

async fn at_once_as(
    instances: &[SocketAddr],
    times: usize,
    path: &'static str,
    credential: &Credential,
    body: &Value,
) -> Vec<ReceivedResponse> {
    let request = Request::Post(path, body.clone());
    at_once::at_once(instances, credential, repeat_n(request, times)).await
}

/// How many succeeded, and how many were refused as a client's mistake.
fn statuses(answers: &[ReceivedResponse]) -> (usize, usize) {
    let count = |range: std::ops::Range<u16>| answers.iter().filter(|answer| range.contains(&answer.status)).count();
    (count(200..300), count(400..500))
}
