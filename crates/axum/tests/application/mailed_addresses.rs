//! Where mails go: to the address that the account has, however the request writes it; and that no answer depends on them.

use std::sync::Arc;

use axum::Router;
use wicketgate_axum::{EmailError, EmailMessage, EmailSender, EmailText, Identity, User, async_trait};
use wicketgate_identity::{Event, EventKind};

use crate::{
    builder,
    client::{ADA, post},
    mailbox::{Mailbox, with_mailbox},
};

/// Written with a long s (U+017F), which is `S` in upper case as `s` is: looked up as `sam@example.test`, and
/// somebody else's address.
const NOT_SAM: &str = "\u{17f}am@example.test";
const SAM: &str = "sam@example.test";

struct World {
    application: Router,
    identity: Identity,
    mailbox: Arc<Mailbox>,
}

impl World {
    fn new() -> Self {
        let (identity, mailbox) = with_mailbox(builder());
        Self {
            application: identity.wrap(identity.api()),
            identity,
            mailbox,
        }
    }

    /// To whom mails went, and what they were.
    async fn mailed(&self, path: &str, json: serde_json::Value) -> Vec<(String, EmailText)> {
        let response = post(&self.application, path, &json.to_string()).await;
        assert_eq!(response.status(), 200, "{path}");
        let mails = self.mailbox.take();
        mails.into_iter().map(|mail| (mail.to, mail.text)).collect()
    }

    async fn sam(&self) -> User {
        self.identity.accounts().find_by_name(SAM).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn an_address_that_is_only_looked_up_alike_gets_no_code_cve_2019_19844() {
    let world = World::new();
    let account = serde_json::json!({"email": SAM, "password": "Passw0rd!"});
    world.mailed("/register", account).await;
    let mut sam = world.sam().await;
    world
        .identity
        .accounts()
        .mark_email_confirmed(&mut sam)
        .await
        .unwrap()
        .unwrap();

    for typed in [NOT_SAM, "SAM@EXAMPLE.TEST", SAM] {
        let body = serde_json::json!({"email": typed});
        let codes = world.mailed("/forgotPassword", body.clone()).await;
        assert!(
            matches!(&codes[..], [(to, EmailText::PasswordResetCode(_))] if to == SAM),
            "{typed}"
        );
        let links = world.mailed("/resendConfirmationEmail", body).await;
        assert!(
            matches!(&links[..], [(to, EmailText::ConfirmationLink(_))] if to == SAM),
            "{typed}"
        );
    }
}

/// EF Core lets an account have a normalized address and no other; there is no address then that is known to be its own.
#[tokio::test]
async fn an_account_without_an_address_gets_no_mail() {
    for stored in [None, Some(String::new())] {
        let world = World::new();
        let account = serde_json::json!({"email": SAM, "password": "Passw0rd!"});
        world.mailed("/register", account).await;
        let mut sam = world.sam().await;
        let event = Event::new(EventKind::Deleted, None, time::OffsetDateTime::UNIX_EPOCH);
        let store = world.identity.accounts().store();
        store.delete(&sam.id, &event).await.unwrap();
        sam.email = stored;
        sam.email_confirmed = true;
        store
            .create(
                &sam,
                wicketgate_identity::account::EmailUniqueness::NotRequired,
                None,
                &event,
            )
            .await
            .unwrap();
        for path in ["/forgotPassword", "/resendConfirmationEmail"] {
            assert!(world.mailed(path, serde_json::json!({"email": SAM})).await.is_empty());
        }
    }
}

/// Keeps what it is given, and says that it failed.
#[derive(Debug, Default)]
struct FailingSender(Mailbox);

#[async_trait]
impl EmailSender for FailingSender {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.0.send(message).await?;
        Err(EmailError("no connection".into()))
    }
}

#[tokio::test]
async fn links_lead_to_the_public_url_and_a_mail_that_fails_changes_no_answer() {
    let sender = Arc::new(FailingSender::default());
    let public_url = "https://id.example.test/base/".parse().unwrap();
    let identity = builder()
        .public_url(public_url)
        .prefix("api")
        .email(sender.clone())
        .build()
        .unwrap();
    let application = identity.wrap(identity.api());
    let response = post(&application, "/api/register", ADA).await;
    assert_eq!(response.status(), 200);
    identity.finish_mail().await;
    let link = sender.0.take_link();
    assert!(
        link.starts_with("https://id.example.test/base/api/confirmEmail?userId="),
        "{link}"
    );
}
