//! What is said of settings that cannot be used.

use super::*;

/// What a start with these texts would say.
fn refusal(given: impl IntoIterator<Item = Given>) -> String {
    Settings::from_sources(given).unwrap_err().to_string()
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
fn a_name_for_what_there_is_not_is_refused_with_what_there_is() {
    for (text, name, known) in [
        (
            "[stores.tables]\nuser = \"Users\"",
            "`user` is not one of users",
            "user_passkeys",
        ),
        (
            "[stores.columns]\n\"users.mail\" = \"Mail\"",
            "`users.mail` is not one of users.id",
            "users.normalized_email",
        ),
    ] {
        let message = refusal(file(text));
        assert!(message.contains(name) && message.contains(known), "{message}");
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
        message.contains("`email.smtp_url`") && message.contains("its port is not a number from 0 to 65535"),
        "{message}"
    );

    let settings = Settings::from_variables([
        variable("WICKETGATE__EMAIL__SMTP_URL", "smtps://mail.example.test"),
        variable("WICKETGATE__EMAIL__USERNAME", "ada"),
        variable("WICKETGATE__EMAIL__PASSWORD", "hunter2"),
    ])
    .unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    for (text, message) in [
        ("[rate_limits]\nburst = 0", "`rate_limits.burst` must be from 1 to 1440"),
        (
            "prefix = \"/{id}\"",
            "`prefix` must be a path of letters, digits and -._~, such as /api/identity",
        ),
        (
            "prefix = \"/api/../identity\"",
            "`prefix` must not contain an empty segment, `.` or `..`: clients and proxies resolve such paths, so no request \
             would arrive",
        ),
        (
            "prefix = \"/api//identity\"",
            "`prefix` must not contain an empty segment, `.` or `..`: clients and proxies resolve such paths, so no request \
             would arrive",
        ),
        (
            "[cookie]\nname = \"a;b\"",
            "`cookie.name` must be at most 256 letters, digits and !#$%&'*+-.^_`|~ (a token, RFC 6265)",
        ),
        (
            "[tls]\nkey = \"key.pem\"",
            "`tls.certificate` and `tls.key` must be set together; set neither for plain HTTP",
        ),
        (
            "[database]\nurl = \"postgres://ada:hunter2@db/app\"\nurl_file = \"url\"",
            "`database.url` and `database.url_file` cannot both be set",
        ),
        (
            "[email]\nusername = \"ada\"",
            "`email.username` and `email.password` (or `email.password_file`) must be set together",
        ),
        (
            "[email]\nusername = \"ada\"\npassword = \"a\"\nsmtp_url = \"smtp://mail.example.test\"",
            "`email.smtp_url` would send `email.password` unencrypted: use smtps:// or `?tls=required`, or allow it with `?tls=none`",
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
            "[events]\nretention = \"23h\"",
            "`events.retention` must be at least 1d, or 0 to keep events for ever",
        ),
        (
            "[email]\nmax_connections = 0",
            "`email.max_connections` must be at least 1",
        ),
        (
            "[email]\nusername = \"ada\"\npassword = \"a\"\npassword_file = \"b\"",
            "`email.password` and `email.password_file` cannot both be set",
        ),
    ] {
        assert_eq!(refusal(file(text)), message);
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_in_one_line() {
    let error = file::parse(Path::new("w.toml"), "listen = \"127.0.0.1:1\"\n[lockout\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("cannot parse the configuration file w.toml, line 2: "),
        "{error}"
    );
    assert!(!error.contains('\n'), "{error}");
}

/// One example of each contradiction, so that each can be found and none hides another.
#[test]
fn each_contradiction_is_refused_with_its_own_line_that_names_what_was_set() {
    const SMTP: &str = "[email]\nsmtp_url = \"smtps://mail.example.test\"\n";
    let examples = [
        "[keys]\ndirectory = \"a\"\nstore = \"database\"".to_owned(),
        "[keys]\nunprotect_certificates = \"a\"".to_owned(),
        "[keys]\nunprotect_passphrase_files = \"a\"".to_owned(),
        "[sessions]\nrotate_refresh_tokens = true".to_owned(),
        "[sessions]\nrequire_fresh_sign_in = true".to_owned(),
        "[sessions]\nrefresh_grace = \"5s\"".to_owned(),
        "[sessions]\nidle_timeout = \"1d\"".to_owned(),
        "[user]\ndeletion_grace = \"14d\"".to_owned(),
        "[passkeys]\nserver_domain = \"example.com\"".to_owned(),
        "[rate_limits]\nenabled = false\nburst = 2".to_owned(),
        "[tls]\ncertificate = \"a\"".to_owned(),
        "[tls]\nhsts_max_age = \"1d\"".to_owned(),
        "public_url = \"http://a.test\"\n[tls]\nhsts_max_age = \"1d\"\ncertificate = \"a\"\nkey = \"a\"".to_owned(),
        "[database]\nurl = \"mysql://db/app\"\npooler = \"transaction\"".to_owned(),
        "[database]\nmax_connections = 20".to_owned(),
        "[database]\nurl = \"memory:\"\n[events]\nretention = \"30d\"".to_owned(),
        "[database]\nurl = \"memory:\"\n[stores]\nschema_version = 2".to_owned(),
        "[database]\nurl = \"memory:\"\n[stores]\nkey_type = \"guid\"".to_owned(),
        "[stores]\nschema = \"identity\"".to_owned(),
        format!("{SMTP}password = \"a\"\npassword_file = \"a\""),
        "[email]\nsmtp_url = \"smtps://a:b@mail.example.test\"\nusername = \"a\"\npassword = \"a\"".to_owned(),
        "[email]\nsmtp_url = \"smtp://mail.example.test\"\nusername = \"a\"\npassword = \"a\"".to_owned(),
        format!("{SMTP}password = \"a\""),
        "[email]\nusername = \"a\"\npassword_file = \"a\"".to_owned(),
        "[email]\nca_file = \"a\"".to_owned(),
        format!("{SMTP}directory = \"a\""),
        "[swagger]\nenabled = false\nrequire_sign_in = true".to_owned(),
        "[metrics]\nlisten = \"127.0.0.1:8080\"".to_owned(),
        "[limits]\nmin_request_body_data_rate = 0\nmin_response_data_rate = 0\nmin_data_rate_grace_period = \"1s\""
            .to_owned(),
        "[password_hasher]\ncompatibility_mode = \"Argon2id\"\niteration_count = 1".to_owned(),
        "[password_hasher]\nargon2id_costs = \"m=64,t=2,p=1\"".to_owned(),
        "[password]\ncontext_words = [\"Example\"]".to_owned(),
        "[password]\nrequired_length = 11\nmax_length = 10".to_owned(),
        "[password]\nrequired_length_with_second_factor = 11\nmax_length = 10".to_owned(),
        "[password]\nrequired_unique_chars = 11\nmax_length = 10".to_owned(),
    ];
    assert_eq!(examples.len(), contradictions::CONTRADICTIONS.len());
    for (example, contradiction) in examples.iter().zip(contradictions::CONTRADICTIONS) {
        assert_eq!(refusal(file(example)), contradiction.message, "{example}");
        assert!(!contradiction.message.contains('\n'), "{example}");
        let mut section = "";
        for line in example.lines() {
            section = line
                .strip_prefix('[')
                .map_or(section, |line| line.trim_end_matches(']'));
            let Some((name, value)) = line.split_once(" = ") else {
                continue;
            };
            let key = [section, name].join(".");
            let key = key.trim_start_matches('.');
            let is_named = contradiction.message.contains(&format!("`{key}"));
            // What only makes the example one: whose password it is and for which server, and the two files of TLS.
            let is_around = key == "email.username" || value.contains("smtps://mail") || key.starts_with("tls.");
            assert!(is_named || is_around, "{key}: {example}");
        }
    }
}

#[test]
fn each_setting_without_effect_is_refused_and_what_switches_the_rest_off_is_not() {
    for text in [
        "[sessions]\ncache = \"1s\"",
        "[sessions]\nabsolute_timeout = \"1d\"",
        "[sessions]\nenabled = true\nrefresh_grace = \"5s\"",
        "profile = \"strict\"\n[sessions]\nenabled = false\nrotate_refresh_tokens = false\nrequire_fresh_sign_in = false\nidle_timeout = \"1d\"",
        "[rate_limits]\nenabled = false\n[rate_limits.login]\nper_account = 3",
        "[rate_limits]\nenabled = false\n[rate_limits.confirm_email]\nper_client = 3",
    ] {
        Settings::from_sources(file(text)).unwrap_err();
    }
    for text in [
        "[rate_limits]\nenabled = false",
        "profile = \"strict\"\n[rate_limits]\nenabled = false",
        "profile = \"strict\"\n[sessions]\nenabled = false\nrotate_refresh_tokens = false\nrequire_fresh_sign_in = false",
        "[rate_limits]\nburst = 2",
        "profile = \"strict\"\n[sessions]\ncache = \"1s\"\nrefresh_grace = \"5s\"",
        "profile = \"strict\"\n[user]\ndeletion_grace = \"14d\"",
        "[sessions]\nenabled = true\n[user]\ndeletion_grace = \"14d\"",
    ] {
        Settings::from_sources(file(text)).unwrap();
    }
}

#[test]
fn what_contradicts_the_kind_of_database_is_refused_once_its_url_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let mut settings = Settings::from_variables([
        variable("WICKETGATE__DATABASE__URL_FILE", &file.display().to_string()),
        variable("WICKETGATE__DATABASE__POOLER", "transaction"),
        variable("WICKETGATE__DATABASE__MAX_CONNECTIONS", "20"),
    ])
    .unwrap();
    std::fs::write(&file, "postgres://db/app\n").unwrap();
    settings.read_database_url().unwrap();
    std::fs::write(&file, "sqlite://app.db\n").unwrap();
    let refusal = settings.read_database_url().unwrap_err().to_string();
    assert!(
        refusal.starts_with("`database.pooler = \"transaction\"` is for PostgreSQL"),
        "{refusal}"
    );
}
