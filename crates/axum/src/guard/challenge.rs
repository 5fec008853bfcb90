//! What who may not pass is told.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use wicketgate_identity::text::encode_url;

use crate::{
    answer::Refusal,
    authentication::{AuthenticationContext, Scheme},
};

/// "Who are you?": 401, or the way to the login page where only cookies count.
pub(crate) fn unauthenticated(context: &AuthenticationContext, scheme: Option<Scheme>) -> Response {
    match scheme {
        Some(Scheme::Cookie) => {
            let options = context.identity().schemes().application.options();
            redirect(context, &options.login_path)
        }
        Some(Scheme::Bearer) | None => Refusal::NotSignedIn.into_response(),
    }
}

/// "Not you": 403, or the way to a page that says so where only cookies count.
pub(crate) fn forbidden(context: &AuthenticationContext, scheme: Option<Scheme>) -> Response {
    match scheme {
        Some(Scheme::Cookie) => {
            let options = context.identity().schemes().application.options();
            redirect(context, &options.access_denied_path)
        }
        Some(Scheme::Bearer) | None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// A redirect to a page that leads back afterwards. .NET does not ask whether the page exists.
fn redirect(context: &AuthenticationContext, page: &str) -> Response {
    let origin = context.origin();
    let back = format!("{}{}", origin.path_base, context.path_and_query());
    let location = format!("{origin}{page}?ReturnUrl={}", encode_url(&back));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}
