//! Refusals and failures as answers: the one place where errors become HTTP (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer, ser::SerializeMap};
use wicketgate_identity::{Error, IdentityError, SignInResult, StoreError};

use wicketgate_protection::ProtectError;

use crate::json;

/// When to try again after the answer "busy".
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// Why a request could not be carried out, through no fault of its sender. As a response it is a problem (RFC 9457) that
/// says nothing of the reason, with status 503 where another try may succeed, and 500 otherwise; the log says it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store, the keys or the hasher failed.
    #[error(transparent)]
    Identity(#[from] Error),
    /// A cookie's name or attributes have characters that no header may have.
    #[error("a cookie's name or attributes have characters that no header may have")]
    Cookie(#[from] header::InvalidHeaderValue),
    /// An answer could not be written as JSON.
    #[error("the answer is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The router has no [`Identity::layer`](crate::Identity::layer).
    #[error("this route needs authentication, which the router does not have: add `.layer(identity.layer())` to it")]
    NoLayer,
    /// There are as many as [`RequestLimits::max_running_requests`](crate::RequestLimits::max_running_requests).
    #[error("as many requests are running as `max_running_requests` allows")]
    TooManyRequests,
    /// The handler panicked; the panic itself is in the log, too.
    #[error("carrying out the request panicked")]
    Panicked,
}

impl Failure {
    /// Whether the same request may succeed in a moment.
    fn is_passing(&self) -> bool {
        match self {
            Self::TooManyRequests => true,
            Self::Identity(Error::Busy | Error::Abandoned | Error::Store(StoreError::Unavailable(_))) => true,
            Self::Identity(Error::Protect(ProtectError::Repository(error))) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether the answer is nobody's.
    fn is_unheard(&self) -> bool {
        matches!(self, Self::Identity(Error::Abandoned))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if self.is_passing() {
            if self.is_unheard() {
                tracing::debug!("given up: the client is gone");
            } else {
                tracing::warn!(error = %self, "answered with 503");
            }
            let mut response = Problem::new(StatusCode::SERVICE_UNAVAILABLE).into_response();
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS);
            return response;
        }
        tracing::error!(error = %self, "answered with 500");
        let problem = Problem {
            // Told to everybody: nobody but its developers meets an application without it.
            detail: matches!(self, Self::NoLayer).then(|| self.to_string()),
            ..Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        };
        problem.into_response()
    }
}

/// What was wrong with what the caller sent, as the body of 400 (.NET's `HttpValidationProblemDetails`).
#[derive(Debug, Serialize)]
pub(crate) struct ValidationProblem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    errors: Errors,
}

impl ValidationProblem {
    pub(crate) fn new(errors: Vec<IdentityError>) -> Self {
        Self {
            kind: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            title: "One or more validation errors occurred.",
            status: StatusCode::BAD_REQUEST.as_u16(),
            errors: Errors(errors),
        }
    }
}

impl From<IdentityError> for ValidationProblem {
    fn from(error: IdentityError) -> Self {
        Self::new(vec![error])
    }
}

impl IntoResponse for ValidationProblem {
    fn into_response(self) -> Response {
        json::problem(StatusCode::BAD_REQUEST, &self)
    }
}

/// Errors as an object: a member for each code, in the order in which the codes first came.
#[derive(Debug)]
struct Errors(Vec<IdentityError>);

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut codes: Vec<(&str, Vec<String>)> = Vec::new();
        for error in &self.0 {
            match codes.iter_mut().find(|(code, _)| *code == error.code()) {
                Some((_, descriptions)) => descriptions.push(error.to_string()),
                None => codes.push((error.code(), vec![error.to_string()])),
            }
        }
        let mut map = serializer.serialize_map(Some(codes.len()))?;
        for (code, descriptions) in codes {
            map.serialize_entry(code, &descriptions)?;
        }
        map.end()
    }
}

/// Why a sign-in was refused, as the body of 401.
pub(crate) fn sign_in_refused(outcome: &SignInResult) -> Response {
    let problem = Problem {
        detail: Some(outcome.to_string()),
        ..Problem::new(StatusCode::UNAUTHORIZED)
    };
    problem.into_response()
}

/// Any other problem (.NET's `ProblemDetails`).
#[derive(Debug, Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "serialize_status")]
    status: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Problem {
    fn new(status: StatusCode) -> Self {
        let (kind, title) = match status {
            StatusCode::UNAUTHORIZED => ("https://tools.ietf.org/html/rfc9110#section-15.5.2", "Unauthorized"),
            StatusCode::SERVICE_UNAVAILABLE => (
                "https://tools.ietf.org/html/rfc9110#section-15.6.4",
                "Service Unavailable",
            ),
            _ => (
                "https://tools.ietf.org/html/rfc9110#section-15.6.1",
                "An error occurred while processing your request.",
            ),
        };
        Self {
            kind,
            title,
            status,
            detail: None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        json::problem(self.status, &self)
    }
}

fn serialize_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    async fn text(response: Response) -> String {
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn errors_with_one_code_stand_together_in_the_order_of_their_codes() {
        let problem = ValidationProblem::new(vec![
            IdentityError::InvalidUserName("a".to_owned()),
            IdentityError::InvalidToken,
            IdentityError::InvalidUserName("b".to_owned()),
        ]);
        assert_eq!(
            text(problem.into_response()).await,
            concat!(
                r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","#,
                r#""title":"One or more validation errors occurred.","status":400,"errors":{"#,
                r#""InvalidUserName":["Username 'a' is invalid, can only contain letters or digits.","#,
                r#""Username 'b' is invalid, can only contain letters or digits."],"InvalidToken":["Invalid token."]}}"#,
            )
        );
    }

    #[tokio::test]
    async fn what_may_pass_is_worth_another_try() {
        for error in [Error::Busy, Error::Store(StoreError::Unavailable("away".into()))] {
            let response = Failure::from(error).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        }
    }

    #[tokio::test]
    async fn other_failures_say_nothing_about_themselves() {
        let error = Error::Store(StoreError::Failed("secret".into()));
        let response = Failure::from(error).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            text(response).await,
            concat!(
                r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.6.1","#,
                r#""title":"An error occurred while processing your request.","status":500}"#,
            )
        );
    }
}
