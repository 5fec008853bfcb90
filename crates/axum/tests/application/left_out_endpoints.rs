//! Endpoints that an application leaves out.

use axum::Router;
use utoipa::openapi::OpenApi;
use wicketgate_axum::{Endpoint, Options};

use crate::{
    builder,
    client::{ADA, post, send},
};

#[tokio::test]
async fn an_endpoint_that_is_left_out_is_neither_there_nor_described() {
    let identity = builder().build().unwrap();
    let api = identity.api().without(Endpoint::Register);
    assert!(!api.openapi().paths.paths.contains_key("/register"));
    let application = identity.wrap(api);
    assert_eq!(post(&application, "/register", ADA).await.status(), 404);
    assert_eq!(post(&application, "/Register", ADA).await.status(), 404);
    assert_eq!(post(&application, "/login", ADA).await.status(), 401);

    let identity = builder()
        .without([Endpoint::Register, Endpoint::Logout])
        .build()
        .unwrap();
    let paths = identity.openapi().paths.paths;
    assert!(!paths.contains_key("/register") && !paths.contains_key("/logout") && paths.contains_key("/login"));
    let application = identity.wrap(Router::new().merge(identity.api()).merge(identity.logout()));
    assert_eq!(post(&application, "/register", ADA).await.status(), 404);
    assert_eq!(post(&application, "/logout", "{}").await.status(), 404);
}

/// Those that need sessions, each without the others.
#[tokio::test]
async fn what_exists_only_with_sessions_is_left_out_alone() {
    let own = [
        (Endpoint::Sessions, "GET", "/manage/sessions"),
        (Endpoint::Sessions, "DELETE", "/manage/sessions/1"),
        (Endpoint::Confirm, "POST", "/manage/confirm"),
        (Endpoint::Export, "GET", "/manage/account/export"),
        (Endpoint::DeleteAccount, "DELETE", "/manage/account"),
    ];
    let has = |openapi: &OpenApi, path: &str| openapi.paths.paths.contains_key(&path.replace("/1", "/{id}"));
    let mut options = Options::default();
    options.sessions.enabled = true;
    for left_out in own.map(|(endpoint, ..)| endpoint) {
        for is_early in [true, false] {
            let without = Some(left_out).filter(|_| is_early);
            let identity = builder().options(options.clone()).without(without).build().unwrap();
            let api = identity.api().without(left_out);
            let openapi = api.openapi();
            assert_eq!(has(&identity.openapi(), left_out.path()), !is_early, "{left_out:?}");
            let application = identity.wrap(api);
            for (endpoint, method, path) in own {
                let expected = if endpoint == left_out { 404 } else { 401 };
                assert_eq!(has(&openapi, path), expected == 401, "{left_out:?}: {path}");
                let answer = send(&application, method, path, &[], "").await;
                assert_eq!(answer.status(), expected, "{left_out:?}: {path}");
            }
        }
    }
    // Without sessions there are none.
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    for (_, method, path) in own {
        assert!(!has(&identity.openapi(), path), "{path}");
        assert_eq!(send(&application, method, path, &[], "").await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn each_endpoint_of_passkeys_is_left_out_alone() {
    let own = [
        (Endpoint::PasskeyOptions, "POST", "/passkeys/requestOptions"),
        (Endpoint::PasskeyLogin, "POST", "/passkeys/login"),
        (Endpoint::Passkeys, "GET", "/manage/passkeys"),
        (Endpoint::Passkeys, "POST", "/manage/passkeys/creationOptions"),
        (Endpoint::Passkeys, "DELETE", "/manage/passkeys/AA"),
    ];
    let mut options = Options::default();
    options.passkeys.enabled = true;
    options.passkeys.server_domain = Some("localhost".to_owned());
    options.passkeys.manage_url = Some("https://localhost/passkeys".to_owned());
    for left_out in own.map(|(endpoint, ..)| endpoint) {
        let identity = builder().options(options.clone()).without([left_out]).build().unwrap();
        let application = identity.wrap(identity.api());
        for (endpoint, method, path) in own {
            let answer = send(&application, method, path, &[], "").await;
            let is_missing = answer.status() == 404;
            assert_eq!(is_missing, endpoint == left_out, "{left_out:?}: {path}");
        }
        let well_known = send(&application, "GET", "/.well-known/passkey-endpoints", &[], "").await;
        assert_eq!(well_known.status(), 200, "{left_out:?}");
    }
}
