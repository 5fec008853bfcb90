//! The current request, and whether its client is still waiting.

mod caller;
mod context;

pub use self::caller::Caller;
pub(crate) use self::caller::caller_gone;
pub use self::context::{ClientNetwork, RequestContext};
