//! Many requests at once, over all instances.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::task::JoinSet;
use wicketgate_conformance::ReceivedResponse;

use crate::client::{Credential, get, post};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    Get(String),
    Post(&'static str, Value),
}

/// Sends all of these at once, to one instance after another.
pub(crate) async fn at_once(
    instances: &[SocketAddr],
    credential: &Credential,
    requests: impl IntoIterator<Item = Request>,
) -> Vec<ReceivedResponse> {
    let mut sent = JoinSet::new();
    for (request, &instance) in requests.into_iter().zip(instances.iter().cycle()) {
        let credential = credential.clone();
        sent.spawn(async move {
            match request {
                Request::Get(path) => get(instance, &path, &credential).await,
                Request::Post(path, body) => post(instance, path, &credential, &body).await,
            }
        });
    }
    sent.join_all().await
}
