//! Sessions. Stores that keep none pass every check here.

mod ending;
pub(crate) mod fixture;
mod keeping;
mod refreshing;

pub use ending::*;
pub use keeping::*;
pub use refreshing::*;
