//! Refusals: what an endpoint answers instead of what it was asked for.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::WWW_AUTHENTICATE};
use wicketgate_identity::{Error, IdentityError, SignInResult};

use super::{
    Failure,
    problem::{Problem, ValidationProblem},
};

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
            Self::Failed(failure) => failure.into_response(),
        }
    }
}
