//! Every row of a database, as the database writes its values.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, Row as _};
use wicketgate_conformance::{Database, Store};

/// Column names, each with its value; `None` is a null.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// The rows of each table.
#[derive(Debug, Clone)]
pub(crate) struct Rows(pub(crate) BTreeMap<String, Vec<Row>>);

impl Rows {
    pub(crate) async fn of(store: Store, database: &Database) -> Self {
        match store {
            Store::PostgreSql => of_postgresql(database.url()).await,
            Store::MySql => of_mysql(database.url()).await,
            _ => of_sqlite(database.url().strip_prefix("sqlite://").unwrap()),
        }
    }

    /// Those of the table that a plain `IdentityUser` has under this name, without `AspNet`.
    pub(crate) fn table(&self, name: &str) -> &[Row] {
        let mut tables = self.0.iter();
        let found = tables.find(|(table, _)| plain_table(table) == name);
        found.map_or(&[], |(_, rows)| rows)
    }

    /// What is different in `after`, sorted, a line for each row: `+TABLE` and `-TABLE` for rows that came and went, and
    /// `TABLE of WHOM: COLUMNS`.
    pub(crate) fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        let tables = self.0.keys().chain(after.0.keys());
        let tables: BTreeSet<_> = tables.collect();
        for table in tables {
            let (before, after) = (self.0.get(table), after.0.get(table));
            let name = plain_table(table);
            let mut gone = only_in(before, after);
            for come in only_in(after, before) {
                let closest = gone
                    .iter()
                    .enumerate()
                    .min_by_key(|(_, row)| differing(row, come).len());
                match closest.map(|(index, row)| (index, differing(row, come))) {
                    Some((index, columns)) if columns.len() <= 3 => {
                        gone.remove(index);
                        changes.push(format!("{name}{}: {}", whose(come), columns.join(" ")));
                    }
                    _ => changes.push(format!("+{name}")),
                }
            }
            changes.extend(gone.iter().map(|_| format!("-{name}")));
        }
        changes.sort();
        changes
    }
}

/// A column's name as a plain `IdentityUser` has it, in small letters.
pub(crate) fn plain(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

fn plain_table(name: &str) -> String {
    let name = plain(name);
    name.strip_prefix("aspnet").unwrap_or(&name).to_owned()
}

fn only_in<'r>(rows: Option<&'r Vec<Row>>, others: Option<&Vec<Row>>) -> Vec<&'r Row> {
    let is_other = |row: &&Row| !others.is_some_and(|others| others.contains(row));
    rows.into_iter().flatten().filter(is_other).collect()
}

fn differing(row: &Row, other: &Row) -> Vec<String> {
    let columns = row.iter().filter(|(column, value)| other.get(*column) != Some(*value));
    let mut columns: Vec<String> = columns.map(|(column, _)| plain(column)).collect();
    columns.sort();
    columns
}

fn whose(row: &Row) -> String {
    let name = row.iter().find(|(column, _)| plain(column) == "username");
    let name = name.and_then(|(_, value)| value.as_deref());
    name.map(|name| format!(" of {}", name.trim_matches('\'')))
        .unwrap_or_default()
}

/// Tables and columns, in order.
type Columns = BTreeMap<String, Vec<(String, String)>>;

async fn of_postgresql(url: &str) -> Rows {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let query =
        "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name), column_name::text, table_name::text
        FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
        ORDER BY 1, ordinal_position";
    let mut tables = Columns::new();
    let mut names = BTreeMap::new();
    for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        names.insert(table.clone(), row.get::<String, _>(2));
        let text = format!("\"{column}\"::text");
        tables.entry(table).or_default().push((column, text));
    }
    let mut rows = BTreeMap::new();
    for (table, columns) in tables {
        let query = format!("SELECT ARRAY[{}] FROM {table}", texts(&columns));
        let values = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await;
        let values = values.unwrap().into_iter().map(|row| row.get(0));
        let values = values.map(|values| row(&columns, values));
        rows.insert(names[&table].clone(), values.collect());
    }
    Rows(rows)
}

async fn of_mysql(url: &str) -> Rows {
    let mut connection = MySqlConnection::connect(url).await.unwrap();
    let query = "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR), CAST(data_type AS CHAR)
        FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1, ordinal_position";
    let mut tables = Columns::new();
    for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
        let (table, column, data_type): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let text = match data_type.contains("binary") || data_type.contains("blob") {
            true => format!("CONCAT('0x', HEX(`{column}`))"),
            false => format!("CAST(`{column}` AS CHAR)"),
        };
        tables.entry(table).or_default().push((column, text));
    }
    let mut rows = BTreeMap::new();
    for (table, columns) in tables {
        let query = format!("SELECT {} FROM `{table}`", texts(&columns));
        let found = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut connection).await;
        let values = found.unwrap().into_iter().map(|found| {
            let values = (0..columns.len()).map(|index| found.get(index)).collect();
            row(&columns, values)
        });
        rows.insert(table, values.collect());
    }
    Rows(rows)
}

fn of_sqlite(file: &str) -> Rows {
    let connection = rusqlite::Connection::open(file).unwrap();
    let query = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name, c.cid";
    let mut tables = Columns::new();
    let mut statement = connection.prepare(query).unwrap();
    let mut found = statement.query([]).unwrap();
    while let Some(row) = found.next().unwrap() {
        let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let text = format!("nullif(quote(\"{column}\"), 'NULL')");
        tables.entry(table).or_default().push((column, text));
    }
    let mut rows = BTreeMap::new();
    for (table, columns) in tables {
        let query = format!("SELECT {} FROM \"{table}\"", texts(&columns));
        let mut statement = connection.prepare(&query).unwrap();
        let values = statement.query_map([], |found| {
            let values: Result<_, _> = (0..columns.len()).map(|index| found.get(index)).collect();
            Ok(row(&columns, values?))
        });
        let values = values.unwrap().map(Result::unwrap).collect();
        rows.insert(table, values);
    }
    Rows(rows)
}

fn texts(columns: &[(String, String)]) -> String {
    let texts: Vec<&str> = columns.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(", ")
}

fn row(columns: &[(String, String)], values: Vec<Option<String>>) -> Row {
    columns.iter().map(|(column, _)| column.clone()).zip(values).collect()
}
