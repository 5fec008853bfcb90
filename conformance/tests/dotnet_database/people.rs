//! Who logs in, who is refused, and what that changes.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use wicketgate_identity::claims::{AuthenticationMethod, claim_types};

use crate::application::{Answer, Application, WRITTEN, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct People {
    people: Vec<Person>,
    two_factor: SecondFactor,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Person {
    user_name: String,
    email: String,
    #[serde(rename = "password")]
    password: Option<String>,
    two_factor_enabled: bool,
    lockout_end: Option<String>,
    lockout_enabled: bool,
    access_failed_count: i32,
    #[serde(rename = "roles")]
    roles: Vec<String>,
    #[serde(rename = "claims")]
    claims: Vec<Claim>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Claim {
    #[serde(rename = "Type")]
    claim_type: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SecondFactor {
    user: String,
    recovery_codes: Vec<String>,
}

const PASSWORD: &str = "Passw0rd!";
/// What an authenticator with the recorded key shows when the goldens were written (`oathtool --totp -b`).
const AUTHENTICATOR_CODE: &str = "145801";

impl Person {
    /// What .NET's `SignInManager` says to the right password.
    fn outcome(&self, now: OffsetDateTime) -> &'static str {
        let lockout_end = self.lockout_end.as_ref();
        let lockout_end = lockout_end.map(|text| OffsetDateTime::parse(text, &Rfc3339).unwrap());
        if self.lockout_enabled && lockout_end.is_some_and(|end| end >= now) {
            "LockedOut"
        } else if self.password.is_none() {
            "Failed"
        } else if self.two_factor_enabled {
            "RequiresTwoFactor"
        } else {
            "Succeeded"
        }
    }
}

async fn login(application: &Application, name: &str, password: &str) -> Answer {
    let body = json!({ "email": name, "password": password });
    application.post("/login", &[], &body).await
}

/// The name that .NET gives to what came of a login.
fn outcome(answer: &Answer) -> &str {
    match answer.status {
        StatusCode::OK => "Succeeded",
        StatusCode::UNAUTHORIZED => answer.body["detail"].as_str().unwrap(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn each_of_the_thirteen_logs_in_or_is_refused_as_their_account_says() {
    let application = Application::moved().await;
    let people = read::<People>("people.json").people;
    assert_eq!(people.len(), 13);
    let mut outcomes = Vec::new();
    // The first lock ends a tenth of a second later, the other never.
    for now in [WRITTEN, WRITTEN + Duration::seconds(1)] {
        application.clock.set(now);
        for person in &people {
            let password = person.password.as_deref().unwrap_or(PASSWORD);
            let answer = login(&application, &person.user_name, password).await;
            assert_eq!(outcome(&answer), person.outcome(now), "{} at {now}", person.user_name);
            outcomes.push(person.outcome(now));
        }
    }
    for (expected, count) in [
        ("Succeeded", 19),
        ("LockedOut", 3),
        ("Failed", 2),
        ("RequiresTwoFactor", 2),
    ] {
        assert_eq!(
            outcomes.iter().filter(|outcome| **outcome == expected).count(),
            count,
            "{expected}"
        );
    }
}

#[tokio::test]
async fn a_wrong_password_lets_nobody_in_and_the_fifth_failure_locks() {
    let application = Application::moved().await;
    for person in read::<People>("people.json").people {
        let answer = login(&application, &person.user_name, "passw0rd!").await;
        let locked = person.outcome(WRITTEN) == "LockedOut" || person.access_failed_count == 4;
        let expected = if locked { "LockedOut" } else { "Failed" };
        assert_eq!(outcome(&answer), expected, "{}", person.user_name);
    }
    assert_eq!(
        outcome(&login(&application, "failing@example.test", PASSWORD).await),
        "LockedOut"
    );
    application.clock.advance(Duration::minutes(5));
    assert_eq!(
        outcome(&login(&application, "failing@example.test", PASSWORD).await),
        "LockedOut"
    );
    application.clock.advance(Duration::nanoseconds(100));
    assert_eq!(
        outcome(&login(&application, "failing@example.test", PASSWORD).await),
        "Succeeded"
    );
}

#[tokio::test]
async fn the_name_logs_in_and_the_address_does_not_where_they_differ() {
    let application = Application::moved().await;
    let differing = read::<People>("people.json").people.into_iter();
    let differing: Vec<_> = differing.filter(|person| person.user_name != person.email).collect();
    assert_eq!(differing.len(), 2);
    for person in differing {
        let upper = person.user_name.to_uppercase();
        assert_eq!(
            outcome(&login(&application, &upper, PASSWORD).await),
            "Succeeded",
            "{upper}"
        );
        let answer = login(&application, &person.email, PASSWORD).await;
        assert_eq!(outcome(&answer), "Failed", "{}", person.email);
    }
}

#[tokio::test]
async fn a_login_hashes_a_weak_password_anew_and_once() {
    let application = Application::moved().await;
    for (name, is_weak) in [
        ("legacy@example.test", true),
        ("sha256@example.test", true),
        ("plain@example.test", false),
    ] {
        let before = application.user(name).await;
        assert_eq!(
            outcome(&login(&application, name, PASSWORD).await),
            "Succeeded",
            "{name}"
        );
        let after = application.user(name).await;
        assert_eq!(after.password_hash != before.password_hash, is_weak, "{name}");
        // Version 3, HMAC-SHA512, 100,000 rounds, a salt of 16 bytes.
        assert!(
            after
                .password_hash
                .as_ref()
                .unwrap()
                .as_str()
                .starts_with("AQAAAAIAAYagAAAAE"),
            "{name}"
        );
        assert_eq!(
            outcome(&login(&application, name, PASSWORD).await),
            "Succeeded",
            "{name}"
        );
        assert_eq!(application.user(name).await, after, "{name}");
    }
}

#[tokio::test]
async fn a_login_forgets_the_four_failures() {
    let application = Application::moved().await;
    assert_eq!(application.user("failing@example.test").await.access_failed_count, 4);
    assert_eq!(
        outcome(&login(&application, "failing@example.test", PASSWORD).await),
        "Succeeded"
    );
    assert_eq!(application.user("failing@example.test").await.access_failed_count, 0);
}

#[tokio::test]
async fn tickets_carry_the_roles_and_claims_that_the_database_has() {
    let application = Application::moved().await;
    for person in read::<People>("people.json").people {
        let user = application.user(&person.user_name).await;
        let method = Some(AuthenticationMethod::Password);
        let principal = application.accounts.principal(&user, method).await.unwrap();
        let roles: Vec<_> = principal
            .find_all(claim_types::ROLE)
            .map(|claim| claim.value.as_str())
            .collect();
        assert_eq!(roles, person.roles, "{}", person.user_name);
        for Claim { claim_type, value } in &person.claims {
            assert!(
                principal.has_claim(claim_type, value),
                "{}: {claim_type}",
                person.user_name
            );
        }
        assert_eq!(
            principal.has_claim("permission", "approve"),
            person.roles.contains(&"Manager".to_owned())
        );
    }
}

#[tokio::test]
async fn the_authenticator_of_dotnet_gives_the_second_factor() {
    let application = Application::moved().await;
    let user = read::<People>("people.json").two_factor.user;
    let login = |code: &'static str| {
        let body = json!({ "email": user, "password": PASSWORD, "twoFactorCode": code });
        let application = &application;
        async move { outcome(&application.post("/login", &[], &body).await).to_owned() }
    };
    assert_eq!(login(AUTHENTICATOR_CODE).await, "Succeeded");
    application.clock.advance(Duration::minutes(3));
    assert_eq!(login(AUTHENTICATOR_CODE).await, "Failed");
}

#[tokio::test]
async fn each_recovery_code_of_dotnet_gives_the_second_factor_once() {
    let application = Application::moved().await;
    let SecondFactor { user, recovery_codes } = read::<People>("people.json").two_factor;
    assert_eq!(recovery_codes.len(), 10);
    for expected in ["Succeeded", "Failed"] {
        for code in &recovery_codes {
            let body = json!({ "email": user, "password": PASSWORD, "twoFactorRecoveryCode": code });
            let answer = application.post("/login", &[], &body).await;
            assert_eq!(outcome(&answer), expected, "{code}");
        }
    }
}

#[tokio::test]
async fn somebody_new_can_register_beside_them_and_nobody_twice() {
    let application = Application::moved().await;
    let register = async |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD });
        application.post("/register", &[], &body).await
    };
    assert_eq!(register("new@example.test").await.status, StatusCode::OK);
    assert_eq!(
        outcome(&login(&application, "new@example.test", PASSWORD).await),
        "Succeeded"
    );
    let taken = register("PLAIN@example.test").await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    assert_ne!(taken.body["errors"]["DuplicateUserName"], Value::Null);
}
