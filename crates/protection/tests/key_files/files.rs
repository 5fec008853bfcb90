//! Rings in folders, and the recorded files.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use time::OffsetDateTime;
use wicketgate_protection::{FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, SeededRandom};

pub(crate) fn ring_in(folder: &Path, now: OffsetDateTime) -> Arc<KeyRing> {
    Arc::new(KeyRing::new(
        Arc::new(FolderKeyRepository::new(folder)),
        KeyRingOptions::default(),
        Arc::new(ManualClock::at(now)),
        Arc::new(SeededRandom::new(1)),
    ))
}

/// All recorded files whose name starts so.
pub(crate) fn golden_files(prefix: &str) -> Vec<PathBuf> {
    let rings = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/key-rings");
    let mut found: Vec<_> = files(&rings).iter().flat_map(|ring| files(ring)).collect();
    found.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with(prefix));
    found
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("keys.lock"))
        .collect();
    files.sort();
    files
}
