//! What an application brings along.

use std::sync::Arc;

use axum::Router;
use futures_util::future::BoxFuture;
use utoipa::openapi::OpenApi;
use wicketgate_axum::{Endpoint, Identity};
use wicketgate_identity::{EmailSender, StoreError, Stores};

/// What an application brings along. What it does not, the settings say.
pub(crate) struct Application<F> {
    /// Makes the router with all its routes.
    pub(crate) router: F,
    pub(crate) parts: ApplicationParts,
}

/// All but the router.
#[derive(Default)]
pub(crate) struct ApplicationParts {
    /// Describes the routes that are its own.
    pub(crate) openapi: OpenApi,
    /// How its routes are found.
    pub(crate) routing: Routing,
    /// The endpoints that it does without.
    pub(crate) without: Vec<Endpoint>,
    /// A store of its own.
    pub(crate) store: Option<OpenStore>,
    /// A sender of its own.
    pub(crate) email: Option<Arc<dyn EmailSender>>,
}

/// Whose rules an application's own routes are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Routing {
    #[default]
    Axum,
    Dotnet,
}

/// How an application opens a store of its own. It is tried again while the store is away.
pub(crate) type OpenStore = Arc<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn Stores>, StoreError>> + Send + Sync>;

/// Why an application could not make its router.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What makes an application's router.
pub(crate) trait MakeRouter: AsyncFnOnce(&Identity) -> Result<Router, BoxError> {}

impl<F: AsyncFnOnce(&Identity) -> Result<Router, BoxError>> MakeRouter for F {}
