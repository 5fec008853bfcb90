//! What databases make of names could make one account of two: columns have a length, and texts that differ may compare as
//! equal.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::collections::BTreeMap;

use time::macros::datetime;
use wicketgate_conformance::{Application, ReceivedResponse, Store, Subject};

async fn start(store: Store) -> Application {
    let now = datetime!(2026-01-02 03:04:05 UTC);
    Application::start(store, &BTreeMap::new(), now).await.unwrap()
}

async fn post(application: &Application, path: &str, header: &str, body: &str) -> ReceivedResponse {
    application.send("POST", path, header, body).await.unwrap()
}

fn account(email: &str) -> String {
    format!(r#"{{"email":"{email}","password":"Passw0rd!"}}"#)
}

fn address_of(length: usize) -> String {
    format!("{}@example.test", "a".repeat(length - "@example.test".len()))
}

#[tokio::test]
async fn an_address_is_kept_whole_or_refused() {
    for store in Store::available() {
        let application = start(store).await;
        let longest = account(&address_of(256));
        assert_eq!(
            post(&application, "/register", "", &longest).await.status,
            200,
            "{store}"
        );
        assert_eq!(post(&application, "/login", "", &longest).await.status, 200, "{store}");

        let longer = post(&application, "/register", "", &account(&address_of(257))).await;
        assert_eq!(longer.status, 400, "{store}");
        assert!(longer.body.contains("InvalidEmail"), "{store}: {}", longer.body);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_kept_is_refused_before_a_mail_goes_there() {
    for store in Store::available() {
        let application = start(store).await;
        let ada = account("ada@example.test");
        assert_eq!(post(&application, "/register", "", &ada).await.status, 200, "{store}");
        let tokens = post(&application, "/login", "", &ada).await.body;
        let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
        let bearer = format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap());
        application.take_mail();

        let body = format!(r#"{{"newEmail":"{}"}}"#, address_of(257));
        let answer = post(&application, "/manage/info", &bearer, &body).await;
        assert_eq!(
            (answer.status, application.take_mail().len()),
            (400, 0),
            "{store}: {}",
            answer.body
        );
    }
}

/// PostgreSQL's texts cannot hold it, and no mail goes to such an address.
#[tokio::test]
async fn an_address_with_a_nul_is_invalid_everywhere() {
    for store in Store::available() {
        for characters in [None, Some("")] {
            let now = datetime!(2026-01-02 03:04:05 UTC);
            let options =
                characters.map(|characters| ("User:AllowedUserNameCharacters".to_owned(), characters.to_owned()));
            let application = Application::start(store, &options.into_iter().collect(), now)
                .await
                .unwrap();
            let ada = account("ada@example.test");
            assert_eq!(post(&application, "/register", "", &ada).await.status, 200, "{store}");
            let tokens = post(&application, "/login", "", &ada).await.body;
            let tokens: serde_json::Value = serde_json::from_str(&tokens).unwrap();
            let bearer = format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap());
            application.take_mail();

            for address in [
                r"\u0000@example.test",
                r"ada\u0000@example.test",
                r"ada@example.test\u0000",
            ] {
                let registered = post(&application, "/register", "", &account(address)).await;
                let new_email = format!(r#"{{"newEmail":"{address}"}}"#);
                let changed = post(&application, "/manage/info", &bearer, &new_email).await;
                for answer in [registered, changed] {
                    assert_eq!(answer.status, 400, "{store} {address}: {}", answer.body);
                    assert!(
                        answer.body.contains("InvalidEmail"),
                        "{store} {address}: {}",
                        answer.body
                    );
                }
                let asked = format!(r#"{{"email":"{address}"}}"#);
                for path in ["/forgotPassword", "/resendConfirmationEmail"] {
                    assert_eq!(
                        post(&application, path, "", &asked).await.status,
                        200,
                        "{store} {address}"
                    );
                }
                let login = post(&application, "/login", "", &account(address)).await;
                assert_eq!(login.status, 401, "{store} {address}: {}", login.body);
                assert_eq!(application.take_mail().len(), 0, "{store} {address}");
            }
        }
    }
}

/// Codes are mailed to the address as it was asked for: that must be the account's own.
#[tokio::test]
async fn nobody_is_mailed_a_code_for_an_account_whose_address_only_compares_as_equal() {
    for store in Store::available() {
        let application = start(store).await;
        let ada = account("ada@example.test");
        assert_eq!(post(&application, "/register", "", &ada).await.status, 200, "{store}");
        let words = ["confirm-email", "ada@example.test"].map(str::to_owned).to_vec();
        application.administer(words).await.unwrap();
        application.take_mail();

        for (address, mails) in [
            ("ada@example.test", 1),
            ("ADA@Example.Test", 1),
            ("ada@exämple.test", 0),
            ("áda@example.test", 0),
            ("ada@example.test ", 0),
        ] {
            let body = format!(r#"{{"email":"{address}"}}"#);
            let answer = post(&application, "/forgotPassword", "", &body).await;
            assert_eq!(
                (answer.status, application.take_mail().len()),
                (200, mails),
                "{store} {address:?}"
            );
        }
    }
}
