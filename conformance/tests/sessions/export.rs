//! What a person gets to see of what is kept.

use serde_json::{Value, json};
use time::macros::datetime;
use wicketgate_conformance::{Store, Subject};
use wicketgate_identity::passkey::{CredentialId, UserPasskey};
use wicketgate_identity::store::AddPasskeyOutcome;
use wicketgate_identity::{Event, EventKind};

use crate::client::{ADA, PASSWORD, Server};

/// Adds one to the account, where the store keeps passkeys.
async fn add_passkey(server: &Server) -> bool {
    let accounts = server.application.accounts();
    let Some(passkeys) = accounts.stores().passkeys() else {
        return false;
    };
    let ada = accounts.find_by_email(ADA).await.unwrap().unwrap();
    let passkey = UserPasskey {
        credential_id: CredentialId::new([7; 16]).unwrap(),
        public_key: b"public key".to_vec(),
        name: Some("My phone".to_owned()),
        created_at: datetime!(2026-01-02 03:04:05 UTC),
        sign_count: 0,
        transports: Some(vec!["internal".to_owned()]),
        is_user_verified: true,
        is_backup_eligible: true,
        is_backed_up: false,
        attestation_object: vec![0xFB],
        client_data_json: b"{}".to_vec(),
    };
    let event = Event::new(EventKind::PasskeyAdded, Some(ada.id.clone()), server.application.now());
    let stamp = ada.security_stamp.as_ref();
    let added = passkeys.add(&ada.id, stamp, &passkey, 10, &event).await.unwrap();
    assert_eq!(added, AddPasskeyOutcome::Added);
    true
}

#[tokio::test]
async fn an_export_has_what_is_kept_and_nothing_secret() {
    for server in Server::each(&[]).await {
        server.administer(&["add-role", ADA, "Reader"]).await;
        let client = server.tokens(PASSWORD).await;
        let (key, codes) = server.switch_second_factor_on_with_codes(&client).await;
        assert_eq!(codes.len(), 10);
        let has_passkey = add_passkey(&server).await;
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
        let passkey = json!({"name": "My phone", "createdAt": "2026-01-02T03:04:05Z", "transports": ["internal"]});
        let passkeys = Vec::from_iter(has_passkey.then_some(passkey));
        assert_eq!(export["passkeys"], json!(passkeys), "{}", server.store);
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
