//! Refusals: what an endpoint answers instead of what it was asked for.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE};
use time::Duration;
use wicketgate_identity::session::SignInMethod;
use wicketgate_identity::{Error, IdentityError, SignInResult, limit::LimitExceeded};

use super::{
    Failure,
    problem::{FreshSignInProblem, Problem, ValidationProblem},
};
use crate::limits::{limit_headers, retry_after};

/// Why an endpoint does not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// This status, without a body.
    Status(StatusCode),
    /// The request breaks these rules: 400.
    Invalid(Vec<IdentityError>),
    /// A sign-in failed: 401 with the reason.
    SignIn(SignInResult),
    /// Nobody is signed in: 401 with the challenge of the bearer scheme.
    NotSignedIn,
    /// There were too many requests: 429, which tells when to come back.
    TooMany(LimitExceeded),
    /// The user has to prove again by one of these who they are, within this time: 401.
    NotFresh {
        /// By what they can.
        methods: Vec<SignInMethod>,
        /// How lately.
        within: Duration,
    },
    /// Something failed on our side: 500 or 503.
    Failed(Failure),
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self::Status(status)
    }
}

impl From<Vec<IdentityError>> for Refusal {
    fn from(errors: Vec<IdentityError>) -> Self {
        Self::Invalid(errors)
    }
}

impl From<IdentityError> for Refusal {
    fn from(error: IdentityError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<LimitExceeded> for Refusal {
    fn from(exceeded: LimitExceeded) -> Self {
        Self::TooMany(exceeded)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Status(status) => status.into_response(),
            Self::Invalid(errors) => ValidationProblem::new(errors).into_response(),
            Self::SignIn(result) => Problem::new(StatusCode::UNAUTHORIZED)
                .with_detail(result.to_string())
                .into_response(),
            Self::NotSignedIn => {
                let challenge = HeaderValue::from_static("Bearer");
                (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response()
            }
            Self::TooMany(exceeded) => {
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS).with_retry_after(retry_after(&exceeded));
                match limit_headers(&exceeded) {
                    Ok(headers) => (headers, problem).into_response(),
                    Err(_) => problem.into_response(),
                }
            }
            Self::NotFresh { methods, within } => not_fresh(&methods, within),
            Self::Failed(failure) => failure.into_response(),
        }
    }
}

/// With the challenge of RFC 9470, section 3.
fn not_fresh(methods: &[SignInMethod], within: Duration) -> Response {
    let challenge = format!(
        r#"Bearer error="insufficient_user_authentication", max_age="{}""#,
        within.whole_seconds()
    );
    let mut response = FreshSignInProblem::new(methods).into_response();
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
