//! A client that sends what no honest one would, and tells the answers apart by the ids that they repeat.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// One answer on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The id of the request that it answers; the HTTP parser's own refusals have none.
    pub(super) id: Option<String>,
    pub(super) body: String,
}

/// A connection, with all that has come over it.
pub(super) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
    is_open: bool,
}

impl Client {
    pub(super) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            received: Vec::new(),
            is_open: true,
        }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        // A server that has closed by now has said what it had to say.
        self.is_open &= self.stream.write_all(bytes).is_ok();
    }

    /// Says that nothing more is sent.
    pub(super) fn finish(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// Reads until this many answers have come, `100 Continue` among them. `false` if the time is over first.
    pub(super) fn wait_for(&mut self, count: usize, patience: Duration) -> bool {
        self.read_until(patience, |received| all_answers(received).len() >= count)
    }

    /// Reads until the server closes. `false` if the time is over first.
    pub(super) fn wait_for_close(&mut self, patience: Duration) -> bool {
        self.read_until(patience, |_| false)
    }

    /// All answers so far, without `100 Continue`.
    pub(super) fn answers(&self) -> Vec<Answer> {
        let mut answers = all_answers(&self.received);
        answers.retain(|answer| answer.status >= 200);
        answers
    }

    fn read_until(&mut self, patience: Duration, is_enough: impl Fn(&[u8]) -> bool) -> bool {
        self.stream.set_read_timeout(Some(patience)).unwrap();
        let mut bytes = [0; 4096];
        while !is_enough(&self.received) {
            match self.stream.read(&mut bytes) {
                Ok(0) => return true,
                Ok(length) => self.received.extend_from_slice(&bytes[..length]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return false,
                // Reset: what was received before stays.
                Err(_) => return true,
            }
        }
        true
    }
}

/// The whole answers at the beginning of what was received. Behind one that ends the connection, Debian's Caddy sometimes
/// sends its last 25 bytes again: as many as the `100 Continue` has that it writes at the same time. No client takes that
/// for an answer.
fn all_answers(mut received: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some((answer, rest)) = first_answer(received) {
        answers.push(answer);
        received = rest;
    }
    answers
}

fn first_answer(received: &[u8]) -> Option<(Answer, &[u8])> {
    if !received.starts_with(b"HTTP/") {
        return None;
    }
    let end = received.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = str::from_utf8(&received[..end]).unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let rest = &received[end + 4..];
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let (body, rest) = if header("transfer-encoding").is_some() {
        chunked_body(rest)?
    } else {
        let length = header("content-length").map_or(0, |length| length.parse().unwrap());
        (rest.get(..length)?.to_vec(), &rest[length..])
    };
    let answer = Answer {
        status,
        id: header("x-request-id").map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    Some((answer, rest))
}

/// A proxy's way to send a short body.
fn chunked_body(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|bytes| bytes == b"\r\n")?;
        let size = str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let chunk = rest.get(end + 2..end + 2 + size + 2)?;
        body.extend_from_slice(&chunk[..size]);
        rest = &rest[end + 2 + size + 2..];
        if size == 0 {
            return Some((body, rest));
        }
    }
}
