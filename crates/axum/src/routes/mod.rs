//! The endpoints, one file each.

mod confirm_email;
mod endpoint;
mod forgot_password;
mod info;
mod login;
mod login_with_cookie;
mod logout;
mod openapi;
mod passkeys;
mod refresh;
mod register;
mod resend_confirmation_email;
mod reset_password;
mod run_to_end;
mod running_requests;
mod two_factor;
mod watched_body;

use axum::{
    Router,
    middleware::{from_extractor, from_fn_with_state},
    routing::any,
};
use http::{HeaderValue, StatusCode, header::ALLOW};
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt},
    routes,
};

pub use self::endpoint::Endpoint;
pub(crate) use self::openapi::{HttpValidationProblemDetails, ProblemDetails};
pub(crate) use self::passkeys::{Browser, with_passkey_domain};
use self::run_to_end::run_to_end;
pub(crate) use self::running_requests::RunningRequests;
use crate::{Identity, account, dotnet::json::AcceptsJson, sessions};

impl Identity {
    /// The ten endpoints of .NET's `MapIdentityApi`, and `POST /login/cookie`; where there are
    /// [sessions](wicketgate_identity::options::SessionOptions), `/manage/sessions`, `/manage/confirm`, `/manage/account` and
    /// `/manage/account/export`, too, and where there are [passkeys](wicketgate_identity::options::PasskeyOptions), their endpoints.
    /// Merge them into a router, or nest them with [`into_router`](Api::into_router): mailed links lead to wherever they are.
    pub fn api(&self) -> Api {
        let endpoints = Endpoint::ALL.into_iter();
        let endpoints = endpoints.filter(|&endpoint| endpoint != Endpoint::Logout);
        Api::new(self, endpoints)
    }

    /// `POST /logout`, which .NET's documentation tells applications to add.
    pub fn logout(&self) -> Api {
        Api::new(self, [Endpoint::Logout])
    }

    /// The OpenAPI description of [`api`](Self::api) and [`logout`](Self::logout), to merge with the application's own.
    pub fn openapi(&self) -> OpenApi {
        Api::new(self, Endpoint::ALL).openapi()
    }
}

/// The endpoints of an [`Identity`], to merge into a router or to nest in one; see [`Identity::api`].
///
/// ```
/// # use axum::Router;
/// # use wicketgate_axum::{Endpoint, Identity};
/// # fn routes(identity: &Identity) -> Router {
/// // Accounts are created by an administrator, not by the users themselves.
/// Router::new().merge(identity.api().without(Endpoint::Register))
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Api {
    identity: Identity,
    endpoints: Vec<Endpoint>,
}

impl Api {
    /// These endpoints, except those that `identity` was built without, and those that need what it does not have.
    pub(crate) fn new(identity: &Identity, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let left_out = &identity.parts().without;
        let accounts = identity.accounts();
        let has_sessions = accounts.sessions().is_some();
        let has_deletions = accounts.stores().deletions().is_some();
        let has_passkeys = accounts.has_passkeys();
        let exists = |endpoint: Endpoint| match endpoint {
            Endpoint::Sessions | Endpoint::Confirm | Endpoint::Export => has_sessions,
            Endpoint::DeleteAccount => has_sessions && has_deletions,
            endpoint if endpoint.is_of_passkeys() => has_passkeys,
            _ => true,
        };
        Self {
            identity: identity.clone(),
            endpoints: endpoints
                .into_iter()
                .filter(|endpoint| exists(*endpoint) && !left_out.contains(endpoint))
                .collect(),
        }
    }

    /// Leaves an endpoint out: requests to it are answered like those to any unknown path. With
    /// [`IdentityBuilder::without`](crate::IdentityBuilder::without) instead, [`Identity::openapi`] leaves it out, too.
    pub fn without(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.retain(|&kept| kept != endpoint);
        self
    }

    /// The endpoints as a router, for `Router::nest`.
    pub fn into_router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        if self.endpoints.is_empty() {
            return Router::new();
        }
        let router: Router<Identity> = self.describe().into();
        let router = router.route_layer(from_fn_with_state(self.identity.clone(), run_to_end));
        let of_dotnet = self.endpoints.iter().filter(|endpoint| !endpoint.is_optional());
        let marks = of_dotnet.map(|endpoint| endpoint.mark());
        let router = marks.fold(router.with_state(self.identity.clone()), |router, mark| {
            router.route(&mark, any(StatusCode::NOT_FOUND))
        });
        let router = match self.identity.prefix() {
            "" => router,
            prefix => Router::new().nest(prefix, router),
        };
        match self.endpoints.iter().any(|endpoint| endpoint.is_of_passkeys()) {
            true => router.merge(passkeys::well_known(&self.identity)),
            false => router,
        }
    }

    /// The OpenAPI description of these endpoints, to merge with the application's own.
    pub fn openapi(&self) -> OpenApi {
        let mut openapi = self.describe().into_openapi();
        openapi::complete(&mut openapi, &self.identity);
        let paths = std::mem::take(&mut openapi.paths.paths);
        let prefix = self.identity.prefix();
        openapi.paths.paths = paths
            .into_iter()
            .map(|(path, item)| (format!("{prefix}{path}"), item))
            .collect();
        openapi
    }

    fn describe(&self) -> OpenApiRouter<Identity> {
        let routes = self.endpoints.iter().map(|&endpoint| routes_of(endpoint));
        routes.fold(OpenApiRouter::new(), OpenApiRouter::merge)
    }
}

impl<S: Clone + Send + Sync + 'static> From<Api> for Router<S> {
    fn from(api: Api) -> Self {
        api.into_router()
    }
}

fn routes_of(endpoint: Endpoint) -> OpenApiRouter<Identity> {
    let routes = match endpoint {
        Endpoint::Register => taking_json(routes!(register::register)),
        Endpoint::Login => taking_json(routes!(login::login)),
        Endpoint::LoginWithCookie => taking_json(routes!(login_with_cookie::login_with_cookie)),
        Endpoint::Refresh => taking_json(routes!(refresh::refresh)),
        Endpoint::ConfirmEmail => routes!(confirm_email::confirm_email),
        Endpoint::ResendConfirmationEmail => taking_json(routes!(resend_confirmation_email::resend_confirmation_email)),
        Endpoint::ForgotPassword => taking_json(routes!(forgot_password::forgot_password)),
        Endpoint::ResetPassword => taking_json(routes!(reset_password::reset_password)),
        Endpoint::TwoFactor => taking_json(routes!(two_factor::two_factor)),
        Endpoint::Info => together(routes!(info::get_info), taking_json(routes!(info::post_info))),
        Endpoint::Logout => taking_json(routes!(logout::logout)),
        Endpoint::Sessions => return sessions::routes(),
        Endpoint::Confirm => return sessions::confirmation(),
        Endpoint::Export => return account::exporting(),
        Endpoint::DeleteAccount => return account::deleting(),
        Endpoint::PasskeyOptions => return passkeys::options(),
        Endpoint::PasskeyLogin => return passkeys::login(),
        Endpoint::Passkeys => return passkeys::managing(),
    };
    OpenApiRouter::new().routes(with_dotnet_routing(routes))
}

/// Refuses a body that is not JSON with 415. No `GET` has one, and needs this layer.
fn taking_json(routes: UtoipaMethodRouter<Identity>) -> UtoipaMethodRouter<Identity> {
    routes.map(|methods| methods.route_layer(from_extractor::<AcceptsJson>()))
}

/// Methods of one path.
fn together(
    (mut schemas, mut paths, methods): UtoipaMethodRouter<Identity>,
    (more_schemas, more_paths, more_methods): UtoipaMethodRouter<Identity>,
) -> UtoipaMethodRouter<Identity> {
    schemas.extend(more_schemas);
    paths.merge(more_paths);
    (schemas, paths, methods.merge(more_methods))
}

/// Refuses what ASP.NET Core's routing refuses before it checks who sends the request: a method that the endpoint does not have,
/// with 405. `HEAD` and `OPTIONS` are methods like any other; axum would answer `HEAD` by `GET`, and would format the list of
/// methods differently.
fn with_dotnet_routing(routes: UtoipaMethodRouter<Identity>) -> UtoipaMethodRouter<Identity> {
    let has = |method: fn(&PathItem) -> bool| routes.1.paths.values().any(method);
    let has_get = has(|path| path.get.is_some());
    let allowed = HeaderValue::from_static(match (has_get, has(|path| path.post.is_some())) {
        (true, true) => "GET, POST",
        (true, false) => "GET",
        (false, _) => "POST",
    });
    let refuse = move || {
        let allowed = allowed.clone();
        async move { (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, allowed)]) }
    };
    routes.map(|methods| {
        let methods = methods.fallback(refuse.clone());
        if has_get { methods.head(refuse) } else { methods }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_described_under_the_paths_that_they_are_named_by() {
        for endpoint in Endpoint::ALL {
            let paths = routes_of(endpoint).into_openapi().paths.paths;
            let mut paths = paths.keys().map(String::as_str).collect::<Vec<_>>();
            let below = |path: &str| path.starts_with(&format!("{}/", endpoint.path()));
            paths.retain(|path| !below(path));
            assert_eq!(paths, [endpoint.path()]);
        }
    }
}
