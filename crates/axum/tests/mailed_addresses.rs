//! Where mails go: to the address that the account has, however the request writes it.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{Router, body::Body};
use http::Request;
use tower::ServiceExt;
use wicketgate_axum::Identity;
use wicketgate_identity::{EmailError, EmailMessage, EmailSender, EmailText, MemoryStore, User};
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

/// Written with a long s (U+017F), which is `S` in upper case as `s` is: looked up as `sam@example.test`, and
/// somebody else's address.
const NOT_SAM: &str = "\u{17f}am@example.test";
const SAM: &str = "sam@example.test";

#[derive(Debug, Default)]
struct Mailbox(Mutex<Vec<EmailMessage>>);

#[async_trait]
impl EmailSender for Mailbox {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        self.0.lock().unwrap().push(message);
        Ok(())
    }
}

struct World {
    application: Router,
    identity: Identity,
    mailbox: Arc<Mailbox>,
}

impl World {
    fn new() -> Self {
        let keys = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
        let mailbox = Arc::new(Mailbox::default());
        let identity = Identity::builder(MemoryStore::new())
            .keys(keys)
            .email_queue(mailbox.clone())
            .public_url("https://accounts.example.test".parse().unwrap())
            .build()
            .unwrap();
        Self {
            application: identity.wrap(identity.api()),
            identity,
            mailbox,
        }
    }

    /// To whom mails went, and what they were.
    async fn mailed(&self, path: &str, json: serde_json::Value) -> Vec<(String, EmailText)> {
        self.mailbox.0.lock().unwrap().clear();
        let request = Request::post(path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .body(Body::from(json.to_string()))
            .unwrap();
        let response = self.application.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let mails = self.mailbox.0.lock().unwrap();
        mails.iter().map(|mail| (mail.to.clone(), mail.text.clone())).collect()
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
        let store = world.identity.accounts().store();
        store.delete(&sam.id).await.unwrap();
        sam.email = stored;
        sam.email_confirmed = true;
        store
            .create(&sam, wicketgate_identity::EmailUniqueness::NotRequired)
            .await
            .unwrap();
        for path in ["/forgotPassword", "/resendConfirmationEmail"] {
            assert!(world.mailed(path, serde_json::json!({"email": SAM})).await.is_empty());
        }
    }
}
