//! What rate limits cost the database: a write for the client and one for the account where instances share it, and nothing
//! for who is over a limit.

use std::collections::BTreeMap;

use serde_json::json;

use super::{NONE, Server, counts, databases};

#[tokio::test]
async fn who_is_over_a_limit_costs_the_database_nothing() {
    for store in databases() {
        let options = [
            ("RateLimits:Burst", "1"),
            ("RateLimits.Login.PerAccount", "2"),
            ("PasswordHasher:IterationCount", "1000"),
        ];
        let options: BTreeMap<_, _> = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let server = Server::with(store, &options).await;
        let wrong = json!({"email": "ada@example.test", "password": "wrong"});
        server.count("POST", "/login", "", wrong.clone(), 401).await;
        // Without limits a login to an unknown account reads twice and writes twice.
        let (reads, writes) = match store.is_on_a_server() {
            true => (2, 4),
            false => (2, 2),
        };
        let counted = server.count("POST", "/login", "", wrong.clone(), 401).await;
        assert_eq!(counted, counts(reads, writes), "{store}");
        // This instance has counted both, and knows without asking. The first refusal's event is written meanwhile.
        let mut refusals = Vec::new();
        while !refusals.ends_with(&[NONE; 3]) {
            refusals.push(server.count("POST", "/login", "", wrong.clone(), 429).await);
            assert!(refusals.len() < 50, "{store}: {refusals:?}");
        }
    }
}
