//! Whole requests, to an application in either profile: any method, target, headers and body, as somebody who is signed in or not. The
//! first byte chooses the application; the rest is a request as text, whose lines may be anything.
#![no_main]

use std::cell::RefCell;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{memory, seeds, server};
use wicketgate_identity::options::Profile;

/// As for a body that is JSON.
const PER_BYTE: usize = 128;
/// New recovery codes, tokens, or what is kept of somebody who has just registered.
const LONGEST_ANSWER: usize = 4 * 1024;
/// An answer may repeat an address or a member's name, each character of it escaped.
const ANSWER_PER_BYTE: usize = 16;
/// What an answer of the longest kind takes to be made.
const OWN: usize = 32 * 1024;
/// After so many requests everything begins anew: whoever registers takes memory.
const REQUESTS: usize = 2_000;

const PROFILES: [Profile; 2] = [Profile::Compatible, Profile::Strict];

/// An application of each profile, and how many requests they have had.
struct Applications {
    applications: [server::Application; 2],
    requests: usize,
}

impl Applications {
    fn new() -> Self {
        Self {
            applications: PROFILES.map(server::Application::new),
            requests: 0,
        }
    }
}

thread_local! {
    static APPLICATIONS: RefCell<Applications> = RefCell::new(Applications::new());
}

const JSON: &str = "content-type: application/json\r\n";
const OWN_HEADERS: [&str; 3] = ["", "authorization: Bearer {token}\r\n", "cookie: {cookie}\r\n"];

fn requests() -> Vec<Vec<u8>> {
    let account = r#"{"email":"{email}","password":"correct horse battery"}"#;
    let posts = [
        (
            "/register",
            r#"{"email":"a@b.test","password":"another horse battery"}"#,
        ),
        ("/login", account),
        ("/login?useCookies=true", account),
        ("/login/cookie?useSessionCookies=true", account),
        ("/refresh", r#"{"refreshToken":"{refresh}"}"#),
        ("/resendConfirmationEmail", r#"{"email":"{email}"}"#),
        ("/forgotPassword", r#"{"email":"{email}"}"#),
        (
            "/resetPassword",
            r#"{"email":"{email}","resetCode":"Q2ZE","newPassword":"x"}"#,
        ),
        (
            "/manage/2fa",
            r#"{"enable":true,"twoFactorCode":"123456","resetRecoveryCodes":true}"#,
        ),
        (
            "/manage/2fa",
            r#"{"resetSharedKey":true,"forgetMachine":true,"password":"correct horse battery"}"#,
        ),
        ("/manage/info", r#"{"newEmail":"c@d.test"}"#),
        (
            "/manage/info",
            r#"{"oldPassword":"correct horse battery","newPassword":"another horse battery"}"#,
        ),
        ("/manage/confirm", r#"{"password":"correct horse battery"}"#),
        ("/logout", "{}"),
    ];
    let others = [
        ("GET", "/confirmEmail?userId=1&code=Q2ZE&changedEmail=e%40f.test"),
        ("GET", "/manage/info"),
        ("GET", "/manage/sessions"),
        ("DELETE", "/manage/sessions"),
        ("DELETE", "/manage/sessions/AAECAwQFBgcICQoLDA0ODw"),
        ("GET", "/manage/account/export"),
        ("DELETE", "/manage/account"),
        ("OPTIONS", "/login"),
        ("HEAD", "//me/"),
        ("QUERY", "*"),
    ];
    let mut requests = Vec::new();
    for choice in 0..PROFILES.len() as u8 {
        let mut add = |text: String| requests.push([&[choice], text.as_bytes()].concat());
        for own in OWN_HEADERS {
            for (path, body) in posts {
                add(format!("POST {path}\r\n{JSON}{own}host: localhost\r\n\r\n{body}"));
            }
            for (method, target) in others {
                add(format!(
                    "{method} {target}\r\nsec-fetch-site: cross-site\r\norigin: https://evil.test\r\n{own}\r\n"
                ));
            }
        }
    }
    requests
}

/// A request from its text; `None` for what no parser of HTTP lets pass.
fn request(text: &[u8], own: Option<&server::SignedIn>) -> Option<Request<Body>> {
    let fill = |text: &[u8]| own.map_or_else(|| text.to_vec(), |own| own.fill(text));
    let (line, rest) = split(text, b"\r\n")?;
    let (method, target) = split(line, b" ")?;
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::from_bytes(method).ok()?;
    *request.uri_mut() = Uri::try_from(target).ok()?;
    let mut rest = rest;
    while let Some((line, after)) = split(rest, b"\r\n") {
        rest = after;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = split(line, b": ") {
            let name = HeaderName::from_bytes(name).ok()?;
            let value = HeaderValue::from_bytes(&fill(value)).ok()?;
            request.headers_mut().append(name, value);
        }
    }
    *request.body_mut() = Body::from(fill(rest));
    Some(request)
}

fn split<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = text.windows(at.len()).position(|window| window == at)?;
    Some((&text[..place], &text[place + at.len()..]))
}

fuzz_target!(
    init: {
        APPLICATIONS.with(|_| ());
        seeds::write(requests());
    },
    |bytes: &[u8]| {
        let Some((&choice, text)) = bytes.split_first() else {
            return;
        };
        APPLICATIONS.with_borrow_mut(|applications| {
            if applications.requests >= REQUESTS {
                *applications = Applications::new();
            }
            applications.requests += 1;
            let application = &mut applications.applications[usize::from(choice) % PROFILES.len()];
            let own = application.sign_in_for(text);
            let Some(request) = request(text, own.as_ref()) else {
                return;
            };
            let (_, body) = memory::bounded_beside(OWN, text.len(), PER_BYTE, || {
                // It says itself that nothing is answered with 500 or more.
                server::answer(&application.router, request)
            });
            let longest = LONGEST_ANSWER + text.len() * ANSWER_PER_BYTE;
            assert!(body.len() <= longest, "an answer of {} bytes", body.len());
        });
    }
);
