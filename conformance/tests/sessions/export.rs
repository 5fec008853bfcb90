//! What a person gets to see of what is kept.

use serde_json::{Value, json};

use wicketgate_conformance::Store;

use crate::client::{ADA, PASSWORD, Server};

#[tokio::test]
async fn an_export_has_what_is_kept_and_nothing_secret() {
    for server in Server::each(&[]).await {
        server.administer(&["add-role", ADA, "Reader"]).await;
        let client = server.tokens(PASSWORD).await;
        let (key, codes) = server.switch_second_factor_on_with_codes(&client).await;
        assert_eq!(codes.len(), 10);
        let answer = server
            .send("GET", "/manage/account/export", &client.header, Value::Null)
            .await;
        assert_eq!(answer.status, 200, "{}: {}", server.store, answer.body);
        assert_eq!(answer.all("cache-control"), ["no-store"]);
        let export: Value = serde_json::from_str(&answer.body).unwrap();
        let account = &export["account"];
        assert_eq!(account["email"], ADA);
        assert_eq!(account["isTwoFactorEnabled"], true);
        assert_eq!(account["hasAuthenticatorKey"], true);
        assert_eq!(account["recoveryCodesLeft"], 10);
        assert_eq!(export["roles"], json!(["Reader"]));
        assert_eq!(export["sessions"][0]["isCurrent"], true);
        let others = [
            key.as_str(),
            PASSWORD,
            "AQAAAA",
            client.refresh_token.as_deref().unwrap(),
        ];
        for secret in codes.iter().map(String::as_str).chain(others) {
            assert!(!answer.body.contains(secret), "{}: {secret}", server.store);
        }
        // Events are kept in a database.
        if server.store != Store::Memory {
            let events = export["events"].as_array().unwrap();
            let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
            assert!(
                kinds.contains(&"registered") && kinds.contains(&"signed_in"),
                "{kinds:?}"
            );
        }
        assert_eq!(export["hasOlderEvents"], false);
    }
}
