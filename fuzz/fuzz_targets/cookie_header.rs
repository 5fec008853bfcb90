//! The `Cookie` header, with cookies in parts: it lets nobody in but the people whose tickets .NET wrote, and signing
//! out, which names every part again, is answered.
#![no_main]

use std::sync::LazyLock;

use axum::{Router, body::Body};
use http::{HeaderValue, Request, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{goldens, memory, seeds, server};

/// Each part that came is deleted with a header of its own, of more than a hundred bytes.
const PER_BYTE: usize = 256;
const COOKIE: &str = ".AspNetCore.Identity.Application";

static APPLICATION: LazyLock<Router> = LazyLock::new(server::application);

/// The golden cookies, whole and in parts, and what makes them differ on the way.
fn headers() -> Vec<String> {
    let golden = goldens::json("database/tickets.json");
    let cookies = golden.as_array().expect("tickets").iter();
    let cookies = cookies.filter(|ticket| ticket["kind"] == "cookie" || ticket["kind"] == "remember-machine");
    let mut headers = vec![
        "a=1; A=2;b = x%20y ; c=\"q\"; d=;=;;".to_owned(),
        format!("{COOKIE}=chunks-2147483647; {COOKIE}C1=a; {COOKIE}c2=b"),
    ];
    for cookie in cookies {
        let value = cookie["protected"].as_str().expect("a cookie");
        let (front, back) = value.split_at(value.len() / 2);
        headers.push(format!("{COOKIE}={value}"));
        headers.push(format!("{COOKIE}=chunks-2; {COOKIE}C1={front}; {COOKIE}C2={back}"));
        headers.push(format!("Identity.TwoFactorRememberMe={value}; {COOKIE}=%43fDJ8"));
    }
    headers
}

fuzz_target!(
    init: {
        LazyLock::force(&APPLICATION);
        seeds::write(headers());
    },
    |bytes: &[u8]| {
        let Ok(cookie) = HeaderValue::from_bytes(bytes) else {
            return;
        };
        let me = Request::get("/me").header(header::COOKIE, &cookie);
        let me = me.body(Body::empty()).expect("a request");
        let (status, name) = memory::bounded(bytes.len(), PER_BYTE, || server::answer(&APPLICATION, me));
        match status {
            StatusCode::OK => assert!(name.ends_with(b"@example.test"), "{name:?}"),
            status => assert_eq!(status, StatusCode::UNAUTHORIZED),
        }

        let logout = Request::post("/logout").header(header::COOKIE, &cookie);
        let logout = logout.header(header::CONTENT_TYPE, "application/json").body(Body::from("{}"));
        let logout = logout.expect("a request");
        let (after, _) = memory::bounded(bytes.len(), PER_BYTE, || server::answer(&APPLICATION, logout));
        assert_eq!(after, status);
    }
);
