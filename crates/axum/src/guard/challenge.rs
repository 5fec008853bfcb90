//! Answers to requests that may not pass.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use wicketgate_identity::text::encode_url;

use crate::{
    answer::Refusal,
    authentication::{AuthenticationContext, Scheme},
};

/// Nobody is signed in: 401, or a redirect to the login page where only cookies count.
pub(crate) fn unauthenticated(context: &AuthenticationContext, scheme: Option<Scheme>) -> Response {
    match scheme {
        Some(Scheme::Cookie) => {
            let options = context.identity().schemes().application.options();
            redirect(context, &options.login_path)
        }
        Some(Scheme::Bearer) | None => Refusal::NotSignedIn.into_response(),
    }
}

/// The user lacks permission: 403, or a redirect to the page that says so where only cookies count.
pub(crate) fn forbidden(context: &AuthenticationContext, scheme: Option<Scheme>) -> Response {
    match scheme {
        Some(Scheme::Cookie) => {
            let options = context.identity().schemes().application.options();
            redirect(context, &options.access_denied_path)
        }
        Some(Scheme::Bearer) | None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// A redirect to a page that can lead back. .NET, too, does not check whether the page exists.
fn redirect(context: &AuthenticationContext, page: &str) -> Response {
    let origin = context.origin();
    let back = format!("{}{}", origin.path_base, context.path_and_query());
    let location = format!("{origin}{page}?ReturnUrl={}", encode_url(&back));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}
