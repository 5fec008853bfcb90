//! Where keys are kept: a folder that was given is the folder, and keys elsewhere are not passed over.

use std::fs;

use rustix::process::Signal;
use wicketgate_test_servers::PostgreSql;

use crate::{keys::files, process::Place};

fn at(url: &str) -> Place {
    Place::new().with("WICKETGATE__DATABASE__URL", url)
}

/// What a server at this place says of its keys when it starts.
fn keys_at_start(place: &Place, words: &[&str]) -> String {
    let mut server = place.serve(words);
    let mut line = server.log().lines().last().unwrap().to_owned();
    // A database that is slow to open counts as one that is away for the moment.
    if line.contains("not read yet") {
        line = server.wait_for("the database is available");
    }
    server.signal(Signal::TERM);
    server.end();
    line.split_once("keys=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_folder_that_was_given_is_the_folder_even_beside_a_database_server() {
    let postgresql = PostgreSql::start().unwrap();
    let place = at(&postgresql.url()).with("WICKETGATE__KEYS__DIRECTORY", "dotnet/keys");
    place.printed(&["keys", "new"]);
    let before = files(&place, "dotnet/keys");
    assert_eq!(before.len(), 1);
    assert_eq!(keys_at_start(&place, &[]), "1 from the folder dotnet/keys");
    assert_eq!(files(&place, "dotnet/keys"), before, "no key is made");
    let id = before[0]
        .file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_start_matches("key-");
    let list = place.printed(&["keys", "list"]);
    assert!(list.contains(id) && list.lines().count() == 2, "{list}");
    let plan = place.printed(&["migrate", "--dry-run"]);
    assert!(!plan.contains("DataProtectionKeys"), "{plan}");
}

#[test]
fn keys_that_are_in_the_database_or_the_folder_are_not_passed_over_for_a_new_one() {
    let postgresql = PostgreSql::start().unwrap();
    let place = at(&postgresql.url());
    assert_eq!(keys_at_start(&place, &[]), "1 from the database, 1 of them made now");
    let beside_a_server = place.refused(&["serve", "--keys-directory", "empty"]);

    let sqlite = Place::new();
    sqlite.printed(&["keys", "new", "--keys-store", "database"]);
    let beside_a_file = sqlite.refused(&["serve"]);
    for (refusal, folder) in [(beside_a_server, "empty"), (beside_a_file, "data/keys")] {
        assert_eq!(
            refusal,
            format!(
                "the folder {folder} has no keys, but the database's table DataProtectionKeys has 1 keys and revocations, and a \
                 new key would end every session: set `keys.store = \"database\"` and leave out `keys.directory` to use those, \
                 or set `keys.store = \"folder\"` to begin anew"
            )
        );
    }
    assert!(!place.path().join("empty").exists());
    assert_eq!(
        keys_at_start(&sqlite, &["--keys-store", "database"]),
        "1 from the database"
    );
    assert_eq!(
        keys_at_start(&sqlite, &["--keys-store", "folder"]),
        "1 from the folder data/keys, 1 of them made now"
    );
}

#[test]
fn keys_in_the_default_folder_are_not_passed_over_for_a_new_one_in_the_database() {
    let postgresql = PostgreSql::start().unwrap();
    let place = at(&postgresql.url());
    place.printed(&["keys", "new", "--keys-store", "folder"]);
    let refusal = place.refused(&["serve"]);
    assert_eq!(
        refusal,
        "the database has no keys, but the folder data/keys has 1 keys and revocations, and a new key would end every session: \
         set `keys.store = \"folder\"` to use those, or `keys.store = \"database\"` to begin anew"
    );
    assert_eq!(
        keys_at_start(&place, &["--keys-store", "folder"]),
        "1 from the folder data/keys"
    );
}

#[test]
fn settings_that_contradict_each_other_start_neither_a_server_nor_a_command() {
    let place = Place::new()
        .with("WICKETGATE__KEYS__DIRECTORY", "keys")
        .with("WICKETGATE__KEYS__STORE", "database");
    for words in [&["serve"][..], &["keys", "list"], &["users", "list"], &["migrate"]] {
        assert_eq!(
            place.refused(words),
            "`keys.directory` names a folder for the keys, but `keys.store = \"database\"` keeps them in the database: set only \
             one of the two",
            "{words:?}"
        );
    }
    assert!(!place.path().join("data").exists());
    // An empty value takes the folder back.
    assert_eq!(
        keys_at_start(&place, &["--keys-directory", ""]),
        "1 from the database, 1 of them made now"
    );
}

#[test]
fn keys_that_dotnet_kept_in_azure_are_listed_and_used_and_can_be_split() {
    let place = Place::new();
    place.printed(&["keys", "new"]);
    let list = place.printed(&["keys", "list"]);
    let [file] = &files(&place, "data/keys")[..] else {
        panic!("one key")
    };
    let key = fs::read_to_string(file).unwrap();
    let (_, key) = key.split_once("?>").unwrap();
    fs::create_dir(place.path().join("azure")).unwrap();
    place.write("azure/keys.xml", &format!("<repository>{key}</repository>"));

    let place = place.with("WICKETGATE__KEYS__DIRECTORY", "azure");
    assert_eq!(place.printed(&["keys", "list"]), list);
    assert_eq!(keys_at_start(&place, &[]), "1 from the folder azure");
    place.printed(&["keys", "export", "split"]);
    assert_eq!(
        files(&place, "split")[0].file_name(),
        file.file_name(),
        "under the name that .NET gives it"
    );

    place.write("azure/keys.xml", &format!("<repository>{key}{key}"));
    let refusal = place.refused(&["serve"]);
    assert!(
        refusal.starts_with("the key ring in the folder azure: azure/keys.xml cannot be read: it holds several keys"),
        "{refusal}"
    );
    assert_eq!(files(&place, "azure").len(), 1, "no key is made");
}
