//! Heads with odd line ends.

use super::{ATTACK, Attack, Hidden, LENGTH, attack, joined, login};

/// Heads with bare line feeds, and with empty lines before them.
pub(super) fn odd_heads(hidden: Hidden) -> Vec<Attack> {
    let body = hidden.bytes();
    let head = String::from_utf8(login(&format!("content-length: {LENGTH}\r\n"))).unwrap();
    let with_line_feeds = head.replace("\r\n", "\n");
    [
        ("line feeds alone", with_line_feeds.clone()),
        ("a line feed after a header", head.replacen("attack\r\n", "attack\n", 1)),
        (
            "a line feed alone at the end",
            format!("{}\n", head.strip_suffix("\r\n").unwrap()),
        ),
        ("empty lines before it", format!("\r\n\r\n{head}")),
        ("empty lines of line feeds before it", format!("\n\n{with_line_feeds}")),
    ]
    .into_iter()
    .map(|(name, head)| attack(&format!("a head with {name}"), vec![joined(&[head.as_bytes(), &body])]))
    .collect()
}

/// A header whose value goes on, for readers to whom a bare line feed ends nothing. To others, this server among them, its
/// head ends there, and what follows is the sender's next request: only a proxy can be led to hand it to somebody else.
pub(in super::super) fn request_in_header(hidden: Hidden) -> Vec<Attack> {
    let of_end = |end: &str| {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx-request-id: {ATTACK}\r\nx: y{end}");
        let bytes = joined(&[head.as_bytes(), &hidden.bytes(), b"\r\n\r\n"]);
        attack(&format!("a header that goes on behind {end:?}"), vec![bytes])
    };
    ["\n\n", "\n\r\n", "\r\n\n", "\r\r", "\r\n \r\n"].map(of_end).into()
}
