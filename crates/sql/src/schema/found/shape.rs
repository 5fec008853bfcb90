//! What is different from the tables of a plain `IdentityUser`, for people.

use wicketgate_identity::options::SchemaVersion;

use super::Schema;
use crate::inspection::Shape;

const USERS: &str = "AspNetUsers";

impl Schema {
    /// Which keys and names its tables have.
    pub(crate) fn described(&self) -> Shape {
        let names = &self.detected.names;
        let tables = names.tables.iter().filter(|table| table.name != table.known);
        let columns = names.tables.iter().flat_map(|table| {
            let others = table.columns.iter().filter(|(known, name)| known != name);
            others.map(|(known, name)| (format!("{}.{known}", table.known), name.clone()))
        });
        let users = self
            .identity
            .tables(SchemaVersion::V3)
            .filter(|table| table.name == USERS);
        let known: Vec<&str> = users.flat_map(|table| table.columns()).map(|(name, _)| name).collect();
        let own_columns = self.columns.iter().filter(|column| column.table == USERS);
        let own_columns = own_columns.filter(|column| !known.contains(&&*column.name));
        Shape {
            key_type: self.keys.form.key_type(),
            schema: names.schema.clone(),
            tables: tables.map(|table| (table.known, table.name.clone())).collect(),
            columns: columns.collect(),
            own_columns: own_columns.map(|column| column.name.clone()).collect(),
            has_roles: self.layout.has_roles(),
        }
    }
}
