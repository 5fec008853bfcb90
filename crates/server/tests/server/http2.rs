//! A client of HTTP/2 that sends exactly what a test says, frame by frame (RFC 9113).

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
};

use crate::http::connect;

/// A connection without TLS.
pub(crate) struct Http2(TcpStream);

/// What came.
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Http2 {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const GOAWAY: u8 = 7;
    /// A setting's number.
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;

    /// With these settings.
    pub(crate) fn connect(address: &str, settings: &[(u16, u32)]) -> Self {
        let mut connection = Self(connect(address));
        connection.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        let settings = settings.iter().flat_map(|(name, value)| {
            let (name, value) = (name.to_be_bytes(), value.to_be_bytes());
            name.into_iter().chain(value)
        });
        connection.send(Self::SETTINGS, 0, 0, &settings.collect::<Vec<u8>>());
        connection
    }

    pub(crate) fn request(&mut self, stream: u32, method: &str, path: &str, headers: &[(&str, &str)], is_whole: bool) {
        let mut block = Vec::new();
        let pseudo = [
            (":method", method),
            (":scheme", "http"),
            (":authority", "a"),
            (":path", path),
        ];
        for (name, value) in pseudo.iter().chain(headers) {
            // A literal without indexing, and without Huffman's code (RFC 7541, section 6.2.2).
            block.push(0);
            for text in [name, value] {
                block.push(u8::try_from(text.len()).unwrap());
                block.extend_from_slice(text.as_bytes());
            }
        }
        let end = if is_whole { Self::END_STREAM } else { 0 };
        self.send(Self::HEADERS, Self::END_HEADERS | end, stream, &block);
    }

    pub(crate) fn data(&mut self, stream: u32, bytes: &[u8]) {
        self.send(Self::DATA, 0, stream, bytes);
    }

    /// The next frame; `None` where the connection ended.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        match self.0.read_exact(&mut head) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!("the server keeps the connection and says nothing")
            }
            Err(_) => return None,
            Ok(()) => {}
        }
        let [a, b, c, kind, _flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).unwrap();
        Some(Frame {
            kind,
            stream: u32::from_be_bytes(stream),
            payload,
        })
    }

    /// The next frame on this stream.
    pub(crate) fn next_of(&mut self, stream: u32) -> Frame {
        loop {
            let frame = self.next().unwrap();
            assert_ne!(
                frame.kind,
                Self::GOAWAY,
                "{:?}",
                String::from_utf8_lossy(&frame.payload)
            );
            if frame.stream == stream {
                return frame;
            }
        }
    }

    fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length.to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        self.0.write_all(&frame).unwrap();
    }
}
