//! Problem details (RFC 9457): JSON that says what went wrong.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::{Serialize, Serializer, ser::SerializeMap};
use wicketgate_identity::{IdentityError, session::SignInMethod};

use crate::dotnet::json::to_json;

/// The body of a 400 that lists what is wrong with the request (.NET's `HttpValidationProblemDetails`).
#[derive(Debug, Serialize)]
pub(super) struct ValidationProblem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    errors: Errors,
}

impl ValidationProblem {
    pub(super) fn new(errors: Vec<IdentityError>) -> Self {
        Self {
            kind: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            title: "One or more validation errors occurred.",
            status: StatusCode::BAD_REQUEST.as_u16(),
            errors: Errors(errors),
        }
    }
}

impl IntoResponse for ValidationProblem {
    fn into_response(self) -> Response {
        response(StatusCode::BAD_REQUEST, &self)
    }
}

/// Errors as an object with a member for each code, in order of first appearance.
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

/// The body of a 401 that asks the user to prove again who they are.
#[derive(Debug, Serialize)]
pub(super) struct FreshSignInProblem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// By what they can do so at `/manage/confirm`.
    methods: Vec<&'static str>,
}

impl FreshSignInProblem {
    pub(super) fn new(methods: &[SignInMethod]) -> Self {
        Self {
            kind: "urn:wicketgate:fresh-sign-in-required",
            title: "Fresh sign-in required",
            status: StatusCode::UNAUTHORIZED.as_u16(),
            methods: methods.iter().map(|method| method.name()).collect(),
        }
    }
}

impl IntoResponse for FreshSignInProblem {
    fn into_response(self) -> Response {
        response(StatusCode::UNAUTHORIZED, &self)
    }
}

/// Any other problem (.NET's `ProblemDetails`).
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "serialize_status")]
    status: StatusCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Seconds, which pages of other origins cannot read in a header.
    #[serde(rename = "retryAfter", skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode) -> Self {
        let (kind, title) = match status {
            StatusCode::UNAUTHORIZED => ("https://tools.ietf.org/html/rfc9110#section-15.5.2", "Unauthorized"),
            StatusCode::FORBIDDEN => ("https://tools.ietf.org/html/rfc9110#section-15.5.4", "Forbidden"),
            StatusCode::TOO_MANY_REQUESTS => ("https://tools.ietf.org/html/rfc6585#section-4", "Too Many Requests"),
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
            retry_after: None,
        }
    }

    pub(super) fn with_retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..self
        }
    }

    pub(super) fn with_detail(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        response(self.status, &self)
    }
}

fn serialize_status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

fn response(status: StatusCode, problem: &impl Serialize) -> Response {
    match to_json(problem) {
        Ok(json) => {
            let content_type = HeaderValue::from_static("application/problem+json");
            (status, [(CONTENT_TYPE, content_type)], json).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a problem could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_with_one_code_stand_together_in_the_order_of_their_codes() {
        let problem = ValidationProblem::new(vec![
            IdentityError::InvalidUserName("a".to_owned()),
            IdentityError::InvalidToken,
            IdentityError::InvalidUserName("b".to_owned()),
        ]);
        assert_eq!(
            String::from_utf8(to_json(&problem).unwrap()).unwrap(),
            concat!(
                r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","#,
                r#""title":"One or more validation errors occurred.","status":400,"errors":{"#,
                r#""InvalidUserName":["Username 'a' is invalid, can only contain letters or digits.","#,
                r#""Username 'b' is invalid, can only contain letters or digits."],"InvalidToken":["Invalid token."]}}"#,
            )
        );
    }
}
