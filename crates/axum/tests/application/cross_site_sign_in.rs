//! Whom pages of other sites can have a user's browser sign in.

use http::StatusCode;

use crate::{
    builder,
    client::{ADA, header, send, text},
    cross_site::{CROSS, FOREIGN, JSON, status, world},
};

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in_as_the_attacker() {
    let (application, _) = world(|builder| builder).await;
    for foreign in FOREIGN {
        let foreign = &[&[JSON], foreign].concat();
        for path in [
            "/login?useCookies=true",
            "/login?useSessionCookies=true",
            "/login/cookie",
            "/own/login",
        ] {
            let refused = send(&application, "POST", path, foreign, ADA).await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path} {foreign:?}");
            assert_eq!(header(&refused, "set-cookie"), None, "{path}");
        }
        // Tokens are nothing that a browser keeps by itself, and the page cannot read them without CORS.
        assert_eq!(
            send(&application, "POST", "/login", foreign, ADA).await.status(),
            StatusCode::OK
        );
    }
}

/// Nor the cookie between password and second factor, which the login with tokens sets, too.
#[tokio::test]
async fn a_login_that_a_page_of_another_site_sends_sets_no_cookie() {
    let identity = builder().build().unwrap();
    let accounts = identity.accounts();
    let mut ada = accounts
        .register("ada@example.test", "Passw0rd!")
        .await
        .unwrap()
        .unwrap();
    accounts.ensure_authenticator_key(&mut ada).await.unwrap().unwrap();
    accounts.set_two_factor_enabled(&mut ada, true).await.unwrap().unwrap();
    let application = identity.wrap(identity.api());
    for foreign in FOREIGN {
        let answer = send(&application, "POST", "/login", &[&[JSON], foreign].concat(), ADA).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{foreign:?}");
        assert_eq!(header(&answer, "set-cookie"), None, "{foreign:?}");
        assert!(text(answer).await.contains("RequiresTwoFactor"), "{foreign:?}");
    }
    let answer = send(&application, "POST", "/login", &[JSON], ADA).await;
    assert!(header(&answer, "set-cookie").is_some());
}

#[tokio::test]
async fn a_refused_login_does_not_lock_the_account_it_names() {
    let (application, _) = world(|builder| builder).await;
    let wrong = r#"{"email":"ada@example.test","password":"wrong"}"#;
    for _ in 0..10 {
        assert_eq!(
            status(&application, "POST", "/login/cookie", &[&[JSON, CROSS]], wrong).await,
            403
        );
    }
    assert_eq!(status(&application, "POST", "/login", &[&[JSON]], ADA).await, 200);
}
