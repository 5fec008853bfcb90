//! Sign-ins whose account an operator locks meanwhile.

use axum::{Router, http::StatusCode, response::Response, routing::post};
use wicketgate_axum::{Authentication, EmailText, Failure, Options, Persistence, User, testing};
use wicketgate_identity::mail::AccountNotice;

use crate::{
    builder,
    client::{self, cookie, get, header, send, status_and_text},
    mailbox::with_mailbox,
};

const ADA: &str = "ada@example.test";
const BOB: &str = "bob@example.test";

/// Checks nothing.
async fn sign_in(authentication: Authentication, email: String) -> Result<StatusCode, Failure> {
    let user = find(&authentication, &email).await?;
    authentication.sign_in(&user, Persistence::Session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sign_in_overtaken(authentication: Authentication, email: String) -> Result<StatusCode, Failure> {
    let user = find_overtaken(&authentication, &email).await?;
    authentication.sign_in(&user, Persistence::Session).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn tokens_overtaken(authentication: Authentication, email: String) -> Result<StatusCode, Failure> {
    let user = find_overtaken(&authentication, &email).await?;
    authentication.tokens(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(authentication: &Authentication, email: &str) -> Result<User, Failure> {
    let found = authentication.identity().accounts().find_by_email(email).await?;
    Ok(found.unwrap())
}

/// The user as they were before an operator locked the account.
async fn find_overtaken(authentication: &Authentication, email: &str) -> Result<User, Failure> {
    let user = find(authentication, email).await?;
    let accounts = authentication.identity().accounts();
    accounts.lock(&mut user.clone()).await?.unwrap();
    Ok(user)
}

async fn ask(application: &Router, path: &str, user_agent: &str, cookie: &str, email: &str) -> Response {
    let headers = [("user-agent", user_agent), ("cookie", cookie)];
    send(application, "POST", path, &headers, email).await
}

#[tokio::test]
async fn a_sign_in_whose_account_is_locked_meanwhile_fails_and_leaves_no_trace() {
    let mut options = Options::default();
    options.sessions.enabled = true;
    options.user.notify_owners = true;
    let (identity, mailbox) = with_mailbox(builder().options(options));
    let application: Router = Router::new()
        .route("/sign-in", post(sign_in))
        .route("/sign-in-overtaken", post(sign_in_overtaken))
        .route("/tokens-overtaken", post(tokens_overtaken))
        .merge(identity.api())
        .layer(identity.layer());
    for email in [ADA, BOB] {
        let user = testing::user(&identity, email).await.unwrap();
        identity.tokens(&user).await.unwrap();
    }
    let bob = cookie(&ask(&application, "/sign-in", "Firefox/1", "", BOB).await);
    let mails = mailbox.take();
    assert!(
        matches!(mails[0].text, EmailText::Notice(AccountNotice::NewDevice)),
        "{mails:?}"
    );

    let failed = client::post(&application, "/login", r#"{"email":"nobody","password":"Passw0rd!"}"#).await;
    let failed = status_and_text(failed).await;
    assert_eq!(failed.0, 401);
    for path in ["/sign-in-overtaken", "/tokens-overtaken"] {
        let overtaken = ask(&application, path, "Firefox/1", &bob, ADA).await;
        assert_eq!(header(&overtaken, "set-cookie"), None, "{path}");
        assert_eq!(status_and_text(overtaken).await, failed, "{path}");
        assert!(mailbox.take().is_empty(), "{path}");
        let accounts = identity.accounts();
        let mut ada = accounts.find_by_email(ADA).await.unwrap().unwrap();
        accounts.unlock(&mut ada).await.unwrap().unwrap();
    }
    // The session that the browser had was to end with the new one.
    let info = get(&application, "/manage/info", &[("cookie", &bob)]).await;
    assert_eq!(info.status(), 200);
}
