//! The statements that make Identity's tables, and what can be read off them.

use wicketgate_identity::options::SchemaVersion;

/// The tables that an application without roles does not have (.NET's `IdentityUserContext`).
pub(crate) const ROLE_TABLES: [&str; 3] = ["AspNetRoles", "AspNetUserRoles", "AspNetRoleClaims"];

/// The statements that make Identity's tables in one kind of database: those of version 2 in full, and what is different
/// before and after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables {
    /// The tables that have other columns in version 1, as they are there. Empty where columns have no lengths, which are all
    /// that version 2 changed.
    pub(crate) v1: &'static str,
    /// One or more statements for each of these tables, which give their columns [lengths](crate::schema::dotnet::column_lengths).
    pub(crate) v1_to_v2: &'static str,
    /// All tables, then their indexes.
    pub(crate) v2: &'static str,
    /// What is added.
    pub(crate) v2_to_v3: &'static str,
}

impl Tables {
    /// Those of a version, in an order in which they can be made.
    pub(crate) fn definitions(&self, version: SchemaVersion) -> impl Iterator<Item = Definition> + use<> {
        let (v1, v2_to_v3) = match version {
            SchemaVersion::V1 => (self.v1, ""),
            SchemaVersion::V2 => ("", ""),
            SchemaVersion::V3 => ("", self.v2_to_v3),
        };
        let as_in_v1 = move |definition: Definition| {
            let is_same_table = |v1: &Definition| definition.index().is_none() && v1.table() == definition.table();
            definitions(v1).find(is_same_table).unwrap_or(definition)
        };
        definitions(self.v2).map(as_in_v1).chain(definitions(v2_to_v3))
    }

    /// From version 1 to version 2.
    pub(crate) fn shortenings(&self) -> impl Iterator<Item = Definition> + use<> {
        definitions(self.v1_to_v2)
    }

    /// The tables of a version.
    pub(crate) fn tables(&self, version: SchemaVersion) -> impl Iterator<Item = Table> + use<> {
        self.definitions(version).filter_map(|Definition(create)| {
            let name = name_after(create, CREATE_TABLE)?;
            Some(Table { name, create })
        })
    }
}

fn definitions(script: &'static str) -> impl Iterator<Item = Definition> {
    let statements = script.split(';').map(str::trim);
    statements.filter(|text| !text.is_empty()).map(Definition)
}

/// A statement that makes a table or an index, or changes a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Definition(pub(crate) &'static str);

impl Definition {
    /// The table that is made or changed, or gets an index. MySQL's first statement is about the database.
    pub(crate) fn table(&self) -> Option<&'static str> {
        let mut words = [CREATE_TABLE, ALTER_TABLE].into_iter();
        let first = words.find(|words| self.0.starts_with(words));
        name_after(self.0, first.unwrap_or(" ON "))
    }

    /// The index that is made.
    pub(crate) fn index(&self) -> Option<&'static str> {
        name_after(self.0, " INDEX ")
    }
}

/// A table as EF Core's provider creates it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    create: &'static str,
}

impl Table {
    /// Name and definition of each column.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.create.lines().filter_map(column)
    }
}

/// Name and definition of the column that a line of a table's definition is about.
pub(super) fn column(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (name, definition) = line.trim_start().strip_prefix(QUOTES)?.split_once(QUOTES)?;
    Some((name, definition.trim_start()))
}

/// The type in a column's definition.
pub(crate) fn declared_type(definition: &str) -> &str {
    let ends = [
        " NOT NULL",
        " NULL",
        " CHARACTER SET",
        " COLLATE",
        " GENERATED",
        " CONSTRAINT",
        ",",
    ];
    let end = ends.into_iter().filter_map(|end| definition.find(end)).min();
    &definition[..end.unwrap_or(definition.len())]
}

/// What a column can hold, as far as statements care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Boolean,
    Integer,
    Instant,
    /// Nothing that is read here.
    Other,
}

impl ColumnKind {
    /// By a type's name as databases write it, with its length and more behind it.
    pub(crate) fn of(declared_type: &str) -> Self {
        let word = declared_type.split(|c: char| !c.is_ascii_alphabetic()).next();
        match word.unwrap_or_default() {
            "text" | "character" | "citext" | "varchar" | "char" | "tinytext" | "mediumtext" | "longtext" => Self::Text,
            "nvarchar" | "nchar" | "ntext" => Self::Text,
            "boolean" | "bit" => Self::Boolean,
            "tinyint" if declared_type.starts_with("tinyint(1)") => Self::Boolean,
            "tinyint" | "smallint" | "integer" | "int" | "bigint" => Self::Integer,
            "timestamp" if declared_type.contains("with time zone") => Self::Instant,
            "datetime" if !declared_type.starts_with("datetime2") => Self::Instant,
            "datetimeoffset" => Self::Instant,
            _ => Self::Other,
        }
    }
}

const CREATE_TABLE: &str = "CREATE TABLE ";
const ALTER_TABLE: &str = "ALTER TABLE ";
/// The marks around names: of most, MySQL's, SQL Server's.
const QUOTES: [char; 4] = ['"', '`', '[', ']'];

fn name_after(statement: &'static str, words: &str) -> Option<&'static str> {
    let (_, rest) = statement.split_once(words)?;
    let (name, _) = rest.strip_prefix(QUOTES)?.split_once(QUOTES)?;
    Some(name)
}
