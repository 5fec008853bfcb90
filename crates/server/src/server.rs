//! What an application chooses about the server around it.

use std::{fmt, process::ExitCode, sync::Arc};

use axum::Router;
use utoipa::openapi::OpenApi;
use wicketgate_axum::{Endpoint, Identity};
use wicketgate_identity::{EmailSender, IntoStores, StoreError};

use crate::{
    application::{Application, ApplicationParts, BoxError, Routing},
    run::run_application,
};

/// Gives an application the whole command line and configuration: `serve`, `migrate`, `users`, `keys`, `events`,
/// `check-dotnet`, `openapi` and `healthcheck`; see `--help`.
///
/// `application` returns the router with all routes; it should merge [`Identity::api`]. It is called once, by `serve`, and
/// [`Identity::layer`] is added around the router. [`Server`] has more options.
pub fn run(application: impl FnOnce(&Identity) -> Router) -> ExitCode {
    Server::new().run(application)
}

/// The server around an application: its command line, settings, logs, mail and TLS. [`run`] is the short form.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use axum::Router;
///
/// async fn connect() -> std::io::Result<u16> {
///     Ok(4711) // to something that the application needs
/// }
///
/// fn main() -> ExitCode {
///     wicketgate::Server::new().run_async(async |identity| {
///         let connection = connect().await?;
///         let router = Router::new().route("/", axum::routing::get(move || async move { connection.to_string() }));
///         Ok::<_, std::io::Error>(router.merge(identity.api()))
///     })
/// }
/// ```
#[derive(Default)]
pub struct Server {
    parts: ApplicationParts,
}

impl Server {
    /// A server whose parts all come from the settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Describes the application's own routes for `/openapi/v1.json` and the page at `/swagger`. The Identity endpoints
    /// describe themselves.
    pub fn openapi(mut self, openapi: OpenApi) -> Self {
        self.parts.openapi = openapi;
        self
    }

    /// Applies ASP.NET Core's routing rules to all routes, not just to the Identity endpoints; see [`Identity::dotnet_routing`].
    pub fn dotnet_routing(mut self) -> Self {
        self.parts.routing = Routing::Dotnet;
        self
    }

    /// Leaves out endpoints, in the routes and in the OpenAPI description, in addition to those that `endpoints.disabled` names;
    /// see [`IdentityBuilder::without`](wicketgate_axum::IdentityBuilder::without).
    pub fn without(mut self, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        self.parts.without.extend(endpoints);
        self
    }

    /// Keeps the accounts in a store of your own instead of the database that `database.url` names. `serve` and the commands
    /// that need accounts call `open`; `serve` calls it again as long as it returns [`Unavailable`](StoreError::Unavailable).
    ///
    /// The keys stay where the settings put them: in `keys.directory`, or in the database that `database.url` names.
    pub fn store<F, S>(mut self, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<S, StoreError>> + Send + 'static,
        S: IntoStores,
    {
        self.parts.store = Some(Arc::new(move || {
            let opening = open();
            Box::pin(async move { opening.await.map(IntoStores::into_stores) })
        }));
        self
    }

    /// Sends mail with a sender of your own, instead of as the settings in `[email]` say. It may be slow: responses do not wait
    /// for mail.
    pub fn email(mut self, sender: impl EmailSender) -> Self {
        self.parts.email = Some(Arc::new(sender));
        self
    }

    /// Runs the command that the command line names; see [`run`].
    pub fn run(self, application: impl FnOnce(&Identity) -> Router) -> ExitCode {
        self.run_async(async |identity| Ok::<_, BoxError>(application(identity)))
    }

    /// The same for an application whose set-up is asynchronous or can fail.
    pub fn run_async<E: Into<BoxError>>(
        self,
        application: impl AsyncFnOnce(&Identity) -> Result<Router, E>,
    ) -> ExitCode {
        run_application(Application {
            router: async |identity: &Identity| application(identity).await.map_err(Into::into),
            parts: self.parts,
        })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
