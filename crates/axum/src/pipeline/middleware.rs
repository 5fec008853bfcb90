//! What is done to every request before the application sees it, and to every response (.NET's middleware).

use std::{convert::Infallible, future::ready, net::IpAddr, sync::Arc};

use axum::{
    extract::{OriginalUri, Request},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tower::{Layer, ServiceExt, service_fn};
use wicketgate_identity::request::{ClientNetwork, RequestContext};

use crate::{
    Identity,
    answer::Failure,
    authentication::{Asked, AuthenticationContext},
    network::{self, Cors},
    sessions::RequestDevice,
};

/// CORS, trusted proxies, host filtering and authentication, in this order.
pub(crate) struct Middleware {
    identity: Identity,
    cors: Option<Cors>,
}

/// The application inside the middleware. Its future has a type of its own, so that a request needs no box for it.
pub(crate) trait Application: Clone + Send + Sync + 'static {
    fn answer(self, request: Box<Request>) -> impl Future<Output = Response> + Send;
}

impl Middleware {
    pub(crate) fn new(identity: &Identity) -> Self {
        Self {
            identity: identity.clone(),
            cors: Cors::new(&identity.parts().cors),
        }
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn client_address(&self, request: &Request) -> Option<IpAddr> {
        let proxies = &self.identity.parts().trusted_proxies;
        let client = network::client_address(request.extensions(), request.headers(), proxies);
        client.map(|client| client.address)
    }

    /// The application's answer, if the request may pass, with the cookies that it sets or renews.
    pub(crate) async fn answer(self: &Arc<Self>, request: Box<Request>, application: impl Application) -> Response {
        if self.has_seen(&request) {
            return application.answer(request).await;
        }
        let context = RequestContext::current().unwrap_or_else(|| self.context(&request));
        context.scope(self.answer_in_context(request, application)).await
    }

    /// Where no server has said what request this is: where it comes from, for sessions and events.
    fn context(&self, request: &Request) -> Arc<RequestContext> {
        Arc::new(RequestContext {
            id: String::new(),
            client: self.client_address(request).map(ClientNetwork::from),
        })
    }

    async fn answer_in_context(self: &Arc<Self>, request: Box<Request>, application: impl Application) -> Response {
        match &self.cors {
            Some(cors) if cors.concerns(&request) => {
                Box::pin(self.answer_other_origin(cors, request, application)).await
            }
            Some(_) => network::with_vary(self.answer_own_origin(request, application).await),
            None => self.answer_own_origin(request, application).await,
        }
    }

    async fn answer_other_origin(
        self: &Arc<Self>,
        cors: &Cors,
        request: Box<Request>,
        application: impl Application,
    ) -> Response {
        let middleware = Arc::clone(self);
        let service = service_fn(move |request| {
            let (middleware, application) = (Arc::clone(&middleware), application.clone());
            async move { Ok::<_, Infallible>(middleware.answer_own_origin(Box::new(request), application).await) }
        });
        let Ok(response) = cors.layer().layer(service).oneshot(*request).await;
        response
    }

    /// An answer that was given in the application's place, with the CORS headers that the application's own would have.
    pub(crate) async fn answer_in_place(&self, request: Box<Request>, response: Response) -> Response {
        match &self.cors {
            Some(cors) if cors.concerns(&request) => {
                let mut response = Some(response);
                let service = service_fn(move |_| ready(Ok::<_, Infallible>(response.take().unwrap_or_default())));
                let Ok(response) = cors.layer().layer(service).oneshot(*request).await;
                response
            }
            Some(_) => network::with_vary(response),
            None => response,
        }
    }

    async fn answer_own_origin(&self, request: Box<Request>, application: impl Application) -> Response {
        self.try_answer(request, application)
            .await
            .unwrap_or_else(IntoResponse::into_response)
    }

    async fn try_answer(&self, mut request: Box<Request>, application: impl Application) -> Result<Response, Failure> {
        let parts = self.identity.parts();
        let origin = network::origin(&request, &parts.trusted_proxies);
        if parts.allowed_hosts.refuse(&origin) {
            return Ok(StatusCode::BAD_REQUEST.into_response());
        }
        let cross_site = parts.cross_site.as_ref();
        let is_cross_site = cross_site.is_some_and(|rule| rule.has_sent(request.method(), request.headers(), &origin));
        if is_cross_site && parts.schemes.have_cookie(request.headers()) {
            return Err(Failure::CrossSite);
        }
        // An outer router that nests the application has removed the beginning of the path.
        let original = request.extensions().get().map(|OriginalUri(uri)| uri);
        let uri = original.unwrap_or(request.uri());
        let device = match self.identity.accounts().sessions() {
            Some(_) => RequestDevice::new(request.headers()),
            None => RequestDevice::default(),
        };
        let asked = Asked {
            origin,
            is_cross_site,
            uri,
            device,
        };
        let context = AuthenticationContext::authenticate(self.identity.clone(), asked, request.headers()).await?;
        request.extensions_mut().insert(Arc::clone(&context));
        let mut response = application.answer(request).await;
        context.finish(response.headers_mut()).await?;
        Ok(response)
    }

    /// Whether the request has passed through here already: an application may apply the layer to a part of itself, too.
    fn has_seen(&self, request: &Request) -> bool {
        let context = request.extensions().get::<Arc<AuthenticationContext>>();
        context.is_some_and(|context| std::ptr::eq(context.identity().parts(), self.identity.parts()))
    }
}
