//! JSON as ASP.NET Core's minimal APIs read and write it.

mod answer;
mod body;
mod charset;
mod media_type;
mod members;
mod writer;

pub use answer::Json;
pub(crate) use body::{AcceptsJson, JsonBody};
pub(crate) use members::{AnyValue, FromJson, MalformedJson, Members};
pub(crate) use writer::{ok, problem};
