//! The runner notices whatever is not as recorded.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use serde_json::{Value, json};
use wicketgate_conformance::{Difference, Store, replay};

#[tokio::test]
async fn a_scenario_that_is_as_recorded_has_no_differences() {
    assert_eq!(differences(recording()).await, []);
}

#[tokio::test]
async fn every_changed_part_of_a_recording_is_one_difference() {
    for (pointer, value, place) in [
        ("/steps/0/response/status", json!(201), "step 0 POST /register: status"),
        ("/steps/0/response/body", json!("{}"), "step 0 POST /register: body"),
        (
            "/steps/0/response/headers",
            json!({"allow": "POST"}),
            "step 0 POST /register: header allow",
        ),
        (
            "/steps/1/messages/0/to",
            json!(["grace@example.test"]),
            "step 1 mail to",
        ),
        ("/steps/1/messages/0/subject", json!("Confirm"), "step 1 mail subject"),
        ("/steps/1/messages/0/html", json!("<<code>>"), "step 1 mail html"),
        ("/steps/1/messages", json!([]), "step 1 mails"),
        (
            "/steps/2/response/cookies/0/value",
            json!("x"),
            "step 2 POST /login?useCookies=true: cookies",
        ),
        (
            "/steps/2/response/cookies/0/attributes/1",
            json!("secure"),
            "step 2 POST /login?useCookies=true: cookies",
        ),
        ("/steps/4/seconds", json!(0), "step 5 GET /manage/info: status"),
        (
            "/steps/3/response/body",
            json!("{\"email\":\"<<int>>\"}"),
            "step 3 GET /manage/info: body",
        ),
    ] {
        let mut changed = recording();
        *changed.pointer_mut(pointer).unwrap() = value;
        let places: Vec<String> = differences(changed)
            .await
            .into_iter()
            .map(|found| found.place)
            .collect();
        assert!(places.iter().any(|found| found == place), "{pointer}: {places:?}");
    }
}

#[tokio::test]
async fn a_step_that_cannot_be_carried_out_is_an_error() {
    for step in [
        json!({"step": "admin", "op": "lock", "user": "nobody@example.test"}),
        json!({"step": "admin", "op": "promote", "user": "ada@example.test"}),
        json!({"step": "request", "method": "GET", "path": "/{{totp}}",
               "response": {"status": 404, "headers": {}, "body": ""}}),
    ] {
        let mut changed = recording();
        changed["steps"].as_array_mut().unwrap().push(step.clone());
        let scenario = serde_json::from_value(changed).unwrap();
        assert!(replay(&scenario, Store::Memory).await.is_err(), "{step}");
    }
}

#[tokio::test]
async fn an_option_that_the_server_does_not_have_is_an_error() {
    let mut changed = recording();
    changed["options"] = json!({"Identity:Password:RequiredLenght": "3"});
    let scenario = serde_json::from_value(changed).unwrap();
    assert!(replay(&scenario, Store::Memory).await.is_err());
}

async fn differences(recording: Value) -> Vec<Difference> {
    let scenario = serde_json::from_value(recording).unwrap();
    replay(&scenario, Store::Memory).await.unwrap()
}

/// Registration, its mail, a login with a cookie that is gone after an hour.
fn recording() -> Value {
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    let json = json!({"content-type": "application/json"});
    json!({
        "name": "replay/recording",
        "about": "what the runner's own tests change",
        "clock": "2026-01-02T03:04:05+00:00",
        "options": {"Cookie:ExpireTimeSpan": "01:00:00"},
        "steps": [
            {"step": "request", "method": "POST", "path": "/register", "headers": json, "body": account,
             "response": {"status": 200, "headers": {}, "body": ""}},
            {"step": "mail",
             "messages": [{"to": ["ada@example.test"], "subject": "Confirm your email",
                           "html": "Please confirm your account by <a href=\u{27}{{base}}/confirmEmail?<<any>>"}],
             "capture": {"code": [0, "code"]}},
            {"step": "request", "method": "POST", "path": "/login?useCookies=true", "client": "browser",
             "headers": json, "body": account,
             "response": {"status": 200, "body": "",
                          "headers": {"cache-control": "no-cache,no-store", "pragma": "no-cache",
                                      "expires": "Thu, 01 Jan 1970 00:00:00 GMT"},
                          "cookies": [{"name": ".AspNetCore.Identity.Application", "value": "<<token>>",
                                       "attributes": ["expires=Fri, 02 Jan 2026 04:04:05 GMT", "path=/",
                                                      "samesite=lax", "httponly"]}]}},
            {"step": "request", "method": "GET", "path": "/manage/info", "client": "browser",
             "response": {"status": 200, "headers": {"content-type": "application/json; charset=utf-8"},
                          "body": "{\"email\":\"ada@example.test\",\"isEmailConfirmed\":false}"}},
            {"step": "advance", "seconds": 3601},
            {"step": "request", "method": "GET", "path": "/manage/info", "client": "browser",
             "response": {"status": 401, "headers": {"www-authenticate": "Bearer"}, "body": ""}},
        ],
    })
}
