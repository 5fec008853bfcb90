//! JSON answers.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header::CONTENT_TYPE};
use serde::Serialize;

use super::Failure;
use crate::dotnet::json::to_json;

/// JSON as ASP.NET Core writes it: `application/json; charset=utf-8`, and text escaped as `System.Text.Json` escapes it for
/// minimal APIs. `axum::Json` means the same to clients, with different bytes.
///
/// ```
/// use axum::response::IntoResponse;
/// use wicketgate_axum::Json;
///
/// let response = Json(["Ada"]).into_response();
/// assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// JSON that is written already.
#[derive(Debug, Clone)]
pub(crate) struct WrittenJson(pub(crate) String);

impl IntoResponse for WrittenJson {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("application/json; charset=utf-8");
        ([(CONTENT_TYPE, content_type)], self.0).into_response()
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match to_json(&self.0) {
            Ok(json) => {
                let mut response = Response::new(json.into());
                let content_type = HeaderValue::from_static("application/json; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, content_type);
                response
            }
            Err(error) => Failure::Json(error).into_response(),
        }
    }
}
