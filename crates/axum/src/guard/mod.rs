//! Guards: who may pass, and what all others are told.

mod challenge;
mod require;
mod signed_in;

pub use require::{Require, RequireService};
pub use signed_in::SignedIn;
