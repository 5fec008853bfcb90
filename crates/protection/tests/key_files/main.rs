//! The files of a key ring: in .NET's form to the byte, for the owner's eyes alone, whole or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its data has failed")]

mod bounds;
mod exports;
mod files;
mod folder;
mod reading;
mod writing;
