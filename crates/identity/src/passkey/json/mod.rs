//! JSON as System.Text.Json reads the parts of a browser's answer: names ignore case, the last of several members with one name
//! counts, unknown members are skipped.

mod malformed;
mod value;

pub use malformed::MalformedJson;
pub(super) use value::{JsonValue, Required};
