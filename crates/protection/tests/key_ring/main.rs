//! A ring over time, among instances, and with a repository that fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

mod cancelled_readings;
mod repository_failures;
mod revocation;
mod rotation;
mod simultaneous_starts;
mod unknown_key_ids;
mod vanished_keys;
mod world;
