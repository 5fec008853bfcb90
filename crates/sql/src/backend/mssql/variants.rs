//! The shapes of Identity's tables that EF Core makes for SQL Server, read from its DDL (`conformance/goldens/variants`) in place of a
//! server, and what a server would be sent for each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;
use wicketgate_identity::options::{KeyType, SchemaVersion, StoreOptions};

use super::dialect::SqlServer;
use super::translation::translate;
use crate::all_statements;
use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::layout::Layout;
use crate::schema::found::Schema;
use crate::schema::own::scripts::{SCRIPTS, Script};
use crate::schema::state::SchemaState;
use crate::statement::{Statement, Value};

/// A database that has EF Core's tables, and answers which columns there are.
struct Recorded {
    columns: Vec<RecordedColumn>,
    layout: Arc<Layout>,
}

/// As SQL Server's `INFORMATION_SCHEMA` tells of it to somebody whose own schema is `dbo`.
#[derive(Clone)]
struct RecordedColumn {
    schema: String,
    table: String,
    name: String,
    declared_type: String,
    is_required: bool,
}

impl Recorded {
    fn of(variant: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../conformance/goldens/variants")
            .join(variant)
            .join("ddl/sqlserver.sql");
        let ddl = fs::read_to_string(path).unwrap();
        let mut columns = Vec::new();
        let mut table: Option<(String, String)> = None;
        for line in ddl.lines() {
            if let Some(name) = line.strip_prefix("CREATE TABLE ") {
                let names: Vec<&str> = name.split(['[', ']']).skip(1).step_by(2).collect();
                table = Some(match names[..] {
                    [schema, table] => (schema.to_owned(), table.to_owned()),
                    [table] => ("dbo".to_owned(), table.to_owned()),
                    _ => panic!("{line}"),
                });
            } else if let (Some((schema, table)), Some(column)) = (&table, line.strip_prefix("    [")) {
                let (name, definition) = column.split_once("] ").unwrap();
                let declared_type = definition.split([' ', ',']).next().unwrap();
                columns.push(RecordedColumn {
                    schema: schema.clone(),
                    table: table.clone(),
                    name: name.to_owned(),
                    declared_type: declared_type.replace("(max)", ""),
                    is_required: definition.contains("NOT NULL") && !definition.contains("IDENTITY"),
                });
            } else if line.starts_with(')') {
                table = None;
            }
        }
        assert!(columns.len() > 37, "{variant}");
        Self {
            columns,
            layout: Arc::default(),
        }
    }

    /// Everything that has a name.
    fn names(&self) -> BTreeSet<String> {
        let columns = self.columns.iter();
        columns
            .flat_map(|column| [column.schema.clone(), column.table.clone(), column.name.clone()])
            .collect()
    }
}

impl Row for RecordedColumn {
    fn id(&self, _: &'static str) -> Result<Option<String>, DatabaseError> {
        Ok(None)
    }

    fn text(&self, column: &'static str) -> Result<Option<String>, DatabaseError> {
        Ok(Some(match column {
            "Schema" => self.schema.clone(),
            "Table" => self.table.clone(),
            "Name" => self.name.clone(),
            "Type" => self.declared_type.clone(),
            other => panic!("{other}"),
        }))
    }

    fn integer(&self, _: &'static str) -> Result<Option<i64>, DatabaseError> {
        Ok((self.schema == "dbo").then_some(1))
    }

    fn boolean(&self, _: &'static str) -> Result<bool, DatabaseError> {
        Ok(self.is_required)
    }

    fn instant(&self, _: &'static str) -> Result<Option<OffsetDateTime>, DatabaseError> {
        Ok(None)
    }

    fn bytes(&self, _: &'static str) -> Result<Option<Vec<u8>>, DatabaseError> {
        Ok(None)
    }
}

impl Connection for Recorded {
    type Dialect = SqlServer;
    type Row = RecordedColumn;

    fn lay_out(&mut self, layout: Arc<Layout>) {
        self.layout = layout;
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    async fn execute(&mut self, statement: Statement, _: &[Value<'_>]) -> Result<u64, DatabaseError> {
        panic!("{}", statement.text)
    }

    async fn define(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        panic!("{statement}")
    }

    async fn fetch_all(&mut self, statement: Statement, _: &[Value<'_>]) -> Result<Vec<RecordedColumn>, DatabaseError> {
        assert_eq!(statement, SqlServer::COLUMNS);
        Ok(self.columns.clone())
    }

    async fn fetch_optional(
        &mut self,
        statement: Statement,
        _: &[Value<'_>],
    ) -> Result<Option<RecordedColumn>, DatabaseError> {
        panic!("{}", statement.text)
    }
}

/// Each shape, with the type of its keys and the columns that need a value.
const VARIANTS: [(&str, KeyType, &[&str]); 7] = [
    ("guid-keys", KeyType::Guid, &[]),
    ("int-keys", KeyType::Int, &[]),
    ("schema", KeyType::Text, &[]),
    ("renamed-tables", KeyType::Text, &[]),
    ("snake-case", KeyType::Text, &[]),
    ("snake-case-tables", KeyType::Text, &[]),
    ("own-columns", KeyType::Text, &["Points", "Subscribed", "Tenant"]),
];

async fn found(variant: &str, defaults: &[&str]) -> Schema {
    let defaults = defaults.iter().map(|column| (column.parse().unwrap(), "0".to_owned()));
    let options = StoreOptions {
        column_defaults: defaults.collect(),
        ..StoreOptions::default()
    };
    Schema::find(&mut Recorded::of(variant), &options).await.unwrap()
}

#[tokio::test]
async fn every_shape_is_recognized() {
    for (variant, key_type, own) in VARIANTS {
        let schema = found(variant, &[]).await;
        assert_eq!(
            schema.state(SCRIPTS),
            SchemaState::Complete(SchemaVersion::V3),
            "{variant}"
        );
        assert_eq!(schema.unfillable_columns(), own, "{variant}");
        let shape = schema.described();
        assert_eq!(shape.key_type, key_type, "{variant}");
        assert_eq!(shape.schema.as_deref(), (variant == "schema").then_some("identity"));
        let renames_tables = ["renamed-tables", "snake-case-tables"].contains(&variant);
        assert_eq!(shape.tables.len(), if renames_tables { 8 } else { 0 }, "{variant}");
        assert_eq!(
            shape.columns.is_empty(),
            !variant.starts_with("snake-case"),
            "{variant}"
        );
        let filled = found(variant, own).await;
        assert_eq!(
            (filled.unfillable_columns(), filled.wrong_column_defaults()),
            (vec![], &[][..])
        );
    }
}

#[tokio::test]
async fn statements_name_nothing_that_is_not_there() {
    for (variant, _, own) in VARIANTS {
        let (names, schema) = (Recorded::of(variant).names(), found(variant, own).await);
        for statement in all_statements::indexed::<SqlServer>() {
            let text = schema.layout.statement(statement).text;
            for name in text.split('"').skip(1).step_by(2) {
                let is_given_here = text.contains(&format!(" AS \"{name}\""));
                let is_known = names.contains(name) || is_given_here || is_own_column(name);
                assert!(is_known, "{variant}: {name} in {text}");
            }
        }
    }
}

/// Of one of our own tables.
fn is_own_column(name: &str) -> bool {
    let defines = |script: &'static Script| SqlServer::script(script).text.contains(&format!("\n    {name} "));
    SCRIPTS.iter().any(defines)
}

/// `UPDATE=1 cargo test -p wicketgate-sql --lib variants` writes the file again; what it says then wants to be read.
#[tokio::test]
async fn what_is_sent_for_each_shape_is_as_it_was_read() {
    let mut text =
        "-- Written by the test `what_is_sent_for_each_shape_is_as_it_was_read`, and read by whoever changed it.\n"
            .to_owned();
    for (variant, key_type, own) in VARIANTS {
        let schema = found(variant, own).await;
        let id = match key_type {
            KeyType::Int => "7",
            _ => "0a3d6a7c-2b7e-4a6f-9d63-f0e1d2c3b4a5",
        };
        text += &format!("\n-- {variant}\n");
        for statement in all_statements::indexed::<SqlServer>().filter(|statement| is_shown(statement.text, key_type)) {
            let plain = statement.some_values(id);
            let values = schema.layout.values(&plain);
            let sent = translate(schema.layout.statement(statement).text, &values).0;
            // What `statements.sql` has is read there.
            if sent != translate(statement.text, &plain).0 {
                text += &format!("\n{};\n", sent.trim());
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/backend/mssql/variants.sql");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

/// Looking somebody up, and everything that adds a row in this shape.
fn is_shown(statement: &str, key_type: KeyType) -> bool {
    let makes_id = ["INSERT INTO \"AspNetUsers\" ", "INSERT INTO \"AspNetRoles\" "];
    if makes_id.into_iter().any(|insert| statement.contains(insert)) {
        return statement.contains("(\"Id\", ") != (key_type == KeyType::Int);
    }
    let parts = [
        "\"AccessFailedCount\"\n            FROM \"AspNetUsers\" WHERE \"",
        "INSERT INTO \"AspNet",
        "AspNetUserTokens",
    ];
    parts.into_iter().any(|part| statement.contains(part))
}
