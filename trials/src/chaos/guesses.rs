//! Guessing a password during faults.

use std::{net::SocketAddr, thread, time::Duration};

use serde_json::json;
use ureq::Agent;

use crate::client::PASSWORD;

const COUNT: usize = 100;

/// Whose password is guessed.
pub(super) const EMAIL: &str = "guessed@example.test";

/// Registers the account, sends a hundred wrong passwords at once, spread over all instances, and tells how many were
/// answered as wrong.
pub(super) fn guess(instances: &[SocketAddr]) -> usize {
    let agent = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .build()
        .new_agent();
    let post = |instance: SocketAddr, path: &str, password: &str| {
        let body = json!({"email": EMAIL, "password": password}).to_string();
        let request = agent.post(format!("http://{instance}{path}"));
        let answer = request.content_type("application/json").send(body);
        answer.map_or(0, |answer| answer.status().as_u16())
    };
    if let Some(&first) = instances.first() {
        post(first, "/register", PASSWORD);
    }
    let statuses: Vec<u16> = thread::scope(|scope| {
        let at_once: Vec<_> = instances
            .iter()
            .cycle()
            .take(COUNT)
            .map(|&instance| scope.spawn(move || post(instance, "/login", "wrong")))
            .collect();
        at_once
            .into_iter()
            .map(|guess| guess.join().unwrap_or_default())
            .collect()
    });
    statuses.iter().filter(|&&status| status == 401).count()
}
