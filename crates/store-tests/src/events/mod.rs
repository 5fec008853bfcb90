//! Events, which stores may keep.

mod fixture;
mod keeping;
mod writing;

pub use self::keeping::*;
pub use self::writing::*;
