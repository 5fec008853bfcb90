//! A session belongs to the deployment, not to the instance where it began.

use std::{future::Future, pin::Pin};

use libtest_mimic::Failed;
use serde_json::json;
use wicketgate_conformance::Store;

use crate::{
    client::{Credential, PASSWORD, bearer, cookie, get, post, register, tokens},
    deployment::Deployment,
};

/// A test on one kind of store.
pub(crate) type Test = fn(Store) -> Pin<Box<dyn Future<Output = Result<(), Failed>>>>;

pub(crate) const TESTS: [(&str, Test); 2] = [
    ("a_cookie_or_token_of_one_instance_works_on_all", |store| {
        Box::pin(one_session_for_all(store))
    }),
    ("a_password_changed_on_one_instance_ends_sessions_on_all", |store| {
        Box::pin(changed_password(store))
    }),
];

async fn one_session_for_all(store: Store) -> Result<(), Failed> {
    let deployment = Deployment::new(store, &[]).await;
    let &[first, .., last] = deployment.instances() else {
        return Err("there are not many".into());
    };
    register(first).await;
    let cookie = cookie(first).await;
    let tokens = tokens(first).await;
    for &instance in deployment.instances() {
        for credential in [&cookie, &bearer(&tokens)] {
            let response = get(instance, "/manage/info", credential).await;
            assert_eq!(response.status, 200, "{store} {credential:?}");
        }
    }
    let body = json!({"refreshToken": tokens["refreshToken"]});
    let refreshed = post(last, "/refresh", &Credential::None, &body).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    let tokens = serde_json::from_str(&refreshed.body)?;
    assert_eq!(get(first, "/manage/info", &bearer(&tokens)).await.status, 200);
    Ok(())
}

async fn changed_password(store: Store) -> Result<(), Failed> {
    // Every request with a cookie looks at the security stamp.
    let deployment = Deployment::new(store, &[("SecurityStamp:ValidationInterval", "00:00:00")]).await;
    let &[first, second, _] = deployment.instances() else {
        return Err("there are not three".into());
    };
    register(first).await;
    let (cookie, tokens) = (cookie(first).await, tokens(first).await);
    for &instance in deployment.instances() {
        assert_eq!(get(instance, "/manage/info", &cookie).await.status, 200);
    }
    let body = json!({"oldPassword": PASSWORD, "newPassword": "An0ther-passw0rd"});
    let changed = post(second, "/manage/info", &bearer(&tokens), &body).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let refresh = json!({"refreshToken": tokens["refreshToken"]});
    for &instance in deployment.instances() {
        assert_eq!(get(instance, "/manage/info", &cookie).await.status, 401);
        assert_eq!(
            post(instance, "/refresh", &Credential::None, &refresh).await.status,
            401
        );
    }
    Ok(())
}
