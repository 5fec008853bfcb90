//! The server that runs until it is told to stop.

mod admission;
mod busy;
mod connection;
mod connection_limit;
mod connection_options;
mod data_rate;
mod descriptors;
mod early_answer;
mod error;
mod events;
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
mod passkey_domain;
mod request_body_rate;
mod request_log;
mod start_warnings;
mod starting;
mod stop_signals;
#[cfg(feature = "swagger")]
mod swagger;
mod target;
mod timeouts;
mod tls;
mod traffic;

use std::{
    future::pending,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::Router;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{self, Instant};
use utoipa::openapi::OpenApi;
use wicketgate_axum::Identity;
use wicketgate_protection::{Clock, KeyRing, Random};

pub use self::{connection::serve_connection, hosted_application::HostedApplication};
pub(crate) use self::{error::ServeError, openapi::document, own_certificate::trusting_connector};
use self::{listener::Listener, starting::Opened, stop_signals::StopSignals, tls::Certificates};
use crate::{
    application::{Application, MakeRouter, Routing},
    assembly,
    email::{self, Mail},
    key_ring,
    metrics::MetricsListener,
    opening_error::OpeningError,
    password_files,
    settings::{Settings, SwaggerSettings},
};

/// Serves requests until SIGTERM or SIGINT, then finishes those in flight and sends what mail is waiting, for as long as
/// `shutdown_timeout` in all. A second signal ends that at once.
pub(crate) async fn serve(
    settings: Settings,
    application: Application<impl MakeRouter>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<(), ServeError> {
    passkey_domain::check(&settings)?;
    let descriptors = descriptors::raise_limit();
    let Application { router, parts } = application;
    let own_store = parts.store.as_ref();
    let settings = password_files::opened(&settings).map_err(OpeningError::from)?;
    let opened = match Opened::now(&settings, own_store, &clock, &random).await {
        Err(error) if !error.is_passing() => return Err(error.into()),
        opened => opened,
    };
    let certificates = Certificates::read(&settings.tls)?;
    let mail = Mail::start(&settings, parts.email.clone(), &clock, &random).await?;
    let listener = Listener::bind(settings.listen).await?;
    let hosted_identity = Arc::new(OnceLock::new());
    let metrics = metrics(&settings, &hosted_identity, &clock).await?;

    let hosted = HostedApplication::awaiting(&settings.prefix, Arc::clone(&random));
    let hosted = Arc::new(hosted.log_client_address(settings.log_client_address));
    let ring = Arc::new(OnceLock::new());
    let upkeep = OnceLock::new();
    let host = async |Opened { store, ring: opened }: Opened| {
        let data_protection = assembly::data_protection(&settings, Arc::clone(&opened));
        let (clock, random) = (Arc::clone(&clock), Arc::clone(&random));
        let builder = assembly::builder(&settings, Arc::clone(&store), data_protection, clock, random);
        let identity = mail.take_from(builder.without(parts.without.clone())).build()?;
        email::warn_of_lost_mails(&identity);
        start_warnings::warn_of_lone_limits(&settings, &identity);
        start_warnings::warn_of_missing_passkeys(&settings, &identity);
        let routes = routes(&identity, router, parts.openapi.clone(), &settings.swagger).await?;
        let pipeline = match parts.routing {
            Routing::Axum => identity.pipeline(routes),
            Routing::Dotnet => identity.pipeline_with_dotnet_routing(routes),
        };
        hosted.host(pipeline, store);
        let _ = ring.set(opened);
        if let Some(started) = events::start_upkeep(&identity, &settings, &parts) {
            let _ = upkeep.set(started);
        }
        let _ = hosted_identity.set(identity);
        Ok::<(), ServeError>(())
    };
    // Caught before anybody is told that the server listens, so that no signal kills it from then on.
    let mut stop = StopSignals::catch().map_err(ServeError::Signals)?;
    #[cfg(unix)]
    tokio::spawn(hangup::reread_on_hangup(
        signal(SignalKind::hangup()).map_err(ServeError::Signals)?,
        certificates.clone(),
        Arc::clone(&ring),
    ));
    let ring_at_start = opened.as_ref().ok().map(|opened| &*opened.ring);
    announce(
        &settings,
        &mail,
        ring_at_start,
        listener.address(),
        certificates.is_some(),
    );
    if let Some(metrics) = &metrics {
        tracing::info!(
            address = format!("http://{}/metrics", metrics.address()),
            "metrics are served"
        );
    }
    start_warnings::warn(&settings, listener.address());
    let connections = match opened {
        Ok(opened) => {
            host(opened).await?;
            let running = listener.run(Arc::clone(&hosted), certificates, &settings, descriptors, &mut stop);
            running.await
        }
        Err(away) => {
            let opening = async {
                match host(Opened::when_possible(settings.clone(), own_store, away, &clock, &random).await).await {
                    Ok(()) => pending().await,
                    Err(error) => error,
                }
            };
            let running = listener.run(Arc::clone(&hosted), certificates, &settings, descriptors, &mut stop);
            tokio::select! {
                connections = running => connections,
                error = opening => return Err(error),
            }
        }
    };
    let until = Instant::now() + settings.shutdown_timeout.unsigned_abs();
    let finish = async {
        connections.finish(until).await;
        if let Some(identity) = hosted_identity.get() {
            finish_requests(identity, until).await;
        }
        events::finish_upkeep(upkeep.into_inner(), until).await;
        mail.finish(hosted_identity.get(), until).await;
    };
    tokio::select! {
        () = finish => {
            tracing::info!("stopped");
            Ok(())
        }
        () = stop.recv() => Err(ServeError::StoppedAtOnce),
    }
}

/// What shows metrics, where they are wanted.
async fn metrics(
    settings: &Settings,
    identity: &Arc<OnceLock<Identity>>,
    clock: &Arc<dyn Clock>,
) -> Result<Option<MetricsListener>, ServeError> {
    let Some(address) = settings.metrics.listen else {
        return Ok(None);
    };
    let started = MetricsListener::start(address, Arc::clone(identity), Arc::clone(clock)).await;
    let metrics = started.map_err(|source| ServeError::ListenForMetrics { address, source })?;
    Ok(Some(metrics))
}

/// Waits for the requests that go on without their clients, but not for ever.
async fn finish_requests(identity: &Identity, until: Instant) {
    if time::timeout_at(until, identity.finish_requests()).await.is_err() {
        let requests = identity.running_requests();
        tracing::warn!(requests, "requests were aborted: the shutdown timeout ended");
    }
}

/// The application and the pages around it.
async fn routes(
    identity: &Identity,
    router: impl MakeRouter,
    openapi: OpenApi,
    settings: &SwaggerSettings,
) -> Result<Router, ServeError> {
    let routes = router(identity).await.map_err(ServeError::Application)?;
    #[cfg(feature = "swagger")]
    if settings.enabled {
        return Ok(routes.merge(swagger::routes(identity, openapi, settings)));
    }
    #[cfg(not(feature = "swagger"))]
    let _ = (openapi, settings);
    Ok(routes)
}

/// What somebody wants to know who started this for the first time.
fn announce(settings: &Settings, mail: &Mail, ring: Option<&KeyRing>, address: SocketAddr, is_secure: bool) {
    let origin = format!("{}://{address}", if is_secure { "https" } else { "http" });
    let swagger = if settings.swagger.enabled {
        format!("{origin}/swagger")
    } else {
        "off".to_owned()
    };
    tracing::info!(
        address = origin,
        database = without_credentials(&settings.database.url.0),
        keys = key_ring::describe(settings, ring),
        mail = mail.place(),
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
