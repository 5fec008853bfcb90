//! Sessions. Stores that keep none pass every check here.

mod ending;
mod fixture;
mod keeping;

pub use ending::*;
pub use keeping::*;
