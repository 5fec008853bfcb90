//! Failures that are not the client's fault.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use wicketgate_identity::{Error, SignInResult, StoreError};
use wicketgate_protection::ProtectError;

use super::{Refusal, problem::Problem};

/// When to retry after a 503.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// Why a request failed, through no fault of the client. As a response it is a problem (RFC 9457) that does not tell the
/// reason, with status 503 if a retry may succeed and 500 otherwise. The reason is logged. Only
/// [`CrossSite`](Self::CrossSite) is a 403, which tells it, and [`AccountChanged`](Self::AccountChanged) a 401.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store, the keys or the hasher failed.
    #[error(transparent)]
    Identity(#[from] Error),
    /// A cookie's name or attributes contain characters that headers cannot.
    #[error("a cookie's name or attributes contain characters that headers cannot")]
    Cookie(#[from] header::InvalidHeaderValue),
    /// An answer could not be serialized as JSON.
    #[error("the answer is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A page of another site sent the request. Its answer is 403.
    #[error(
        "A page of another site sent this request with the user's cookie, or to set one. List its origin in \
         cors.allowed_origins (IdentityBuilder::cors) if it may."
    )]
    CrossSite,
    /// The account was locked by an operator, deleted, or got another security stamp while somebody signed in to it, which is answered
    /// as other sign-ins that fail are.
    #[error("the account has changed while somebody signed in to it")]
    AccountChanged,
    /// The router has no [`Identity::layer`](crate::Identity::layer).
    #[error("this route needs authentication, which the router does not have: add `.layer(identity.layer())` to it")]
    NoLayer,
    /// A route asks for a fresh sign-in, and there are no sessions that could tell.
    #[error("this route asks for a fresh sign-in, which only sessions can tell: turn them on with `Options::sessions`")]
    NoSessions,
    /// [`RequestLimits::max_running_requests`](crate::options::RequestLimits::max_running_requests) is reached.
    #[error("as many requests are running as `max_running_requests` allows")]
    TooManyRequests,
    /// The handler panicked. The panic itself is logged, too.
    #[error("carrying out the request panicked")]
    Panicked,
}

impl Failure {
    /// Whether a retry may succeed.
    fn is_passing(&self) -> bool {
        match self {
            Self::TooManyRequests => true,
            Self::Identity(Error::Busy | Error::Abandoned | Error::Store(StoreError::Unavailable(_))) => true,
            Self::Identity(Error::Protect(ProtectError::Repository(error))) => error.is_passing(),
            _ => false,
        }
    }

    /// Whether nobody is left to receive the answer.
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
        if let Self::CrossSite = self {
            tracing::info!(error = %self, "answered with 403");
            let problem = Problem::new(StatusCode::FORBIDDEN);
            return problem.with_detail(self.to_string()).into_response();
        }
        if let Self::AccountChanged = self {
            return Refusal::SignIn(SignInResult::Failed).into_response();
        }
        tracing::error!(error = %self, "answered with 500");
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR);
        match self {
            // Shown to everybody: an application without them never gets past its developers.
            Self::NoLayer | Self::NoSessions => problem.with_detail(self.to_string()).into_response(),
            _ => problem.into_response(),
        }
    }
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
