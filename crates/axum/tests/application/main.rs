//! Applications around the Identity API, and what they answer.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up has failed it"
)]

mod claims;
mod client;
mod composition;
mod concealed_existence;
mod cors;
mod cross_site;
mod cross_site_sign_in;
mod described_answers;
mod fresh;
mod guards;
mod hang_ups;
mod held_sessions;
mod hosts;
mod left_out_endpoints;
mod mailbox;
mod mailed_addresses;
mod mailed_links;
mod null_members;
mod openapi;
mod overtaken_sign_ins;
mod own_handlers;
mod own_sign_ins;
mod owner_notices;
mod passkeys;
mod racing_store;
mod rate_limits;
mod refresh_rotation;
mod session_clients;
mod session_cookies;
mod single_use;
mod sizes;
mod strict_passwords;

use wicketgate_axum::{Identity, IdentityBuilder, MemoryStore};

fn builder() -> IdentityBuilder {
    Identity::builder(MemoryStore::new()).ephemeral_keys()
}
