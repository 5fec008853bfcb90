//! What answers tell of accounts where `conceal_existence` is on: nothing.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::Router;
use serde_json::json;
use time::macros::datetime;
use wicketgate_axum::wicketgate_protection::{
    DataProtection, EphemeralKeyRepository, KeyRepository, KeyRepositoryError, KeyRing, KeyRingOptions, ManualClock,
    StoredElement, SystemRandom, base64_text,
};
use wicketgate_axum::{
    EmailError, EmailMessage, EmailSender, EmailText, Identity, Options, async_trait, options::Profile,
};
use wicketgate_identity::{PasswordAlgorithm, account::UserToken, mail::AccountNotice};

use crate::{
    builder,
    client::{post, status_and_text},
    mailbox::{Mailbox, with_mailbox},
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

/// The strict profile with hashes that cost nothing.
fn options() -> Options {
    let mut options = Options::for_profile(Profile::Strict);
    options.password_hasher.algorithm = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    options
}

/// Ada's address is confirmed, Grace's is not.
async fn world(change: impl FnOnce(&mut Options)) -> World {
    let mut options = options();
    change(&mut options);
    let (identity, mailbox) = with_mailbox(builder().options(options));
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
        for (taken, notice) in [
            (ADA, AccountNotice::RegistrationAttempted),
            ("ADA@Example.TEST", AccountNotice::RegistrationAttempted),
            // She can neither sign in nor reset her password.
            (GRACE, AccountNotice::RegistrationAttemptedUnconfirmed),
        ] {
            assert_eq!(world.ask("/register", taken, GUESS).await, free, "{taken}");
            let notice = EmailText::Notice(notice);
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

/// A queue in which notices take their time.
#[derive(Debug)]
struct SlowForNotices;

const SLOW: Duration = Duration::from_millis(20);

#[async_trait]
impl EmailSender for SlowForNotices {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        if matches!(message.text, EmailText::Notice(_)) {
            tokio::time::sleep(SLOW).await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_free_address_is_answered_no_sooner_than_a_taken_one_was() {
    let identity = builder()
        .options(options())
        .email_queue(SlowForNotices)
        .public_url("https://accounts.example.test".parse().unwrap())
        .build()
        .unwrap();
    let application = identity.wrap(identity.api());
    let register = async |email: &str| {
        let body = json!({ "email": email, "password": PASSWORD }).to_string();
        let start = Instant::now();
        assert_eq!(post(&application, "/register", &body).await.status(), 200);
        start.elapsed()
    };
    register(ADA).await;
    assert!(register(ADA).await >= SLOW, "its owner is told");
    assert!(register(GRACE).await >= SLOW);
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

/// Keys in memory, and how often they were read.
#[derive(Debug, Default)]
struct CountedKeys {
    keys: EphemeralKeyRepository,
    reads: AtomicUsize,
}

#[async_trait]
impl KeyRepository for CountedKeys {
    fn place(&self) -> String {
        self.keys.place()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.keys.all_elements().await
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.keys.store(element).await
    }

    async fn store_if_unchanged(&self, element: StoredElement, seen: usize) -> Result<bool, KeyRepositoryError> {
        self.keys.store_if_unchanged(element, seen).await
    }
}

#[tokio::test]
async fn a_code_under_a_made_up_key_has_the_keys_read_for_every_address() {
    let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
    let keys = Arc::new(CountedKeys::default());
    let ring = KeyRing::new(
        keys.clone(),
        KeyRingOptions::default(),
        clock.clone(),
        Arc::new(SystemRandom),
    );
    let identity = builder()
        .keys(DataProtection::new(Arc::new(ring), None))
        .clock(clock.clone())
        .options(options())
        .build()
        .unwrap();
    let accounts = identity.accounts();
    let mut ada = accounts.register(ADA, PASSWORD).await.unwrap().unwrap();
    accounts.mark_email_confirmed(&mut ada).await.unwrap().unwrap();
    accounts.register(GRACE, PASSWORD).await.unwrap().unwrap();
    let application = identity.wrap(identity.api());

    let token = accounts.password_reset_token(&ada).await.unwrap();
    let mut payload = base64_text::decode(token.as_str()).unwrap();
    // The key's id begins here.
    payload[4] ^= 1;
    let code = UserToken::from_text(base64_text::encode(&payload)).to_code();
    for email in [ADA, GRACE, UNKNOWN] {
        clock.advance(time::Duration::seconds(10));
        let before = keys.reads.load(Ordering::SeqCst);
        let body = json!({ "email": email, "resetCode": code, "newPassword": GUESS }).to_string();
        let (status, problem) = status_and_text(post(&application, "/resetPassword", &body).await).await;
        assert!(status == 400 && problem.contains("InvalidToken"), "{email}: {problem}");
        assert_eq!(keys.reads.load(Ordering::SeqCst), before + 1, "{email}");
    }
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
