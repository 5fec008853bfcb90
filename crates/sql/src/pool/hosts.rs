use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use super::{CONNECT_LIMIT, Driver};
use crate::database_error::DatabaseError;

/// How long a host has for itself before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(500);
/// For how long a host that did not answer, or takes no writes, comes last.
const AVOIDED_FOR: Duration = Duration::from_secs(30);

/// The hosts of one database. Any that takes writes will do; those that come first in the URL are preferred.
pub(crate) struct Hosts<D: Driver>(Vec<Host<D>>);

struct Host<D: Driver> {
    /// Name and port.
    name: String,
    options: D::Options,
    failed: Mutex<Option<Instant>>,
}

impl<D: Driver> Hosts<D> {
    /// Each with its name and port, for messages.
    pub(crate) fn new(hosts: impl IntoIterator<Item = (String, D::Options)>) -> Self {
        let host = |(name, options)| Host {
            name,
            options,
            failed: Mutex::new(None),
        };
        Self(hosts.into_iter().map(host).collect())
    }

    /// A connection, and the index of the host that gave it.
    ///
    /// A host that refuses makes room for the next one at once, a host that does not answer after a moment: a machine that
    /// is frozen or cut off must not hold up those who could use another one.
    pub(super) async fn connect(&self) -> Result<(usize, D::Connection), DatabaseError> {
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
        if let Some(host) = self.0.get(index) {
            *host.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        // The sort is stable: the URL's order decides between equals.
        order.sort_by_key(|&index| self.0.get(index).is_some_and(Host::is_avoided));
        order
    }

    async fn attempt(&self, index: usize) -> Result<(usize, D::Connection), Refusal> {
        let Some(host) = self.0.get(index) else {
            let reason = DatabaseError::Failed("there is no such host".into());
            return Err(Refusal { index, reason });
        };
        let outcome = timeout(CONNECT_LIMIT, D::connect(&host.options, self.0.len() > 1)).await;
        let reason = match outcome {
            Ok(Ok(connection)) => {
                *host.failed.lock().unwrap_or_else(PoisonError::into_inner) = None;
                return Ok((index, connection));
            }
            Ok(Err(reason)) => reason,
            Err(_) => DatabaseError::Unavailable("it does not answer".into()),
        };
        self.avoid(index);
        Err(Refusal { index, reason })
    }

    /// What all hosts said. The caller may come back if it was not all the caller's own fault.
    fn refusal(&self, mut refusals: Vec<Refusal>) -> DatabaseError {
        if refusals.len() <= 1 {
            let only = refusals.pop().map(|refusal| refusal.reason);
            return only.unwrap_or_else(|| DatabaseError::Failed("the URL names no host".into()));
        }
        refusals.sort_by_key(|refusal| refusal.index);
        let reasons = refusals.iter().map(|refusal| {
            let name = self.0.get(refusal.index).map_or("", |host| &host.name);
            format!("{name}: {}", refusal.reason)
        });
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        if refusals
            .iter()
            .all(|refusal| matches!(refusal.reason, DatabaseError::Failed(_)))
        {
            DatabaseError::Failed(reasons.into())
        } else {
            DatabaseError::Unavailable(reasons.into())
        }
    }
}

impl<D: Driver> Host<D> {
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
