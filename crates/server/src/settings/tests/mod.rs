//! Tests of reading settings.

mod docs;
mod passkeys;
mod refusals;

use std::{ffi::OsString, path::Path};

use wicketgate_identity::options::{ColumnNaming, Profile};

use super::*;

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
    for setting in table::all() {
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
    for setting in table::all() {
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
        wicketgate_axum::options::SameSite::Strict
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
fn names_of_tables_are_a_table_in_the_file_and_json_in_a_variable() {
    let in_file = Settings::from_sources(file(
        "[stores]\ntables = { users = \"Users\" }\nnaming = \"snake_case\"\n\
         [stores.columns]\n\"users.email\" = \"Mail\"\nroles.name = \"Title\"\n\
         [stores.column_defaults]\nTenant = \"default\"\nPoints = 7\nSubscribed = true\n",
    ))
    .unwrap();
    let in_variables = Settings::from_variables([
        variable("WICKETGATE__STORES__TABLES", r#"{"users":"Users"}"#),
        variable("WICKETGATE__STORES__NAMING", "snake_case"),
        variable(
            "WICKETGATE__STORES__COLUMNS",
            r#"{"users.email":"Mail","roles.name":"Title"}"#,
        ),
        variable(
            "WICKETGATE__STORES__COLUMN_DEFAULTS",
            r#"{"Tenant":"default","Points":7,"Subscribed":true}"#,
        ),
    ])
    .unwrap();
    let (in_file, in_variables) = (in_file.identity.stores, in_variables.identity.stores);
    assert_eq!(in_file.tables, in_variables.tables);
    assert_eq!(in_file.columns, in_variables.columns);
    assert_eq!(in_file.column_defaults, in_variables.column_defaults);
    let lengths = [
        in_file.tables.len(),
        in_file.columns.len(),
        in_file.column_defaults.len(),
    ];
    assert_eq!(lengths, [1, 2, 3]);
    let users = in_file.tables.values().next().unwrap();
    assert_eq!((users.as_str(), in_file.naming), ("Users", ColumnNaming::SnakeCase));
}

#[test]
fn the_databases_url_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let given = variable("WICKETGATE__DATABASE__URL_FILE", &file.display().to_string());
    let mut settings = Settings::from_variables([given]).unwrap();
    let refusal = settings.read_database_url().unwrap_err().to_string();
    let expected = format!(
        "cannot read the database URL from {} (database.url_file): ",
        file.display()
    );
    assert!(refusal.starts_with(&expected), "{refusal}");

    std::fs::write(&file, "postgres://ada:hunter2@db/app\n").unwrap();
    settings.read_database_url().unwrap();
    assert_eq!(settings.database.url.0, "postgres://ada:hunter2@db/app");
    assert!(!format!("{settings:?} {:?}", settings.database.to_url()).contains("hunter2"));
}

#[test]
fn a_profile_gives_the_other_settings_their_defaults_wherever_it_is_named() {
    let length = |settings: &Settings| settings.identity.password.required_length;
    let compatible = Settings::from_sources(flag(&["--profile", "compatible"])).unwrap();
    assert_eq!((compatible.profile, length(&compatible)), (Profile::Compatible, 6));
    let given = file("profile = \"strict\"\n[password]\nrequire_digit = true\n");
    let strict = Settings::from_sources(given.clone()).unwrap();
    assert_eq!((strict.profile, length(&strict)), (Profile::Strict, 15));
    assert!(strict.identity.password.require_digit, "what is set by itself stays");
    assert!(!strict.identity.password.require_uppercase);
    let flag_wins = Settings::from_sources(given.into_iter().chain(flag(&["--profile", "compatible"])));
    assert_eq!(length(&flag_wins.unwrap()), 6);
    let refused = Settings::from_sources(flag(&["--profile", "stern"])).unwrap_err();
    assert!(
        refused.to_string().contains("it takes compatible or strict"),
        "{refused}"
    );
}
