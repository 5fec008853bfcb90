//! Tests of reading settings.

use std::{ffi::OsString, path::Path};

use super::*;

/// What a start with these texts would say.
fn refusal(given: impl IntoIterator<Item = Given>) -> String {
    Settings::from_sources(given).unwrap_err().to_string()
}

fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn flag(words: &[&str]) -> Vec<Given> {
    let line: Vec<_> = ["test"].iter().chain(words).map(OsString::from).collect();
    let command = clap::Command::new("test").subcommand(clap::Command::new("serve"));
    given_flags(&with_flags(command, &line).get_matches_from(line))
}

fn file(text: &str) -> Vec<Given> {
    file::parse(Path::new("wicketgate.toml"), text).unwrap()
}

#[test]
fn every_setting_shows_its_default_in_a_form_that_it_takes() {
    let mut defaults = Settings::default();
    let before = format!("{defaults:?}");
    for setting in table::SETTINGS {
        let place = (setting.place)(&mut defaults);
        let shown = place.show();
        place.set(&shown).unwrap_or_else(|_| panic!("{}: {shown}", setting.key));
    }
    assert_eq!(format!("{defaults:?}"), before);
}

#[test]
fn every_key_is_there_once_and_has_a_place_of_its_own() {
    let mut settings = Settings::default();
    let mut keys = std::collections::HashSet::new();
    let mut places = std::collections::HashSet::new();
    for setting in table::SETTINGS {
        assert!(keys.insert(setting.key), "{} is there twice", setting.key);
        let place: *const dyn value::Place = (setting.place)(&mut settings);
        assert!(
            places.insert(place.cast::<()>()),
            "{} shares its place with another key",
            setting.key
        );
    }
}

#[test]
fn the_names_are_those_of_the_conformance_tests() {
    let settings = Settings::from_variables([
        variable("PATH", "/usr/bin"),
        variable("WICKETGATE_CONFIG", "x.toml"),
        variable("WICKETGATE__LISTEN", "127.0.0.1:4711"),
        variable("WICKETGATE__PREFIX", "/api/identity"),
        variable("WICKETGATE__TRUSTED_PROXIES", "127.0.0.0/8, ::1/128"),
        variable("WICKETGATE__DATABASE__URL", "sqlite:///tmp/app.db"),
        variable("WICKETGATE__KEYS__DIRECTORY", "/tmp/keys"),
        variable("WICKETGATE__KEYS__APPLICATION_NAME", "Reference"),
        variable("WICKETGATE__EMAIL__SMTP_URL", "smtp://127.0.0.1:2525"),
        variable("WICKETGATE__EMAIL__FROM", "no-reply@example.test"),
        variable("WICKETGATE__RATE_LIMITS__ENABLED", "False"),
        variable("WICKETGATE__USER__ALLOWED_USER_NAME_CHARACTERS", ""),
        variable("WICKETGATE__PASSWORD__REQUIRED_UNIQUE_CHARS", "8"),
        variable("WICKETGATE__LOCKOUT__DEFAULT_LOCKOUT_TIME_SPAN", "3600s"),
        variable("WICKETGATE__SIGN_IN__REQUIRE_CONFIRMED_PHONE_NUMBER", "true"),
        variable("WICKETGATE__TOKEN_PROVIDER__TOKEN_LIFESPAN", "10m"),
        variable("WICKETGATE__SECURITY_STAMP__VALIDATION_INTERVAL", "0s"),
        variable("WICKETGATE__BEARER__BEARER_TOKEN_EXPIRATION", "300"),
        variable("WICKETGATE__COOKIE__SAME_SITE", "strict"),
        variable("WICKETGATE__COOKIE__DOMAIN", "example.test"),
        variable("WICKETGATE__REMEMBER_MACHINE_COOKIE__MAX_AGE", "14d"),
    ])
    .unwrap();
    assert_eq!(settings.listen, SocketAddr::from(([127, 0, 0, 1], 4711)));
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.keys.application_name.as_deref(), Some("Reference"));
    assert_eq!(settings.email.smtp_url.unwrap().0.port, 2525);
    assert_eq!(settings.identity.user.allowed_user_name_characters, "");
    assert_eq!(settings.identity.password.required_unique_chars, 8);
    assert_eq!(settings.identity.lockout.default_lockout_time_span, Duration::hours(1));
    assert!(settings.identity.sign_in.require_confirmed_phone_number);
    assert_eq!(settings.identity.token_provider.token_lifespan, Duration::minutes(10));
    assert_eq!(settings.identity.security_stamp.validation_interval, Duration::ZERO);
    assert_eq!(
        settings.authentication.bearer.bearer_token_expiration,
        Duration::minutes(5)
    );
    assert_eq!(
        settings.authentication.cookie.cookie.same_site,
        wicketgate_axum::SameSite::Strict
    );
    assert_eq!(
        settings.authentication.cookie.cookie.domain.as_deref(),
        Some("example.test")
    );
    assert_eq!(
        settings.authentication.remember_machine_cookie.cookie.max_age,
        Some(Duration::days(14))
    );
}

#[test]
fn a_flag_beats_a_variable_and_a_variable_beats_the_file() {
    let from_file = file("[lockout]\nmax_failed_access_attempts = 2\n");
    let from_variable: Vec<Given> =
        source::variables([variable("WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", "3")]).collect();
    let from_flag = flag(&["serve", "--lockout-max-failed-access-attempts", "4"]);

    let attempts = |given: Vec<Given>| {
        let settings = Settings::from_sources(given).unwrap();
        settings.identity.lockout.max_failed_access_attempts
    };
    assert_eq!(attempts(Vec::new()), 5);
    assert_eq!(attempts(from_file.clone()), 2);
    assert_eq!(attempts([from_file.clone(), from_variable.clone()].concat()), 3);
    assert_eq!(attempts([from_file, from_variable, from_flag].concat()), 4);
}

#[test]
fn a_flag_counts_before_and_behind_the_command() {
    for words in [["--log", "debug", "serve"], ["serve", "--log", "debug"]] {
        assert_eq!(
            Settings::from_sources(flag(&words)).unwrap().log,
            LogLevel::Debug,
            "{words:?}"
        );
    }
}

#[test]
fn the_file_has_sections_lists_and_values_of_every_type() {
    let settings = Settings::from_sources(file(
        "listen = \"[::1]:8081\"\n\
         [cors]\nallowed_origins = [\"https://a.example.test\", \"https://b.example.test\"]\n\
         [password]\nrequire_digit = false\nrequired_length = 12\n\
         [cookie]\nexpire_time_span = \"8h\"\n",
    ))
    .unwrap();
    assert!(settings.listen.is_ipv6());
    assert_eq!(settings.cors.allowed_origins.len(), 2);
    assert!(!settings.identity.password.require_digit);
    assert_eq!(settings.identity.password.required_length, 12);
    assert_eq!(settings.authentication.cookie.expire_time_span, Duration::hours(8));
}

#[test]
fn an_unknown_key_is_named_with_where_it_stands_and_what_was_probably_meant() {
    assert_eq!(
        refusal(file("listen = \"127.0.0.1:1\"\n\n[lockout]\nmax_failed_attempts = 3\n")),
        "unknown setting `lockout.max_failed_attempts` (wicketgate.toml, line 4); did you mean \
         `lockout.max_failed_access_attempts`?"
    );
    assert_eq!(
        refusal(source::variables([variable(
            "WICKETGATE__PASWORD__REQUIRED_LENGTH",
            "3"
        )])),
        "unknown setting `pasword.required_length` (environment variable WICKETGATE__PASWORD__REQUIRED_LENGTH); did \
         you mean `password.required_length`?"
    );
    assert_eq!(
        refusal(source::variables([variable("WICKETGATE__QQQ", "3")])),
        "unknown setting `qqq` (environment variable WICKETGATE__QQQ); `--help` lists all settings"
    );
}

#[test]
fn a_bad_value_is_named_with_what_the_setting_takes() {
    for (text, message) in [
        (
            "[lockout]\nmax_failed_access_attempts = \"many\"",
            "the setting `lockout.max_failed_access_attempts` (wicketgate.toml, line 2) cannot be `many`: it takes a \
             whole number",
        ),
        (
            "[password]\nrequire_digit = 1",
            "the setting `password.require_digit` (wicketgate.toml, line 2) cannot be `1`: it takes true or false",
        ),
        (
            "[cookie]\nexpire_time_span = \"-1h\"",
            "the setting `cookie.expire_time_span` (wicketgate.toml, line 2) cannot be `-1h`: it takes a duration \
             such as 300s, 5m, 1h or 14d",
        ),
        (
            "[cookie]\nexpire_time_span = \"99999999d\"",
            "the setting `cookie.expire_time_span` (wicketgate.toml, line 2) cannot be `99999999d` (more than 100 \
             years): it takes a duration such as 300s, 5m, 1h or 14d",
        ),
        (
            "[cookie]\nsame_site = \"sometimes\"",
            "the setting `cookie.same_site` (wicketgate.toml, line 2) cannot be `sometimes`: it takes Unspecified, \
             None, Lax or Strict",
        ),
        (
            "[password_hasher]\niteration_count = 0",
            "the setting `password_hasher.iteration_count` (wicketgate.toml, line 2) cannot be `0`: it takes a whole \
             number from 1 to 10000000",
        ),
        (
            "[cors]\nallowed_origins = [\"https://a.example.test\", \"*\"]",
            "the setting `cors.allowed_origins` (wicketgate.toml, line 2) cannot be `https://a.example.test,*` (a \
             `*` would open the accounts to pages that nobody named: name each origin): it takes an origin such as https://app.example.com; several separated by commas",
        ),
    ] {
        assert_eq!(refusal(file(text)), message);
    }
}

#[test]
fn a_secret_is_shown_by_no_message() {
    let message = refusal(source::variables([variable(
        "WICKETGATE__EMAIL__SMTP_URL",
        "smtps://ada:hunter2@mail.example.test:port",
    )]));
    assert!(!message.contains("hunter2"), "{message}");
    assert!(
        message.contains("`email.smtp_url`") && message.contains("its port is no port"),
        "{message}"
    );

    let settings = Settings::from_variables([
        variable("WICKETGATE__EMAIL__USERNAME", "ada"),
        variable("WICKETGATE__EMAIL__PASSWORD", "hunter2"),
    ])
    .unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    for (text, message) in [
        (
            "[rate_limits]\nenabled = true",
            "`rate_limits.enabled` can only be `false`: rate limits are not built yet",
        ),
        (
            "prefix = \"/{id}\"",
            "`prefix` can only be a path of letters, digits and -._~, such as /api/identity",
        ),
        (
            "prefix = \"/api/../identity\"",
            "`prefix` cannot have a segment that is empty, `.` or `..`: clients and proxies resolve such a path, and \
             nobody could ask for it",
        ),
        (
            "prefix = \"/api//identity\"",
            "`prefix` cannot have a segment that is empty, `.` or `..`: clients and proxies resolve such a path, and \
             nobody could ask for it",
        ),
        (
            "[cookie]\nname = \"a;b\"",
            "`cookie.name` must be at most 256 letters, digits and !#$%&'*+-.^_`|~ (a token, RFC 6265)",
        ),
        (
            "[tls]\nkey = \"key.pem\"",
            "`tls.certificate` and `tls.key` go together: set both, or neither for plain HTTP",
        ),
        (
            "[database]\nurl = \"postgres://ada:hunter2@db/app\"\nurl_file = \"url\"",
            "`database.url` and `database.url_file` exclude each other: set one",
        ),
        (
            "[email]\nusername = \"ada\"",
            "`email.username` and `email.password` (or `email.password_file`) go together: set both",
        ),
        (
            "[email]\nusername = \"ada\"\npassword = \"a\"\nsmtp_url = \"smtp://mail.example.test\"",
            "`email.smtp_url` would send `email.password` in clear: use smtps://, or `?tls=required`, or say `?tls=none`",
        ),
        (
            "[limits]\nmax_running_requests = 0",
            "`limits.max_running_requests` must be at least 1",
        ),
        (
            "[database]\nmax_connections = 0",
            "`database.max_connections` must be from 1 to 10000",
        ),
        (
            "[database]\nmax_connections = 10001",
            "`database.max_connections` must be from 1 to 10000",
        ),
        (
            "[email]\nmax_connections = 0",
            "`email.max_connections` must be at least 1",
        ),
        (
            "[email]\nusername = \"ada\"\npassword = \"a\"\npassword_file = \"b\"",
            "`email.password` and `email.password_file` exclude each other: set one",
        ),
    ] {
        assert_eq!(refusal(file(text)), message);
    }
}

#[test]
fn the_databases_url_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let given = variable("WICKETGATE__DATABASE__URL_FILE", &file.display().to_string());
    let mut settings = Settings::from_variables([given]).unwrap();
    let refusal = settings.read_database_url().unwrap_err().to_string();
    let expected = format!(
        "cannot read the database's URL from {} (database.url_file): ",
        file.display()
    );
    assert!(refusal.starts_with(&expected), "{refusal}");

    std::fs::write(&file, "postgres://ada:hunter2@db/app\n").unwrap();
    settings.read_database_url().unwrap();
    assert_eq!(settings.database.url.0, "postgres://ada:hunter2@db/app");
    assert!(!format!("{settings:?} {:?}", settings.database.to_url()).contains("hunter2"));
}

#[test]
fn a_file_that_is_not_toml_is_refused_in_one_line() {
    let error = file::parse(Path::new("w.toml"), "listen = \"127.0.0.1:1\"\n[lockout\n")
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("the configuration file w.toml, line 2: "), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

/// `UPDATE=1 cargo test -p wicketgate --lib docs` writes the file again.
#[test]
fn the_list_in_docs_is_this_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/SETTINGS.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, reference()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), reference());
}

/// All settings for a reader, section by section.
fn reference() -> String {
    let mut text = String::from(
        "# Settings\n\n\
         <!-- Written by the test `the_list_in_docs_is_this_table`, from crates/server/src/settings/table.rs. -->\n\n\
         Every setting can be given in `wicketgate.toml`, as an environment variable or on the command line. Environment\n\
         variables override the file, and the command line overrides both. For `lockout.max_failed_access_attempts`:\n\n\
         | where | how |\n|---|---|\n\
         | `wicketgate.toml` (or the file of `--config` or `WICKETGATE_CONFIG`) | `max_failed_access_attempts = 3` in \
         the section `[lockout]` |\n\
         | environment | `WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS=3` |\n\
         | command line | `--lockout-max-failed-access-attempts 3` |\n\n\
         The server does not start with an unknown key or an invalid value; the message names the key.\n",
    );
    let mut defaults = Settings::default();
    let mut section = Some("");
    for setting in table::SETTINGS {
        if setting.section() != section {
            section = setting.section();
            text += &section.map_or("\n## General\n".to_owned(), |name| format!("\n## `{name}`\n"));
            text += "\n| key | default | meaning | values |\n|---|---|---|---|\n";
        }
        let place = (setting.place)(&mut defaults);
        let default = Some(place.show()).filter(|shown| !shown.is_empty());
        let default = default.map_or("none".to_owned(), |shown| format!("`{shown}`"));
        text += &format!(
            "| `{}` | {default} | {} | {} |\n",
            setting.key,
            setting.about,
            place.takes()
        );
    }
    text
}
