//! The attacks: requests whose end two readers could see in different places, with another request behind one of the ends.

/// What no answer may name as its request.
pub(super) const HIDDEN: &str = "hidden";
/// The request that hides another one.
pub(super) const ATTACK: &str = "attack";
/// An honest request before it on the same connection.
pub(super) const FIRST: &str = "first";

/// How long a hidden request is.
pub(super) const LENGTH: usize = 80;
/// The same as the size of a chunk.
const SIZE: &str = "50";

/// What an attacker sends on one connection.
pub(super) struct Attack {
    pub(super) name: String,
    /// Each part but the first goes out when something has come back for the one before.
    pub(super) parts: Vec<Vec<u8>>,
    /// The requests in it that get an answer, at most.
    pub(super) requests: &'static [&'static str],
}

/// A request as an attacker hides it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hidden {
    /// A whole one: an answer to it would be one too many.
    Complete,
    /// The beginning of one: the next request on the connection would be its end.
    Unfinished,
}

impl Hidden {
    fn bytes(self) -> Vec<u8> {
        let end = match self {
            Self::Complete => "\r\n\r\n",
            Self::Unfinished => "",
        };
        let mut request = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx-request-id: {HIDDEN}\r\nx: ");
        request += &"y".repeat(LENGTH - request.len() - end.len());
        (request + end).into_bytes()
    }

    /// As the only chunk of a body.
    fn chunked(self) -> Vec<u8> {
        joined(&[format!("{SIZE}\r\n").as_bytes(), &self.bytes(), b"\r\n0\r\n\r\n"])
    }
}

/// Every attack with this hidden request.
pub(super) fn attacks(hidden: Hidden) -> Vec<Attack> {
    let mut attacks = vec![rewritten_request_line(hidden)];
    attacks.extend(length_and_coding(hidden));
    attacks.extend(lengths(hidden));
    attacks.extend(codings(hidden));
    attacks.extend(bodies_behind_answers(hidden));
    attacks.extend(pipelined(hidden));
    attacks.extend(chunks(hidden));
    attacks.extend(odd_heads(hidden));
    for attack in &mut attacks {
        attack.name = format!("{hidden:?} request, {}", attack.name);
    }
    attacks
}

/// A body that looks like a request line with number signs: a server that wrote `%23` for each would see its end too soon.
fn number_signs(hidden: Hidden) -> Vec<u8> {
    let line = format!("X /{} HTTP/1.1\n", "#".repeat(LENGTH / 2));
    joined(&[line.as_bytes(), &hidden.bytes()])
}

/// The attack of the issue that this corpus began with.
pub(super) fn rewritten_request_line(hidden: Hidden) -> Attack {
    let body = number_signs(hidden);
    let head = login(&format!("expect: 100-continue\r\ncontent-length: {}\r\n", body.len()));
    attack("number signs behind 100 Continue", vec![head, body])
}

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
fn length_and_coding(hidden: Hidden) -> Vec<Attack> {
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
fn lengths(hidden: Hidden) -> Vec<Attack> {
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
fn codings(hidden: Hidden) -> Vec<Attack> {
    let of_coding = |coding: &str| {
        let head = login(&format!("{coding}\r\n"));
        attack(&format!("{coding:?} alone"), vec![joined(&[&head, &hidden.chunked()])])
    };
    CODINGS.into_iter().map(of_coding).collect()
}

/// Statuses that are sent before the body was read, or although it is never read: their request, and what belongs into
/// its head.
const EARLY_ANSWERS: [(&str, &str, &str); 12] = [
    ("200", "GET /healthz", ""),
    ("200", "HEAD /healthz", ""),
    ("400", "POST /login", "host: b\r\n"),
    ("401", "GET /manage/info", ""),
    ("401", "POST /manage/info", "content-type: application/json\r\n"),
    ("401", "POST /logout", ""),
    ("404", "POST /nothing", ""),
    ("405", "PUT /login", ""),
    ("405", "DELETE /swagger", ""),
    ("415", "POST /login", "content-type: text/plain\r\n"),
    ("415", "POST /register", ""),
    ("400", "POST /a%00", ""),
];

/// Bodies together with their request, after its answer, and after `100 Continue`.
fn bodies_behind_answers(hidden: Hidden) -> Vec<Attack> {
    let bodies = [
        (format!("content-length: {LENGTH}\r\n"), hidden.bytes()),
        ("transfer-encoding: chunked\r\n".to_owned(), hidden.chunked()),
        (
            format!("content-length: {}\r\n", number_signs(hidden).len()),
            number_signs(hidden),
        ),
    ];
    let json = "content-type: application/json\r\n";
    let mut attacks = Vec::new();
    for (length, body) in &bodies {
        for (status, line, headers) in EARLY_ANSWERS.into_iter().chain([("read", "POST /login", json)]) {
            let head = request(line, ATTACK, &format!("{headers}{length}"));
            let name = format!("{status} to {line}, {length:?}");
            attacks.push(attack(&format!("{name}, at once"), vec![joined(&[&head, body])]));
            if status != "read" {
                attacks.push(attack(&format!("{name}, after the answer"), vec![head, body.clone()]));
            }
            for expect in ["100-continue", "100-Continue", "200-ok"] {
                let head = request(line, ATTACK, &format!("expect: {expect}\r\n{headers}{length}"));
                attacks.push(attack(&format!("{name}, expect {expect}"), vec![head, body.clone()]));
            }
        }
    }
    attacks.extend(too_long(hidden));
    attacks
}

/// 413, 414 and 431.
fn too_long(hidden: Hidden) -> [Attack; 3] {
    let (path, value) = ("x".repeat(9_000), "y".repeat(33_000));
    let length = format!("content-length: {LENGTH}\r\n");
    [
        ("413", login("content-length: 30000001\r\n")),
        ("414", request(&format!("POST /{path}"), ATTACK, &length)),
        ("431", login(&format!("{length}y: {value}\r\n"))),
    ]
    .map(|(status, head)| attack(&format!("{status}, after the answer"), vec![head, hidden.bytes()]))
}

/// A second request whose body comes when the first one is answered.
fn pipelined(hidden: Hidden) -> Vec<Attack> {
    let first = request("GET /healthz", FIRST, "");
    let mut attacks = Vec::new();
    for body in [hidden.bytes(), number_signs(hidden)] {
        for line in ["POST /login", "POST /nothing", "GET /healthz"] {
            let headers = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
            let second = request(line, ATTACK, &headers);
            attacks.push(Attack {
                name: format!("{line} behind another request, body of {} bytes later", body.len()),
                parts: vec![joined(&[&first, &second]), body.clone()],
                requests: &[FIRST, ATTACK],
            });
        }
    }
    attacks
}

/// Heads with bare line feeds, and with empty lines before them.
fn odd_heads(hidden: Hidden) -> Vec<Attack> {
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
pub(super) fn request_in_header(hidden: Hidden) -> Vec<Attack> {
    let of_end = |end: &str| {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx-request-id: {ATTACK}\r\nx: y{end}");
        let bytes = joined(&[head.as_bytes(), &hidden.bytes(), b"\r\n\r\n"]);
        attack(&format!("a header that goes on behind {end:?}"), vec![bytes])
    };
    ["\n\n", "\n\r\n", "\r\n\n", "\r\r", "\r\n \r\n"].map(of_end).into()
}

/// What may stand where the size of a chunk is to stand; `50` is right.
pub(super) const SIZES: [&str; 33] = [
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
fn chunks(hidden: Hidden) -> Vec<Attack> {
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
pub(super) fn chunk_of_size(size: &str, chunk: &[u8]) -> Attack {
    let body = joined(&[size.as_bytes(), chunk, b"\r\n0\r\n\r\n"]);
    in_chunks(&format!("a chunk that begins with {size:?}"), &body)
}

fn in_chunks(name: &str, body: &[u8]) -> Attack {
    attack(name, vec![joined(&[&login("transfer-encoding: chunked\r\n"), body])])
}

fn attack(name: &str, parts: Vec<Vec<u8>>) -> Attack {
    Attack {
        name: name.to_owned(),
        parts,
        requests: &[ATTACK],
    }
}

/// The beginning of a request whose route reads its body.
fn login(headers: &str) -> Vec<u8> {
    request(
        "POST /login",
        ATTACK,
        &format!("content-type: application/json\r\n{headers}"),
    )
}

pub(super) fn request(line: &str, id: &str, headers: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\n{headers}\r\n").into_bytes()
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}
