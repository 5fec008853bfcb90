//! The command line.

use crate::{http::get, process::Place};

#[test]
fn help_names_the_commands_and_every_setting() {
    let help = Place::new().printed(&["--help"]);
    for expected in [
        "serve",
        "migrate",
        "users",
        "keys",
        "events",
        "check-dotnet",
        "openapi",
        "healthcheck",
        "--lockout-max-failed-access-attempts",
        "WICKETGATE__EMAIL__SMTP_URL",
        "[default: 127.0.0.1:8080]",
    ] {
        assert!(help.contains(expected), "{expected} is missing:\n{help}");
    }
}

#[test]
fn a_mistake_is_one_line_and_exit_code_1() {
    let place = Place::new();
    for (words, message) in [
        (&["frobnicate"][..], "unrecognized subcommand 'frobnicate'"),
        (
            &["--no-such-setting", "1"],
            "unexpected argument '--no-such-setting' found",
        ),
        (&["users"], "the command is incomplete; `--help` shows what can follow"),
        (
            &["--config", "missing.toml"],
            "cannot read the configuration file missing.toml: No such file or directory (os error 2)",
        ),
        (
            &["--lockout-max-failed-access-attempts", "many"],
            "the setting `lockout.max_failed_access_attempts` (command line, --lockout-max-failed-access-attempts) \
             cannot be `many`: it takes a whole number",
        ),
    ] {
        assert_eq!(place.refused(words), message, "{words:?}");
    }
    let place = place.with("WICKETGATE__DATABSE__URL", "sqlite://x.db");
    assert_eq!(
        place.refused(&["serve"]),
        "unknown setting `databse.url` (environment variable WICKETGATE__DATABSE__URL); did you mean `database.url`?"
    );
}

#[test]
fn the_file_is_found_in_the_folder_by_a_variable_and_by_a_flag() {
    let complaint = |name: &str| {
        format!(
            "the setting `log` ({name}, line 1) cannot be `{name}`: it takes off, error, warn, info, debug or trace"
        )
    };
    let place = Place::new().with("WICKETGATE_CONFIG", "b.toml");
    place.write("b.toml", "log = \"b.toml\"");
    place.write("c.toml", "log = \"c.toml\"");
    assert_eq!(place.refused(&["serve"]), complaint("b.toml"));
    assert_eq!(place.refused(&["--config", "c.toml"]), complaint("c.toml"));

    let place = Place::new();
    place.write("wicketgate.toml", "log = \"wicketgate.toml\"");
    assert_eq!(place.refused(&["serve"]), complaint("wicketgate.toml"));
}

#[test]
fn a_flag_beats_a_variable_and_a_variable_beats_the_file() {
    let has_path = |place: &Place, words: &[&str], path: &str| {
        let document = place.printed(&[&["openapi"], words].concat());
        assert!(document.contains(&format!("\"{path}/login\"")), "{path}: {document}");
    };
    let place = Place::new();
    has_path(&place, &[], "");
    place.write("wicketgate.toml", "prefix = \"/file\"");
    has_path(&place, &[], "/file");
    let place = place.with("WICKETGATE__PREFIX", "/variable");
    has_path(&place, &[], "/variable");
    has_path(&place, &["--prefix", "/flag"], "/flag");
}

#[test]
fn a_migration_is_shown_before_it_is_made_and_made_once() {
    let place = Place::new();
    let plan = place.printed(&["migrate", "--dry-run"]);
    assert!(plan.contains("CREATE TABLE \"AspNetUsers\""), "{plan}");
    assert!(!place.path().join("data/wicketgate.db").exists());

    let ran = place.printed(&["migrate"]);
    let done = ran.strip_prefix(plan.as_str()).unwrap();
    assert!(done.starts_with("done: "), "{done}");
    assert_eq!(
        place.printed(&["migrate"]),
        "nothing to do: the database's tables are up to date\n"
    );
}

#[test]
fn the_openapi_document_is_the_one_that_the_server_serves() {
    let place = Place::new()
        .with("WICKETGATE__PUBLIC_URL", "https://example.test/account")
        .with("WICKETGATE__COOKIE__NAME", "session")
        .with("WICKETGATE__PREFIX", "/identity");
    let printed: serde_json::Value = serde_json::from_str(&place.printed(&["openapi"])).unwrap();
    assert_eq!(printed["servers"][0]["url"], "https://example.test/account");
    assert_eq!(printed["components"]["securitySchemes"]["Cookie"]["name"], "session");
    let server = place.serve(&[]);
    let answer = get(&server.address, "/openapi/v1.json");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(printed, serde_json::from_str::<serde_json::Value>(body).unwrap());
}

#[test]
fn the_openapi_document_needs_neither_database_nor_keys() {
    let place = Place::new().with("WICKETGATE__PREFIX", "/api/identity");
    let document: serde_json::Value = serde_json::from_str(&place.printed(&["openapi"])).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(
        document["paths"]["/api/identity/manage/info"]["post"].is_object(),
        "{document}"
    );
    assert!(!place.path().join("data").exists());
}
