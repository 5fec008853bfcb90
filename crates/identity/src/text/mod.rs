//! Text as .NET compares, checks and writes it.

mod email_address;
mod encoder;
mod html_encoder;
pub mod http_date;
mod json_encoder;
mod json_nesting;
mod normalization;
pub(crate) mod random;
mod url_encoder;

pub use email_address::is_email_address;
pub use html_encoder::encode_html;
pub use json_encoder::{encode_json, encode_json_relaxed};
pub use json_nesting::is_json_too_deep;
pub use normalization::normalize;
pub use random::guid_of_time;
pub use url_encoder::encode_url;

pub(crate) use normalization::equals_ignoring_case;
