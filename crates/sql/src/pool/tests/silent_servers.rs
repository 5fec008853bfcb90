//! What becomes of connections to a server that does not answer any more.

use super::*;

/// Nobody is to try the others one by one, whether somebody waited for the answer or not.
#[tokio::test]
async fn an_answer_that_does_not_come_costs_all_connections_that_are_as_old_also_if_nobody_waited_for_it() {
    let Some(database) = open::<PostgresDatabase>(POSTGRES).await else {
        return;
    };
    let (mut silent, mut other) = (database.reader().await.unwrap(), database.reader().await.unwrap());
    let before = session_id::<PostgresDatabase>(&mut other).await;
    drop(other);
    // Prepared while it is fast, so that what is given up is its answer.
    let statement = statement!(
        r#"SELECT 2 AS "One", pg_sleep(coalesce(nullif(current_setting('test.pause', true), ''), '0')::float8)"#
    );
    silent.fetch_optional(statement, &[]).await.unwrap();
    let slower = statement!(r#"SELECT 1 AS "One", set_config('test.pause', '3', false)"#);
    silent.fetch_optional(slower, &[]).await.unwrap();
    silent.set_limit(Duration::from_millis(10));
    let slow = silent.fetch_optional(statement, &[]);
    assert!(futures_util::poll!(Box::pin(slow)).is_pending());
    drop(silent);
    let replaced =
        async { while session_id::<PostgresDatabase>(&mut database.reader().await.unwrap()).await == before {} };
    assert!(timeout(Duration::from_secs(2), replaced).await.is_ok());
}
