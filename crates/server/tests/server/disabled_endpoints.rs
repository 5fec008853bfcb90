//! Endpoints that `endpoints.disabled` leaves out.

use crate::{
    http::{get, post},
    process::Place,
};

const NAMES: &str = "register, login, login/cookie, refresh, confirmEmail, resendConfirmationEmail, forgotPassword, \
                     resetPassword, manage/2fa, manage/info, logout, manage/sessions, manage/confirm, \
                     manage/account/export, manage/account, passkeys/requestOptions, passkeys/login or \
                     manage/passkeys";

/// An answer without what differs from one answer to the next.
fn lasting(answer: &str) -> String {
    let lines = answer.lines();
    let lines = lines.filter(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_disabled_endpoint_is_answered_like_an_unknown_path_and_the_others_as_before() {
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    let place = Place::new().with("WICKETGATE__ENDPOINTS__DISABLED", "Register, /manage/2fa");
    let server = place.serve(&[]);
    let unknown = post(&server.address, "/nowhere", account);
    assert!(unknown.starts_with("HTTP/1.1 404 "), "{unknown}");
    for path in ["/register", "/REGISTER", "/manage/2fa"] {
        let answer = post(&server.address, path, account);
        assert_eq!(lasting(&answer), lasting(&unknown), "{path}");
    }
    let login = post(&server.address, "/login", account);
    assert!(login.starts_with("HTTP/1.1 401 "), "{login}");

    let document = get(&server.address, "/openapi/v1.json");
    assert!(document.contains("\"/login\""), "{document}");
    for path in ["\"/register\"", "\"/manage/2fa\""] {
        assert!(!document.contains(path), "{path}: {document}");
    }
}

#[test]
fn the_printed_document_has_no_disabled_endpoints_wherever_that_was_set() {
    let has = |place: &Place, words: &[&str], path: &str| place.printed(words).contains(&format!("\"/api{path}\""));
    let place = Place::new();
    place.write(
        "wicketgate.toml",
        "prefix = \"/api\"\n[endpoints]\ndisabled = [\"register\", \"logout\"]",
    );
    assert!(!has(&place, &["openapi"], "/register") && !has(&place, &["openapi"], "/logout"));
    let flag = ["openapi", "--endpoints-disabled", "login/cookie"];
    assert!(has(&place, &flag, "/register") && !has(&place, &flag, "/login/cookie"));
}

#[test]
fn an_unknown_name_is_refused_with_all_names() {
    let place = Place::new().with("WICKETGATE__ENDPOINTS__DISABLED", "register,signup");
    assert_eq!(
        place.refused(&["serve"]),
        format!(
            "the setting `endpoints.disabled` (environment variable WICKETGATE__ENDPOINTS__DISABLED) cannot be \
             `register,signup` (there is no endpoint `signup`): it takes {NAMES}; several separated by commas"
        )
    );
}
