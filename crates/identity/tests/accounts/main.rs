#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test cannot set up has failed it"
)]
//! Accounts and sign-in as a whole, on the in-memory store.

mod administration;
mod email;
mod password;
mod registration;
mod sign_in;
mod two_factor;
mod world;
