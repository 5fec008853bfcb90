//! Which ids there are in columns that hold texts, where columns for Guids are declared as those are: in SQLite.

use uuid::Uuid;

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::statement::{Statement, statement};

/// What the ids of a sample have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sample {
    /// There are none.
    Nothing,
    /// Every one is a Guid in capitals, as .NET writes them for `IdentityUser<Guid>`.
    UpperCaseGuids,
    /// Every one is a Guid, and some are in capitals.
    MixedGuids,
    /// As .NET writes them for `IdentityUser`: Guids in small letters, or any other texts.
    Others,
}

/// From both ends of the index: letters in capitals come first in it, and small ones last.
const SAMPLES: [(&str, [Statement; 2]); 2] = [
    (
        "AspNetUsers",
        [
            statement!(r#"SELECT "Id" FROM "AspNetUsers" ORDER BY "Id" LIMIT 500"#),
            statement!(r#"SELECT "Id" FROM "AspNetUsers" ORDER BY "Id" DESC LIMIT 500"#),
        ],
    ),
    (
        "AspNetRoles",
        [
            statement!(r#"SELECT "Id" FROM "AspNetRoles" ORDER BY "Id" LIMIT 500"#),
            statement!(r#"SELECT "Id" FROM "AspNetRoles" ORDER BY "Id" DESC LIMIT 500"#),
        ],
    ),
];

/// Looks at up to 2,000 ids in the tables for users and roles that there are.
pub(crate) async fn take<C: Connection>(
    connection: &mut C,
    is_there: impl Fn(&str) -> bool,
) -> Result<Sample, DatabaseError> {
    let mut ids = Vec::new();
    for (table, statements) in SAMPLES {
        if is_there(table) {
            for statement in statements {
                for row in connection.fetch_all(statement, &[]).await? {
                    ids.extend(row.id("Id")?);
                }
            }
        }
    }
    Ok(of(ids.iter().map(String::as_str)))
}

fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Sample {
    let (mut upper, mut lower) = (false, false);
    for id in ids {
        match Uuid::try_parse(id).map(Uuid::hyphenated) {
            Ok(guid) if format!("{guid:X}") == id => upper = true,
            Ok(guid) if format!("{guid:x}") == id => lower = true,
            _ => return Sample::Others,
        }
    }
    match (upper, lower) {
        (false, false) => Sample::Nothing,
        (true, false) => Sample::UpperCaseGuids,
        (true, true) => Sample::MixedGuids,
        (false, true) => Sample::Others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPPER: &str = "0A3D6A7C-2B7E-4A6F-9D63-F0E1D2C3B4A5";
    const LOWER: &str = "1a3d6a7c-2b7e-4a6f-9d63-f0e1d2c3b4a5";

    #[test]
    fn guids_in_capitals_are_known_from_all_other_ids() {
        for (ids, sample) in [
            (&[][..], Sample::Nothing),
            (&[UPPER], Sample::UpperCaseGuids),
            (&[LOWER], Sample::Others),
            (&[UPPER, LOWER], Sample::MixedGuids),
            (&[UPPER, "ada"], Sample::Others),
            (&[&*UPPER.replace('-', "")], Sample::Others),
        ] {
            assert_eq!(of(ids.iter().copied()), sample, "{ids:?}");
        }
    }
}
