//! What a person can do with an account as a whole.

mod delete;
mod export;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Identity;

/// For where there are sessions, which tell how fresh a sign-in is.
pub(crate) fn exporting() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(export::export))
}

/// The same, where the stores keep deletions.
pub(crate) fn deleting() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(delete::delete))
}
