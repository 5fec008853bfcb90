//! The query of `GET /confirmEmail` and `POST /login`.
#![no_main]

use std::sync::LazyLock;

use axum::{Router, body::Body};
use http::{Request, StatusCode, Uri, header};
use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{goldens, memory, seeds, server};

/// A parameter of two bytes is two texts.
const PER_BYTE: usize = 128;

static APPLICATION: LazyLock<Router> = LazyLock::new(server::application);

fn queries() -> Vec<String> {
    let golden = goldens::json("database/user-tokens.json");
    let user = goldens::user();
    let user = user.id.as_str();
    let codes = goldens::texts(&golden["tokens"], "code");
    let links = codes.map(|code| format!("userId={user}&code={code}"));
    let others = [
        "useCookies=true&useSessionCookies=+False%20",
        "USECOOKIES=%74rue&x&=&&a=1&A=2",
        "code=a%2Bb+c%ff",
    ];
    links.chain(others.map(str::to_owned)).collect()
}

fuzz_target!(
    init: {
        LazyLock::force(&APPLICATION);
        seeds::write(queries());
    },
    |bytes: &[u8]| {
        let uri = |path: &str| Uri::try_from([path.as_bytes(), b"?", bytes].concat());
        let (Ok(confirm), Ok(login)) = (uri("/confirmEmail"), uri("/login")) else {
            return;
        };
        let confirm = Request::get(confirm).body(Body::empty()).expect("a request");
        let login = Request::post(login)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"email":"nobody@example.test","password":"x"}"#))
            .expect("a request");
        for request in [confirm, login] {
            let (status, _) = memory::bounded(bytes.len(), PER_BYTE, || server::answer(&APPLICATION, request));
            let known = [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED];
            assert!(known.contains(&status), "{status}");
        }
    }
);
