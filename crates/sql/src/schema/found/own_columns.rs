//! Columns that the application added, and that new rows would leave empty.

use wicketgate_identity::options::{IdentityTable, OwnColumn, SchemaVersion};

use super::Schema;

/// The tables besides the users' in which there may be new rows.
const OTHERS: [IdentityTable; 4] = [
    IdentityTable::Roles,
    IdentityTable::UserRoles,
    IdentityTable::UserClaims,
    IdentityTable::UserTokens,
];

impl Schema {
    /// Columns that the application added to `AspNetUsers` and that a registration here cannot fill.
    pub(crate) fn unfillable_columns(&self) -> Vec<String> {
        self.unfillable(IdentityTable::Users)
    }

    /// The same for other tables: who registers does not need them.
    pub(crate) fn unfillable_columns_of_others(&self) -> Vec<OwnColumn> {
        let others = OTHERS.into_iter().flat_map(|table| {
            let columns = self.unfillable(table).into_iter();
            columns.map(move |name| OwnColumn { table, name })
        });
        others.collect()
    }

    fn unfillable(&self, table: IdentityTable) -> Vec<String> {
        let table = table.dotnet_name();
        let known = self
            .identity
            .tables(SchemaVersion::V3)
            .filter(|known| known.name == table);
        let filled: Vec<&str> = known.flat_map(|known| known.columns()).map(|(name, _)| name).collect();
        let is_numbered = |name: &str| name == "Id" && self.keys.form.is_made_by_database();
        self.columns
            .iter()
            .filter(|column| column.table == table && column.is_required)
            .map(|column| column.name.clone())
            .filter(|name| !filled.contains(&name.as_str()) || is_numbered(name))
            .filter(|name| !self.own_columns.fill(table, name))
            .collect()
    }

    /// What `stores.column_defaults` says that cannot be done.
    pub(crate) fn wrong_column_defaults(&self) -> &[String] {
        &self.own_columns.problems
    }
}
