//! The page to try the endpoints on: Swagger UI, from this binary alone.

mod document;
mod page;

use std::{
    io::{self, Read},
    sync::OnceLock,
};

use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, Path},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::any,
};
use flate2::read::GzDecoder;
use utoipa::openapi::OpenApi;
use wicketgate_axum::{Identity, Require};

use self::page::page;
use crate::settings::SwaggerSettings;

const INITIALIZER: &str = "swagger-initializer.js";

/// A file of the page as the binary has it: compressed by `build/swagger.rs`.
struct File {
    name: &'static str,
    content_type: &'static str,
    gzip: &'static [u8],
    /// Decompressed when somebody asks for it first, and then shared by all answers.
    plain: OnceLock<Bytes>,
}

macro_rules! file {
    ($name:literal, $content_type:literal) => {
        File {
            name: $name,
            content_type: $content_type,
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".gz")),
            plain: OnceLock::new(),
        }
    };
}

/// The page in the folder of its files.
static INDEX: File = file!("index.html", "text/html");
/// The same page above that folder.
static PAGE: File = file!("swagger.html", "text/html");
static FILES: [File; 6] = [
    file!("index.css", "text/css"),
    file!("favicon-16x16.png", "image/png"),
    file!("favicon-32x32.png", "image/png"),
    file!("swagger-ui.css", "text/css"),
    file!("swagger-ui-bundle.js", "text/javascript"),
    file!("swagger-ui-standalone-preset.js", "text/javascript"),
];

/// `/swagger` and the page's files below it, and the OpenAPI document; and once more under the prefix of the endpoints, for proxies that pass on that
/// prefix alone.
///
/// Nothing here names a path from its root, so that the page works under any path that a proxy puts in front.
pub(super) fn routes(identity: &Identity, application: OpenApi, settings: &SwaggerSettings) -> Router {
    let page = match identity.prefix() {
        "" => routes_at(""),
        prefix => routes_at("").nest(prefix, routes_at(prefix)),
    };
    let routes = document::routes(identity, application).merge(page);
    if settings.require_sign_in {
        routes.route_layer(Require::signed_in())
    } else {
        routes
    }
}

fn routes_at(prefix: &str) -> Router {
    let initializer = initializer(prefix);
    let index = |OriginalUri(uri): OriginalUri, headers: HeaderMap| async move {
        // Whether there is a closing slash decides what relative addresses in the page mean.
        let page = if uri.path().ends_with('/') { &INDEX } else { &PAGE };
        page.answer(&headers)
    };
    let files = move |Path(name): Path<String>, headers: HeaderMap| async move {
        if name == INITIALIZER {
            return ([(CONTENT_TYPE, "text/javascript")], initializer).into_response();
        }
        match FILES.iter().chain([&INDEX]).find(|file| file.name == name) {
            Some(file) => file.answer(&headers),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    };
    Router::new()
        .route("/swagger", any(index).layer(from_fn(page)))
        .route("/swagger/", any(index).layer(from_fn(page)))
        .route("/swagger/{file}", any(files).layer(from_fn(page)))
}

impl File {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let headers_of_file = [
            (CONTENT_TYPE, HeaderValue::from_static(self.content_type)),
            (VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if takes_gzip(headers) {
            let encoding = (CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            return (headers_of_file, [encoding], self.gzip).into_response();
        }
        match self.decompressed() {
            Ok(bytes) => (headers_of_file, bytes).into_response(),
            Err(error) => {
                tracing::error!(%error, "cannot decompress a file of the Swagger page");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    fn decompressed(&self) -> io::Result<Bytes> {
        if let Some(bytes) = self.plain.get() {
            return Ok(bytes.clone());
        }
        let mut bytes = Vec::new();
        GzDecoder::new(self.gzip).read_to_end(&mut bytes)?;
        Ok(self.plain.get_or_init(|| bytes.into()).clone())
    }
}

/// Starts the page, for a place below a prefix. Same-origin requests carry cookies, so that a login with a cookie works
/// from it.
///
/// The document is beside the page. Its operations are tried out on the server that the page came from, whatever the
/// document says of servers: elsewhere, the browser would not let the page call.
fn initializer(prefix: &str) -> String {
    let steps_up = "../".repeat(1 + prefix.matches('/').count());
    format!(
        "window.onload = () => {{
  const description = new URL(\"../openapi/v1.json\", document.baseURI).href;
  const server = new URL(\"{steps_up}\", document.baseURI).href.replace(/\\/$/, \"\");
  window.ui = SwaggerUIBundle({{
    url: description,
    responseInterceptor: (response) => {{
      if (response.url === description && response.ok) {{
        response.text = JSON.stringify({{ ...JSON.parse(response.text), servers: [{{ url: server }}] }});
      }}
      return response;
    }},
    dom_id: \"#swagger-ui\",
    deepLinking: true,
    layout: \"StandaloneLayout\",
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    withCredentials: true,
    tryItOutEnabled: true,
  }});
}};
"
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
        for file in FILES.iter().chain([&INDEX, &PAGE]) {
            assert!(!file.decompressed().unwrap().is_empty(), "{}", file.name);
        }
    }

    #[test]
    fn who_takes_gzip_gets_it_and_others_do_not() {
        let encoding = |accepted: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let answer = INDEX.answer(&headers);
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
}
