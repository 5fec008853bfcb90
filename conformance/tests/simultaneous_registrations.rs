//! Races over HTTP: what many clients do at once comes out as if one had been first.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::{collections::BTreeMap, sync::Arc};

use time::macros::datetime;
use tokio::sync::Barrier;
use wicketgate_conformance::{Application, ReceivedResponse, Store};

const CLIENTS: usize = 32;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_simultaneous_registrations_of_a_name_succeeds_on_every_store() {
    for store in Store::available() {
        one_of_many_registrations_succeeds(store).await;
    }
}

async fn one_of_many_registrations_succeeds(store: Store) {
    let start = datetime!(2026-01-02 03:04:05 UTC);
    // More registrations of one name, from one client, than would pass.
    let options = BTreeMap::from([("RateLimits:Enabled".to_owned(), "false".to_owned())]);
    let application = Arc::new(Application::start(store, &options, start).await.unwrap());
    for round in 0..8 {
        let email = format!("ada{round}@example.test");
        let barrier = Arc::new(Barrier::new(CLIENTS));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (application, barrier, email) = (application.clone(), barrier.clone(), email.clone());
                tokio::spawn(async move {
                    barrier.wait().await;
                    post(&application, "/register", &email).await
                })
            })
            .collect();
        let mut successes = 0;
        for client in clients {
            let response = client.await.unwrap();
            if response.status == 200 {
                successes += 1;
            } else {
                assert_eq!(response.status, 400, "{}", response.body);
                let refusal = format!(r#""DuplicateUserName":["Username '{email}' is already taken."]"#);
                assert!(response.body.contains(&refusal), "{}", response.body);
            }
        }
        assert_eq!(successes, 1, "{store}");
        assert_eq!(application.take_mail().len(), 1, "only the new account gets a mail");
        assert_eq!(post(&application, "/login", &email).await.status, 200);
    }
}

async fn post(application: &Application, path: &str, email: &str) -> ReceivedResponse {
    let body = format!(r#"{{"email":"{email}","password":"Passw0rd!"}}"#);
    application.send("POST", path, "", &body).await.unwrap()
}
