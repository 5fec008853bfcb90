//! The current request, whether its client is still waiting, and what goes on when it is not.

mod caller;
mod context;
mod to_its_end;

pub use self::caller::Caller;
pub(crate) use self::caller::caller_gone;
pub use self::context::{ClientNetwork, RequestContext};
pub use self::to_its_end::ToItsEnd;
