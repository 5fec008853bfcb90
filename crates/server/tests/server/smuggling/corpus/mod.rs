//! The attacks: requests whose end two readers could see in different places, with another request behind one of the ends.

mod bodies;
mod chunks;
mod heads;
mod lengths;

pub(super) use self::{
    chunks::{SIZES, chunk_of_size},
    heads::request_in_header,
};

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
    attacks.extend(lengths::length_and_coding(hidden));
    attacks.extend(lengths::lengths(hidden));
    attacks.extend(lengths::codings(hidden));
    attacks.extend(bodies::bodies_behind_answers(hidden));
    attacks.extend(bodies::pipelined(hidden));
    attacks.extend(chunks::chunks(hidden));
    attacks.extend(heads::odd_heads(hidden));
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
