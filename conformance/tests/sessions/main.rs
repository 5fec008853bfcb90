//! Sessions over HTTP, on every store: what has ended never works again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up has failed it"
)]

mod client;
mod confirmation;
mod deletion;
mod ending;
mod export;
mod fresh;
mod lifetime;
mod listing;
mod new_device;
