//! Passkeys over HTTP, with an authenticator in software.

mod authenticator;
mod dotnet_database;
mod fresh;
mod managing;
mod sign_in;
mod strict;
mod well_known;
mod world;
