//! Reading the session of each request.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::sessions::sessions_of;
use super::{Session, SessionId};
use crate::account::UserId;
use crate::request::ToItsEnd;
use crate::store::{StoreError, Stores};

/// How many sessions are read at a time, where the stores tell no number of connections.
const MOST_READS: usize = 64;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// A session is read for each request, an application's too, whose clients hang up. That cuts no statement off. Whoever hangs up while
/// waiting for a place leaves nothing behind, so that what runs for nobody has a bound.
#[derive(Debug)]
pub(super) struct SessionReads {
    stores: Arc<dyn Stores>,
    places: Arc<Semaphore>,
}

impl SessionReads {
    pub(super) fn new(stores: Arc<dyn Stores>) -> Self {
        // More would only wait for a connection.
        let most = stores.connections().map_or(MOST_READS, |connections| connections.most);
        Self {
            stores,
            places: Arc::new(Semaphore::new(most.max(1))),
        }
    }

    pub(super) async fn find(&self, id: &SessionId, user: &UserId) -> Result<Option<Session>, StoreError> {
        let place = timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(StoreError::Unavailable("too many reads of sessions are waiting".into()));
        };
        let (stores, id, user) = (Arc::clone(&self.stores), id.clone(), user.clone());
        let finding = async move {
            let found = match sessions_of(&*stores) {
                Ok(store) => store.find(&id, &user).await,
                Err(error) => Err(error),
            };
            drop(place);
            found
        };
        ToItsEnd::new(Box::pin(finding)).await
    }
}
