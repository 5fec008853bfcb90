//! Events, their signatures and their chain.

mod settling;
mod signing;
