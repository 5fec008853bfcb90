//! The Identity API in a process, for the decoders that only a request reaches.

use std::{num::NonZeroU32, sync::Arc};

use axum::{Router, body::Body, routing::get};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use wicketgate_axum::{Identity, SignedIn, options::RequestLimits};
use wicketgate_identity::{
    Event, EventKind, MemoryStore, Options, PasswordAlgorithm, Stores, account::EmailUniqueness,
    options::{PasswordHasherOptions, RateLimitOptions},
};
use wicketgate_protection::{ManualClock, SeededRandom};

use crate::{
    block_on,
    goldens::{WRITTEN, database_protection, user},
};

/// An application with the keys of the golden database and the first of its people, at the goldens' time. `GET /me`
/// says who is signed in.
pub fn application() -> Router {
    let store = MemoryStore::new();
    let user = user();
    let event = Event::new(EventKind::Registered, Some(user.id.clone()), WRITTEN);
    let created = store.accounts().create(&user, EmailUniqueness::Required, None, &event);
    block_on(created).expect("a new store takes an account");
    let options = Options {
        // Hashing is no decoding.
        password_hasher: PasswordHasherOptions {
            algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
            ..PasswordHasherOptions::default()
        },
        // It sends more than anybody may.
        rate_limits: RateLimitOptions {
            enabled: false,
            ..RateLimitOptions::default()
        },
        ..Options::default()
    };
    let identity = Identity::builder(store)
        .keys(database_protection())
        .options(options)
        // A fuzzer's longest input is decoded as well.
        .limits(RequestLimits {
            max_request_body_size: 1_000_000,
            ..RequestLimits::default()
        })
        .clock(Arc::new(ManualClock::at(WRITTEN)))
        .random(Arc::new(SeededRandom::new(1)))
        .build()
        .expect("the settings are right");
    let router = Router::new()
        .route("/me", get(|user: SignedIn| async move { user.name().to_owned() }))
        .merge(identity.api())
        .merge(identity.logout());
    identity.wrap(router)
}

/// The answer's status and body. Nothing that comes from outside may be answered with 500.
pub fn answer(application: &Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    block_on(async {
        let response = match application.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        assert!(!status.is_server_error(), "{status}");
        let body = response.into_body().collect().await.expect("a whole body");
        (status, body.to_bytes().into())
    })
}
