//! The folder: who may look into it, and what is not done with it.

use std::{fs, path::Path};

use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_protection::{FolderKeyRepository, KeyRepository, StoredElement};

use crate::files::{files, ring_in};

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data").join("keys");
    ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC))
        .load()
        .await
        .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let files = files(&folder);
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_read_is_an_error_and_no_empty_ring() {
    use std::os::unix::fs::symlink;

    let parent = TempDir::new().unwrap();
    let [file, circle] = ["file", "circle"].map(|name| parent.path().join(name));
    fs::write(&file, "").unwrap();
    symlink(&circle, &circle).unwrap();
    for folder in [file, circle] {
        let ring = ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC));
        ring.keys().await.expect_err("listing");
        let message = ring.load().await.expect_err("start").to_string();
        let start = format!("the key ring in the folder {}: ", folder.display());
        assert!(message.starts_with(&start) && !message.contains('\n'), "{message}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_one_clear_error() {
    let parent = TempDir::new().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    let folder = file.join("keys");
    let error = ring_in(&folder, datetime!(2026-01-02 03:04:05 UTC))
        .load()
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with(&format!("the key ring in the folder {}: ", folder.display())),
        "{message}"
    );
    assert!(!message.contains('\n'), "{message}");
}

#[tokio::test]
async fn no_element_is_written_outside_the_folder() {
    let parent = TempDir::new().unwrap();
    let repository = FolderKeyRepository::new(parent.path().join("keys"));
    for name in ["../key-1", "/tmp/key-1", "..", "", "a/b"] {
        let element = StoredElement {
            name: name.to_owned(),
            xml: "<key />".to_owned().into(),
        };
        repository.store(element).await.expect_err(name);
    }
}
