//! All statements in other names.

use std::collections::BTreeSet;

use wicketgate_identity::options::SchemaVersion;

use super::*;
use crate::all_statements;
use crate::dialect::Dialect;
use crate::key_repository;
use crate::layout::names::Fill;
use crate::schema::dotnet::column_lengths::COLUMN_LENGTHS;
use crate::schema::own::scripts::SCRIPTS;
use crate::schema::{dotnet::marks, first_start, own::journal};

/// Every table and every column has another name, which tells whose it is.
fn renamed<D: Dialect>() -> Names {
    let identity = D::TABLES.tables(SchemaVersion::V3);
    let table = |known: &'static str, columns: Vec<&'static str>| TableNames {
        known,
        schema: Some("s".to_owned()),
        name: format!("t {known}"),
        columns: columns
            .into_iter()
            .map(|column| (column, format!("c {known} {column}")))
            .collect(),
    };
    let mut tables: Vec<TableNames> = identity
        .map(|known| table(known.name, known.columns().map(|(name, _)| name).collect()))
        .collect();
    tables.push(table(key_repository::TABLE, key_repository::COLUMNS.to_vec()));
    Names {
        schema: Some("s".to_owned()),
        tables,
        fills: Vec::new(),
        citext: BTreeSet::new(),
    }
}

/// The names in a translated statement that are still EF Core's own, but for those that it gives to its answer.
fn left(translated: &str, names: &Names) -> Vec<String> {
    let tokens = tokens(translated);
    let tables = Tables::of(&tokens, names);
    let mut left = Vec::new();
    for at in 0..tokens.len() {
        let position = Position { tokens: &tokens, at };
        let Token::Name { name, .. } = tokens[at] else { continue };
        let is_result = position.before(1).is_some_and(|token| token.is_word("AS")) || tables.results.contains(&name);
        let is_column = names.tables.iter().any(|table| table.column(name).is_some());
        if !is_result && (is_column || names.table(name).is_some()) {
            left.push(name.to_owned());
        }
    }
    left
}

fn check_all<D: Dialect>() {
    let names = renamed::<D>();
    let statements = all_statements::all::<D>();
    let statements = statements.chain(COLUMN_LENGTHS.iter().map(|length| length.count_longer));
    let statements = statements.chain(first_start::HAVE_ROWS.map(|(_, statement)| statement));
    let texts = statements.map(|statement| statement.text);
    let definitions = [SchemaVersion::V1, SchemaVersion::V3].into_iter();
    let definitions = definitions.flat_map(|version| D::TABLES.definitions(version));
    let definitions = definitions
        .chain(D::TABLES.shortenings())
        .map(|definition| definition.0);
    let own = SCRIPTS.iter().flat_map(|script| {
        let text = D::script(script);
        text.statements().chain([text.begin, text.finish])
    });
    let own = own.chain([marks::CREATE_TABLE, journal::CREATE_TABLE, D::CREATE_KEYS]);
    let own = own.chain(marks::MIGRATIONS.iter().map(|migration| migration.mark));
    for text in texts.chain(definitions).chain(own) {
        let translated = translate(text, &names);
        assert_eq!(left(&translated, &names), [""; 0], "{text}\n{translated}");
        for (at, _) in translated.match_indices(OURS) {
            let before = &translated[..at];
            let is_qualified = before.ends_with(r#""s"."#);
            let is_index = before.trim_end().ends_with("INDEX");
            let is_column = translated[at..].chars().find(|c| !is_part_of_name(*c)) == Some('.');
            assert!(is_qualified || is_index || is_column, "{translated}");
        }
    }
}

fn is_part_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[test]
fn no_statement_keeps_a_name_that_is_another_one_here() {
    #[cfg(feature = "sqlite")]
    check_all::<crate::backend::sqlite::dialect::Sqlite>();
    #[cfg(feature = "postgres")]
    check_all::<crate::backend::postgres::dialect::Postgres>();
    #[cfg(feature = "mysql")]
    check_all::<crate::backend::mysql::dialect::MySql>();
    #[cfg(feature = "mssql")]
    check_all::<crate::backend::mssql::dialect::SqlServer>();
}

fn names() -> Names {
    let table = |known, name: &str, columns: &[(&'static str, &str)]| TableNames {
        known,
        schema: None,
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(known, name)| (*known, (*name).to_owned()))
            .collect(),
    };
    Names {
        schema: None,
        tables: vec![
            table("AspNetUsers", "users", &[("Id", "id"), ("Email", "mail")]),
            table(
                "AspNetUserRoles",
                "UserRoles",
                &[("UserId", "user_id"), ("RoleId", "RoleId")],
            ),
        ],
        fills: vec![Fill {
            table: "AspNetUsers",
            column: "Tenant".to_owned(),
            literal: "'default'".to_owned(),
        }],
        citext: BTreeSet::new(),
    }
}

#[test]
fn what_is_selected_keeps_the_name_that_it_is_read_by() {
    for (statement, translated) in [
        (
            r#"SELECT "Id", "Email" FROM "AspNetUsers" WHERE "Email" = $1 ORDER BY "Email" LIMIT 1"#,
            r#"SELECT "id" AS "Id", "mail" AS "Email" FROM "users" WHERE "mail" = $1 ORDER BY "mail" LIMIT 1"#,
        ),
        (
            r#"SELECT TOP ($1) "Id" FROM "AspNetUsers""#,
            r#"SELECT TOP ($1) "id" AS "Id" FROM "users""#,
        ),
        (
            r#"SELECT COUNT(CASE WHEN "Email" IS NULL THEN 1 END) AS "Email", MAX("Id") AS "Last" FROM "AspNetUsers""#,
            r#"SELECT COUNT(CASE WHEN "Email" IS NULL THEN 1 END) AS "Email", MAX("id") AS "Last" FROM "users""#,
        ),
        (
            r#"SELECT u."Id", r."RoleId" FROM "AspNetUsers" AS u JOIN "AspNetUserRoles" AS r ON r."UserId" = u."Id""#,
            r#"SELECT u."id" AS "Id", r."RoleId" FROM "users" AS u JOIN "UserRoles" AS r ON r."user_id" = u."id""#,
        ),
    ] {
        assert_eq!(translate(statement, &names()), translated);
    }
}

#[test]
fn columns_of_the_application_stand_behind_the_others() {
    assert_eq!(
        translate(r#"INSERT INTO "AspNetUsers" ("Id", "Email") VALUES ($1, $2)"#, &names()),
        r#"INSERT INTO "users" ("id", "mail", "Tenant") VALUES ($1, $2, 'default')"#
    );
    assert_eq!(
        translate(
            r#"INSERT INTO "AspNetUserRoles" ("UserId", "RoleId") VALUES ($1, $2)"#,
            &names()
        ),
        r#"INSERT INTO "UserRoles" ("user_id", "RoleId") VALUES ($1, $2)"#
    );
}

#[test]
fn tables_stand_behind_their_schema() {
    let names = Names {
        schema: Some("identity".to_owned()),
        ..Names::default()
    };
    for (statement, translated) in [
        (
            "INSERT INTO wicketgate_mails (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET a = wicketgate_mails.a",
            r#"INSERT INTO "identity".wicketgate_mails (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET a = wicketgate_mails.a"#,
        ),
        (
            "CREATE INDEX wicketgate_mails_by_due ON wicketgate_mails (due)",
            r#"CREATE INDEX wicketgate_mails_by_due ON "identity".wicketgate_mails (due)"#,
        ),
    ] {
        assert_eq!(translate(statement, &names), translated);
    }
}
