//! A refused login costs the same whatever it was refused for: rounds of hashing, statements and commits before the
//! answer. Else the time of the answer tells which accounts there are, and which have old hashes.

use std::{collections::BTreeMap, future::pending, sync::Arc};

use async_trait::async_trait;
use data_encoding::BASE64;
use serde_json::json;
use tokio::sync::Notify;
use wicketgate_conformance::{Application, Store};
use wicketgate_identity::{EmailError, EmailMessage, EmailSender, mail::MailWorkerOptions};

use super::{ADA, NOW, PASSWORD, Server, databases, without_limits};

/// Rounds of PBKDF2-HMAC-SHA512 of a new hash here.
const ROUNDS: u64 = 5_000;

#[tokio::test]
async fn refusals_cost_the_same_for_every_form_of_hash_and_every_reason() {
    for store in databases() {
        let options = [
            ("PasswordHasher:IterationCount", "5000"),
            ("Identity:SignIn:RequireConfirmedEmail", "true"),
            ("Identity:Lockout:MaxFailedAccessAttempts", "20"),
            ("RateLimits:Enabled", "false"),
        ];
        let options: BTreeMap<_, _> = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let server = Server::with(store, &options).await;
        server.register().await;
        let refusal = async |email: &str| {
            let body = json!({"email": email, "password": "wrong"});
            server.statements.take();
            let answer = server.send("POST", "/login", "", body).await;
            assert_eq!(answer.status, 401, "{}", answer.body);
            server.statements.take_costs()
        };
        let unknown = refusal("nobody@example.test").await;
        assert_eq!(unknown.rounds, ROUNDS);
        assert_eq!(
            unknown.statements,
            ["SELECT", "SELECT", "UPDATE", "INSERT", "COMMIT"],
            "{store}"
        );
        assert_eq!(refusal(ADA).await, unknown, "{store}: not confirmed");
        server.administer(&["confirm-email", ADA]).await;
        for (form, hash) in hashes() {
            if let Some(hash) = hash {
                server.administer(&["set-hash", ADA, &hash]).await;
            }
            assert_eq!(refusal(ADA).await, unknown, "{store}: a wrong password for {form}");
        }
        server.administer(&["lock", ADA]).await;
        assert_eq!(refusal(ADA).await, unknown, "{store}: locked");
        server.administer(&["unlock", ADA]).await;

        // A right one of an old form costs as much, before the store is asked what it may come to.
        server.administer(&["set-hash", ADA, VERSION_2]).await;
        server.statements.take();
        let right = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/login", "", right).await.status, 200);
        assert_eq!(server.statements.take_costs().rounds, ROUNDS, "{store}");
    }
}

/// Whoever registers learns neither from the answer nor from its work whether the address is free. With mails in the database,
/// as the server has them: a free address costs the account, its mail and its event in one transaction; a taken one the
/// owner's row and the event in one, and the owner's mail, which is a transaction of its own and so no `COMMIT` here.
#[tokio::test]
async fn a_taken_address_costs_the_writes_and_the_commit_of_a_free_one_where_it_is_concealed() {
    for store in databases() {
        let (server, mail_is_under_way) = server_with_mails_in_the_database(store).await;
        let register = async |email: &str| {
            let body = json!({"email": email, "password": PASSWORD});
            server.statements.take();
            let answer = server.send("POST", "/register", "", body).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{email}");
            let statements = server.statements.take_costs().statements;
            let commits = statements.iter().filter(|kind| *kind == "COMMIT").count();
            // The worker reads, too, whenever it looks for mails.
            let reads = statements.iter().filter(|kind| *kind == "SELECT").count();
            (statements.len() - reads - commits, commits)
        };
        register(ADA).await;
        // From here on the worker has its only connection in use, and leases no mail.
        mail_is_under_way.notified().await;
        for (email, why) in [
            ("grace@example.test", "free"),
            (ADA, "taken"),
            ("grace@example.test", "taken by the one before"),
            ("third@example.test", "free again"),
        ] {
            assert_eq!(register(email).await, (3, 1), "{store}: writes and commits, {why}");
        }
    }
}

/// Its mails are rows, and the one connection to its mail server is in use from the first mail on, which is told of.
async fn server_with_mails_in_the_database(store: Store) -> (Server, Arc<Notify>) {
    let mut options = without_limits();
    options.insert("Identity:User:ConcealExistence".to_owned(), "true".to_owned());
    let mail_is_under_way = Arc::new(Notify::new());
    let sender = Stalled(mail_is_under_way.clone());
    let mail = MailWorkerOptions {
        connections: 1,
        ..MailWorkerOptions::default()
    };
    let server = Server::of(Application::start_sending(store, &options, NOW, sender, mail)).await;
    (server, mail_is_under_way)
}

/// A mail server that does not answer.
#[derive(Debug)]
struct Stalled(Arc<Notify>);

#[async_trait]
impl EmailSender for Stalled {
    async fn send(&self, _: EmailMessage) -> Result<(), EmailError> {
        self.0.notify_one();
        pending().await
    }
}

/// [`PASSWORD`] in version 2.
const VERSION_2: &str = "AAABAgMEBQYHCAkKCwwNDg8mGGxJ6RXbpV3Eeve8lImVPiBvo46mNFMTIr+N+UuQ6w==";

fn hashes() -> Vec<(&'static str, Option<String>)> {
    vec![
        ("the form of new ones", None),
        ("version 2", Some(VERSION_2.to_owned())),
        ("version 3 with SHA-1", Some(version_3(0, 1_000, 32))),
        ("version 3 with SHA-256", Some(version_3(1, 1_000, 32))),
        ("version 3 with SHA-512 and fewer rounds", Some(version_3(2, 1_000, 32))),
        ("version 3 with a longer key", Some(version_3(1, 1_000, 64))),
        (
            "argon2id",
            Some("$argon2id$v=19$m=16,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw".to_owned()),
        ),
    ]
}

/// A hash of some password, with so many bytes of subkey.
fn version_3(prf: u8, rounds: u16, length: usize) -> String {
    let [high, low] = rounds.to_be_bytes();
    let head = [1, 0, 0, 0, prf, 0, 0, high, low, 0, 0, 0, 16];
    BASE64.encode(&[&head[..], &[7; 16], &vec![9; length]].concat())
}
