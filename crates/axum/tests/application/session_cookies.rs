//! Cookies of sessions that have ended.

use wicketgate_axum::{Options, wicketgate_identity::options::SessionOptions};

use crate::{
    builder,
    client::{ADA, cookie, get, header, post},
};

/// The answer may come behind that of a sign-in in another tab, whose cookie it would delete.
#[tokio::test]
async fn a_cookie_whose_session_has_ended_is_refused_and_not_deleted() {
    let sessions = SessionOptions {
        enabled: true,
        ..SessionOptions::default()
    };
    let options = Options {
        sessions,
        ..Options::default()
    };
    let identity = builder().options(options).build().unwrap();
    let application = identity.wrap(identity.api());
    assert_eq!(post(&application, "/register", ADA).await.status(), 200);
    let old = cookie(&post(&application, "/login?useCookies=true", ADA).await);
    let info = async || get(&application, "/manage/info", &[("cookie", &old)]).await;
    assert_eq!(info().await.status(), 200);
    let accounts = identity.accounts();
    let ada = accounts.find_by_email("ada@example.test").await.unwrap().unwrap();
    let ended = accounts.sessions().unwrap().end_others(&ada.id, None).await;
    assert_eq!(ended.unwrap(), 1);
    let refused = info().await;
    assert_eq!(refused.status(), 401);
    assert_eq!(header(&refused, "set-cookie"), None);
}
