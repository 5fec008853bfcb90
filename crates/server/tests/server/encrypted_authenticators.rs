//! Keys of authenticators that are encrypted with the key ring, and the commands that open or count them.

use rustix::process::Signal;

use crate::{
    accounts::ADA,
    http::{access_token, member, post, post_as},
    process::Place,
};

/// The place of a server where Ada has a key for her authenticator, and that key.
fn place_with_key() -> (Place, String) {
    let place = Place::new()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1")
        .with("WICKETGATE__SECOND_FACTOR__ENCRYPT_AUTHENTICATOR_KEYS", "true");
    let server = place.serve(&[]);
    post(&server.address, "/register", ADA);
    let tokens = post(&server.address, "/login", ADA);
    let shown = post_as(&server.address, &access_token(&tokens), "/manage/2fa", "{}");
    let key = member(&shown, "sharedKey");
    server.signal(Signal::TERM);
    server.end();
    (place.with("WICKETGATE__LOG", "error"), key)
}

fn stored(place: &Place) -> String {
    let database = rusqlite::Connection::open(place.path().join("data/wicketgate.db")).unwrap();
    let query = r#"SELECT "Value" FROM "AspNetUserTokens" WHERE "Name" = 'AuthenticatorKey'"#;
    database.query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_key_that_authenticators_rest_on_is_revoked_by_force_and_commands_encrypt_them_anew_or_no_more() {
    let (place, authenticator) = place_with_key();
    let encrypted = stored(&place);
    assert!(encrypted.starts_with("wicketgate.1."), "{encrypted}");
    let list = place.printed(&["keys", "list"]);
    let line = list.lines().find(|line| line.ends_with("  protects")).unwrap();
    let key = line.split_whitespace().next().unwrap();
    assert_eq!(
        place.refused(&["keys", "revoke", key]),
        "what is to be revoked protects 1 key of events and 1 authenticator key in the database: use --force, and then \
         `keys reprotect`, for which revoked keys still open them"
    );

    place.printed(&["keys", "revoke", key, "--force"]);
    assert_eq!(
        place.printed(&["keys", "reprotect"]),
        "protected with the current key: 1 key of events and 1 authenticator key\n"
    );
    let anew = stored(&place);
    assert!(anew.starts_with("wicketgate.1.") && anew != encrypted, "{anew}");

    let place = place.with("WICKETGATE__SECOND_FACTOR__ENCRYPT_AUTHENTICATOR_KEYS", "false");
    assert_eq!(
        place.printed(&["keys", "reprotect"]),
        "no longer encrypted: 1 authenticator key\n"
    );
    assert_eq!(stored(&place), authenticator);
    assert_eq!(
        place.printed(&["keys", "reprotect"]),
        "nothing to do: everything is protected with the current key\n"
    );
}

#[test]
fn who_has_an_encrypted_authenticator_key_and_lost_the_authenticator_gets_another_one() {
    let (place, _) = place_with_key();
    let encrypted = stored(&place);
    place.printed(&["users", "reset-second-factor", "ada@example.test"]);
    let anew = stored(&place);
    assert!(anew.starts_with("wicketgate.1.") && anew != encrypted, "{anew}");
}
