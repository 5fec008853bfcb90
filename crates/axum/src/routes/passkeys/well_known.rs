//! What password managers and browsers look for at the root of a host.

use axum::{Router, routing::get};
use serde::Serialize;

use crate::{Identity, answer::Json};

/// `/.well-known/passkey-endpoints` (a draft of the W3C's WebAuthn group).
#[derive(Clone, Serialize)]
struct PasskeyEndpoints {
    #[serde(skip_serializing_if = "Option::is_none")]
    enroll: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manage: Option<String>,
}

/// `/.well-known/webauthn` (WebAuthn Level 3, 5.11).
#[derive(Clone, Serialize)]
struct RelatedOrigins {
    origins: Vec<String>,
}

/// The two routes, as far as the options have something to say there.
pub(crate) fn well_known<S: Clone + Send + Sync + 'static>(identity: &Identity) -> Router<S> {
    let mut router = Router::new();
    if !identity.accounts().has_passkeys() {
        return router;
    }
    let options = &identity.accounts().options().passkeys;
    if options.enroll_url.is_some() || options.manage_url.is_some() {
        let endpoints = PasskeyEndpoints {
            enroll: options.enroll_url.clone(),
            manage: options.manage_url.clone(),
        };
        let answer = || async { Json(endpoints) };
        router = router.route("/.well-known/passkey-endpoints", get(answer));
    }
    // Browsers have no use for the origins of native applications.
    let is_of_pages = |origin: &&String| origin.starts_with("https://") || origin.starts_with("http://");
    let origins: Vec<_> = options.origins.iter().filter(is_of_pages).cloned().collect();
    if !origins.is_empty() {
        let related = RelatedOrigins { origins };
        router = router.route("/.well-known/webauthn", get(|| async { Json(related) }));
    }
    router
}
