//! Clients of an application who hang up while the database works for them.

use std::sync::Arc;

use axum::{Router, routing::post};
use futures_util::poll;
use wicketgate_axum::{Authentication, Identity, Options, SignedIn};

use crate::{
    client::{ADA, cookie, get, post as send_json, send},
    held_sessions::HeldStores,
};

struct World {
    stores: Arc<HeldStores>,
    application: Router,
    /// Of a session.
    cookie: String,
}

impl World {
    async fn new() -> Self {
        let mut options = Options::default();
        options.sessions.enabled = true;
        let stores = HeldStores::new();
        let identity = Identity::builder(stores.clone())
            .ephemeral_keys()
            .options(options)
            .build()
            .unwrap();
        let application: Router = Router::new()
            .route("/own/logout", post(async |own: Authentication| own.sign_out()))
            .route("/hello", post(async |_: SignedIn| {}))
            .merge(identity.api())
            .layer(identity.layer());
        assert_eq!(send_json(&application, "/register", ADA).await.status(), 200);
        let cookie = cookie(&send_json(&application, "/login?useCookies=true", ADA).await);
        Self {
            stores,
            application,
            cookie,
        }
    }

    /// How many statements on sessions are carried out for a request whose client hangs up at the statement of this number.
    async fn passed(&self, path: &str, number: usize) -> usize {
        let headers = [("cookie", self.cookie.as_str())];
        let before = self.stores.passed();
        let mut request = Box::pin(send(&self.application, "POST", path, &headers, ""));
        self.stores.hold_after(number - 1);
        assert!(poll!(&mut request).is_pending());
        assert_eq!(self.stores.passed(), before + number - 1);
        drop(request);
        self.stores.release();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        self.stores.passed() - before
    }
}

#[tokio::test]
async fn the_read_of_a_session_is_not_cut_off() {
    let world = World::new().await;
    assert_eq!(world.passed("/hello", 1).await, 1);
}

#[tokio::test]
async fn a_sign_out_by_an_applications_handler_ends_the_session_even_so() {
    let world = World::new().await;
    assert_eq!(world.passed("/own/logout", 2).await, 2);
    let info = get(&world.application, "/manage/info", &[("cookie", &world.cookie)]).await;
    assert_eq!(info.status(), 401);
}

/// Each would have a connection to the database.
#[tokio::test]
async fn reads_that_nobody_waits_for_have_a_bound() {
    let world = World::new().await;
    let before = world.stores.passed();
    world.stores.hold_after(0);
    for _ in 0..200 {
        let headers = [("cookie", world.cookie.as_str())];
        let mut request = Box::pin(send(&world.application, "POST", "/hello", &headers, ""));
        assert!(poll!(&mut request).is_pending());
        drop(request);
        // Who polls too much at a time is put off.
        tokio::task::yield_now().await;
    }
    world.stores.release();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.stores.passed() - before, 64);
    let hello = send(&world.application, "POST", "/hello", &[("cookie", &world.cookie)], "").await;
    assert_eq!(hello.status(), 200);
}
