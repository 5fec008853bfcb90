//! The Identity API in a process, for the decoders that only a request reaches.

use std::{num::NonZeroU32, sync::Arc};

use axum::{Router, body::Body, routing::get};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use wicketgate_axum::{Identity, options::RequestLimits};
use wicketgate_identity::{
    Event, EventKind, MemoryStore, Options, PasswordAlgorithm, Stores,
    account::EmailUniqueness,
    options::{PasswordHasherOptions, PasswordOptions, Profile, RateLimitOptions, SignInOptions},
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
    on(store, Options::default())
}

fn on(store: MemoryStore, options: Options) -> Router {
    let options = Options {
        // Hashing is no decoding.
        password_hasher: PasswordHasherOptions {
            algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
            ..options.password_hasher
        },
        // It sends more than anybody may.
        rate_limits: RateLimitOptions {
            enabled: false,
            ..options.rate_limits
        },
        ..options
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
        .route(
            "/me",
            get(|user: wicketgate_axum::SignedIn| async move { user.name().to_owned() }),
        )
        .merge(identity.api())
        .merge(identity.logout());
    identity.wrap(router)
}

/// An application of a profile, and how many people have signed in there.
pub struct Application {
    pub router: Router,
    people: usize,
}

/// Somebody who is signed in: what stands for their address, token, refresh token and cookie in a request, and these.
pub struct SignedIn([(&'static str, String); 4]);

pub const PASSWORD: &str = "correct horse battery";
const PLACEHOLDERS: [&str; 4] = ["{email}", "{token}", "{refresh}", "{cookie}"];

impl Application {
    pub fn new(profile: Profile) -> Self {
        let options = Options::for_profile(profile);
        let options = Options {
            sign_in: SignInOptions {
                require_confirmed_email: false,
                ..options.sign_in
            },
            password: PasswordOptions {
                require_digit: false,
                require_uppercase: false,
                require_non_alphanumeric: false,
                ..options.password
            },
            ..options
        };
        Self {
            router: on(MemoryStore::new(), options),
            people: 0,
        }
    }

    /// Registers somebody new and signs them in, if the text of a request asks for it: whatever requests before this one did to their
    /// accounts, it finds this one as it is at first.
    pub fn sign_in_for(&mut self, text: &[u8]) -> Option<SignedIn> {
        PLACEHOLDERS.iter().find(|name| place(text, name).is_some())?;
        self.people += 1;
        let email = format!("person-{}@example.test", self.people);
        let account = serde_json::json!({"email": email, "password": PASSWORD}).to_string();
        let post = |path: &str| {
            let request = Request::post(path)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(account.clone()))
                .expect("a request");
            let answer = block_on(self.router.clone().oneshot(request));
            let answer = answer.unwrap_or_else(|never| match never {});
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            answer
        };
        post("/register");
        let tokens = block_on(post("/login").into_body().collect())
            .expect("a whole body")
            .to_bytes();
        let tokens: serde_json::Value = serde_json::from_slice(&tokens).expect("tokens");
        let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        let cookie = post("/login?useCookies=true");
        let cookie = cookie.headers()[header::SET_COOKIE].to_str().expect("a cookie");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let [for_email, for_token, for_refresh, for_cookie] = PLACEHOLDERS;
        Some(SignedIn([
            (for_email, email),
            (for_token, token("accessToken")),
            (for_refresh, token("refreshToken")),
            (for_cookie, cookie),
        ]))
    }
}

impl SignedIn {
    /// A part of a request with what it asks for.
    pub fn fill(&self, text: &[u8]) -> Vec<u8> {
        let mut filled = text.to_vec();
        for (name, secret) in &self.0 {
            if let Some(place) = place(&filled, name) {
                filled.splice(place..place + name.len(), secret.bytes());
            }
        }
        filled
    }
}

fn place(text: &[u8], name: &str) -> Option<usize> {
    text.windows(name.len()).position(|window| window == name.as_bytes())
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
