//! Answers: the one place where outcomes and errors become HTTP.

mod failure;
mod instant;
mod json;
mod problem;
mod refusal;

pub use failure::Failure;
pub(crate) use instant::instant;
pub use json::Json;
pub(crate) use json::WrittenJson;
pub(crate) use refusal::Refusal;
