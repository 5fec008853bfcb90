use axum::{Router, middleware::from_fn_with_state};

use crate::{Identity, authentication::authenticate, cors, forwarded_headers::note_origin, routes, routing};

/// Puts everything around the application's routes that happens to every request (.NET's middleware pipeline). What is
/// put around last comes first.
pub(crate) fn serve(identity: &Identity, router: Router) -> Router {
    let application = routing::with_dotnet_rules(router, routes::paths(identity))
        .layer(from_fn_with_state(identity.clone(), authenticate))
        .layer(from_fn_with_state(identity.clone(), note_origin));
    cors::allow(&identity.parts().cors, routing::with_canonical_paths(application))
}
