//! How ASP.NET Core reads requests and writes answers: JSON, cookies, query parameters, paths and routing.

mod canonical_path;
pub(crate) mod cookies;
pub(crate) mod json;
mod path_base;
mod query;
mod routing;

pub(crate) use canonical_path::canonical_path;
pub(crate) use path_base::PathBase;
pub(crate) use query::QueryParameters;
pub(crate) use routing::{DotnetRoutes, EndpointRoutes};
