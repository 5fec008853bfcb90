//! JSON as ASP.NET Core's minimal APIs read and write it.

mod answer;
mod body;
mod charset;
mod deserializer;
mod media_type;
mod writer;

pub use answer::Json;
pub(crate) use body::{AcceptsJson, JsonBody};
pub(crate) use deserializer::{AnyValue, present};
pub(crate) use writer::{ok, problem};
