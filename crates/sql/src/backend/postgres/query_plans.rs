//! No statement may read a whole table to find one account: PostgreSQL is asked how it would run each where it may do so
//! only if nothing else is left.

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use wicketgate_identity::options::SchemaVersion;

use super::dialect::Postgres;
use crate::accounts::statements;
use crate::all_statements;
use crate::dialect::Dialect;
use crate::layout::Layout;
use crate::layout::key_form::KeyForm;
use crate::layout::names::Names;
use crate::schema::own::scripts::SCRIPTS;
use crate::statement::{Parameter, Statement, statement};
use crate::test_databases::new_database;

async fn connect() -> Option<PgConnection> {
    let url = new_database("WICKETGATE_TEST_POSTGRES_URL").await?;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for statement in Postgres::TABLES.definitions(SchemaVersion::V3) {
        sqlx::raw_sql(statement.0).execute(&mut connection).await.unwrap();
    }
    for statement in SCRIPTS.iter().flat_map(|script| Postgres::script(script).statements()) {
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    }
    let settings = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan";
    sqlx::raw_sql(settings).execute(&mut connection).await.unwrap();
    Some(connection)
}

async fn plan(connection: &mut PgConnection, statement: Statement) -> String {
    let types = |parameter: &Parameter| match parameter {
        Parameter::Id | Parameter::Text | Parameter::NullableText => "text",
        Parameter::Boolean => "boolean",
        Parameter::Integer => "bigint",
        Parameter::Instant | Parameter::NullableInstant => "timestamptz",
        Parameter::Bytes => "bytea",
    };
    let types: Vec<&str> = statement.parameters.iter().map(types).collect();
    let in_brackets = |parts: &[&str]| match parts {
        [] => String::new(),
        parts => format!("({})", parts.join(", ")),
    };
    let (nulls, types) = (in_brackets(&vec!["NULL"; types.len()]), in_brackets(&types));
    let text = statement.text;
    let explain = format!("DEALLOCATE ALL; PREPARE planned{types} AS {text}; EXPLAIN EXECUTE planned{nulls};");
    let rows = sqlx::raw_sql(AssertSqlSafe(explain))
        .fetch_all(connection)
        .await
        .unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn every_statement_goes_by_an_index() {
    let Some(mut connection) = connect().await else { return };
    for statement in all_statements::indexed::<Postgres>() {
        let plan = plan(&mut connection, statement).await;
        assert!(!plan.contains("Seq Scan"), "{}\n{plan}", statement.text);
    }
}

/// Whoever compares them with a text reads the whole table.
#[tokio::test]
async fn a_statement_about_texts_without_case_goes_by_an_index() {
    let Some(mut connection) = connect().await else { return };
    let citext = r#"
        CREATE EXTENSION citext;
        ALTER TABLE "AspNetUsers" ALTER COLUMN "NormalizedUserName" TYPE citext, ALTER COLUMN "NormalizedEmail" TYPE citext;
        ALTER TABLE "AspNetRoles" ALTER COLUMN "NormalizedName" TYPE citext"#;
    sqlx::raw_sql(citext).execute(&mut connection).await.unwrap();
    let names = Names {
        citext: ["NormalizedUserName", "NormalizedEmail", "NormalizedName"]
            .map(str::to_owned)
            .into(),
        ..Names::default()
    };
    let layout = Layout::new(names, KeyForm::Text);
    for statement in statements::all().into_iter().chain([Postgres::LIST]) {
        let plan = plan(&mut connection, layout.statement(statement)).await;
        assert!(!plan.contains("Seq Scan"), "{}\n{plan}", statement.text);
    }
}

#[tokio::test]
async fn a_statement_without_an_index_would_be_noticed() {
    let Some(mut connection) = connect().await else { return };
    let plan = plan(
        &mut connection,
        statement!(r#"SELECT 1 FROM "AspNetUsers" WHERE "Email" = $1"#, [Text]),
    )
    .await;
    assert!(plan.contains("Seq Scan"), "{plan}");
}
