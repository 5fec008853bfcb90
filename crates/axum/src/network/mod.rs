//! Hosts, origins and proxies: where an application is reached, and which pages may call it.

mod allowed_hosts;
mod allowed_origin;
mod client_address;
mod cors;
mod cross_site;
mod forwarded_headers;
mod host;
mod public_url;
mod request_origin;
mod trusted_proxies;

pub use allowed_hosts::{AllowedHost, AllowedHostError};
pub use allowed_origin::{AllowedOrigin, AllowedOriginError};
pub use forwarded_headers::Tls;
pub use host::Host;
pub use public_url::{PublicUrl, PublicUrlError};

pub(crate) use allowed_hosts::AllowedHosts;
pub(crate) use client_address::{ClientAddress, client_address};
pub(crate) use cors::{Cors, with_vary};
pub(crate) use cross_site::CrossSite;
pub(crate) use forwarded_headers::origin;
#[cfg(test)]
pub(crate) use request_origin::UrlScheme;
pub(crate) use request_origin::{HostNamedBy, RequestOrigin};
pub(crate) use trusted_proxies::TrustedProxies;
