//! A statement that is written for EF Core's own names, in the names of a database.

use crate::layout::names::{Names, TableNames};
use crate::layout::tokens::{Quotes, Token, tokens};

/// What the names of our own tables begin with, which stand without quotes.
const OURS: &str = "wicketgate_";
/// What stands in front of a table's name.
const BEFORE_TABLES: [&str; 7] = ["FROM", "INTO", "UPDATE", "JOIN", "TABLE", "ON", "REFERENCES"];

/// The statement in these names. A column that is called otherwise gets its own name back in what is selected.
///
/// A column without a table in front belongs to the table before its brackets, or else to the only one in the statement that has it.
pub(super) fn translate(statement: &str, names: &Names) -> String {
    let tokens = tokens(statement);
    let tables = Tables::of(&tokens, names);
    let mut translation = Translation {
        names,
        tables,
        brackets: vec![Brackets::default()],
        translated: String::with_capacity(2 * statement.len()),
        fills: None,
    };
    for at in 0..tokens.len() {
        translation.push(Position { tokens: &tokens, at });
    }
    translation.translated
}

/// The tables that a statement names.
struct Tables<'a> {
    all: Vec<&'a TableNames>,
    aliases: Vec<(&'a str, &'a TableNames)>,
    /// Names that the statement gives to columns of its answer.
    results: Vec<&'a str>,
}

impl<'a> Tables<'a> {
    fn of(tokens: &[Token<'a>], names: &'a Names) -> Self {
        let mut tables = Self {
            all: Vec::new(),
            aliases: Vec::new(),
            results: Vec::new(),
        };
        for at in 0..tokens.len() {
            let position = Position { tokens, at };
            let Token::Name { name, .. } = tokens[at] else { continue };
            if position.before(1).is_some_and(|token| token.is_word("AS")) {
                tables.results.push(name);
            } else if let Some(table) = names.table(name) {
                tables.all.push(table);
                if position.after(1).is_some_and(|token| token.is_word("AS"))
                    && let Some(Token::Word(alias)) = position.after(2)
                {
                    tables.aliases.push((alias, table));
                }
            }
        }
        tables
    }

    /// The only table that has it.
    fn with_column(&self, column: &str) -> Option<&'a TableNames> {
        let mut with_it = self.all.iter().copied().filter(|table| table.column(column).is_some());
        let first = with_it.next()?;
        with_it.all(|other| other.known == first.known).then_some(first)
    }
}

/// A place among tokens.
#[derive(Clone, Copy)]
struct Position<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
}

impl<'a> Position<'_, 'a> {
    fn token(&self) -> Token<'a> {
        self.tokens[self.at]
    }

    /// The token that is so many before this one, without blanks.
    fn before(&self, count: usize) -> Option<Token<'a>> {
        let before = self.tokens[..self.at].iter().rev();
        before
            .filter(|token| !matches!(token, Token::Space(_)))
            .nth(count - 1)
            .copied()
    }

    fn after(&self, count: usize) -> Option<Token<'a>> {
        let after = self.tokens[self.at + 1..].iter();
        after
            .filter(|token| !matches!(token, Token::Space(_)))
            .nth(count - 1)
            .copied()
    }

    /// The alias before this name and a dot.
    fn alias(&self) -> Option<&'a str> {
        match (self.before(2), self.before(1)) {
            (Some(Token::Word(alias)), Some(dot)) if dot.is_mark(".") => Some(alias),
            _ => None,
        }
    }

    /// Whether the name here, with what is before its dot, is all that is between two commas of what is selected.
    fn is_whole_item(&self) -> bool {
        let before = match self.alias() {
            Some(_) => self.before(3),
            None => self.before(1),
        };
        let begins = before.is_some_and(|token| {
            token.is_mark(",") || token.is_mark(")") || token.is_word("SELECT") || token.is_word("DISTINCT")
        });
        begins
            && self
                .after(1)
                .is_some_and(|token| token.is_mark(",") || token.is_word("FROM"))
    }
}

/// What is known of the brackets around a place.
#[derive(Default, Clone, Copy)]
struct Brackets<'a> {
    /// The table whose columns are named in them.
    of: Option<&'a TableNames>,
    selects: bool,
    /// Whether they hold the columns of new rows, or their values.
    holds: Option<Holds>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Columns,
    Values,
}

struct Translation<'a> {
    names: &'a Names,
    tables: Tables<'a>,
    brackets: Vec<Brackets<'a>>,
    translated: String,
    /// The table that new rows are for, by EF Core's own name.
    fills: Option<&'static str>,
}

impl<'a> Translation<'a> {
    fn push(&mut self, position: Position<'_, 'a>) {
        match position.token() {
            Token::Space(text) => self.translated += text,
            Token::Word(word) => self.push_word(word, position),
            Token::Name { quotes, name } => self.push_name(quotes, name, position),
            Token::Other(text) => {
                match text {
                    "(" => self.open(position),
                    ")" => self.close(),
                    _ => {}
                }
                self.translated += text;
            }
        }
    }

    fn push_word(&mut self, word: &str, position: Position<'_, 'a>) {
        if let Some(brackets) = self.brackets.last_mut() {
            match word {
                "SELECT" => brackets.selects = true,
                "FROM" => brackets.selects = false,
                _ => {}
            }
        }
        if word.starts_with(OURS) && is_table(position) {
            self.push_schema(self.names.schema.as_deref(), Quotes::DOUBLE);
        }
        self.translated += word;
    }

    fn push_schema(&mut self, schema: Option<&str>, quotes: Quotes) {
        if let Some(schema) = schema {
            self.translated += &quotes.around(schema);
            self.translated += ".";
        }
    }

    fn push_name(&mut self, quotes: Quotes, name: &'a str, position: Position<'_, 'a>) {
        if position.before(1).is_some_and(|token| token.is_word("AS")) {
            self.translated += &quotes.around(name);
        } else if let Some(table) = self.names.table(name) {
            if position.before(1).is_some_and(|token| token.is_word("INTO")) {
                self.fills = Some(table.known);
            }
            self.push_schema(table.schema.as_deref(), quotes);
            self.translated += &quotes.around(&table.name);
        } else {
            self.push_column(quotes, name, position);
        }
    }

    fn push_column(&mut self, quotes: Quotes, name: &'a str, position: Position<'_, 'a>) {
        let column = self.table_of(name, position).and_then(|table| table.column(name));
        let column = column.unwrap_or(name);
        self.translated += &quotes.around(column);
        let selects = self.brackets.last().is_some_and(|brackets| brackets.selects);
        if selects && column != name && position.is_whole_item() {
            self.translated += " AS ";
            self.translated += &quotes.around(name);
        }
    }

    /// Whose column this is; nobody's that is known, as the name of an index.
    fn table_of(&self, name: &str, position: Position<'_, 'a>) -> Option<&'a TableNames> {
        if let Some(alias) = position.alias() {
            let mut aliases = self.tables.aliases.iter();
            return aliases.find(|(known, _)| *known == alias).map(|(_, table)| *table);
        }
        let of = self.brackets.last().and_then(|brackets| brackets.of);
        if let Some(table) = of.filter(|table| table.column(name).is_some()) {
            return Some(table);
        }
        // The order of an answer is by the names that the statement gave.
        match self.tables.results.contains(&name) {
            true => None,
            false => self.tables.with_column(name),
        }
    }

    fn open(&mut self, position: Position<'_, 'a>) {
        let around = self.brackets.last().copied().unwrap_or_default();
        let table = match position.before(1) {
            Some(Token::Name { name, .. }) => self.names.table(name),
            _ => None,
        };
        let is_into = position.before(2).is_some_and(|token| token.is_word("INTO"));
        let holds = match (table, position.before(1)) {
            (Some(_), _) if is_into => Some(Holds::Columns),
            (_, Some(word)) if word.is_word("VALUES") => Some(Holds::Values),
            _ => None,
        };
        self.brackets.push(Brackets {
            of: table.or(around.of),
            selects: false,
            holds,
        });
    }

    /// What the application's own columns get stands behind everything else.
    fn close(&mut self) {
        let holds = self.brackets.pop().and_then(|brackets| brackets.holds);
        let (Some(holds), Some(table)) = (holds, self.fills) else {
            return;
        };
        for fill in self.names.fills(table) {
            self.translated += ", ";
            match holds {
                Holds::Columns => self.translated += &Quotes::DOUBLE.around(&fill.column),
                Holds::Values => self.translated += &fill.literal,
            }
        }
    }
}

/// Whether one of our own tables is meant: not what is named after one, as an index, nor a table in front of its column.
fn is_table(position: Position<'_, '_>) -> bool {
    let is_before = |token: Token<'_>| BEFORE_TABLES.iter().any(|word| token.is_word(word));
    position.before(1).is_some_and(is_before) && !position.after(1).is_some_and(|token| token.is_mark("."))
}

#[cfg(test)]
mod tests;
