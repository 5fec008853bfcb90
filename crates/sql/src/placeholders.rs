//! Parameters by other names than `$1`, `$2` and so on.

/// The statement with what `name` gives for its number in place of each parameter. A `$` in a text would be taken for one; no
/// statement here has that.
pub(crate) fn replace<N: AsRef<str>>(statement: &str, mut name: impl FnMut(usize) -> N) -> String {
    let mut replaced = String::with_capacity(2 * statement.len());
    let mut pieces = statement.split('$');
    replaced.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
        let (number, rest) = piece.split_at(digits);
        replaced.push_str(name(number.parse().unwrap_or_default()).as_ref());
        replaced.push_str(rest);
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_is_replaced_wherever_it_stands() {
        let name = |number| format!("<{number}>");
        assert_eq!(
            replace("A = $2 AND B = $1 OR $10 IS NULL", name),
            "A = <2> AND B = <1> OR <10> IS NULL"
        );
        assert_eq!(replace("$1", name), "<1>");
        assert_eq!(replace("SELECT 1", name), "SELECT 1");
    }
}
