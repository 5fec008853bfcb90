//! Tables that are not there, and what they would be called.

use wicketgate_identity::options::IdentityTable;

use super::Schema;

impl Schema {
    /// What a table that is not there would be called here; as settings call it where nobody can tell.
    pub(super) fn missing_table(&self, known: &str) -> String {
        let nameless = IdentityTable::by_dotnet_name(known).filter(|_| self.is_nameless(known));
        match (nameless, self.detected.names.table(known)) {
            (Some(table), _) => format!("{table} ({known} in EF Core)"),
            (None, Some(names)) => names.name.clone(),
            (None, None) => known.to_owned(),
        }
    }

    /// Whether the table is not there, and nobody can tell what the application calls it.
    pub(crate) fn is_nameless(&self, known: &str) -> bool {
        self.detected.nameless.contains(&known)
    }
}
