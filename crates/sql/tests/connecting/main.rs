//! Reaching servers of one's own: by addresses of both families, by sockets, and with certificates.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod certificates;
mod fake_server;
mod places;

use std::sync::Arc;

use wicketgate_identity::Stores;
use wicketgate_identity::options::StoreOptions;
use wicketgate_protection::SystemRandom;
use wicketgate_sql::{OpenError, connect};

async fn open(url: &str) -> Result<Arc<dyn Stores>, OpenError> {
    connect(url, &StoreOptions::default(), Arc::new(SystemRandom)).await
}

/// Accounts can be read.
async fn assert_opens(url: &str) {
    let store = open(url).await.map_err(|refused| format!("{url}: {refused}"));
    store.unwrap().accounts().ping().await.unwrap();
}

async fn refusal(url: &str) -> String {
    let refused = open(url).await.map(drop).unwrap_err();
    format!("{refused} {refused:?}")
}
