//! What a person can do with an account as a whole.

mod delete;
mod export;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Identity;

/// The routes, for where there are sessions, which tell how fresh a sign-in is.
pub(crate) fn routes(identity: &Identity) -> OpenApiRouter<Identity> {
    let export = OpenApiRouter::new().routes(routes!(export::export));
    match identity.accounts().stores().deletions() {
        Some(_) => export.routes(routes!(delete::delete)),
        None => export,
    }
}
