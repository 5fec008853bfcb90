//! Accounts that their owners want to have deleted.

use serde_json::{Value, json};
use time::{Duration, format_description::well_known::Rfc3339};
use wicketgate_conformance::{Store, Subject};

use crate::client::{ADA, Client, PASSWORD, Server};
use crate::confirmation::confirmed;

async fn delete(server: &Server, client: &Client) -> (u16, Value) {
    let answer = server
        .send("DELETE", "/manage/account", &client.header, Value::Null)
        .await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

async fn log_in(server: &Server) -> u16 {
    let account = json!({"email": ADA, "password": PASSWORD});
    server.send("POST", "/login", "", account).await.status
}

#[tokio::test]
async fn an_account_is_closed_at_once_and_can_be_restored_until_it_is_deleted() {
    for server in Server::each(&[]).await {
        let (own, other) = (server.cookie(PASSWORD).await, server.tokens(PASSWORD).await);
        server.application.take_mail();
        // Whether or not other things ask for a fresh sign-in.
        server.application.advance(Duration::minutes(6));
        let (status, problem) = delete(&server, &own).await;
        assert_eq!(
            (status, &problem["methods"]),
            (401, &json!(["password"])),
            "{}",
            server.store
        );
        assert!(server.knows(&other).await, "{}", server.store);
        let own = confirmed(&server, &own, json!({"password": PASSWORD})).await;
        let (status, answer) = delete(&server, &own).await;
        let due = server.application.now() + Duration::days(30);
        let due = due.format(&Rfc3339).unwrap();
        assert_eq!((status, answer), (200, json!({"deletedAt": due})), "{}", server.store);

        assert!(
            !server.knows(&own).await && !server.knows(&other).await,
            "{}",
            server.store
        );
        assert_eq!(log_in(&server).await, 401, "{}", server.store);
        assert_eq!(delete(&server, &own).await.0, 401, "{}", server.store);
        let mails = server.application.take_mail();
        let [mail] = &mails[..] else {
            panic!("{}: {mails:?}", server.store)
        };
        assert_eq!(
            (mail.to.as_str(), mail.text.subject()),
            (ADA, "Your account is closed and will be deleted")
        );
        let shown = server.administer(&["show", ADA]).await;
        assert!(
            shown.contains(&format!("to be deleted: {due}\n")),
            "{}: {shown}",
            server.store
        );

        assert_eq!(server.administer(&["restore", ADA]).await, "", "{}", server.store);
        let shown = server.administer(&["show", ADA]).await;
        assert!(
            !shown.contains("deleted") && !shown.contains("lock"),
            "{}: {shown}",
            server.store
        );
        assert_eq!(log_in(&server).await, 200, "{}", server.store);
        assert!(
            !server.knows(&own).await && !server.knows(&other).await,
            "{}",
            server.store
        );
        // There is nothing to restore now.
        assert_eq!(
            server.try_to_administer(&["restore", ADA]).await,
            None,
            "{}",
            server.store
        );
        let client = server.tokens(PASSWORD).await;
        let export = server
            .send("GET", "/manage/account/export", &client.header, Value::Null)
            .await;
        let export: Value = serde_json::from_str(&export.body).unwrap();
        // Events are kept in a database.
        if server.store != Store::Memory {
            let events = export["events"].as_array().unwrap();
            let told = |kind: &str| events.iter().filter(|event| event["kind"] == kind).count();
            assert_eq!(
                (told("deletion_requested"), told("deletion_cancelled")),
                (1, 1),
                "{}",
                server.store
            );
        }
    }
}

#[tokio::test]
async fn an_account_is_deleted_for_good_when_it_is_due() {
    for server in Server::each(&[("user.deletion_grace", "1h")]).await {
        let accounts = server.application.accounts();
        let client = server.tokens(PASSWORD).await;
        assert_eq!(delete(&server, &client).await.0, 200, "{}", server.store);
        server.application.advance(Duration::hours(1) - Duration::SECOND);
        assert_eq!(accounts.delete_due(&mut None).await.unwrap(), 0, "{}", server.store);
        server.application.advance(Duration::SECOND);
        assert_eq!(accounts.delete_due(&mut None).await.unwrap(), 1, "{}", server.store);
        assert_eq!(accounts.delete_due(&mut None).await.unwrap(), 0, "{}", server.store);
        assert_eq!(server.administer(&["list"]).await, "", "{}", server.store);
        let account = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/register", "", account).await.status, 200);
    }
}

#[tokio::test]
async fn who_unlocks_an_account_takes_its_deletion_back() {
    for server in Server::each(&[("user.deletion_grace", "1h")]).await {
        let client = server.tokens(PASSWORD).await;
        assert_eq!(delete(&server, &client).await.0, 200, "{}", server.store);
        server.administer(&["unlock", ADA]).await;
        let shown = server.administer(&["show", ADA]).await;
        assert!(!shown.contains("deleted"), "{}: {shown}", server.store);
        assert_eq!(log_in(&server).await, 200, "{}", server.store);
    }
}

/// Whoever restores the account need not know why another operator locked it.
#[tokio::test]
async fn an_account_that_an_operator_locks_stays_locked_when_its_deletion_is_taken_back() {
    for server in Server::each(&[]).await {
        for (restore, expected) in [("restore", 401), ("unlock", 200)] {
            let client = server.tokens(PASSWORD).await;
            assert_eq!(delete(&server, &client).await.0, 200, "{}", server.store);
            server.administer(&["lock", ADA]).await;
            server.administer(&[restore, ADA]).await;
            let shown = server.administer(&["show", ADA]).await;
            assert!(!shown.contains("deleted"), "{}: {shown}", server.store);
            assert_eq!(log_in(&server).await, expected, "{}: {restore}", server.store);
            server.administer(&["unlock", ADA]).await;
        }
    }
}

#[tokio::test]
async fn an_operator_deletes_a_closed_account_before_it_is_due() {
    for server in Server::each(&[]).await {
        let client = server.tokens(PASSWORD).await;
        assert_eq!(delete(&server, &client).await.0, 200, "{}", server.store);
        server.administer(&["delete", ADA]).await;
        assert_eq!(server.administer(&["list"]).await, "", "{}", server.store);
        // The name is free.
        let account = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/register", "", account).await.status, 200);
        assert_eq!(log_in(&server).await, 200, "{}", server.store);
        let shown = server.administer(&["show", ADA]).await;
        assert!(!shown.contains("deleted"), "{}: {shown}", server.store);
    }
}
