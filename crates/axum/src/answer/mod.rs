//! Answers: the one place where outcomes and errors become HTTP.

mod failure;
mod json;
mod problem;
mod refusal;

pub use failure::Failure;
pub use json::Json;
pub(crate) use refusal::Refusal;
