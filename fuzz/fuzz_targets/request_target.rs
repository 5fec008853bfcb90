//! `RequestTarget` around a connection that gives its bytes in pieces (the first byte says how large): nothing is lost or
//! added but `%23` for `#` in the request line.
#![no_main]

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use wicketgate_axum::RequestTarget;
use wicketgate_fuzz::{block_on, memory, seeds};

struct InPieces<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl AsyncRead for InPieces<'_> {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let length = this.size.min(this.bytes.len()).min(out.remaining());
        let (piece, rest) = this.bytes.split_at(length);
        out.put_slice(piece);
        this.bytes = rest;
        Poll::Ready(Ok(()))
    }
}

fn read(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut read = Vec::new();
    let mut connection = RequestTarget::new(InPieces { bytes, size });
    block_on(connection.read_to_end(&mut read)).expect("memory does not fail");
    read
}

fuzz_target!(
    init: {
        let requests = [
            "\x05GET /manage/info#x HTTP/1.1\r\nx: #\r\n\r\nbody#",
            "\x40POST /login HTTP/1.0\n\n{}GET /# HTTP/1.1\r\n",
            "\x01PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n#",
            "\x00\x16\x03\x01#",
        ];
        seeds::write(requests);
    },
    |bytes: &[u8]| {
        let Some((&size, sent)) = bytes.split_first() else {
            return;
        };
        // A line of number signs is three times as long, and all of it may stand in two buffers that have room to grow.
        let got = memory::bounded(sent.len(), 16, || read(sent, usize::from(size).max(1)));
        let end = sent.iter().position(|&byte| byte == b'\n').unwrap_or(sent.len());
        let (line, rest) = sent.split_at(end);
        assert!(got.ends_with(rest));
        let got = &got[..got.len() - rest.len()];
        if got != line {
            let plain: Vec<u8> = line.iter().flat_map(|&byte| match byte {
                b'#' => b"%23".to_vec(),
                other => vec![other],
            }).collect();
            assert_eq!(got, plain);
        }
    }
);
