//! The command `keys`, and where keys are kept.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, thread};

use rustix::process::Signal;

use crate::{
    http::{access_token, get_as, post},
    process::Place,
};

#[test]
fn keys_are_made_listed_and_revoked() {
    let place = Place::new().with("WICKETGATE__LOG", "error");
    let (first, when) = new_key(&place);
    assert!(when.contains("protects from now on, "), "{when}");
    let (second, when) = new_key(&place);
    assert!(
        when.contains("protects from 20") && when.contains(" on, when every server has it; "),
        "{when}"
    );
    place.printed(&["keys", "revoke", &first]);

    let list = place.printed(&["keys", "list"]);
    let state = |list: &str, id: &str| list.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
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
fn who_is_signed_in_stays_so_when_the_key_files_vanish_and_a_stranger_sends_a_token() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    post(&server.address, "/register", account);
    let token = &access_token(&post(&server.address, "/login", account));
    let status = |address: &str, token: &str| {
        let answer = get_as(address, token, "/manage/info");
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status(&server.address, token), "200");

    let keys = place.path().join("data/keys");
    let away = place.path().join("away");
    fs::rename(&keys, &away).unwrap();
    // Its key id stands behind the first six letters.
    let strangers = format!("{}AAAAAAAA{}", &token[..8], &token[16..]);
    assert_eq!(status(&server.address, &strangers), "401");
    let line = server.wait_for("has lost what was read from it");
    let key = files(&place, "away")[0]
        .file_stem()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    assert!(
        line.contains("ERROR") && line.contains(key.trim_start_matches("key-")),
        "{line}"
    );
    assert_eq!(status(&server.address, token), "200");
    let new = post(&server.address, "/login", account);
    assert!(new.starts_with("HTTP/1.1 200 "), "{new}");
    assert!(!keys.exists(), "no key is written");

    fs::rename(&away, &keys).unwrap();
    server.signal(Signal::HUP);
    server.wait_for("has all again");
    assert_eq!(status(&server.address, token), "200");
    assert_eq!(files(&place, "data/keys").len(), 1);
}

#[test]
fn an_exported_ring_is_the_same_ring_in_another_folder() {
    let place = Place::new().with("WICKETGATE__LOG", "error");
    let (first, _) = new_key(&place);
    new_key(&place);
    place.printed(&["keys", "revoke", &first]);
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
        "the folder other already has keys or revocations: nothing was copied; choose a folder without any"
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
    assert!(
        server
            .log()
            .contains("keys=\"1 from the database, 1 of them made now\""),
        "{}",
        server.log()
    );
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
    assert!(report.contains("Obstacles to a move\n  none found"), "{report}");

    let database = rusqlite::Connection::open(place.path().join("data/wicketgate.db")).unwrap();
    database.execute(r#"DELETE FROM "DataProtectionKeys""#, []).unwrap();
    let report = place.run(&["check-dotnet", "--database", "sqlite://data/wicketgate.db"]);
    let report = String::from_utf8(report.stdout).unwrap();
    assert!(
        report.contains("- there are no keys in the table DataProtectionKeys: every session"),
        "{report}"
    );
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

/// Its id, which is all that is printed, and what is said about it.
fn new_key(place: &Place) -> (String, String) {
    let output = place.run(&["keys", "new"]);
    let [id, when] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (id.trim_end().to_owned(), when)
}

/// The files of keys and revocations in this folder.
pub(crate) fn files(place: &Place, folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(place.path().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| !path.ends_with("keys.lock")).collect();
    files.sort();
    files
}
