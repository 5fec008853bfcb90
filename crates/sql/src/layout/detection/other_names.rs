//! Tables that may be Identity's, by other names than those that are looked for.

use std::collections::BTreeMap;

use wicketgate_identity::options::{SchemaVersion, StoreOptions};

use super::{Place, Search, USERS};
use crate::schema::columns::Column;
use crate::schema::dotnet::tables::Table;
use crate::schema::state::SchemaState;

impl Search<'_> {
    /// What is there by other names than those that are set, or nearly, must not get a second set beside it.
    pub(super) fn refusal_of_other_names(self, columns: &[Column], chosen: Option<&Place<'_>>) -> Option<SchemaState> {
        let has = |known| chosen.is_some_and(|place| place.tables.iter().any(|table| table.known == known));
        let search = Search {
            options: &StoreOptions::DEFAULT,
            ..self
        };
        let mut found = Vec::new();
        for place in search.places(columns) {
            if chosen.is_none_or(|chosen| chosen.schema == place.schema) {
                let others = place.tables.iter().filter(|table| !has(table.known));
                found.extend(others.map(|table| format!("{}.{}", place.schema, table.name)));
                let look_alikes = place.look_alikes.iter().filter(|_| !has(USERS));
                found.extend(look_alikes.map(|name| format!("{}.{name}", place.schema)));
            }
        }
        let setting = "stores.tables and stores.columns";
        if !found.is_empty() {
            return Some(SchemaState::Ambiguous { found, setting });
        }
        let found = if has(USERS) {
            Vec::new()
        } else {
            self.nearly_users(columns)
        };
        (!found.is_empty()).then_some(SchemaState::Ambiguous { found, setting })
    }

    /// Tables with most columns of the one for users, each with the columns that it lacks.
    fn nearly_users(self, columns: &[Column]) -> Vec<String> {
        let mut tables: BTreeMap<(&str, &str), Vec<&Column>> = BTreeMap::new();
        for column in columns {
            tables.entry((&column.schema, &column.table)).or_default().push(column);
        }
        let users: Vec<Table> = self
            .known
            .tables(SchemaVersion::V3)
            .filter(|table| table.name == USERS)
            .collect();
        let mut nearly = Vec::new();
        for (known, ((schema, table), columns)) in users
            .iter()
            .flat_map(|known| tables.iter().map(move |table| (known, table)))
        {
            let all = known.columns().map(|(column, _)| column);
            let (there, missing): (Vec<&str>, Vec<&str>) =
                all.partition(|column| self.find_column(known, column, columns).is_some());
            if there.len() > missing.len() && !self.is_named(known, table) {
                nearly.push(format!("{schema}.{table} (without {})", missing.join(", ")));
            }
        }
        nearly
    }
}
