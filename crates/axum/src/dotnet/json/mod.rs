//! JSON as ASP.NET Core's minimal APIs read and write it.

mod body;
mod charset;
mod deserializer;
mod media_type;
mod writer;

pub(crate) use body::{AcceptsJson, JsonBody};
pub(crate) use deserializer::{AnyValue, present};
pub(crate) use writer::to_json;
