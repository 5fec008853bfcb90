//! The header of a protected payload.

use uuid::Uuid;

/// What every protected payload starts with: a mark that is no UTF-8, and the id of the key that opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) key_id: Uuid,
}

impl Header {
    /// How many bytes it takes.
    pub(crate) const LENGTH: usize = MAGIC.len() + size_of::<Uuid>();

    /// As written in front of the payload.
    pub(crate) fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..MAGIC.len()].copy_from_slice(&MAGIC);
        // .NET writes the first three groups of a Guid in little-endian order.
        bytes[MAGIC.len()..].copy_from_slice(&self.key_id.to_bytes_le());
        bytes
    }

    /// Takes a payload apart into its header and the encrypted body; `None` if it starts otherwise.
    pub(crate) fn split(payload: &[u8]) -> Option<(Self, &[u8])> {
        let (magic, rest) = payload.split_first_chunk()?;
        let (key_id, body) = rest.split_first_chunk()?;
        let key_id = Uuid::from_bytes_le(*key_id);
        (*magic == MAGIC).then_some((Self { key_id }, body))
    }
}

/// 28 bits that mark a payload of data protection, and its version, 0, in the last four.
const MAGIC: [u8; 4] = [0x09, 0xF0, 0xC9, 0xF0];
