//! Accounts and sign-in, without HTTP and SQL.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test cannot set up has failed it"
)]
//! Accounts and sign-in as a whole, on the in-memory store.

mod administration;
mod email;
mod events;
mod kept_events;
mod lockout;
mod parallel_guesses;
mod passkeys;
mod passkeys_observed;
mod password;
mod registration;
mod rehash;
mod remembered_machine;
mod second_factor;
mod security_stamp;
mod sessions;
mod sign_in;
mod single_use;
mod strict_second_factor;
mod two_factor;
mod world;
