//! What is counted, and by which names.

use wicketgate_identity::second_factor::authenticator;
use wicketgate_protection::{Clock, SystemClock};

use super::{eventually, place, scrape::Scrape, serve};
use crate::{
    accounts::ADA,
    http::{access_token, get, member, post, post_as, statuses},
};

const SIGN_IN_STEP: &str = "aspnetcore_identity_sign_in_authenticate_duration_seconds_count";
const PASSWORD_SIGN_INS: &str = "aspnetcore_identity_sign_in_check_password_attempts_total";
const PASSWORD_CHECKS: &str = "aspnetcore_identity_user_check_password_attempts_total";
const TYPE: &str = "aspnetcore_identity_sign_in_type";
const RESULT: &str = "aspnetcore_identity_sign_in_result";

#[test]
fn what_happens_to_accounts_is_counted_by_dotnets_names() {
    let place = place().with("WICKETGATE__SESSIONS__ENABLED", "true");
    let (server, metrics) = serve(&place, &[]);
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200"));
    let login = post(&server.address, "/login", ADA);
    for wrong in [
        ADA.replace("Passw0rd!", "wrong"),
        ADA.replace("ada@example.test", "nobody@example.test"),
    ] {
        assert!(post(&server.address, "/login", &wrong).starts_with("HTTP/1.1 401"));
    }
    let token = access_token(&login);
    assert!(post_as(&server.address, &token, "/logout", "{}").starts_with("HTTP/1.1 200"));

    let scrape = eventually(&metrics, |scrape| {
        scrape.value("wicketgate_password_hash_duration_seconds_count", &[]) == Some(4.0)
    });
    for (name, labels, value) in [
        (SIGN_IN_STEP, &[(TYPE, "password"), (RESULT, "success")][..], 1.0),
        (SIGN_IN_STEP, &[(TYPE, "password"), (RESULT, "failure")], 2.0),
        (PASSWORD_SIGN_INS, &[(RESULT, "success")], 1.0),
        (PASSWORD_SIGN_INS, &[(RESULT, "failure")], 2.0),
        (PASSWORD_SIGN_INS, &[(RESULT, "locked_out")], 0.0),
        ("aspnetcore_identity_sign_in_sign_ins_total", &[], 1.0),
        ("aspnetcore_identity_sign_in_sign_outs_total", &[], 1.0),
        (
            "aspnetcore_identity_user_create_duration_seconds_count",
            &[("aspnetcore_identity_result", "success")],
            1.0,
        ),
        (
            PASSWORD_CHECKS,
            &[("aspnetcore_identity_password_check_result", "success")],
            1.0,
        ),
        (
            PASSWORD_CHECKS,
            &[("aspnetcore_identity_password_check_result", "failure")],
            1.0,
        ),
        (
            PASSWORD_CHECKS,
            &[("aspnetcore_identity_password_check_result", "user_missing")],
            1.0,
        ),
        (
            "aspnetcore_identity_user_generated_tokens_total",
            &[("aspnetcore_identity_token_purpose", "email_confirmation")],
            1.0,
        ),
        ("wicketgate_password_hash_wait_seconds_count", &[], 4.0),
        ("wicketgate_sessions_begun_total", &[("kind", "token")], 1.0),
        ("wicketgate_sessions_begun_total", &[("kind", "cookie")], 0.0),
        ("wicketgate_sessions_ended_total", &[("reason", "signed_out")], 1.0),
        ("wicketgate_events_total", &[("kind", "registered")], 1.0),
        ("wicketgate_events_total", &[("kind", "sign_in_failed")], 2.0),
        ("wicketgate_database_up", &[], 1.0),
        ("wicketgate_password_queue_length", &[], 0.0),
        ("wicketgate_running_requests", &[], 0.0),
    ] {
        assert_eq!(
            scrape.value(name, labels),
            Some(value),
            "{name} {labels:?} in {}",
            scrape.text
        );
    }
    // Sent, and sealed.
    eventually(&metrics, |scrape| {
        scrape.value("wicketgate_mails_waiting", &[]) == Some(0.0)
            && scrape.value("wicketgate_mails_oldest_age_seconds", &[]) == Some(0.0)
            && scrape.value("wicketgate_events_unsealed", &[]) == Some(0.0)
    });
    for secret in ["ada", "example.test", "nobody", "127.0.0.1"] {
        assert!(!scrape.text.contains(secret), "{secret} is in {}", scrape.text);
    }
}

#[test]
fn a_second_factor_is_a_step_of_its_own() {
    let (server, metrics) = serve(&place(), &[]);
    assert!(post(&server.address, "/register", ADA).starts_with("HTTP/1.1 200"));
    let token = access_token(&post(&server.address, "/login", ADA));
    let key = member(&post_as(&server.address, &token, "/manage/2fa", "{}"), "sharedKey");
    let code = authenticator::code(&key, SystemClock.now()).unwrap();
    let enable = format!(r#"{{"enable":true,"twoFactorCode":"{code}"}}"#);
    let enabled = post_as(&server.address, &token, "/manage/2fa", &enable);
    assert!(enabled.starts_with("HTTP/1.1 200"), "{enabled}");
    let recovery_code = enabled.split("\"recoveryCodes\":[\"").nth(1).unwrap();
    let recovery_code = recovery_code.split('"').next().unwrap();
    for (more, status) in [
        (String::new(), "401"),
        (r#","twoFactorCode":"nonsense""#.to_owned(), "401"),
        (format!(r#","twoFactorRecoveryCode":"{recovery_code}""#), "200"),
    ] {
        let login = ADA.replace('}', &format!("{more}}}"));
        assert_eq!(statuses(&post(&server.address, "/login", &login)), [status], "{login}");
    }
    let code = authenticator::code(&key, SystemClock.now()).unwrap();
    let login = ADA.replace('}', &format!(r#","twoFactorCode":"{code}"}}"#));
    let answer = post(&server.address, "/login?useCookies=true", &login);
    assert_eq!(statuses(&answer), ["200"], "{answer}");
    post_as(&server.address, &token, "/manage/2fa", r#"{"forgetMachine":true}"#);
    let scrape = Scrape::of(&metrics);
    for what in ["remembered", "forgotten"] {
        let name = format!("aspnetcore_identity_sign_in_two_factor_clients_{what}_total");
        assert_eq!(scrape.value(&name, &[]), Some(1.0), "{name}");
    }
    for (kind, result, count) in [
        ("password", "success", 1.0),
        ("password", "requires_two_factor", 4.0),
        ("two_factor_authenticator", "failure", 1.0),
        ("two_factor_authenticator", "success", 1.0),
        ("two_factor_recovery_code", "success", 1.0),
    ] {
        let labels = [(TYPE, kind), (RESULT, result)];
        assert_eq!(scrape.value(SIGN_IN_STEP, &labels), Some(count), "{kind} {result}");
    }
    // The password was right each time.
    assert_eq!(scrape.value(PASSWORD_SIGN_INS, &[(RESULT, "success")]), Some(5.0));
    let labels = [
        ("aspnetcore_identity_user_update_type", "set_two_factor_enabled"),
        ("aspnetcore_identity_result", "success"),
    ];
    let updates = "aspnetcore_identity_user_update_duration_seconds_count";
    assert_eq!(scrape.value(updates, &labels), Some(1.0), "{}", scrape.text);
}

#[test]
fn strangers_can_neither_add_series_nor_hide_that_they_are_refused() {
    let (server, metrics) = serve(
        &place(),
        &["--rate-limits-burst", "1", "--rate-limits-login-per-client", "3"],
    );
    let up = eventually(&metrics, |scrape| {
        scrape.value("wicketgate_database_up", &[]) == Some(1.0)
    });
    let before = up.size();
    for number in 0..5 {
        let login = format!(r#"{{"email":"x{number}\"}}\n@example.test","password":"x{number}"}}"#);
        post(&server.address, "/login", &login);
        get(&server.address, &format!("/x{number}"));
    }
    let scrape = eventually(&metrics, |scrape| {
        scrape.value("wicketgate_password_hash_duration_seconds_count", &[]) == Some(3.0)
    });
    let labels = [("action", "login"), ("scope", "client")];
    assert_eq!(
        scrape.value("wicketgate_rate_limited_requests_total", &labels),
        Some(2.0)
    );
    // Two histograms without labels, one series of a third, and one more counter.
    assert!(scrape.size() <= before + 3 * 17 + 1, "{before}: {}", scrape.text);
}
