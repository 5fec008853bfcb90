//! Servers that have no TLS and want a password, and keep what they are told.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

/// Asks for a password in plain text, as PostgreSQL does for `password` in its `pg_hba.conf`.
const PASSWORD_PLEASE: &[u8] = b"R\0\0\0\x08\0\0\0\x03";

/// MySQL's greeting (HandshakeV10) without the flag for TLS.
const GREETING: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x01\0\0\0abcdefgh\0\x0f\xa2\x21\x02\0\x08\0\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0";

/// The port, and all that was heard there once one client has gone.
pub(crate) struct FakeServer {
    pub(crate) port: u16,
    heard: JoinHandle<Vec<u8>>,
}

impl FakeServer {
    /// Answers each message of a PostgreSQL client.
    pub(crate) fn postgresql() -> Self {
        Self::start(b"", &[b"N", PASSWORD_PLEASE])
    }

    pub(crate) fn mysql() -> Self {
        let mut greeting = GREETING.to_vec();
        greeting[0] = u8::try_from(greeting.len() - 4).unwrap();
        Self::start(&greeting, &[])
    }

    fn start(greeting: &[u8], answers: &'static [&'static [u8]]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let greeting = greeting.to_vec();
        let heard = thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            client.write_all(&greeting).unwrap();
            let (mut heard, mut buffer, mut answers) = (Vec::new(), [0; 4096], answers.iter());
            while let Ok(read @ 1..) = client.read(&mut buffer) {
                heard.extend_from_slice(&buffer[..read]);
                match answers.next() {
                    Some(answer) => client.write_all(answer).unwrap(),
                    None => break,
                }
            }
            heard
        });
        Self { port, heard }
    }

    pub(crate) fn heard(self) -> Vec<u8> {
        self.heard.join().unwrap()
    }
}
