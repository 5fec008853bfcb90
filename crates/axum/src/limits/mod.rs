//! Limits on guessing, where requests are checked: behind the body, so that paths and encodings make no difference, and before
//! any work for it.

mod client;
mod limit_headers;
mod untrusted_proxy;

pub(crate) use client::LimitedClient;
pub(crate) use limit_headers::{limit_headers, retry_after};
pub(crate) use untrusted_proxy::UntrustedProxy;
