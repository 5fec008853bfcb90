//! The command `keys`, and where keys are kept.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, thread};

use rustix::process::Signal;

use crate::process::Place;

#[test]
fn keys_are_made_listed_and_revoked() {
    let place = Place::new().with("WICKETGATE__LOG", "error");
    let first = place.printed(&["keys", "new"]);
    let second = place.printed(&["keys", "new"]);
    place.printed(&["keys", "revoke", first.trim()]);

    let list = place.printed(&["keys", "list"]);
    let state = |list: &str, id: &str| {
        list.lines()
            .find(|line| line.starts_with(id.trim()))
            .unwrap()
            .to_owned()
    };
    assert!(state(&list, &first).ends_with("  revoked"), "{list}");
    assert!(state(&list, &second).ends_with("  protects"), "{list}");

    place.printed(&["keys", "revoke", "--all"]);
    let list = place.printed(&["keys", "list"]);
    assert!(list.lines().skip(1).all(|line| line.ends_with("  revoked")), "{list}");

    let unknown = "0b6e3f42-93aa-4f0c-8d5e-9a3b1c2d4e5f";
    assert_eq!(
        place.refused(&["keys", "revoke", unknown]),
        format!("there is no key {unknown}; `keys list` shows all")
    );
}

#[test]
fn an_exported_ring_is_the_same_ring_in_another_folder() {
    let place = Place::new().with("WICKETGATE__LOG", "error");
    let first = place.printed(&["keys", "new"]);
    place.printed(&["keys", "new"]);
    place.printed(&["keys", "revoke", first.trim()]);
    assert_eq!(
        place.printed(&["keys", "export", "backup/keys"]),
        "3 keys and revocations copied into the folder backup/keys\n"
    );

    let list = place.printed(&["keys", "list"]);
    assert_eq!(
        place.printed(&["keys", "list", "--keys-directory", "backup/keys"]),
        list
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path().join("backup/keys")), 0o700);
    for file in files(&place, "backup/keys") {
        let original = place.path().join("data/keys").join(file.file_name().unwrap());
        assert_eq!(
            fs::read(&file).unwrap(),
            fs::read(original).unwrap(),
            "{}",
            file.display()
        );
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn an_export_does_not_mix_with_keys_that_are_there() {
    let place = Place::new().with("WICKETGATE__LOG", "error");
    place.printed(&["keys", "new"]);
    place.printed(&["keys", "new", "--keys-directory", "other"]);
    let before = files(&place, "other");
    assert_eq!(
        place.refused(&["keys", "export", "other"]),
        "the folder other has keys or revocations already; name a folder without, nothing was copied"
    );
    assert_eq!(files(&place, "other"), before);
}

#[test]
fn ten_servers_that_start_together_on_an_empty_folder_make_one_key() {
    let place = Place::new().with("WICKETGATE__DATABASE__URL", "memory:");
    let servers: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..10).map(|_| scope.spawn(|| place.serve(&[]))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(servers.len(), 10);
    assert_eq!(files(&place, "data/keys").len(), 1);
}

#[test]
fn keys_can_be_kept_in_the_database() {
    let place = Place::new()
        .with("WICKETGATE__LOG", "info")
        .with("WICKETGATE__KEYS__STORE", "database");
    assert!(
        place
            .printed(&["migrate", "--dry-run"])
            .contains("\"DataProtectionKeys\"")
    );
    let server = place.serve(&[]);
    assert!(server.log().contains("keys=database"), "{}", server.log());
    server.signal(Signal::TERM);
    server.end();
    let list = place.printed(&["keys", "list"]);
    assert!(list.lines().nth(1).unwrap().ends_with("  protects"), "{list}");
    assert!(!place.path().join("data/keys").exists());
    assert_eq!(
        place.printed(&["migrate"]),
        "nothing to do: the database's tables are up to date\n"
    );

    place.printed(&["keys", "export", "exported"]);
    let exported = place.printed(&["keys", "list", "--keys-store", "folder", "--keys-directory", "exported"]);
    assert_eq!(exported, list);
    let report = place.printed(&["check-dotnet", "--database", "sqlite://data/wicketgate.db"]);
    assert!(report.contains("In the way of a move\n  nothing"), "{report}");
}

#[test]
fn keys_of_accounts_in_memory_end_with_the_process() {
    let place = Place::new()
        .with("WICKETGATE__DATABASE__URL", "memory:")
        .with("WICKETGATE__KEYS__STORE", "database");
    drop(place.serve(&[]));
    assert_eq!(place.printed(&["keys", "list"]).lines().count(), 1);
    assert!(!place.path().join("data/keys").exists());
}

/// The files of keys and revocations in this folder.
pub(crate) fn files(place: &Place, folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(place.path().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| !path.ends_with("keys.lock")).collect();
    files.sort();
    files
}
