//! The hosts of one database.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::addresses;
use super::driver::{Driver, Location};
use super::limits::{ACQUIRE_TIMEOUT, CONNECT_LIMIT, OPENINGS};
use super::url_file::UrlFile;
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::open_error::OpenError;
use crate::server::url::host_urls;

/// How long a host has for itself before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(500);
/// How long a handshake may take that nobody waits for any more. It is not cut off sooner: a server that was frozen counts
/// each one that was, and MySQL shuts the address out after a hundred (`max_connect_errors`).
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(600);
/// How many handshakes with a host may be under way.
const HANDSHAKES: usize = OPENINGS;
/// For how long a host that did not answer, or takes no writes, comes last.
const AVOIDED_FOR: Duration = Duration::from_secs(30);

/// The hosts of one database. Any that takes writes will do; those that come first in the URL are preferred.
pub(crate) struct Hosts<D: Driver> {
    hosts: Vec<Host<D>>,
    url_file: OnceLock<UrlFile>,
}

struct Host<D: Driver> {
    /// Name and port.
    name: String,
    options: Mutex<Arc<D::Options>>,
    /// Has a permit for every session that we may yet have there.
    sessions: Arc<Semaphore>,
    failed: Mutex<Option<Instant>>,
    /// Has a permit for every handshake that may yet begin.
    handshakes: Arc<Semaphore>,
}

impl<D: Driver> Hosts<D> {
    /// Those that a URL names, and what may be shown of it: hosts, ports and the database.
    pub(crate) fn in_url(url: &str) -> Result<(Self, String), OpenError> {
        let mut hosts = Vec::new();
        let mut database = String::new();
        for url in host_urls(url)? {
            let location = D::location(&url)?;
            database.clone_from(&location.database);
            hosts.push(Host::at(location));
        }
        let names: Vec<&str> = hosts.iter().map(|host: &Host<D>| host.name.as_str()).collect();
        let place = format!("{}/{database}", names.join(","));
        let url_file = OnceLock::new();
        Ok((Self { hosts, url_file }, place))
    }

    /// With so many sessions at each host.
    pub(super) fn with_sessions(mut self, most: usize) -> Self {
        for host in &mut self.hosts {
            host.sessions = Arc::new(Semaphore::new(most));
        }
        self
    }

    /// From now on this URL, which leads to `place`, is read again from its file, if it has one, when a host does not let
    /// its user in.
    pub(super) fn follow(&self, url: &DatabaseUrl, place: &str) {
        if let Some(file) = UrlFile::of(url, place) {
            let _ = self.url_file.set(file);
        }
    }

    /// A connection, the index of the host that gave it, and its place among our sessions there.
    ///
    /// A host that refuses makes room for the next one at once, a host that does not answer after a moment: a machine that
    /// is frozen or cut off must not hold up those who could use another one.
    pub(super) async fn connect(&self) -> Result<(usize, D::Connection, OwnedSemaphorePermit), DatabaseError> {
        let mut waiting = self.in_order().into_iter();
        let mut attempts = FuturesUnordered::new();
        let mut refusals = Vec::new();
        while let Some(index) = waiting.next() {
            attempts.push(self.attempt(index));
            if waiting.len() == 0 {
                break;
            }
            match timeout(HEAD_START, attempts.next()).await {
                Ok(Some(Ok(connected))) => return Ok(connected),
                Ok(Some(Err(refusal))) => refusals.push(refusal),
                Ok(None) => {}
                Err(_) => self.avoid(index),
            }
        }
        while let Some(outcome) = attempts.next().await {
            match outcome {
                Ok(connected) => return Ok(connected),
                Err(refusal) => refusals.push(refusal),
            }
        }
        Err(self.refusal(refusals))
    }

    /// A host that just failed somebody is tried last for a while.
    pub(super) fn avoid(&self, index: usize) {
        if let Some(host) = self.hosts.get(index) {
            *host.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.hosts.len()).collect();
        // The sort is stable: the URL's order decides between equals.
        order.sort_by_key(|&index| self.hosts.get(index).is_some_and(Host::is_avoided));
        order
    }

    async fn attempt(&self, index: usize) -> Result<(usize, D::Connection, OwnedSemaphorePermit), Refusal> {
        let Some(host) = self.hosts.get(index) else {
            let reason = DatabaseError::Failed("there is no such host".into());
            return Err(Refusal { index, reason });
        };
        let session = host.session().await.map_err(|reason| Refusal { index, reason })?;
        let used = host.options();
        let mut outcome = self.connect_with(host, &used).await;
        if let Err(reason) = &outcome
            && reason.is_access_denied()
            && let Some(renewed) = self.renewed(host, &used).await
        {
            outcome = self.connect_with(host, &renewed).await;
        }
        match outcome {
            Ok(connection) => {
                *host.failed.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Ok((index, connection, session))
            }
            Err(reason) => {
                self.avoid(index);
                Err(Refusal { index, reason })
            }
        }
    }

    /// In a task that goes on when nobody waits for it any more.
    async fn connect_with(&self, host: &Host<D>, options: &Arc<D::Options>) -> Result<D::Connection, DatabaseError> {
        let (handshakes, options) = (Arc::clone(&host.handshakes), Arc::clone(options));
        let several = self.hosts.len() > 1;
        let connecting = async move {
            let handshake = handshakes.acquire_owned().await;
            let connecting = tokio::spawn(async move {
                let connected = timeout(HANDSHAKE_LIMIT, addresses::connect::<D>(&options, several)).await;
                drop(handshake);
                connected
            });
            connecting.await
        };
        match timeout(CONNECT_LIMIT, connecting).await {
            Ok(Ok(Ok(connected))) => connected,
            _ => Err(DatabaseError::Unavailable("it does not answer".into())),
        }
    }

    /// What to ask the host with, that did not let in who asked with `used`: what the file says now, or somebody else has
    /// found there meanwhile.
    async fn renewed(&self, host: &Host<D>, used: &Arc<D::Options>) -> Option<Arc<D::Options>> {
        let file = self.url_file.get()?;
        if Arc::ptr_eq(&host.options(), used)
            && let Some(url) = file.changed().await
        {
            match Self::in_url(&url) {
                Ok((renewed, place)) if place == file.place => self.renew(renewed),
                // Half of the requests in one database, half in another.
                Ok((_, place)) => {
                    tracing::warn!(place, "the database's URL leads elsewhere now; the next start heeds it")
                }
                Err(error) => tracing::warn!(%error, "the database's URL was read again, and is of no use"),
            }
        }
        let now = host.options();
        (!Arc::ptr_eq(&now, used)).then_some(now)
    }

    /// With another user or password for the same hosts.
    fn renew(&self, renewed: Self) {
        for (host, renewed) in self.hosts.iter().zip(&renewed.hosts) {
            *host.options.lock().unwrap_or_else(PoisonError::into_inner) = renewed.options();
        }
        tracing::info!("the database's URL was read again");
    }

    /// What all hosts said. The caller may come back if it was not all the caller's own fault.
    fn refusal(&self, mut refusals: Vec<Refusal>) -> DatabaseError {
        if refusals.len() <= 1 {
            let only = refusals.pop().map(|refusal| refusal.reason);
            return only.unwrap_or_else(|| DatabaseError::Failed("the URL names no host".into()));
        }
        refusals.sort_by_key(|refusal| refusal.index);
        let reasons = refusals.iter().map(|refusal| {
            let name = self.hosts.get(refusal.index).map_or("", |host| &host.name);
            format!("{name}: {}", refusal.reason)
        });
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        if refusals
            .iter()
            .all(|refusal| matches!(refusal.reason, DatabaseError::Failed(_)))
        {
            DatabaseError::Failed(reasons.into())
        } else if refusals.iter().any(|refusal| refusal.reason.is_too_many_connections()) {
            DatabaseError::too_many_connections(reasons.into())
        } else {
            DatabaseError::Unavailable(reasons.into())
        }
    }
}

impl<D: Driver> Host<D> {
    fn at(location: Location<D::Options>) -> Self {
        Self {
            name: location.name,
            options: Mutex::new(Arc::new(location.options)),
            sessions: Arc::new(Semaphore::new(1)),
            failed: Mutex::new(None),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES)),
        }
    }

    /// Waits until the server is done with enough of what was given up.
    async fn session(&self) -> Result<OwnedSemaphorePermit, DatabaseError> {
        let session = Arc::clone(&self.sessions).acquire_owned();
        match timeout(ACQUIRE_TIMEOUT, session).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(closed)) => Err(DatabaseError::Unavailable(Box::new(closed))),
            Err(_) => Err(DatabaseError::Unavailable(
                "it is busy with statements that were given up".into(),
            )),
        }
    }

    fn options(&self) -> Arc<D::Options> {
        Arc::clone(&self.options.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_avoided(&self) -> bool {
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|failed| failed.elapsed() < AVOIDED_FOR)
    }
}

/// Why a host gave no connection.
struct Refusal {
    index: usize,
    reason: DatabaseError,
}
