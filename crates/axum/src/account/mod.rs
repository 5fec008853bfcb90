//! What a person can do with an account as a whole.

mod export;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Identity;

/// The routes, for where there are sessions, which tell how fresh a sign-in is.
pub(crate) fn routes() -> OpenApiRouter<Identity> {
    OpenApiRouter::new().routes(routes!(export::export))
}
