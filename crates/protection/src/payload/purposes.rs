//! Purposes.

use std::fmt;

use uuid::Uuid;

use crate::payload::header::Header;

/// A chain of purposes, in the form in which it is authenticated along with every payload.
#[derive(Clone)]
pub(crate) struct Purposes {
    count: u32,
    /// Each purpose as a 7-bit-encoded length and UTF-8.
    encoded: Vec<u8>,
}

impl Purposes {
    /// The chain that starts with the application's name, if there is one.
    pub(crate) fn of_application(name: Option<&str>) -> Self {
        let root = Self {
            count: 0,
            encoded: Vec::new(),
        };
        // .NET treats an empty discriminator as none.
        match name {
            Some(name) if !name.is_empty() => root.with(name),
            _ => root,
        }
    }

    /// This chain with one more purpose.
    pub(crate) fn with(&self, purpose: &str) -> Self {
        let mut encoded = self.encoded.clone();
        write_7_bit_encoded(purpose.len(), &mut encoded);
        encoded.extend_from_slice(purpose.as_bytes());
        Self {
            count: self.count + 1,
            encoded,
        }
    }

    /// The additional authenticated data: the payload's header and the purposes.
    pub(crate) fn additional_authenticated_data(&self, key_id: Uuid) -> Vec<u8> {
        let mut data = Vec::with_capacity(Header::LENGTH + size_of::<u32>() + self.encoded.len());
        data.extend_from_slice(&Header { key_id }.to_bytes());
        data.extend_from_slice(&self.count.to_be_bytes());
        data.extend_from_slice(&self.encoded);
        data
    }
}

impl fmt::Debug for Purposes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purposes")
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// The lengths of .NET's `BinaryWriter`: seven bits a byte, lowest first, the high bit says that more follow.
fn write_7_bit_encoded(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_is_the_first_purpose() {
        let key_id = Uuid::from_u128(0x00112233_4455_6677_8899_aabbccddeeff);
        let data = Purposes::of_application(Some("app"))
            .with("é")
            .additional_authenticated_data(key_id);
        assert_eq!(
            data,
            b"\x09\xF0\xC9\xF0\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff\x00\x00\x00\x02\x03app\x02\xC3\xA9"
        );
    }

    #[test]
    fn an_empty_application_name_is_none() {
        let [empty, none] = [Some(""), None].map(|name| Purposes::of_application(name).with("p"));
        assert_eq!((empty.count, empty.encoded), (none.count, none.encoded));
    }

    #[test]
    fn long_lengths_take_more_bytes() {
        for (length, expected) in [(0x7F, vec![0x7F]), (0x80, vec![0x80, 0x01]), (300, vec![0xAC, 0x02])] {
            let mut out = Vec::new();
            write_7_bit_encoded(length, &mut out);
            assert_eq!(out, expected);
        }
    }
}
