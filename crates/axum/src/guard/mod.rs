//! Guards: which users may use a route, and what the others get.

mod challenge;
mod require;
mod signed_in;

pub use require::{Require, RequireService};
pub use signed_in::SignedIn;
