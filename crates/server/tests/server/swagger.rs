//! The page at `/swagger` and what belongs to it, as a client of HTTP sees them; `cargo xtask browser` has a browser see it.

use crate::{
    http::{exchange, get},
    process::Place,
};

/// All that a browser loads for the page.
const PAGES: [&str; 5] = [
    "/swagger",
    "/swagger/",
    "/swagger/index.html",
    "/swagger/swagger-initializer.js",
    "/openapi/v1.json",
];

fn head(address: &str, path: &str) -> String {
    exchange(
        address,
        &format!("HEAD {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
}

/// Status and headers, without those that differ from answer to answer.
fn headers(answer: &str) -> Vec<&str> {
    let (headers, _) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = headers
        .lines()
        .filter(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"))
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn other_sites_can_neither_frame_the_pages_nor_bring_scripts_into_them() {
    let server = Place::new().serve(&[]);
    for path in PAGES {
        let answer = get(&server.address, path);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
        let headers = headers(&answer);
        assert!(
            headers.contains(&"x-content-type-options: nosniff"),
            "{path}: {headers:?}"
        );
        let mut policies = headers
            .iter()
            .filter_map(|line| line.strip_prefix("content-security-policy: "));
        let policy = policies.next().unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"),
            "{path}: {policy}"
        );
    }
    // Nothing in the page itself runs.
    let page = get(&server.address, "/swagger");
    assert!(!page.contains("onload") && !page.contains("<style"), "{page}");
    for script in page.split("<script").skip(1) {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(
            tag.contains("src=") && rest.trim_start().starts_with("</script>"),
            "{script}"
        );
    }
}

#[test]
fn head_is_answered_as_get_is_but_without_a_body() {
    let server = Place::new().serve(&[]);
    for path in PAGES.into_iter().chain(["/healthz", "/readyz"]) {
        let (get, head) = (get(&server.address, path), head(&server.address, path));
        assert_eq!(headers(&head), headers(&get), "{path}");
        assert!(head.ends_with("\r\n\r\n"), "{path}: {head}");
    }
    let refused = exchange(
        &server.address,
        "PUT /swagger HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
    assert!(refused.starts_with("HTTP/1.1 405 "), "{refused}");
    assert!(refused.contains("\r\nallow: "), "{refused}");
}

#[test]
fn a_page_for_the_signed_in_is_refused_to_strangers_by_every_method() {
    let server = Place::new()
        .with("WICKETGATE__SWAGGER__REQUIRE_SIGN_IN", "true")
        .serve(&[]);
    for path in PAGES {
        assert!(get(&server.address, path).starts_with("HTTP/1.1 401 "), "{path}");
        assert!(head(&server.address, path).starts_with("HTTP/1.1 401 "), "{path}");
    }
}

#[test]
fn the_page_is_under_the_prefix_of_the_endpoints_too_and_names_nothing_from_the_root() {
    let server = Place::new().with("WICKETGATE__PREFIX", "/api/identity").serve(&[]);
    for (base, steps_up) in [("", "../"), ("/api/identity", "../../../")] {
        for path in PAGES {
            let answer = get(&server.address, &format!("{base}{path}"));
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{base}{path}: {answer}");
            for root in ["=\"/", "(\"/"] {
                assert!(!answer.contains(root), "{base}{path}: {answer}");
            }
        }
        let initializer = get(&server.address, &format!("{base}/swagger/swagger-initializer.js"));
        let server = format!("new URL(\"{steps_up}\", document.baseURI)");
        assert!(initializer.contains(&server), "{initializer}");
    }
}

#[test]
fn the_swagger_page_comes_from_the_binary_and_can_be_switched_off_or_guarded() {
    let server = Place::new().serve(&[]);
    for path in ["/swagger", "/swagger/"] {
        let page = get(&server.address, path);
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(
            page.contains("swagger-initializer.js") && !page.contains("//"),
            "{page}"
        );
    }
    let script = get(&server.address, "/swagger/swagger-initializer.js");
    assert!(
        script.contains("openapi/v1.json") && script.contains("withCredentials"),
        "{script}"
    );
    for file in [
        "swagger-ui.css",
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js",
        "index.css",
    ] {
        assert!(
            get(&server.address, &format!("/swagger/{file}")).starts_with("HTTP/1.1 200"),
            "{file}"
        );
    }
    assert!(get(&server.address, "/openapi/v1.json").contains("\"/manage/2fa\""));

    let server = Place::new().serve(&["--swagger-require-sign-in", "true"]);
    for path in ["/swagger", "/swagger/index.css", "/openapi/v1.json"] {
        assert!(get(&server.address, path).starts_with("HTTP/1.1 401"), "{path}");
    }
    let server = Place::new().serve(&["--swagger-enabled", "false"]);
    for path in ["/swagger", "/openapi/v1.json"] {
        assert!(get(&server.address, path).starts_with("HTTP/1.1 404"), "{path}");
    }
}
