//! CBOR (RFC 8949) as .NET's `CborReader` reads it, but for nesting and for strings in several pieces: where a string is asked for,
//! .NET joins them.

use std::collections::BTreeSet;

use minicbor::data::Type;
use minicbor::decode::Decoder;

/// How deep values may be nested. CTAP2 allows four levels. (.NET has no such limit.)
const MAX_DEPTH: usize = 16;

/// Reads values one after another.
pub(super) struct CborReader<'b> {
    decoder: Decoder<'b>,
    form: CborForm,
}

/// Which ways to write a value are accepted (.NET's `CborConformanceMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CborForm {
    /// Valid CBOR without two equal keys in a map.
    Strict,
    /// In addition as CTAP2 wants it: shortest numbers, definite lengths, sorted keys, no tags.
    Ctap2Canonical,
}

/// This is not what should be here, or no CBOR.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MalformedCbor;

impl From<minicbor::decode::Error> for MalformedCbor {
    fn from(_: minicbor::decode::Error) -> Self {
        Self
    }
}

/// The entries of a map that has been opened.
pub(super) struct MapEntries {
    /// `None` if a break ends them.
    left: Option<u64>,
}

impl<'b> CborReader<'b> {
    pub(super) fn new(bytes: &'b [u8], form: CborForm) -> Self {
        Self {
            decoder: Decoder::new(bytes),
            form,
        }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.decoder.position()
    }

    /// Opens a map.
    pub(super) fn map(&mut self) -> Result<MapEntries, MalformedCbor> {
        self.check_head()?;
        let left = self.decoder.map()?;
        Ok(MapEntries { left })
    }

    /// Whether the map has another entry, which is to be read next; closes the map otherwise.
    pub(super) fn has_next(&mut self, entries: &mut MapEntries) -> Result<bool, MalformedCbor> {
        match &mut entries.left {
            Some(0) => Ok(false),
            Some(left) => {
                *left -= 1;
                Ok(true)
            }
            None => Ok(!self.skip_break()?),
        }
    }

    /// An integer of 32 bits.
    pub(super) fn int(&mut self) -> Result<i32, MalformedCbor> {
        self.check_head()?;
        Ok(self.decoder.i32()?)
    }

    /// A byte string in one piece.
    pub(super) fn bytes(&mut self) -> Result<&'b [u8], MalformedCbor> {
        self.check_head()?;
        Ok(self.decoder.bytes()?)
    }

    /// A text in one piece.
    pub(super) fn text(&mut self) -> Result<&'b str, MalformedCbor> {
        self.check_head()?;
        Ok(self.decoder.str()?)
    }

    /// Any value with all that is in it.
    pub(super) fn skip(&mut self) -> Result<(), MalformedCbor> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Result<(), MalformedCbor> {
        if depth == MAX_DEPTH {
            return Err(MalformedCbor);
        }
        self.check_head()?;
        let decoder = &mut self.decoder;
        match decoder.datatype()? {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => decoder.u64().map(drop)?,
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => decoder.int().map(drop)?,
            Type::Bytes => decoder.bytes().map(drop)?,
            Type::String => decoder.str().map(drop)?,
            Type::BytesIndef => decoder.bytes_iter()?.try_for_each(|chunk| chunk.map(drop))?,
            Type::StringIndef => decoder.str_iter()?.try_for_each(|chunk| chunk.map(drop))?,
            Type::Array | Type::ArrayIndef => return self.skip_array(depth),
            Type::Map | Type::MapIndef => return self.skip_map(depth),
            Type::Tag => {
                decoder.tag()?;
                return self.skip_at(depth + 1);
            }
            Type::Bool => decoder.bool().map(drop)?,
            Type::Null => decoder.null()?,
            Type::Undefined => decoder.undefined()?,
            Type::Simple => return self.skip_simple(),
            Type::F16 => return self.skip_bytes(3),
            Type::F32 => return self.skip_bytes(5),
            Type::F64 => return self.skip_bytes(9),
            Type::Break | Type::Unknown(_) => return Err(MalformedCbor),
        }
        Ok(())
    }

    fn skip_array(&mut self, depth: usize) -> Result<(), MalformedCbor> {
        // What follows an array's head is counted as a map's entries are.
        let mut entries = MapEntries {
            left: self.decoder.array()?,
        };
        while self.has_next(&mut entries)? {
            self.skip_at(depth + 1)?;
        }
        Ok(())
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), MalformedCbor> {
        let mut entries = self.map()?;
        let mut keys = BTreeSet::new();
        while self.has_next(&mut entries)? {
            let start = self.position();
            self.skip_at(depth + 1)?;
            let key = self.decoder.input().get(start..self.position()).ok_or(MalformedCbor)?;
            let is_sorted = keys.last().is_none_or(|last| *last < key);
            if !keys.insert(key) || (self.form == CborForm::Ctap2Canonical && !is_sorted) {
                return Err(MalformedCbor);
            }
            self.skip_at(depth + 1)?;
        }
        Ok(())
    }

    /// Those below 32 have one byte.
    fn skip_simple(&mut self) -> Result<(), MalformedCbor> {
        let start = self.position();
        let value = self.decoder.simple()?;
        let is_short = self.position() - start == 1;
        if is_short == (value < 32) {
            Ok(())
        } else {
            Err(MalformedCbor)
        }
    }

    fn skip_bytes(&mut self, count: usize) -> Result<(), MalformedCbor> {
        let end = self.position() + count;
        if end > self.decoder.input().len() {
            return Err(MalformedCbor);
        }
        self.decoder.set_position(end);
        Ok(())
    }

    /// Whether the value of indefinite length ends here.
    fn skip_break(&mut self) -> Result<bool, MalformedCbor> {
        let is_break = self.decoder.datatype()? == Type::Break;
        if is_break {
            self.skip_bytes(1)?;
        }
        Ok(is_break)
    }

    /// Refuses what CTAP2 does not allow: a number or length that could be shorter, an indefinite length, a tag.
    fn check_head(&self) -> Result<(), MalformedCbor> {
        if self.form == CborForm::Strict {
            return Ok(());
        }
        let head = self.decoder.input().get(self.position()..).unwrap_or_default();
        let Some((first, rest)) = head.split_first() else {
            return Err(MalformedCbor);
        };
        let (major, size) = (first >> 5, first & 0x1F);
        let is_shortest = match size {
            24 => rest.first().is_some_and(|byte| *byte >= 24),
            // The upper half of the number says that it needs this size.
            25..=27 => {
                let half = 1 << (size - 25);
                rest.get(..half)
                    .is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0))
            }
            31 => false,
            _ => true,
        };
        match major {
            6 => Err(MalformedCbor),
            7 => Ok(()),
            _ if is_shortest => Ok(()),
            _ => Err(MalformedCbor),
        }
    }
}

#[cfg(test)]
mod tests;
