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
            "`rate_limits.enabled` must be `false`: rate limits are not implemented yet",
        ),
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
