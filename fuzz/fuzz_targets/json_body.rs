//! The bodies of requests, in every character encoding: the first byte chooses endpoint and encoding, the rest is the
//! body. What is no JSON gets 400 everywhere.
#![no_main]

use std::sync::LazyLock;

use axum::{Router, body::Body};
use http::{Request, StatusCode, header};
use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{memory, seeds, server};

/// A text may be copied from UTF-16 to UTF-8 to members to values, and tickets are decoded from it.
const PER_BYTE: usize = 128;
/// None of these changes the account that is there.
const ENDPOINTS: [&str; 6] = [
    "/login",
    "/refresh",
    "/resetPassword",
    "/forgotPassword",
    "/resendConfirmationEmail",
    "/logout",
];
const CHARSETS: [&str; 7] = [
    "utf-8",
    "utf-16",
    "utf-16BE",
    "utf-32",
    "utf-32BE",
    "iso-8859-1",
    "us-ascii",
];

static APPLICATION: LazyLock<Router> = LazyLock::new(server::application);

fn bodies() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"email":"plain@example.test","password":"Passw0rd!","twoFactorCode":"123456","twoFactorRecoveryCode":null}"#,
        r#"{"EMail":"\u0070lain@example.test","password":"\ud83d\ude00","password":"é😀","x":[1e999,{"\ud800":-0.5}]}"#,
        r#"{"refreshToken":"CfDJ8Jk4R1iGwi9BhMc8JQdKKbR1hsw7fXY4yebkKXmpQWq0wuBRfgSykiKBWm"}"#,
        r#"{"email":"plain@example.test","resetCode":"Q2ZESjhKazRSMWlHd2k5QmhN","newPassword":"Passw0rd!2"}"#,
        "\u{feff} {\t\"a\" : [[[[[[true,false,null]]]]]]\r\n}",
        "{}",
        "null",
    ];
    let mut bodies = Vec::new();
    for choice in 0..(ENDPOINTS.len() * CHARSETS.len()) as u8 {
        let utf16 =
            |unit: fn(u16) -> [u8; 2]| move |text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for text in texts {
            let body = match CHARSETS[usize::from(choice) / ENDPOINTS.len()] {
                "utf-16" => utf16(u16::to_le_bytes)(text),
                "utf-16BE" => utf16(u16::to_be_bytes)(text),
                "utf-32" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
                "utf-32BE" => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
                _ => text.as_bytes().to_vec(),
            };
            bodies.push([&[choice][..], &body].concat());
        }
    }
    bodies
}

fuzz_target!(
    init: {
        LazyLock::force(&APPLICATION);
        seeds::write(bodies());
    },
    |bytes: &[u8]| {
        let Some((&choice, body)) = bytes.split_first() else {
            return;
        };
        let choice = usize::from(choice) % (ENDPOINTS.len() * CHARSETS.len());
        let (endpoint, charset) = (ENDPOINTS[choice % ENDPOINTS.len()], CHARSETS[choice / ENDPOINTS.len()]);
        let request = Request::post(endpoint)
            .header(header::CONTENT_TYPE, format!("application/json; charset={charset}"))
            .body(Body::from(body.to_vec()))
            .expect("a request");
        let (status, answer) = memory::bounded(body.len(), PER_BYTE, || server::answer(&APPLICATION, request));
        let known = [StatusCode::OK, StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED];
        assert!(known.contains(&status), "{status}");
        if !answer.is_empty() {
            serde_json::from_slice::<serde_json::Value>(&answer).expect("JSON");
        }
        if charset == "utf-8" && endpoint != "/logout" && str::from_utf8(body).is_err() {
            assert_eq!(status, StatusCode::BAD_REQUEST);
        }
    }
);
