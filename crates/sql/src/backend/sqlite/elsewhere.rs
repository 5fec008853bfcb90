//! Work on a thread that may wait for a disk.

use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::database_error::DatabaseError;

/// Runs it there and waits so long for its end. What takes longer goes on, and nobody hears of it.
pub(super) async fn elsewhere<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DatabaseError> {
    match timeout(limit, spawn_blocking(work)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(stopped)) => Err(DatabaseError::Unavailable(Box::new(stopped))),
        Err(_) => Err(DatabaseError::Unavailable("the disk does not answer".into())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_does_not_end_is_not_waited_for() {
        let (end, ended) = mpsc::channel::<()>();
        let waited = elsewhere(Duration::from_millis(1), move || ended.recv()).await;
        assert_eq!(waited.unwrap_err().to_string(), "the disk does not answer");
        end.send(()).unwrap();
    }
}
