//! The codes in the mails that .NET sent.

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;
use time::Duration;

use crate::application::{Answer, Application, WRITTEN, read};

#[derive(Deserialize)]
struct Goldens {
    lifespan_seconds: i64,
    tokens: Vec<Golden>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Golden {
    user: String,
    user_id: String,
    purpose: String,
    code: String,
}

const NEW_PASSWORD: &str = "N3w passw0rd!";
const NEW_EMAIL: &str = "new@example.test";

/// The golden codes for what the API does, each with the last instant at which it works.
fn goldens(purpose: &str) -> impl Iterator<Item = (Golden, time::OffsetDateTime)> {
    let Goldens {
        lifespan_seconds,
        tokens,
    } = read("user-tokens.json");
    let end = WRITTEN + Duration::seconds(lifespan_seconds);
    let tokens: Vec<_> = tokens.into_iter().filter(|golden| golden.purpose == purpose).collect();
    assert_eq!(tokens.len(), 3);
    tokens.into_iter().map(move |golden| (golden, end))
}

impl Golden {
    /// Follows the link of the mail.
    async fn follow(&self, application: &Application, changed_email: Option<&str>) -> StatusCode {
        let code = utf8_percent_encode(&self.code, NON_ALPHANUMERIC);
        let changed = changed_email
            .map(|email| format!("&changedEmail={email}"))
            .unwrap_or_default();
        let link = format!("/confirmEmail?userId={}&code={code}{changed}", self.user_id);
        application.get(&link, &[]).await.status
    }

    async fn reset_password(&self, application: &Application) -> Answer {
        let body = json!({ "email": self.user, "resetCode": self.code, "newPassword": NEW_PASSWORD });
        application.post("/resetPassword", &[], &body).await
    }
}

async fn can_log_in(application: &Application, name: &str, password: &str) -> bool {
    let body = json!({ "email": name, "password": password });
    application.post("/login", &[], &body).await.status == StatusCode::OK
}

#[tokio::test]
async fn a_link_confirms_the_address_until_its_life_ends() {
    for (golden, end) in goldens("EmailConfirmation") {
        let application = Application::moved().await;
        application.clock.set(end + Duration::nanoseconds(100));
        let before = application.user(&golden.user).await;
        assert_eq!(golden.follow(&application, None).await, StatusCode::UNAUTHORIZED);
        assert_eq!(application.user(&golden.user).await, before);

        application.clock.set(end);
        assert_eq!(
            golden.follow(&application, Some(NEW_EMAIL)).await,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            golden.follow(&application, None).await,
            StatusCode::OK,
            "{}",
            golden.user
        );
        assert!(application.user(&golden.user).await.email_confirmed);
    }
}

#[tokio::test]
async fn a_code_resets_the_password_once_and_until_its_life_ends() {
    for (golden, end) in goldens("ResetPassword") {
        let application = Application::moved().await;
        if !application.user(&golden.user).await.email_confirmed {
            let refused = golden.reset_password(&application).await;
            assert_eq!(
                refused.status,
                StatusCode::BAD_REQUEST,
                "{} is not confirmed",
                golden.user
            );
            let mut user = application.user(&golden.user).await;
            application
                .accounts
                .mark_email_confirmed(&mut user)
                .await
                .unwrap()
                .unwrap();
        }
        application.clock.set(end + Duration::nanoseconds(100));
        assert_eq!(
            golden.reset_password(&application).await.status,
            StatusCode::BAD_REQUEST
        );
        assert!(!can_log_in(&application, &golden.user, NEW_PASSWORD).await);

        application.clock.set(end);
        assert_eq!(
            golden.reset_password(&application).await.status,
            StatusCode::OK,
            "{}",
            golden.user
        );
        assert!(can_log_in(&application, &golden.user, NEW_PASSWORD).await);
        assert!(!can_log_in(&application, &golden.user, "Passw0rd!").await);
        let again = golden.reset_password(&application).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
        assert!(again.body["errors"]["InvalidToken"].is_array(), "{}", again.body);
    }
}

#[tokio::test]
async fn a_link_changes_the_address_to_its_own_once_and_until_its_life_ends() {
    for (golden, end) in goldens("ChangeEmail:new@example.test") {
        let application = Application::moved().await;
        application.clock.set(end + Duration::nanoseconds(100));
        assert_eq!(
            golden.follow(&application, Some(NEW_EMAIL)).await,
            StatusCode::UNAUTHORIZED
        );

        application.clock.set(end);
        for wrong in [None, Some("other@example.test"), Some("NEW@example.test")] {
            assert_eq!(
                golden.follow(&application, wrong).await,
                StatusCode::UNAUTHORIZED,
                "{wrong:?}"
            );
        }
        assert_eq!(
            golden.follow(&application, Some(NEW_EMAIL)).await,
            StatusCode::OK,
            "{}",
            golden.user
        );
        let user = application.user(NEW_EMAIL).await;
        assert_eq!(user.id.as_str(), golden.user_id);
        assert_eq!(user.email.as_deref(), Some(NEW_EMAIL));
        assert!(user.email_confirmed);
        assert!(can_log_in(&application, NEW_EMAIL, "Passw0rd!").await);
        assert_eq!(
            golden.follow(&application, Some(NEW_EMAIL)).await,
            StatusCode::UNAUTHORIZED
        );
    }
}
