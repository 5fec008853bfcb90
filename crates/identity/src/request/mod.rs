//! The request that work is done for, and whether anybody still waits for its answer.

mod caller;
mod context;

pub use self::caller::Caller;
pub(crate) use self::caller::caller_gone;
pub use self::context::{ClientNetwork, RequestContext};
