//! The words of a statement.

/// A piece of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Blanks and line ends.
    Space(&'a str),
    /// A word or a number without quotes.
    Word(&'a str),
    /// A name in quotes of this kind.
    Name { quotes: Quotes, name: &'a str },
    /// A text in its quotes, or a mark.
    Other(&'a str),
}

/// The marks before and behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quotes {
    open: char,
    close: char,
}

impl Quotes {
    /// Those that all databases understand, as statements are written here.
    pub(super) const DOUBLE: Self = Self { open: '"', close: '"' };

    fn opened_by(open: char) -> Option<Self> {
        let close = match open {
            '"' | '`' => open,
            '[' => ']',
            _ => return None,
        };
        Some(Self { open, close })
    }

    /// A name in these. None that is sent has a quote in it.
    pub(super) fn around(self, name: &str) -> String {
        format!("{}{name}{}", self.open, self.close)
    }
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(this) if this.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(self, Self::Other(this) if *this == mark)
    }
}

/// All of them, in order: together they are the statement.
pub(super) fn tokens(statement: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first);
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

fn token(rest: &str, first: char) -> (Token<'_>, usize) {
    let run = |belongs: fn(char) -> bool| rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if first.is_whitespace() {
        let length = run(char::is_whitespace);
        return (Token::Space(&rest[..length]), length);
    }
    if is_part_of_word(first) {
        let length = run(is_part_of_word);
        return (Token::Word(&rest[..length]), length);
    }
    if let Some(quotes) = Quotes::opened_by(first)
        && let Some(length) = rest[1..].find(quotes.close)
    {
        let name = &rest[1..=length];
        return (Token::Name { quotes, name }, length + 2);
    }
    let length = match first {
        '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
        mark => mark.len_utf8(),
    };
    (Token::Other(&rest[..length]), length)
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_its_tokens() {
        let statement = "SELECT u.\"Id\", `a b` FROM [T] WHERE \"N\" = '[AspNetUserStore]''\"x\"' AND b = $1";
        let all = tokens(statement);
        let mut whole = String::new();
        for token in &all {
            match token {
                Token::Space(text) | Token::Word(text) | Token::Other(text) => whole += text,
                Token::Name { quotes, name } => whole += &quotes.around(name),
            }
        }
        assert_eq!(whole, statement);
        let names: Vec<&str> = all
            .iter()
            .filter_map(|token| match token {
                Token::Name { name, .. } => Some(*name),
                _ => None,
            })
            .collect();
        assert_eq!(names, ["Id", "a b", "T", "N"]);
    }
}
