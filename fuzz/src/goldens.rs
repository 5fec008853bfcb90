//! What ASP.NET Core wrote (`conformance/goldens`), and the keys to it.

use std::{fs, path::PathBuf, sync::Arc};

use serde_json::Value;
use time::{OffsetDateTime, macros::datetime};
use wicketgate_identity::account::SecurityStamp;
use wicketgate_identity::{User, UserId};
use wicketgate_protection::{DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, SeededRandom};

/// When everything was written.
pub const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// The path of a golden file or folder.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/goldens")).join(name)
}

/// The contents of a golden JSON file.
pub fn json(name: &str) -> Value {
    let text = fs::read(path(name)).expect("a golden file");
    serde_json::from_slice(&text).expect("golden JSON")
}

/// The texts called `name` in an array of objects.
pub fn texts<'a>(array: &'a Value, name: &'a str) -> impl Iterator<Item = &'a str> {
    array
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(move |object| object[name].as_str())
}

/// The keys in a golden folder, at the goldens' time.
pub fn protection(keys: &str, application: &str) -> DataProtection {
    let ring = KeyRing::new(
        Arc::new(FolderKeyRepository::new(path(keys))),
        KeyRingOptions {
            auto_generate_keys: false,
            ..KeyRingOptions::default()
        },
        Arc::new(ManualClock::at(WRITTEN)),
        Arc::new(SeededRandom::new(1)),
    );
    DataProtection::new(Arc::new(ring), Some(application))
}

/// The keys of the golden database.
pub fn database_protection() -> DataProtection {
    protection("database/keys", "wicketgate-goldens")
}

/// The account that the first golden tokens are for.
pub fn user() -> User {
    let people = json("database/people.json");
    let person = &people["people"][0];
    let text = |name: &str| person[name].as_str().expect("a text").to_owned();
    User {
        id: UserId::from_stored(text("Id")),
        user_name: Some(text("UserName")),
        normalized_user_name: Some(wicketgate_identity::account::NormalizedName::from_stored(text(
            "NormalizedUserName",
        ))),
        email: Some(text("Email")),
        normalized_email: Some(wicketgate_identity::account::NormalizedName::from_stored(text(
            "NormalizedEmail",
        ))),
        email_confirmed: false,
        password_hash: None,
        security_stamp: Some(SecurityStamp::from_stored(text("SecurityStamp"))),
        concurrency_stamp: None,
        phone_number: None,
        phone_number_confirmed: false,
        two_factor_enabled: false,
        lockout_end: None,
        lockout_enabled: true,
        access_failed_count: 0,
    }
}
