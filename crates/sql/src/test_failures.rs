//! Statements that fail, for tests of what failures mean.

use std::fmt::Display;

use sqlx::{AssertSqlSafe, Database, Executor};

use crate::database_error::{DatabaseError, Kind, Reason};

/// Runs these, of which the last must fail.
pub(crate) async fn failure<DB: Database, C>(connection: &mut C, statements: &[&str]) -> sqlx::Error
where
    for<'c> &'c mut C: Executor<'c, Database = DB>,
{
    let (last, first) = statements.split_last().unwrap();
    for statement in first {
        let statement = sqlx::raw_sql(AssertSqlSafe(*statement));
        connection.execute(statement).await.unwrap();
    }
    let failed = connection.execute(sqlx::raw_sql(AssertSqlSafe(*last))).await;
    failed.map(drop).expect_err(last)
}

/// Whether it is taken for what the table says of its code.
pub(crate) fn assert_kind(error: &DatabaseError, kind: Kind, code: impl Display) {
    let expected = kind(Reason::from("expected"));
    let same = std::mem::discriminant(error) == std::mem::discriminant(&expected);
    assert!(
        same && error.is_access_denied() == expected.is_access_denied(),
        "{code}: {error:?}"
    );
}
