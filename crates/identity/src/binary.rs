//! The little-endian forms of .NET's `BinaryWriter` and `BinaryReader`, in which tickets and user tokens are written.

/// Writes values one after another (.NET's `BinaryWriter`).
#[derive(Default)]
pub(crate) struct BinaryWriter {
    bytes: Vec<u8>,
}

/// Reads values from the front of `bytes` (.NET's `BinaryReader`). No value can be larger than what is left.
pub(crate) struct BinaryReader<'a> {
    bytes: &'a [u8],
}

/// The bytes end too early or are not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl BinaryWriter {
    pub(crate) fn int32(&mut self, value: i32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn int64(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// The number of things that follow. (More than fit here would not fit into memory.)
    pub(crate) fn count(&mut self, count: usize) {
        self.int32(i32::try_from(count).unwrap_or(i32::MAX));
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.bytes.push(u8::from(value));
    }

    /// The length in bytes, seven bits at a time from the lowest, then UTF-8.
    pub(crate) fn string(&mut self, text: &str) {
        let mut length = text.len();
        while length >= 0x80 {
            self.bytes.push(length.to_le_bytes()[0] | 0x80);
            length >>= 7;
        }
        self.bytes.push(length.to_le_bytes()[0]);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl<'a> BinaryReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn int32(&mut self) -> Result<i32, Malformed> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn int64(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_le_bytes)
    }

    /// The number of things that follow. Do not trust it, and reserve no memory for them.
    pub(crate) fn count(&mut self) -> Result<u32, Malformed> {
        u32::try_from(self.int32()?).map_err(|_| Malformed)
    }

    /// Every byte except zero is true, as in .NET.
    pub(crate) fn boolean(&mut self) -> Result<bool, Malformed> {
        self.array().map(|[byte]| byte != 0)
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, Malformed> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Malformed)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    /// .NET's `Read7BitEncodedInt`, in at most five bytes.
    fn length(&mut self) -> Result<usize, Malformed> {
        let mut length = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.array()?;
            length |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(length).map_err(|_| Malformed);
            }
        }
        Err(Malformed)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (array, rest) = self.bytes.split_first_chunk().ok_or(Malformed)?;
        self.bytes = rest;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(Malformed)?;
        self.bytes = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_seven_bits_a_byte() {
        for (length, prefix) in [
            (0, &[0][..]),
            (127, &[0x7F]),
            (128, &[0x80, 0x01]),
            (16_384, &[0x80, 0x80, 0x01]),
        ] {
            let text = "x".repeat(length);
            let mut writer = BinaryWriter::default();
            writer.string(&text);
            let bytes = writer.into_bytes();
            assert_eq!(&bytes[..prefix.len()], prefix);
            assert_eq!(BinaryReader::new(&bytes).string(), Ok(text.as_str()));
        }
    }

    #[test]
    fn lengths_beyond_the_bytes_or_of_more_than_five_are_refused() {
        for bytes in [
            &[1][..],
            &[0xFF],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0x07],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            &[0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        ] {
            assert_eq!(BinaryReader::new(bytes).string(), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn text_that_is_no_utf_8_is_refused() {
        assert_eq!(BinaryReader::new(&[1, 0xFF]).string(), Err(Malformed));
    }
}
