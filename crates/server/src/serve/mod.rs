//! The server that runs until it is told to stop.

mod connection;
mod connection_limit;
mod data_rate;
mod descriptors;
mod early_answer;
#[cfg(unix)]
mod hangup;
mod header_encoding;
mod health;
mod host;
mod hosted_application;
mod limits;
mod listener;
mod openapi;
mod own_certificate;
mod page;
mod request_body_rate;
mod request_log;
mod start_warnings;
mod stop_signals;
mod swagger;
mod target;
mod timeouts;
mod tls;
mod traffic;

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use utoipa::openapi::OpenApi;
use wicketgate_axum::Identity;
use wicketgate_protection::{Clock, Random};

pub use self::{connection::serve_connection, hosted_application::HostedApplication};
use self::{listener::Listener, stop_signals::StopSignals, tls::Certificates};
pub(crate) use self::{openapi::document, own_certificate::trusting_connector};
use crate::{
    application,
    commands::CommandError,
    email,
    key_ring::{self, key_ring},
    settings::{Settings, SwaggerSettings},
};

/// What an application brings along.
pub(crate) struct Application<F> {
    /// Makes the router with all its routes.
    pub(crate) router: F,
    /// Describes the routes that are its own.
    pub(crate) openapi: OpenApi,
}

/// Serves requests until SIGTERM or SIGINT, then finishes those in flight and sends what mail is waiting, for as long as
/// `shutdown_timeout` in all. A second signal ends that at once.
pub(crate) async fn serve(
    settings: Settings,
    application: Application<impl FnOnce(&Identity) -> Router>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<(), CommandError> {
    let descriptors = descriptors::raise_limit();
    let store = application::store(&settings, Arc::clone(&random)).await?;
    let ring = key_ring(&settings, Arc::clone(&clock), Arc::clone(&random)).await?;
    ring.load().await?;
    let data_protection = application::data_protection(&settings, Arc::clone(&ring));
    let certificates = Certificates::read(&settings.tls)?;
    let (outbox, worker) = email::start(&settings.email, Arc::clone(&clock), Arc::clone(&random)).await?;
    let listener = Listener::bind(settings.listen).await?;

    let identity = application::identity(
        &settings,
        Arc::clone(&store),
        data_protection,
        Arc::new(outbox),
        clock,
        Arc::clone(&random),
    );
    let routes = routes(&identity, application, &settings.swagger);
    let application = HostedApplication::new(identity.pipeline(routes), store, random);
    let application = Arc::new(application.log_client_address(settings.log_client_address));
    // Caught before anybody is told that the server listens, so that no signal kills it from then on.
    let mut stop = StopSignals::catch().map_err(CommandError::Runtime)?;
    #[cfg(unix)]
    tokio::spawn(hangup::reread_on_hangup(
        signal(SignalKind::hangup()).map_err(CommandError::Runtime)?,
        certificates.clone(),
        ring,
    ));
    announce(&settings, listener.address(), certificates.is_some());
    start_warnings::warn(&settings, listener.address());
    let connections = listener
        .run(application, certificates, &settings, descriptors, &mut stop)
        .await;
    let until = Instant::now() + settings.shutdown_timeout.unsigned_abs();
    let finish = async {
        connections.finish(until).await;
        worker.drain(until).await;
    };
    tokio::select! {
        () = finish => {
            tracing::info!("stopped");
            Ok(())
        }
        () = stop.recv() => Err(CommandError::StoppedAtOnce),
    }
}

/// The application and the pages around it.
fn routes(
    identity: &Identity,
    application: Application<impl FnOnce(&Identity) -> Router>,
    swagger: &SwaggerSettings,
) -> Router {
    let routes = (application.router)(identity);
    if !swagger.enabled {
        return routes;
    }
    let prefix = identity.prefix();
    let pages = openapi::routes(identity, application.openapi).merge(swagger::routes(prefix));
    routes.merge(if swagger.require_sign_in {
        pages.route_layer(identity.require_signed_in())
    } else {
        pages
    })
}

/// What somebody wants to know who started this for the first time.
fn announce(settings: &Settings, address: SocketAddr, is_secure: bool) {
    let origin = format!("{}://{address}", if is_secure { "https" } else { "http" });
    let mail = match &settings.email.smtp_url {
        Some(url) => format!("{}:{}", url.0.host, url.0.port),
        None => format!("folder {}", settings.email.directory.display()),
    };
    let swagger = if settings.swagger.enabled {
        format!("{origin}/swagger")
    } else {
        "off".to_owned()
    };
    tracing::info!(
        address = origin,
        database = without_credentials(&settings.database.url.0),
        keys = %key_ring::place(settings),
        mail,
        swagger,
        "listening"
    );
}

/// The URL without what stands between `//` and `@`, and behind `?`, where there may be a password, too.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) if scheme != "sqlite" => {
            let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
            let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
            format!("{scheme}://{place}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_shows_no_password_of_a_database() {
        for (url, shown) in [
            ("sqlite://data/a@b?.db", "sqlite://data/a@b?.db"),
            ("postgres://ada:S3@cret@db:1,two/app", "postgres://db:1,two/app"),
            (
                "postgres://ada@db/app?sslmode=require&password=S3cret",
                "postgres://db/app",
            ),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }
}
