//! A one-time secret is redeemed by one of a hundred calls on three instances that share a database.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

#[path = "../src/test_databases.rs"]
mod test_databases;

use std::sync::Arc;

use tempfile::TempDir;
use test_databases::new_database;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use wicketgate_identity::Stores;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::secret::{AuthenticatorStep, PasswordReset, Redemption, Secret, StatelessSecret};
use wicketgate_protection::SystemRandom;
use wicketgate_sql::connect;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

async fn three_instances(url: &str) -> Vec<Arc<dyn Stores>> {
    let mut instances = Vec::new();
    for _ in 0..3 {
        let options = StoreOptions::default();
        instances.push(connect(url, &options, Arc::new(SystemRandom)).await.unwrap());
    }
    instances
}

async fn winners(instances: &[Arc<dyn Stores>], redemption: &Redemption) -> usize {
    let mut calls = JoinSet::new();
    for number in 0..100 {
        let (instance, redemption) = (Arc::clone(&instances[number % 3]), redemption.clone());
        calls.spawn(async move { instance.secrets().unwrap().redeem(&redemption).await.unwrap() });
    }
    calls.join_all().await.into_iter().flatten().count()
}

async fn test(url: &str) {
    let instances = three_instances(url).await;
    for text in ["a", "b", "c"] {
        let secret = Secret::<PasswordReset>::from_text(text);
        let issued = secret.issued("ada", NOW + Duration::MINUTE);
        instances[0].secrets().unwrap().issue(&issued).await.unwrap();
        assert_eq!(
            winners(&instances, &Redemption::of_issued(&secret, NOW)).await,
            1,
            "{url}"
        );
        let stateless = StatelessSecret {
            subject: "ada".to_owned(),
            expires: NOW + Duration::MINUTE,
        };
        let step = Redemption::of_stateless::<AuthenticatorStep>(stateless, &[text.as_bytes()], NOW);
        assert_eq!(winners(&instances, &step).await, 1, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_a_hundred_redeems_a_secret_in_sqlite() {
    let folder = TempDir::new().unwrap();
    test(&format!("sqlite://{}/app.db", folder.path().display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_a_hundred_redeems_a_secret_on_a_server() {
    for server in ["WICKETGATE_TEST_POSTGRES_URL", "WICKETGATE_TEST_MYSQL_URL"] {
        if let Some(url) = new_database(server).await {
            test(&url).await;
        }
    }
}
