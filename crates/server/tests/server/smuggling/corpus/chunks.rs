//! Odd chunks.

use super::{Attack, Hidden, attack, joined, login};

/// What may stand where the size of a chunk is to stand; `50` is right.
pub(in super::super) const SIZES: [&str; 33] = [
    "0x50\r\n",
    "0X50\r\n",
    "x50\r\n",
    "+50\r\n",
    "-50\r\n",
    "5_0\r\n",
    "5 0\r\n",
    " 50\r\n",
    "\t50\r\n",
    "50 \r\n",
    "50\t\r\n",
    "050\r\n",
    "00000000000000000000000050\r\n",
    "\r\n50\r\n",
    "50\n",
    "50\r",
    "50\r\r\n",
    "50\x0b\r\n",
    "50\0\r\n",
    "50\x7f\r\n",
    "\r\n",
    "",
    "g\r\n",
    "ffffffffffffffff\r\n",
    "10000000000000050\r\n",
    "fffffffffffffffffffffffffffffff50\r\n",
    "50;\r\n",
    "50 ; a = b\r\n",
    "50;a=\"\r\n\"\r\n",
    "50;a\n",
    "50;a\r",
    "50;\0\r\n",
    "50;a\n0\r\n\r\n",
];

/// Odd chunks: their size and extension, their end, the last one, and what follows it.
pub(super) fn chunks(hidden: Hidden) -> Vec<Attack> {
    let hidden_bytes = hidden.bytes();
    let of_size = |size: &&str| chunk_of_size(size, &hidden_bytes);
    let mut attacks: Vec<Attack> = SIZES.iter().map(of_size).collect();
    for end in ["\n", "\r", "XX", "", "\r\n\r\n", "\n0\r\n\r\n"] {
        let body = joined(&[b"50\r\n", &hidden_bytes, end.as_bytes(), b"0\r\n\r\n"]);
        attacks.push(in_chunks(&format!("a chunk that ends with {end:?}"), &body));
    }
    // Of these, a reader could say that nothing follows, and take what does for a request.
    for last in [
        "0\n\n",
        "0\r\n\n",
        "0\r\n\r",
        "0\r\r",
        "-0\r\n\r\n",
        "0x0\r\n\r\n",
        "0_\r\n\r\n",
        "0;\n\r\n",
        "0;a\n\n",
        "0\r\na: b\n\n",
        "0\r\na: b\r\n \r\n",
    ] {
        let body = joined(&[b"1\r\n{\r\n", last.as_bytes(), b"50\r\n", &hidden_bytes]);
        attacks.push(in_chunks(&format!("the last chunk is {last:?}"), &body));
    }
    // Here all agree on where the end is; headers that come behind the body frame nothing.
    for trailer in [
        "transfer-encoding: chunked",
        "content-length: 80",
        "x-request-id: hidden",
        "host: b",
    ] {
        let body = format!("1\r\n{{\r\n0\r\n{trailer}\r\n\r\n");
        attacks.push(in_chunks(&format!("the trailer {trailer:?}"), body.as_bytes()));
    }
    attacks
}

/// A body of one chunk that begins with this.
pub(in super::super) fn chunk_of_size(size: &str, chunk: &[u8]) -> Attack {
    let body = joined(&[size.as_bytes(), chunk, b"\r\n0\r\n\r\n"]);
    in_chunks(&format!("a chunk that begins with {size:?}"), &body)
}

fn in_chunks(name: &str, body: &[u8]) -> Attack {
    attack(name, vec![joined(&[&login("transfer-encoding: chunked\r\n"), body])])
}
