//! What a statement of a script leaves in the database, by which it is known whether it ran.

/// What there is after a statement that was not there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Table(&'static str),
    Index { table: &'static str, name: &'static str },
    Column { table: &'static str, name: &'static str },
}

impl Effect {
    /// `CREATE TABLE …` (in PostgreSQL also `UNLOGGED`), `CREATE INDEX … ON …` and `ALTER TABLE … ADD …` are all that scripts may do: `None` is a mistake in a
    /// script.
    pub(crate) fn of(statement: &'static str) -> Option<Self> {
        let words: Vec<&str> = statement
            .split(|c: char| c.is_ascii_whitespace() || c == '(')
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] | ["CREATE", "UNLOGGED", "TABLE", name, ..] => Some(Self::Table(name)),
            ["CREATE", "INDEX", name, "ON", table, ..] | ["CREATE", "UNIQUE", "INDEX", name, "ON", table, ..] => {
                Some(Self::Index { table, name })
            }
            ["ALTER", "TABLE", table, "ADD", "COLUMN", name, ..] | ["ALTER", "TABLE", table, "ADD", name, ..] => {
                Some(Self::Column { table, name })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_statement_makes_is_known_by_its_words() {
        for (statement, effect) in [
            ("CREATE TABLE notes (\n    id integer)", Some(Effect::Table("notes"))),
            ("CREATE TABLE notes(id integer)", Some(Effect::Table("notes"))),
            ("CREATE UNLOGGED TABLE notes (id integer)", Some(Effect::Table("notes"))),
            (
                "CREATE UNIQUE INDEX notes_by_text ON notes (text)",
                Some(Effect::Index {
                    table: "notes",
                    name: "notes_by_text",
                }),
            ),
            (
                "CREATE INDEX notes_by_text\n    ON notes(text)",
                Some(Effect::Index {
                    table: "notes",
                    name: "notes_by_text",
                }),
            ),
            (
                "ALTER TABLE notes ADD COLUMN author varchar(100)",
                Some(Effect::Column {
                    table: "notes",
                    name: "author",
                }),
            ),
            (
                "ALTER TABLE notes ADD author nvarchar(100)",
                Some(Effect::Column {
                    table: "notes",
                    name: "author",
                }),
            ),
            ("ALTER TABLE notes DROP COLUMN author", None),
            ("UPDATE notes SET text = ''", None),
        ] {
            assert_eq!(Effect::of(statement), effect, "{statement}");
        }
    }
}
