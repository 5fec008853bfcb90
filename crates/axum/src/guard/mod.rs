//! Guards: which users may use a route, and what the others get.

mod challenge;
pub(crate) mod fresh;
mod require;
mod signed_in;

pub use fresh::Fresh;
pub use require::{Require, RequireService};
pub use signed_in::SignedIn;
