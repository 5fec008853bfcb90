//! The command `users`.

use crate::{
    http::{access_token, post, post_as},
    process::Place,
};

const PASSWORD: &str = "Passw0rd!\n";

#[test]
fn an_operator_makes_changes_and_removes_accounts() {
    let place = Place::new();
    let made = place.run_with_input(&["users", "create", "ada@example.test"], PASSWORD);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(place.printed(&["users", "list"]), "ada@example.test\tnot confirmed\n");

    for words in [
        &["add-role", "ada@example.test", "Manager"][..],
        &["add-claim", "ada@example.test", "department", "-engineering"],
        &["confirm-email", "ada@example.test"],
        &["confirm-phone", "ada@example.test"],
        &["lock", "ada@example.test"],
        &["disable-lockout", "ada@example.test"],
        &["set-username", "ada@example.test", "ada"],
    ] {
        assert_eq!(place.printed(&[&["users"], words].concat()), "", "{words:?}");
    }
    let shown = place.printed(&["users", "show", "ADA"]);
    for expected in [
        "user name: ada\n",
        "email: ada@example.test\n",
        "state: confirmed, phone confirmed, cannot be locked by failures\n",
        "lockout ends: 9999-12-31T23:59:59",
        "role: Manager\n",
        "claim: department = -engineering\n",
    ] {
        assert!(shown.contains(expected), "{expected} is missing:\n{shown}");
    }

    for words in [
        // By the address, although the name is another now.
        &["unlock", "ada@example.test"][..],
        &["remove-role", "ada", "manager"],
        &["remove-claim", "ada", "department", "-engineering"],
        &["sign-out-everywhere", "ada"],
    ] {
        place.printed(&[&["users"], words].concat());
    }
    let shown = place.printed(&["users", "show", "ada"]);
    assert!(
        !shown.contains("lockout") && !shown.contains("role") && !shown.contains("claim"),
        "{shown}"
    );

    place.printed(&["users", "delete", "ada"]);
    assert_eq!(place.printed(&["users", "list"]), "");
    assert_eq!(
        place.refused(&["users", "show", "ada"]),
        "there is no account with the user name or address `ada`"
    );
}

#[test]
fn a_locked_account_is_shown_as_locked() {
    let place = Place::new();
    place.run_with_input(&["users", "create", "ada@example.test"], PASSWORD);
    place.printed(&["users", "lock", "ada@example.test"]);
    assert_eq!(
        place.printed(&["users", "list"]),
        "ada@example.test\tnot confirmed, locked\n"
    );
    let shown = place.printed(&["users", "show", "ada@example.test"]);
    assert!(shown.contains("state: not confirmed, locked\n"), "{shown}");
    place.printed(&["users", "unlock", "ada@example.test"]);
    assert_eq!(place.printed(&["users", "list"]), "ada@example.test\tnot confirmed\n");
}

#[test]
fn an_operator_sets_a_password_that_the_options_allow() {
    let place = Place::new();
    place.run_with_input(&["users", "create", "ada@example.test"], PASSWORD);
    let set = |password: &str| {
        let output = place.run_with_input(&["users", "set-password", "ada@example.test"], password);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, error) = set("weak\n");
    assert_eq!(code, Some(1));
    assert!(
        error.contains("error: Passwords must be at least 6 characters."),
        "{error}"
    );
    assert_eq!(
        set("").1,
        "error: no password given: type one, or pass it as the first line of standard input\n"
    );
    assert_eq!(set("N3w-Secret?\r\n").0, Some(0));
    assert!(
        place
            .refused(&["users", "set-password", "ada@example.test", "N3w-Secret?"])
            .starts_with("unexpected argument")
    );

    let server = place.serve(&[]);
    let login = |password: &str| {
        let account = format!(r#"{{"email":"ada@example.test","password":"{password}"}}"#);
        post(&server.address, "/login", &account)
    };
    assert!(login("Passw0rd!").starts_with("HTTP/1.1 401"));
    assert!(login("N3w-Secret?").starts_with("HTTP/1.1 200"));
}

#[test]
fn an_operator_takes_away_a_second_factor_that_was_lost() {
    let place = Place::new();
    let server = place.serve(&[]);
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    post(&server.address, "/register", account);
    place.printed(&["users", "confirm-email", "ada@example.test"]);
    let token = || access_token(&post(&server.address, "/login", account));
    let second_factor = |token: &str, body: &str| {
        let answer = post_as(&server.address, token, "/manage/2fa", body);
        let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
        serde_json::from_str::<serde_json::Value>(body).unwrap_or_else(|_| panic!("{answer}"))
    };
    let before = token();
    let key = second_factor(&before, "{}")["sharedKey"].as_str().unwrap().to_owned();
    second_factor(&before, r#"{"resetRecoveryCodes":true}"#);
    // Switching it on takes a code; the key and the recovery codes will do to see that they go.
    assert_eq!(second_factor(&before, "{}")["recoveryCodesLeft"], 10);

    place.printed(&["users", "reset-second-factor", "ada@example.test"]);
    let after = second_factor(&token(), "{}");
    assert_eq!(after["isTwoFactorEnabled"], false);
    assert_eq!(after["recoveryCodesLeft"], 0);
    assert_ne!(after["sharedKey"], key.as_str());
}

#[test]
fn a_hash_that_no_password_matches_is_refused() {
    let place = Place::new();
    place.run_with_input(&["users", "create", "ada@example.test"], PASSWORD);
    for text in [
        "Passw0rd!",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$2y$10$abcdefghijklmnopqrstuu",
        "AQAAAA",
        "",
    ] {
        let refusal = place.refused(&["users", "set-hash", "ada@example.test", text]);
        assert!(
            refusal.starts_with("no login could match this hash"),
            "{text}: {refusal}"
        );
    }
    let shown = place.printed(&["users", "show", "ada@example.test"]);
    assert!(shown.contains("state: not confirmed\n"), "{shown}");
}

#[test]
fn an_account_that_the_options_forbid_is_refused_with_all_reasons() {
    let place = Place::new()
        .with("WICKETGATE__LOG", "error")
        .with("WICKETGATE__PASSWORD__REQUIRED_LENGTH", "12");
    let refused = place.run_with_input(&["users", "create", "ada@example.test"], "passw0rd!\n");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "error: Passwords must be at least 12 characters. Passwords must have at least one uppercase ('A'-'Z').\n"
    );
    assert_eq!(
        place.refused(&["users", "create", "ada@example.test"]),
        "no password given: type one, or pass it as the first line of standard input"
    );
}
