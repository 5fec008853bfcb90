//! The database and keys of a .NET application (`goldens/database`), served here: its people sign in as they
//! did there, its tokens and cookies go on, its mailed links work, and everything ends when it would have ended there.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot set up its application has failed"
)]

mod application;
mod mailed_links;
mod people;
mod tickets;
