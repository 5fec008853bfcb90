//! The parts of the server, for those who put it together themselves, as tests do that run in one process.
//!
//! [`store`] and [`builder`] are made of [`Settings`](crate::Settings). A [`HostedApplication`] answers requests as the
//! server does, and [`serve_connection`] has it serve a stream that need not be a socket. [`users`] does what the command does.

pub use crate::{
    assembly::{builder, store},
    commands::{CommandError, users},
    key_encryption::KeyEncryptionFileError,
    opening_error::OpeningError,
    serve::{HostedApplication, serve_connection},
};
