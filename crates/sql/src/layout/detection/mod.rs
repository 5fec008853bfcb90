//! Finding Identity's tables among all tables of a database, by settings, by EF Core's names and by their columns.

mod detected;
mod keys;
mod new_names;
mod other_names;

use std::collections::BTreeMap;

use wicketgate_identity::options::{IdentityColumn, IdentityTable, SchemaVersion, StoreOptions};

use crate::layout::names::{Names, TableNames, is_name};
use crate::schema::columns::Column;
use crate::schema::dotnet::tables::{Table, Tables};
use crate::schema::state::SchemaState;

/// EF Core's own name of the table that all others belong to.
const USERS: &str = "AspNetUsers";

/// What is wanted, and how this kind of database compares names.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) options: &'a StoreOptions,
    /// Identity's tables as this kind of database has them.
    pub(crate) known: Tables,
    /// Whether tables whose names differ in case alone are the same.
    pub(crate) folds_tables: bool,
    /// The same for columns.
    pub(crate) folds_columns: bool,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Detected {
    /// The schema that all else is about.
    pub(crate) schema: Option<String>,
    pub(crate) names: Names,
    /// Tables that are not there, and whose names nobody can tell. They stand among the others by EF Core's own names.
    pub(crate) nameless: Vec<&'static str>,
    /// Why none of it can be used.
    pub(crate) refusal: Option<SchemaState>,
}

/// A schema with what it has of Identity's tables.
struct Place<'a> {
    schema: &'a str,
    /// Where it stands in the search path, from 1.
    position: Option<i64>,
    tables: Vec<TableNames>,
    /// Tables that all look like the one for users.
    look_alikes: Vec<&'a str>,
}

impl Place<'_> {
    fn has_users(&self) -> bool {
        !self.look_alikes.is_empty() || self.tables.iter().any(|table| table.known == USERS)
    }
}

impl<'s> Search<'s> {
    /// Looks among these columns.
    pub(crate) fn run(self, columns: &[Column]) -> Detected {
        let places = self.places(columns);
        let chosen = match choose(&places, self.options.schema.as_deref()) {
            Ok(chosen) => chosen,
            Err(refusal) => return self.refused(refusal),
        };
        let new = match (&chosen, self.options.schema.as_deref()) {
            (Some(place), _) => (place.position != Some(1)).then(|| place.schema.to_owned()),
            (None, Some(schema)) => Some(schema.to_owned()),
            (None, None) => None,
        };
        if let Some(place) = chosen.filter(|place| !place.look_alikes.is_empty()) {
            return self.refused(SchemaState::Ambiguous {
                found: place.look_alikes.iter().map(|name| (*name).to_owned()).collect(),
                setting: "stores.tables (users = \"…\")",
            });
        }
        if let Some(refusal) = self.refusal_of_other_names(columns, chosen) {
            return self.refused(refusal);
        }
        let here = columns.iter().find(|column| column.position == Some(1));
        let schema = chosen.map(|place| place.schema).or(self.options.schema.as_deref());
        let schema = schema.or(here.map(|column| &*column.schema)).map(str::to_owned);
        let found = chosen.map_or(&[][..], |place| &place.tables);
        let mut tables = self.with_missing(found, new.as_deref());
        tables.push(self.keys(columns, schema.as_deref(), new.as_deref()));
        Detected {
            schema,
            names: Names {
                schema: new,
                tables,
                ..Names::default()
            },
            nameless: self.nameless(found),
            refusal: None,
        }
    }

    fn refused(self, refusal: SchemaState) -> Detected {
        Detected {
            schema: None,
            names: Names::default(),
            nameless: Vec::new(),
            refusal: Some(refusal),
        }
    }

    /// The schemas that have any of Identity's tables; those with accounts alone, if any has these.
    fn places<'a>(self, columns: &'a [Column]) -> Vec<Place<'a>> {
        let mut schemas: BTreeMap<&str, BTreeMap<&str, Vec<&Column>>> = BTreeMap::new();
        let nameable = |column: &&Column| is_name(&column.schema) && is_name(&column.table);
        for column in columns.iter().filter(nameable) {
            let tables = schemas.entry(&column.schema).or_default();
            tables.entry(&column.table).or_default().push(column);
        }
        let places = schemas.into_iter().map(|(schema, tables)| self.place(schema, &tables));
        let mut places: Vec<Place<'_>> = places
            .filter(|place| place.has_users() || !place.tables.is_empty())
            .collect();
        if places.iter().any(Place::has_users) {
            places.retain(Place::has_users);
        }
        places
    }

    fn place<'a>(self, schema: &'a str, tables: &BTreeMap<&'a str, Vec<&'a Column>>) -> Place<'a> {
        let position = tables.values().flatten().find_map(|column| column.position);
        let (mut found, mut look_alikes) = (Vec::new(), Vec::new());
        let mut known: Vec<Table> = self.known.tables(SchemaVersion::V3).collect();
        // Others are looked for by their shape only where there are accounts.
        known.sort_by_key(|table| table.name != USERS);
        for table in known {
            let alike = self.alike(&table, tables);
            match (&alike[..], table.name) {
                ([], _) => {}
                ([name], _) if table.name == USERS || self.is_named(&table, name) || !found.is_empty() => {
                    if let Some(columns) = tables.get(name) {
                        found.push(self.names_of(&table, name, columns));
                    }
                }
                (several, USERS) => look_alikes.extend(several),
                _ => {}
            }
        }
        Place {
            schema,
            position,
            tables: found,
            look_alikes,
        }
    }

    /// The tables that can be this one: the one that settings name, or that has EF Core's name, or else those that have all its
    /// columns, of which one that has a usual name is preferred.
    fn alike<'a>(self, known: &Table, tables: &BTreeMap<&'a str, Vec<&'a Column>>) -> Vec<&'a str> {
        let by_name = tables.keys().copied().find(|name| self.is_named(known, name));
        if let Some(name) = by_name {
            return vec![name];
        }
        if self.wished_table(known.name).is_some() {
            return Vec::new();
        }
        let is_taken = |name: &str| {
            let mut others = self.known.tables(SchemaVersion::V3);
            others.any(|other| self.is_named(&other, name))
        };
        let alike: Vec<&str> = tables
            .iter()
            .filter(|(name, columns)| !is_taken(name) && self.has_all_columns(known, columns))
            .map(|(name, _)| *name)
            .collect();
        let usual: Vec<&str> = alike
            .iter()
            .copied()
            .filter(|name| is_usual(known.name, name))
            .collect();
        // Two ids are no shape by which a table is known.
        let is_shapeless = known.name == "AspNetUserRoles";
        let is_exact = |name: &&str| tables.get(name).is_some_and(|columns| columns.len() == 2);
        match usual.is_empty() {
            false => usual,
            true if is_shapeless => alike.into_iter().filter(is_exact).collect(),
            true => alike,
        }
    }

    fn has_all_columns(self, known: &Table, columns: &[&Column]) -> bool {
        let mut all = known.columns();
        all.all(|(column, _)| self.find_column(known, column, columns).is_some())
    }

    fn is_named(self, known: &Table, name: &str) -> bool {
        let wanted = self.wished_table(known.name).unwrap_or(known.name);
        wanted == name || (self.folds_tables && wanted.eq_ignore_ascii_case(name))
    }

    fn wished_table(self, known: &str) -> Option<&'s str> {
        let table = IdentityTable::by_dotnet_name(known)?;
        self.options.tables.get(&table).map(String::as_str)
    }

    fn wished_column(self, known: &str, column: &str) -> Option<&'s str> {
        let column = IdentityColumn::by_dotnet_name(IdentityTable::by_dotnet_name(known)?, column)?;
        self.options.columns.get(&column).map(String::as_str)
    }

    /// What a column of this table is called among these.
    fn find_column<'a>(self, known: &Table, column: &str, columns: &[&'a Column]) -> Option<&'a str> {
        let by = |is_it: &dyn Fn(&str) -> bool| {
            let mut found = columns.iter().map(|column| &*column.name).filter(|name| is_name(name));
            found.find(|name| is_it(name))
        };
        let without_case = |wanted: &str| by(&|name| self.folds_columns && name.eq_ignore_ascii_case(wanted));
        if let Some(wished) = self.wished_column(known.name, column) {
            return by(&|name| name == wished).or_else(|| without_case(wished));
        }
        let exactly = by(&|name| name == column).or_else(|| without_case(column));
        exactly.or_else(|| by(&|name| folded(name) == folded(column)))
    }

    /// The names of a table that was found, as `name`. A column that is not there keeps the one it is missed by.
    fn names_of(self, known: &Table, name: &str, columns: &[&Column]) -> TableNames {
        let named = |column| {
            let found = self.find_column(known, column, columns).map(str::to_owned);
            (column, found.unwrap_or_else(|| self.new_column(known, column)))
        };
        let schema = columns.first().filter(|column| column.position != Some(1));
        TableNames {
            known: known.name,
            schema: schema.map(|column| column.schema.clone()),
            name: name.to_owned(),
            columns: known.columns().map(|(column, _)| named(column)).collect(),
        }
    }
}

/// The place to use: the one that is set, or the first in the search path, or the only one.
fn choose<'p, 'a>(places: &'p [Place<'a>], wished: Option<&str>) -> Result<Option<&'p Place<'a>>, SchemaState> {
    let refusal = || SchemaState::Ambiguous {
        found: places.iter().map(|place| place.schema.to_owned()).collect(),
        setting: "stores.schema",
    };
    if let Some(wished) = wished {
        let place = places.iter().find(|place| place.schema == wished);
        return match (place, places) {
            (None, [_, ..]) => Err(refusal()),
            (place, _) => Ok(place),
        };
    }
    let in_path = places.iter().filter(|place| place.position.is_some());
    match (in_path.min_by_key(|place| place.position), places) {
        (Some(place), _) | (None, [place]) => Ok(Some(place)),
        (None, []) => Ok(None),
        (None, _) => Err(refusal()),
    }
}

/// Whether people call the table so that EF Core calls `known`.
fn is_usual(known: &str, name: &str) -> bool {
    let name = folded(name);
    [known, without_prefix(known)]
        .into_iter()
        .any(|usual| folded(usual) == name)
}

fn without_prefix(known: &str) -> &str {
    known.strip_prefix("AspNet").unwrap_or(known)
}

/// `normalizedusername` for `NormalizedUserName` and `normalized_user_name`.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}
