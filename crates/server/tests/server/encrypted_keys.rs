//! Keys that are encrypted at rest, for a certificate or with a passphrase.

use std::{fs, path::Path};

use rustix::process::Signal;

use crate::{
    accounts::ADA,
    http::{access_token, get_as, post},
    keys::files,
    process::Place,
};

#[test]
fn new_keys_are_encrypted_for_the_certificate_and_open_with_it_alone() {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    place.write("certificate.pem", &pem("certificate.pem", "private-key.pem"));
    place.write("other.pem", &pem("other-certificate.pem", "other-private-key.pem"));
    let key = place.printed(&["keys", "new", "--keys-certificate", "certificate.pem"]);
    let [file] = &files(&place, "data/keys")[..] else {
        panic!("one key")
    };
    let xml = fs::read_to_string(file).unwrap();
    assert!(
        xml.contains("<X509Certificate>") && !xml.contains("<masterKey"),
        "{xml}"
    );

    for (words, state) in [
        (&["--keys-certificate", "certificate.pem"][..], "protects"),
        (&["--keys-certificate", "other.pem"], "unreadable"),
        (
            &[
                "--keys-certificate",
                "other.pem",
                "--keys-unprotect-certificates",
                "certificate.pem",
            ],
            "protects",
        ),
        (&[], "unreadable"),
    ] {
        let list = place.printed(&[&["keys", "list"], words].concat());
        assert!(list.contains(key.trim()), "{list}");
        assert!(list.trim_end().ends_with(state), "{words:?}: {list}");
    }
}

#[test]
fn a_server_encrypts_the_key_that_it_makes_at_its_start() {
    let place = Place::new();
    place.write("certificate.pem", &pem("certificate.pem", "private-key.pem"));
    drop(place.serve(&["--keys-certificate", "certificate.pem"]));
    let files = files(&place, "data/keys");
    assert_eq!(files.len(), 1);
    assert!(!fs::read_to_string(&files[0]).unwrap().contains("<masterKey"));
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start() {
    let place = Place::new();
    place.write("empty.pem", "");
    for (words, message) in [
        (
            &["--keys-certificate", "missing.pem"][..],
            "cannot read the keys' certificate missing.pem: No such file or directory (os error 2)",
        ),
        (
            &["--keys-certificate", "empty.pem"],
            "cannot use the keys' certificate empty.pem: no certificate in PEM form",
        ),
        (
            &["--keys-unprotect-certificates", "empty.pem"],
            "`keys.unprotect_certificates` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new keys",
        ),
    ] {
        assert_eq!(place.refused(&[&["serve"], words].concat()), message);
    }
    assert!(!place.path().join("data/keys").exists());
}

/// As in .NET: without a key nobody could sign in.
#[test]
fn a_new_key_beside_those_of_a_missing_certificate_is_made_with_a_warning_that_names_them() {
    let place = Place::new();
    place.write("certificate.pem", &pem("certificate.pem", "private-key.pem"));
    let key = place.printed(&["keys", "new", "--keys-certificate", "certificate.pem"]);
    let server = place.serve(&[]);
    server.signal(Signal::TERM);
    let (_, log) = server.end();
    let warning = log
        .lines()
        .find(|line| line.contains("a new key was made beside keys that cannot be used"));
    let warning = warning.unwrap_or_else(|| panic!("{log}"));
    for part in [key.trim(), "thumbprint 43F2E86093C9360DAA80226E3C5B1CFB54F7DA4A"] {
        assert!(warning.contains(part), "{warning}");
    }
    assert_eq!(files(&place, "data/keys").len(), 2);
}

#[test]
fn new_keys_are_encrypted_with_the_passphrase_and_open_with_it_alone() {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    place.write("passphrase", "correct horse\n");
    place.write("same", "correct horse");
    place.write("other", "battery staple\r\n");
    place.write("certificate.pem", &pem("certificate.pem", "private-key.pem"));
    let key = place.printed(&["keys", "new", "--keys-passphrase-file", "passphrase"]);
    let [file] = &files(&place, "data/keys")[..] else {
        panic!("one key")
    };
    let xml = fs::read_to_string(file).unwrap();
    assert!(xml.contains("argon2id") && !xml.contains("<masterKey"), "{xml}");

    let unprotect = ["--keys-unprotect-passphrase-files", "other,passphrase"];
    for (words, state) in [
        (&["--keys-passphrase-file", "same"][..], "protects"),
        (&["--keys-passphrase-file", "other"], "unreadable"),
        (
            &["--keys-passphrase-file", "other", unprotect[0], unprotect[1]],
            "protects",
        ),
        (
            &["--keys-certificate", "certificate.pem", unprotect[0], unprotect[1]],
            "protects",
        ),
        (&[], "unreadable"),
    ] {
        let list = place.printed(&[&["keys", "list"], words].concat());
        assert!(list.contains(key.trim()), "{list}");
        assert!(list.trim_end().ends_with(state), "{words:?}: {list}");
    }
}

#[test]
fn a_certificate_encrypts_new_keys_while_the_passphrase_still_opens_old_ones() {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    place.write("passphrase", "correct horse");
    place.write("certificate.pem", &pem("certificate.pem", "private-key.pem"));
    let both = [
        "--keys-passphrase-file",
        "passphrase",
        "--keys-certificate",
        "certificate.pem",
    ];
    place.printed(&["keys", "new", "--keys-passphrase-file", "passphrase"]);
    let key = place.printed(&[&["keys", "new"][..], &both].concat());
    let xml = fs::read_to_string(place.path().join(format!("data/keys/key-{}.xml", key.trim()))).unwrap();
    assert!(xml.contains("<X509Certificate>"), "{xml}");
    let list = place.printed(&[&["keys", "list"][..], &both].concat());
    assert!(!list.contains("unreadable"), "{list}");
}

#[test]
fn a_token_outlives_a_restart_and_a_change_of_passphrase() {
    let place = Place::new().with("WICKETGATE__LOG", "info");
    place.write("passphrase", "correct horse");
    place.write("other", "battery staple");
    let server = place.serve(&["--keys-passphrase-file", "passphrase"]);
    post(&server.address, "/register", ADA);
    let token = access_token(&post(&server.address, "/login", ADA));
    drop(server);

    let server = place.serve(&[
        "--keys-passphrase-file",
        "other",
        "--keys-unprotect-passphrase-files",
        "passphrase",
    ]);
    let with = |token: &str| get_as(&server.address, token, "/manage/info");
    assert!(with(&token).starts_with("HTTP/1.1 200 "), "{}", with(&token));
    assert!(with(&token.to_lowercase()).starts_with("HTTP/1.1 401 "));
}

#[test]
fn a_server_without_the_right_passphrase_does_not_start_and_makes_no_key() {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    place.write("passphrase", "correct horse");
    place.write("other", "battery staple");
    place.write("empty", "\n");
    let key = place.printed(&["keys", "new", "--keys-passphrase-file", "passphrase"]);
    let key = key.trim();
    for (words, message) in [
        (
            &[][..],
            format!(
                "the key ring in the folder data/keys: no key is made before the key {key} opens or is revoked: its \
                 secret is encrypted with a passphrase, and none is configured"
            ),
        ),
        (
            &["--keys-passphrase-file", "other"],
            format!(
                "the key ring in the folder data/keys: no key is made before the key {key} opens or is revoked: its \
                 secret does not open with the passphrase that is configured: that is another one, or the key is damaged"
            ),
        ),
        (
            &["--keys-passphrase-file", "missing"],
            "cannot read the keys' passphrase missing: No such file or directory (os error 2)".to_owned(),
        ),
        (
            &["--keys-passphrase-file", "empty"],
            "cannot use the keys' passphrase empty: the passphrase is empty".to_owned(),
        ),
        (
            &["--keys-unprotect-passphrase-files", "passphrase"],
            "`keys.unprotect_passphrase_files` needs `keys.certificate` or `keys.passphrase_file`, which encrypts new \
             keys"
                .to_owned(),
        ),
    ] {
        assert_eq!(place.refused(&[&["serve"], words].concat()), message);
    }
    assert_eq!(files(&place, "data/keys").len(), 1);
    drop(place.serve(&["--keys-passphrase-file", "passphrase", "--log", "info"]));
    assert_eq!(files(&place, "data/keys").len(), 1);
}

#[test]
fn a_mistaken_passphrase_encrypts_no_key_even_beside_a_key_that_opens() {
    let place = Place::new().with("WICKETGATE__LOG", "off");
    place.write("passphrase", "correct horse");
    place.write("other", "battery staple");
    place.printed(&["keys", "new"]);
    let waiting = place.printed(&["keys", "new", "--keys-passphrase-file", "passphrase"]);
    let before = files(&place, "data/keys");
    for command in [&["serve"][..], &["keys", "new"]] {
        for passphrase in [&["--keys-passphrase-file", "other"][..], &[]] {
            let refusal = place.refused(&[command, passphrase].concat());
            let beginning = format!(
                "the key ring in the folder data/keys: no key is made before the key {} opens or is revoked: ",
                waiting.trim()
            );
            assert!(refusal.starts_with(&beginning), "{refusal}");
        }
    }
    assert_eq!(files(&place, "data/keys"), before);

    let both = [
        "--keys-passphrase-file",
        "other",
        "--keys-unprotect-passphrase-files",
        "passphrase",
    ];
    place.printed(&[&["keys", "new"][..], &both].concat());
    place.printed(&["keys", "revoke", waiting.trim()]);
    let list = place.printed(&[&["keys", "list"][..], &both[..2]].concat());
    assert!(!list.contains("unreadable"), "{list}");
    drop(place.serve(&[&both[..2], &["--log", "info"]].concat()));
}

/// Certificate and private key in one text, as the setting wants them.
fn pem(certificate: &str, private_key: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protection/tests/encrypted_at_rest");
    [certificate, private_key]
        .map(|name| fs::read_to_string(folder.join(name)).unwrap())
        .concat()
}
