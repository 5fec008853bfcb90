//! JSON as ASP.NET Core's minimal APIs read and write it.

mod any_value;
mod body;
mod charset;
mod deserializer;
mod malformed;
mod media_type;
mod members;
mod text_if_any;
mod writer;

pub(crate) use any_value::AnyValue;
pub(crate) use body::{AcceptsJson, JsonBody};
pub(crate) use deserializer::present;
pub(crate) use text_if_any::text_if_any;
pub(crate) use writer::to_json;
