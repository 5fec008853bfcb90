//! What answers tell of accounts where `conceal_existence` is on: nothing.

use std::{num::NonZeroU32, sync::Arc};

use axum::Router;
use serde_json::json;
use wicketgate_axum::{EmailText, Identity, Options, options::Profile};
use wicketgate_identity::{PasswordAlgorithm, mail::AccountNotice};

use crate::{
    builder,
    client::{post, status_and_text},
    mailbox::Mailbox,
};

const ADA: &str = "ada@example.test";
const GRACE: &str = "grace@example.test";
const UNKNOWN: &str = "nobody@example.test";
const PASSWORD: &str = "a long enough passphrase";
const GUESS: &str = "a long enough guess of it";

struct World {
    identity: Identity,
    application: Router,
    mailbox: Arc<Mailbox>,
}

/// The strict profile with hashes that cost nothing; Ada's address is confirmed, Grace's is not.
async fn world(change: impl FnOnce(&mut Options)) -> World {
    let mut options = Options::for_profile(Profile::Strict);
    options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    options.sign_in.require_confirmed_email = true;
    change(&mut options);
    let mailbox = Arc::new(Mailbox::default());
    let identity = builder()
        .options(options)
        .email_queue(mailbox.clone())
        .public_url("https://accounts.example.test".parse().unwrap())
        .build()
        .unwrap();
    let accounts = identity.accounts();
    let mut ada = accounts.register(ADA, PASSWORD).await.unwrap().unwrap();
    accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    accounts.register(GRACE, PASSWORD).await.unwrap().unwrap();
    let application = identity.wrap(identity.api());
    World {
        identity,
        application,
        mailbox,
    }
}

impl World {
    async fn ask(&self, path: &str, email: &str, password: &str) -> (u16, String) {
        let body = json!({ "email": email, "password": password }).to_string();
        status_and_text(post(&self.application, path, &body).await).await
    }

    fn mails(&self) -> Vec<(String, EmailText)> {
        let mails = self.mailbox.take().into_iter();
        mails.map(|mail| (mail.to, mail.text)).collect()
    }
}

#[tokio::test]
async fn who_registers_a_taken_address_gets_the_answer_of_a_free_one_and_its_owner_a_mail() {
    for unique in [false, true] {
        let world = world(|options| options.user.require_unique_email = unique).await;
        let free = world.ask("/register", UNKNOWN, GUESS).await;
        assert_eq!(free, (200, String::new()));
        assert!(matches!(&world.mails()[..], [(to, EmailText::ConfirmationLink(_))] if to == UNKNOWN));
        for taken in [ADA, "ADA@Example.TEST", GRACE] {
            assert_eq!(world.ask("/register", taken, GUESS).await, free, "{taken}");
            let notice = EmailText::Notice(AccountNotice::RegistrationAttempted);
            assert_eq!(
                world.mails(),
                [(taken.to_lowercase(), notice)],
                "the owner, at the stored address"
            );
        }
        // The account is as it was.
        let accounts = world.identity.accounts();
        let mut ada = accounts.find_by_email(ADA).await.unwrap().unwrap();
        assert!(accounts.check_password(&mut ada, PASSWORD).await.unwrap());
        assert!(!accounts.check_password(&mut ada, GUESS).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_the_same_for_a_taken_address() {
    let world = world(|options| options.user.require_unique_email = true).await;
    let short = world.ask("/register", UNKNOWN, "short").await;
    assert_eq!(short.0, 400);
    assert_eq!(world.ask("/register", ADA, "short").await, short);

    // A name that may not be one, whose address another account has by now.
    let accounts = world.identity.accounts();
    let ada = accounts.find_by_email(ADA).await.unwrap().unwrap();
    let odd = "a\u{308}da@example.test";
    let token = accounts.change_email_token(&ada, odd).await.unwrap();
    let mut ada = ada;
    assert!(accounts.change_email(&mut ada, odd, &token).await.unwrap().is_err());
    let (status, problem) = world.ask("/register", odd, GUESS).await;
    assert_eq!(status, 400);
    assert!(
        problem.contains("InvalidUserName") && !problem.contains("DuplicateEmail"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_refused_login_is_refused_in_the_same_words_whatever_the_reason() {
    let world = world(|options| options.lockout.max_failed_access_attempts = 3).await;
    let unknown = world.ask("/login", UNKNOWN, GUESS).await;
    assert_eq!(unknown.0, 401);
    assert!(unknown.1.contains(r#""detail":"Failed""#), "{}", unknown.1);
    for _ in 0..5 {
        assert_eq!(world.ask("/login", ADA, GUESS).await, unknown, "wrong, and then locked");
        assert_eq!(world.ask("/login", GRACE, GUESS).await, unknown, "not confirmed");
    }
    assert_eq!(
        world.ask("/login", ADA, PASSWORD).await,
        unknown,
        "locked, with the right one"
    );
    assert_eq!(
        world.ask("/login", GRACE, PASSWORD).await,
        unknown,
        "not confirmed, with the right one"
    );

    // Registering and trying the password that was registered tells nothing either.
    assert_eq!(world.ask("/register", "new@example.test", GUESS).await.0, 200);
    assert_eq!(world.ask("/login", "new@example.test", GUESS).await, unknown);
    assert_eq!(world.ask("/register", ADA, GUESS).await.0, 200);
    assert_eq!(world.ask("/login", ADA, GUESS).await, unknown);
}

#[tokio::test]
async fn forgotten_passwords_and_links_are_answered_alike() {
    let world = world(|_| {}).await;
    for path in ["/forgotPassword", "/resendConfirmationEmail"] {
        let unknown = world.ask(path, UNKNOWN, "").await;
        assert_eq!(unknown, (200, String::new()));
        for known in [ADA, GRACE] {
            assert_eq!(world.ask(path, known, "").await, unknown, "{path} {known}");
        }
    }
}

#[tokio::test]
async fn the_compatible_profile_tells_what_dotnet_tells() {
    let identity = builder().build().unwrap();
    let application = identity.wrap(identity.api());
    let body = json!({ "email": ADA, "password": "Passw0rd!" }).to_string();
    assert_eq!(post(&application, "/register", &body).await.status(), 200);
    let (status, problem) = status_and_text(post(&application, "/register", &body).await).await;
    assert!(status == 400 && problem.contains("DuplicateUserName"), "{problem}");
}
