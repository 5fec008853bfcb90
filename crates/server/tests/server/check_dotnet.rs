//! The command `check-dotnet`, on copies of the database and the keys that ASP.NET Core wrote.

use std::{collections::BTreeMap, fs, path::Path};

use crate::process::Place;

const CHECK: &[&str] = &["check-dotnet", "--database", "sqlite://app.db", "--keys", "keys"];

#[test]
fn a_database_that_can_be_served_is_described_and_left_alone() {
    let place = golden();
    let before = contents(place.path());
    let report = place.printed(&[CHECK, &["--application-name", "wicketgate-goldens"]].concat());
    for line in [
        "  it has version 2 of ASP.NET Core Identity's tables\n",
        "       13  in all\n",
        "       10  password hash of version 3, HMAC-SHA512, 100000 rounds\n",
        "        1  password hash of version 3, HMAC-SHA256, 10000 rounds\n",
        "        1  password hash of version 2\n",
        "        1  no password\n",
        "        1  with a second factor\n",
        "        2  roles\n",
        "  58473899-c286-412f-84c7-3c25074a29b4  2026-01-02T03:04:05Z to 2026-04-02T03:04:05Z  ",
        "  set keys.application_name to \"wicketgate-goldens\"; ",
        "In the way of a move\n  nothing that can be seen here\n",
    ] {
        assert!(report.contains(line), "{line}is missing:\n{report}");
    }
    assert_eq!(contents(place.path()), before);
}

#[test]
fn what_is_in_the_way_is_listed_and_is_exit_code_1() {
    let place = golden().with("WICKETGATE__LOG", "off");
    let key = "keys/key-58473899-c286-412f-84c7-3c25074a29b4.xml";
    let xml = fs::read_to_string(place.path().join(key)).unwrap();
    assert!(xml.contains("</masterKey>"));
    place.write(key, &xml.replace("masterKey", "mainKey"));
    let before = contents(place.path());

    let output = place.run(CHECK);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(
        report.contains("  - the key 58473899-c286-412f-84c7-3c25074a29b4 cannot be used: "),
        "{report}"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: 1 thing stands in the way of a move\n"
    );
    assert_eq!(contents(place.path()), before);
}

#[test]
fn a_folder_without_keys_is_in_the_way_and_is_not_made() {
    let place = golden();
    let words = ["check-dotnet", "--database", "sqlite://app.db", "--keys", "elsewhere"];
    let report = String::from_utf8(place.run(&words).stdout).unwrap();
    assert!(report.contains("  - there are no keys in this folder: "), "{report}");
    assert!(!place.path().join("elsewhere").exists());
}

#[test]
fn a_database_that_is_not_there_is_an_error_and_is_not_made() {
    let place = Place::new();
    assert_eq!(
        place.refused(CHECK),
        "cannot open the database app.db: No such file or directory (os error 2)"
    );
    assert!(contents(place.path()).is_empty());
}

fn golden() -> Place {
    let place = Place::new();
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/database");
    fs::create_dir(place.path().join("keys")).unwrap();
    for file in ["app.db", "keys/key-58473899-c286-412f-84c7-3c25074a29b4.xml"] {
        fs::copy(goldens.join(file), place.path().join(file)).unwrap();
    }
    place
}

/// Every file below, with its bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents.extend(self::contents(&path));
        } else {
            contents.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    contents
}
