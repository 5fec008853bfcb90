//! What ASP.NET Core wrote (`conformance/goldens`) is read here, and what is written here is what it would have
//! written.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its data fails"
)]

mod claims;
mod text;
mod ticket_form;
mod tickets;
mod user_tokens;

use std::{fs, path::PathBuf, sync::Arc};

use serde::de::DeserializeOwned;
use time::{OffsetDateTime, macros::datetime};
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::{User, UserId};
use wicketgate_protection::{DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, SeededRandom};

/// When everything was written.
const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// The golden file `name`.
fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = path(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The data protection that sealed the tickets and tokens of the golden database.
fn protection() -> DataProtection {
    let options = KeyRingOptions {
        auto_generate_keys: false,
        ..KeyRingOptions::default()
    };
    let ring = KeyRing::new(
        Arc::new(FolderKeyRepository::new(path("database/keys"))),
        options,
        Arc::new(ManualClock::at(WRITTEN)),
        Arc::new(SeededRandom::new(1)),
    );
    DataProtection::new(Arc::new(ring), Some("wicketgate-goldens"))
}

/// An account with an id, perhaps a security stamp, and nothing else.
fn user(id: &str, stamp: Option<&str>) -> User {
    User {
        id: UserId::from_stored(id),
        user_name: None,
        normalized_user_name: None,
        email: None,
        normalized_email: None,
        email_confirmed: false,
        password_hash: None,
        security_stamp: stamp.map(SecurityStamp::from_stored),
        concurrency_stamp: None,
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    }
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/goldens")).join(name)
}
