//! The tokens and cookies that .NET gave out.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::application::{Answer, Application, WRITTEN, read};

#[derive(Deserialize)]
struct Golden {
    about: String,
    kind: String,
    protected: String,
}

/// Ticks are the steps of .NET's clock.
const TICK: Duration = Duration::nanoseconds(100);
/// When access tokens, refresh tokens and persistent cookies end, which were given long lives.
const LAST: OffsetDateTime = datetime!(2035-12-31 03:04:05 UTC);
/// When session cookies and remembered machines end: after fourteen days.
const FORTNIGHT: OffsetDateTime = datetime!(2026-01-16 03:04:05 UTC);

const APPLICATION: &str = ".AspNetCore.Identity.Application";
const REMEMBER_MACHINE: &str = "Identity.TwoFactorRememberMe";

/// The goldens whose description begins so, with the name of whom they are of.
fn goldens(about: &str) -> Vec<(Golden, String)> {
    let goldens: Vec<Golden> = read("tickets.json");
    let goldens = goldens.into_iter().filter_map(|golden| {
        let name = golden.about.strip_prefix(about)?.strip_prefix(" of ")?.to_owned();
        Some((golden, name))
    });
    goldens.collect()
}

fn bearer(token: &str) -> [(&'static str, String); 1] {
    [("authorization", format!("Bearer {token}"))]
}

fn cookie(name: &str, value: &str) -> [(&'static str, String); 1] {
    [("cookie", format!("{name}={value}"))]
}

/// Whom the API takes the request to come from.
async fn caller(application: &Application, headers: &[(&'static str, String)]) -> Option<String> {
    let answer = application.get("/manage/info", headers).await;
    match answer.status {
        StatusCode::OK => Some(answer.body["email"].as_str().unwrap().to_owned()),
        StatusCode::UNAUTHORIZED => None,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_access_token_opens_the_api_until_it_ends() {
    let application = Application::moved().await;
    let goldens = goldens("access token");
    assert_eq!(goldens.len(), 3);
    for (golden, name) in goldens {
        for (now, expected) in [(WRITTEN, Some(&name)), (LAST - TICK, Some(&name)), (LAST, None)] {
            application.clock.set(now);
            let caller = caller(&application, &bearer(&golden.protected)).await;
            assert_eq!(caller.as_ref(), expected, "{} at {now}", golden.about);
        }
    }
}

#[tokio::test]
async fn a_refresh_token_gives_tokens_that_work_until_it_ends_or_its_stamp_does() {
    let application = Application::moved().await;
    let refresh = async |token: &str| {
        let body = json!({ "refreshToken": token });
        application.post("/refresh", &[], &body).await
    };
    let goldens = goldens("refresh token");
    assert_eq!(goldens.len(), 3);
    for (golden, name) in goldens {
        for now in [WRITTEN, LAST - TICK] {
            application.clock.set(now);
            let pair = refresh(&golden.protected).await;
            assert_eq!(pair.status, StatusCode::OK, "{} at {now}", golden.about);
            let access_token = pair.body["accessToken"].as_str().unwrap();
            let caller = caller(&application, &bearer(access_token)).await;
            assert_eq!(caller.as_ref(), Some(&name), "{} at {now}", golden.about);
        }
        application.clock.set(LAST);
        assert_eq!(
            refresh(&golden.protected).await.status,
            StatusCode::UNAUTHORIZED,
            "{}",
            golden.about
        );

        application.clock.set(WRITTEN);
        change_password(&application, &name).await;
        assert_eq!(
            refresh(&golden.protected).await.status,
            StatusCode::UNAUTHORIZED,
            "{}",
            golden.about
        );
    }
}

#[tokio::test]
async fn a_cookie_signs_its_user_in_until_it_ends() {
    for (about, end) in [("cookie", LAST), ("session cookie", FORTNIGHT)] {
        let goldens = goldens(about);
        assert_eq!(goldens.len(), 3);
        for (golden, name) in goldens {
            let application = Application::moved().await;
            // Unlike a token, a cookie still counts at the instant it names.
            for (now, expected) in [(WRITTEN, Some(&name)), (end, Some(&name)), (end + TICK, None)] {
                application.clock.set(now);
                let caller = caller(&application, &cookie(APPLICATION, &golden.protected)).await;
                assert_eq!(caller.as_ref(), expected, "{} at {now}", golden.about);
            }
        }
    }
}

#[tokio::test]
async fn a_cookie_ends_half_an_hour_after_its_stamp_was_issued_if_that_has_changed() {
    for (golden, name) in goldens("cookie") {
        let application = Application::moved().await;
        change_password(&application, &name).await;
        for (minutes, expected) in [(0, Some(&name)), (30, Some(&name)), (31, None)] {
            application.clock.set(WRITTEN + Duration::minutes(minutes));
            let caller = caller(&application, &cookie(APPLICATION, &golden.protected)).await;
            assert_eq!(caller.as_ref(), expected, "{} after {minutes} minutes", golden.about);
        }
    }
}

#[tokio::test]
async fn a_cookie_whose_stamp_was_checked_is_renewed() {
    for (golden, _) in goldens("session cookie") {
        let application = Application::moved().await;
        for (minutes, renewed) in [(30, false), (31, true)] {
            application.clock.set(WRITTEN + Duration::minutes(minutes));
            let answer = application
                .get("/manage/info", &cookie(APPLICATION, &golden.protected))
                .await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(
                answer.cookies() == [APPLICATION],
                renewed,
                "{} after {minutes} minutes",
                golden.about
            );
        }
    }
}

#[tokio::test]
async fn a_remembered_machine_skips_the_second_factor_until_it_ends() {
    let application = Application::moved().await;
    let goldens = goldens("remembered machine");
    let [(golden, name)] = &goldens[..] else {
        panic!("one remembered machine")
    };
    let login = async |headers: &[(&'static str, String)]| {
        let body = json!({ "email": name, "password": "Passw0rd!" });
        application.post("/login?useCookies=true", headers, &body).await
    };
    let asked =
        |answer: &Answer| answer.status == StatusCode::UNAUTHORIZED && answer.body["detail"] == "RequiresTwoFactor";
    assert!(asked(&login(&[]).await));
    let machine = cookie(REMEMBER_MACHINE, &golden.protected);
    for now in [WRITTEN, FORTNIGHT] {
        application.clock.set(now);
        let answer = login(&machine).await;
        assert_eq!(answer.status, StatusCode::OK, "at {now}");
        assert!(answer.cookies().contains(&APPLICATION));
    }
    application.clock.set(FORTNIGHT + TICK);
    assert!(asked(&login(&machine).await));
}

#[tokio::test]
async fn a_ticket_of_one_kind_does_nothing_as_another() {
    let application = Application::moved().await;
    let goldens: Vec<Golden> = read("tickets.json");
    assert_eq!(goldens.len(), 14);
    for golden in goldens {
        let token = &golden.protected;
        for (kind, headers) in [("access", bearer(token)), ("cookie", cookie(APPLICATION, token))] {
            let caller = caller(&application, &headers).await;
            assert_eq!(caller.is_some(), kind == golden.kind, "{} as {kind}", golden.about);
        }
        let body = json!({ "refreshToken": token });
        let refreshed = application.post("/refresh", &[], &body).await;
        assert_eq!(
            refreshed.status == StatusCode::OK,
            golden.kind == "refresh",
            "{}",
            golden.about
        );
        let body: Value = json!({ "email": "twofactor@example.test", "password": "Passw0rd!" });
        let login = application
            .post("/login", &cookie(REMEMBER_MACHINE, token), &body)
            .await;
        assert_eq!(
            login.status == StatusCode::OK,
            golden.kind == "remember-machine",
            "{}",
            golden.about
        );
    }
}

async fn change_password(application: &Application, name: &str) {
    let mut user = application.user(name).await;
    let changed = application
        .accounts
        .change_password(&mut user, "Passw0rd!", "N3w passw0rd!")
        .await;
    changed.unwrap().unwrap();
}
