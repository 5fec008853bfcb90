//! Paths as Kestrel passes them on.

use std::borrow::Cow;

/// The path as Kestrel passes it on: without unnecessary escapes and dot segments. `None` for a path with an escaped NUL.
pub(crate) fn canonical_path(path: &str) -> Option<Cow<'_, str>> {
    let path = unescape(path)?;
    Some(if path.contains("/.") {
        without_dot_segments(&path).into()
    } else {
        path
    })
}

/// The path without unnecessary escapes; `None` if it has an escaped NUL.
pub(super) fn unescape(path: &str) -> Option<Cow<'_, str>> {
    if !path.contains('%') {
        return Some(path.into());
    }
    let mut unescaped = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        unescaped.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(0) => return None,
            Some(byte) if needs_no_escape(byte) => {
                unescaped.push(byte.into());
                rest = &after[2..];
            }
            _ => {
                unescaped.push('%');
                rest = after;
            }
        }
    }
    unescaped.push_str(rest);
    Some(unescaped.into())
}

/// `pchar` of RFC 3986, section 3.3.
fn needs_no_escape(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

/// RFC 3986, section 5.2.4.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." if is_last => kept.push(""),
            "." => {}
            ".." => {
                // The first segment is the empty one before the path's first slash.
                if kept.len() > 1 {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_brought_to_their_simplest_form() {
        for (path, expected) in [
            ("/manage/info", "/manage/info"),
            ("/%6Danage/inf%6f", "/manage/info"),
            ("/a%2Fb%20c%25%zz%", "/a%2Fb%20c%25%zz%"),
            ("/./a", "/a"),
            ("/a/../b", "/b"),
            ("/a/%2e%2E/b", "/b"),
            ("/../../a", "/a"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/..", "/"),
            ("/a/.b/..c/d.", "/a/.b/..c/d."),
            ("/a//b", "/a//b"),
            ("*", "*"),
        ] {
            assert_eq!(canonical_path(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn an_escaped_nul_makes_no_path() {
        assert_eq!(canonical_path("/a%00"), None);
    }
}
