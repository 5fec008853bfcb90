//! How deep a JSON text may be nested.

/// How deep arrays and objects may be nested (System.Text.Json's default).
const MAX_DEPTH: usize = 64;

/// Whether a JSON text is nested deeper than System.Text.Json reads: 64 arrays and objects.
///
/// # Examples
/// ```
/// use wicketgate_identity::text::is_json_too_deep;
///
/// assert!(!is_json_too_deep("[".repeat(64).as_bytes()));
/// assert!(is_json_too_deep("[".repeat(65).as_bytes()));
/// ```
pub fn is_json_too_deep(json: &[u8]) -> bool {
    depth(json) > MAX_DEPTH
}

fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

fn skip_string<'a>(bytes: &mut impl Iterator<Item = &'a u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_nest_nothing() {
        assert_eq!(depth(br#"{"]\"[[[[":1}"#), 1);
        assert_eq!(depth(br#"[{"a":[]},[]]"#), 3);
    }
}
