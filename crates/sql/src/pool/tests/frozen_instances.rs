//! What becomes of the locks of an instance that is frozen.

use super::*;

/// A transaction that somebody is in the middle of who is frozen, and one that waits for its row.
async fn frozen_instance<D: Database>(server: &str, lock: Statement) {
    let Some(database) = open::<D>(server).await else {
        return;
    };
    let mut writer = database.writer().await.unwrap();
    writer
        .define("CREATE TABLE notes (id integer PRIMARY KEY)")
        .await
        .unwrap();
    let insert = statement!("INSERT INTO notes (id) VALUES (1)");
    writer.execute(insert, &[]).await.unwrap();
    let mut frozen = database.begin().await.unwrap();
    frozen.execute(lock, &[]).await.unwrap();
    let mut refusals = 0;
    while let Err(refusal) = writer.execute(lock, &[]).await {
        assert!(matches!(refusal, DatabaseError::Unavailable(_)), "{refusal:?}");
        refusals += 1;
        assert!(refusals < 5, "{refusal}");
        writer = database.writer().await.unwrap();
    }
    let row = writer
        .fetch_optional(statement!("SELECT id FROM notes"), &[])
        .await
        .unwrap();
    assert_eq!(row.unwrap().integer("id").unwrap(), Some(2));
    let error = frozen.execute(lock, &[]).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn the_locks_of_a_frozen_instance_end() {
    let lock = statement!("UPDATE notes SET id = id + 1");
    tokio::join!(
        frozen_instance::<PostgresDatabase>(POSTGRES, lock),
        frozen_instance::<MySqlDatabase>(MYSQL, lock)
    );
}
