//! The command `check-dotnet`, on copies of the database and the keys that ASP.NET Core wrote.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{http::post, process::Place};

const CHECK: &[&str] = &["check-dotnet", "--database", "sqlite://app.db", "--keys", "keys"];

#[test]
fn a_database_that_can_be_served_is_described_and_left_alone() {
    let place = golden();
    let before = contents(place.path());
    let report = place.printed(&[CHECK, &["--application-name", "wicketgate-goldens"]].concat());
    for line in [
        "  it has version 2 of ASP.NET Core Identity's tables\n",
        "       13  in total\n",
        "       10  password hash of version 3, HMAC-SHA512, 100000 rounds\n",
        "        1  password hash of version 3, HMAC-SHA256, 10000 rounds\n",
        "        1  password hash of version 2\n",
        "        1  no password\n",
        "        1  with a second factor\n",
        "        2  roles\n",
        "  58473899-c286-412f-84c7-3c25074a29b4  2026-01-02T03:04:05Z to 2026-04-02T03:04:05Z  ",
        "  set keys.application_name to \"wicketgate-goldens\"; ",
        "Obstacles to a move\n  none found\n",
        "Obstacles to a move back\n  none found\n",
    ] {
        assert!(report.contains(line), "{line}is missing:\n{report}");
    }
    assert_eq!(contents(place.path()), before);
}

#[test]
fn the_shape_is_described_and_all_is_there_as_json() {
    let place = golden();
    let report = place.printed(CHECK);
    let shape = "\nShape\n  key type     text\n  schema       the default one\n  tables       EF Core's own names\n  \
                 columns      EF Core's own names\n  own columns  none\n";
    assert!(report.contains(shape), "{report}");

    let application = rusqlite::Connection::open(place.path().join("app.db")).unwrap();
    application
        .execute_batch(
            r#"ALTER TABLE "AspNetUsers" RENAME TO "Users"; ALTER TABLE "Users" ADD COLUMN "Born" TEXT NULL"#,
        )
        .unwrap();
    let report = place.printed(CHECK);
    for line in ["  tables       AspNetUsers is Users\n", "  own columns  Born\n"] {
        assert!(report.contains(line), "{line}is missing:\n{report}");
    }
    let json: serde_json::Value = serde_json::from_str(&place.printed(&[CHECK, &["--json"]].concat())).unwrap();
    assert_eq!(json["shape"]["tables"], serde_json::json!({ "AspNetUsers": "Users" }));
    assert_eq!(
        (&json["accounts"]["total"], &json["obstacles"]),
        (&13.into(), &serde_json::json!([]))
    );
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
        "error: 1 obstacle stands in the way of a move\n"
    );
    assert_eq!(contents(place.path()), before);
}

#[test]
fn what_only_wicketgate_reads_is_in_the_way_back_and_not_of_the_move() {
    let place = golden()
        .with("WICKETGATE__LOG", "off")
        .with("WICKETGATE__DATABASE__URL", "sqlite://app.db")
        .with("WICKETGATE__KEYS__DIRECTORY", "keys")
        .with("WICKETGATE__KEYS__PASSPHRASE_FILE", "passphrase")
        .with("WICKETGATE__PASSWORD_HASHER__COMPATIBILITY_MODE", "Argon2id");
    place.write("passphrase", "correct horse");
    // The recorded key has expired, so that the start makes one.
    let server = place.serve(&["--log", "info"]);
    let login = post(
        &server.address,
        "/login",
        r#"{"email":"plain@example.test","password":"Passw0rd!"}"#,
    );
    assert!(login.starts_with("HTTP/1.1 200"), "{login}");
    drop(server);

    let keys = place.printed(&["keys", "list"]);
    let key = keys.lines().last().unwrap().split(' ').next().unwrap();
    let end = |report: String| report.split_once("\nObstacles to a move\n").unwrap().1.to_owned();
    let hashes = "  none found\n\nObstacles to a move back\n  - argon2id password hashes: 1; their users \
                  must log in here once more under IdentityV3, or reset their passwords there\n";
    assert_eq!(
        end(place.printed(CHECK)),
        format!(
            "{hashes}  - the key {key} is encrypted with a passphrase: ASP.NET Core skips it and cannot open what it \
             protected\n"
        )
    );
    place.printed(&["keys", "revoke", key]);
    assert_eq!(
        end(place.printed(CHECK)),
        hashes,
        "a revoked key opens nothing there either"
    );
}

#[test]
fn files_that_give_no_key_are_counted_and_named_if_they_were_keys() {
    let place = golden().with("WICKETGATE__LOG", "off");
    place.write("keys/notes.txt", "not ours");
    place.write("keys/keys.lock", "");
    place.write("keys/settings.xml", "<settings />");
    let clean = place.printed(CHECK);
    assert!(
        clean.contains("        1  files that are not XML: ignored\n"),
        "{clean}"
    );
    assert!(
        clean.contains("        1  XML documents that are unreadable, or neither key nor revocation: skipped\n"),
        "{clean}"
    );

    place.write("keys/key-half.xml", "<key id=");
    fs::write(place.path().join("keys/key-binary.xml"), [0xFF, 0xFE, 0]).unwrap();
    let output = place.run(CHECK);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("        3  XML documents"), "{report}");
    for name in ["key-half", "key-binary"] {
        assert!(
            report.contains(&format!("  - {name} contains no readable key: ")),
            "{report}"
        );
    }
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

/// A database of .NET's, and its keys.
pub(crate) fn golden() -> Place {
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
