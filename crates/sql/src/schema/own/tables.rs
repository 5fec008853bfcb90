//! Whether a database has our own tables.

/// Whether a database has the tables that Wicketgate keeps beside EF Core's.
///
/// A new database has them. One that .NET or an older version of Wicketgate made gets them by `wicketgate migrate` alone,
/// and until then what needs them is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnTables {
    /// All that this version of Wicketgate has.
    Present,
    /// The scripts with these names have yet to make theirs.
    Absent(Vec<&'static str>),
}

impl OwnTables {
    /// Whether the script with this name has run.
    #[must_use]
    pub fn has(&self, script: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Absent(missing) => !missing.contains(&script),
        }
    }
}
