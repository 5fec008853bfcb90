//! Peppers and a corpus of breached passwords, from the setting to the row in the database.

use crate::{accounts::ADA, http::post, process::Place};

const FIRST: &str = "the first pepper, of more than 32 bytes\n";
const SECOND: &str = "the second pepper, of more than 32 bytes\n";
const WITH_FIRST: [&str; 2] = ["--password-hasher-pepper-file", "first"];
const ROTATED: [&str; 4] = [
    "--password-hasher-pepper-file",
    "second",
    "--password-hasher-previous-pepper-files",
    "first",
];

#[test]
fn without_its_pepper_a_database_lets_nobody_log_in_and_a_new_one_comes_by_logging_in() {
    let place = Place::new();
    place.write("first", FIRST);
    place.write("second", SECOND);
    let login = |words: &[&str]| {
        let server = place.serve(words);
        let answer = post(&server.address, "/login", ADA);
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    post(&place.serve(&WITH_FIRST).address, "/register", ADA);
    assert_eq!(peppered(&place), 1);
    assert_eq!(login(&WITH_FIRST), "200");
    assert_eq!(login(&[]), "401", "a copy of the database without the pepper");
    assert_eq!(login(&ROTATED[..2]), "401", "with another one");
    assert_eq!(login(&ROTATED), "200");
    assert_eq!(login(&ROTATED[..2]), "200", "the hash has the new pepper by now");
    assert_eq!(login(&["--password-hasher-previous-pepper-files", "second"]), "200");
    assert_eq!(peppered(&place), 0, "the way back to ASP.NET Core");
    assert_eq!(login(&[]), "200");
}

/// How many hashes with a pepper `check-dotnet` finds in the way back.
fn peppered(place: &Place) -> u32 {
    let report = place.check_dotnet();
    let obstacle = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("- password hashes with a pepper: "));
    obstacle.map_or(0, |rest| rest.split(';').next().unwrap().parse().unwrap())
}

#[test]
fn a_file_that_is_no_pepper_or_no_corpus_keeps_the_server_from_starting() {
    let place = Place::new();
    place.write("short", "too short\n");
    place.write("words", "password\n123456\n");
    for (flag, file, message) in [
        (
            "--password-hasher-pepper-file",
            "short",
            "cannot use the pepper short: a pepper has at least 32 bytes",
        ),
        (
            "--password-hasher-pepper-file",
            "nowhere",
            "cannot read the pepper nowhere: ",
        ),
        (
            "--password-breach-corpus",
            "words",
            "cannot use the corpus of breached passwords words: no sorted file",
        ),
        (
            "--password-breach-corpus",
            "nowhere",
            "cannot use the corpus of breached passwords nowhere: ",
        ),
    ] {
        let refusal = place.refused(&["serve", flag, file]);
        assert!(refusal.contains(message), "{refusal}");
    }
}

#[test]
fn commands_that_set_no_password_do_without_these_files() {
    let place = Place::new();
    place.write("words", "password\n123456\n");
    let missing = [
        "--password-hasher-pepper-file",
        "nowhere",
        "--password-breach-corpus",
        "words",
    ];
    for words in [&["users", "list"][..], &["events", "list"], &["keys", "reprotect"]] {
        place.printed(&[words, &missing].concat());
    }
    let refusal = place.refused(&[&["users", "create", "ada@example.test"][..], &missing].concat());
    assert!(refusal.starts_with("cannot read the pepper nowhere: "), "{refusal}");
}

#[test]
fn a_hash_with_a_pepper_is_set_only_where_that_pepper_is() {
    let place = Place::new();
    place.write("first", FIRST);
    place.write("second", SECOND);
    post(&place.serve(&WITH_FIRST).address, "/register", ADA);
    let hash = stored_hash(&place);
    let set_hash = ["users", "set-hash", "ada@example.test", &hash];
    for flags in [&[][..], &ROTATED[..2]] {
        let refusal = place.refused(&[&set_hash[..], flags].concat());
        assert!(
            refusal.starts_with("no login could match this hash: it was made with the pepper "),
            "{refusal}"
        );
    }
    for flags in [&WITH_FIRST[..], &ROTATED] {
        place.printed(&[&set_hash[..], flags].concat());
    }
}

#[test]
fn the_strict_profile_hashes_with_more_rounds_which_dotnet_reads_and_knows_what_everybody_uses() {
    let place = Place::new();
    let server = place.serve(&["--profile", "strict"]);
    let register = |password: &str| {
        let body = format!(r#"{{"email":"ada@example.test","password":"{password}"}}"#);
        post(&server.address, "/register", &body)
    };
    assert!(register("passwordpassword").contains("PasswordTooCommon"));
    assert!(register("a long enough passphrase").starts_with("HTTP/1.1 200"));
    let hash = wicketgate_identity::PasswordHash::from_stored(stored_hash(&place));
    let form = wicketgate_identity::password::StoredForm::of(&hash);
    assert_eq!(form.unwrap().to_string(), "version 3, HMAC-SHA512, 210000 rounds");
}

/// That of the only account.
fn stored_hash(place: &Place) -> String {
    let database = rusqlite::Connection::open(place.path().join("data/wicketgate.db")).unwrap();
    database
        .query_row(r#"SELECT "PasswordHash" FROM "AspNetUsers""#, [], |row| row.get(0))
        .unwrap()
}
