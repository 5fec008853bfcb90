//! The page to try the endpoints on: Swagger UI, from this binary alone.

use std::{
    io::{self, Read},
    sync::OnceLock,
};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::read::GzDecoder;

use super::openapi;

const INDEX: &str = "index.html";
const INITIALIZER: &str = "swagger-initializer.js";

/// A file of the page as the binary has it: compressed by `build.rs`.
struct File {
    name: &'static str,
    content_type: &'static str,
    gzip: &'static [u8],
    /// Decompressed when somebody asks for it first, and then shared by all answers.
    plain: OnceLock<Bytes>,
}

macro_rules! files {
    ($($name:literal: $content_type:literal,)*) => {
        [$(File {
            name: $name,
            content_type: $content_type,
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")),
            plain: OnceLock::new(),
        }),*]
    };
}

static FILES: [File; 7] = files! {
    "index.html": "text/html",
    "index.css": "text/css",
    "favicon-16x16.png": "image/png",
    "favicon-32x32.png": "image/png",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-standalone-preset.js": "text/javascript",
};

/// `/swagger` and the page's files below it.
pub(super) fn routes() -> Router {
    Router::new()
        .route(
            "/swagger",
            get(|headers: HeaderMap| async move { file(INDEX, &headers) }),
        )
        .route(
            "/swagger/{file}",
            get(|Path(name): Path<String>, headers: HeaderMap| async move { file(&name, &headers) }),
        )
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    if name == INITIALIZER {
        return ([(CONTENT_TYPE, "text/javascript")], initializer()).into_response();
    }
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers_of_file = [
        (CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if takes_gzip(headers) {
        let encoding = (CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return (headers_of_file, [encoding], file.gzip).into_response();
    }
    match file.decompressed() {
        Ok(bytes) => (headers_of_file, bytes).into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the Swagger page could not be decompressed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl File {
    fn decompressed(&self) -> io::Result<Bytes> {
        if let Some(bytes) = self.plain.get() {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut bytes)?;
        Ok(self.plain.get_or_init(|| bytes.into()).clone())
    }
}

/// Starts the page. Same-origin requests carry cookies, so that a login with a cookie works from it.
fn initializer() -> String {
    format!(
        "window.onload = () => {{
  window.ui = SwaggerUIBundle({{
    url: \"{}\",
    dom_id: \"#swagger-ui\",
    deepLinking: true,
    layout: \"StandaloneLayout\",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    withCredentials: true,
    tryItOutEnabled: true,
  }});
}};
",
        openapi::PATH
    )
}

/// Whether the client says so, as all browsers do (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let codings = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings
        .map(|coding| coding.split_once(';').unwrap_or((coding, "")))
        .any(|(coding, weight)| {
            let is_refused = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                == Some(0.0);
            coding.trim().eq_ignore_ascii_case("gzip") && !is_refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_whole() {
        for file in &FILES {
            assert!(!file.decompressed().unwrap().is_empty(), "{}", file.name);
        }
    }

    #[test]
    fn who_takes_gzip_gets_it_and_others_do_not() {
        let encoding = |accepted: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let answer = file("swagger-ui-bundle.js", &headers);
            assert_eq!(answer.status(), StatusCode::OK);
            answer.headers().get(CONTENT_ENCODING).cloned()
        };
        for accepted in ["gzip", "deflate, GZIP;q=0.5, br", "br,gzip"] {
            assert_eq!(encoding(accepted).unwrap(), "gzip", "{accepted}");
        }
        for refused in ["", "br", "gzip;q=0", "gzip; q=0.0", "xgzip"] {
            assert_eq!(encoding(refused), None, "{refused}");
        }
    }

    #[test]
    fn other_files_are_not_there() {
        let answer = file("swagger-ui.js", &HeaderMap::new());
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}
