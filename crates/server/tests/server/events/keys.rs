//! The keys that sign events rest on the key ring.

use super::sealed_place;
use crate::process::Place;

fn protecting_key(place: &Place) -> String {
    let list = place.printed(&["keys", "list"]);
    let line = list.lines().find(|line| line.ends_with("  protects")).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_key_that_events_rest_on_is_revoked_by_force_and_what_it_protects_is_protected_anew() {
    let place = sealed_place().with("WICKETGATE__LOG", "error");
    let key = protecting_key(&place);
    let refusal = "what is to be revoked protects 1 key of events in the database: use --force, and then `keys reprotect`, \
                   for which revoked keys still open them";
    assert_eq!(place.refused(&["keys", "revoke", &key]), refusal);
    assert_eq!(place.refused(&["keys", "revoke", "--all"]), refusal);
    assert_eq!(protecting_key(&place), key, "nothing was revoked");

    place.printed(&["keys", "revoke", &key, "--force"]);
    // Although it is revoked, it still opens what is at rest.
    let checked = place.printed(&["events", "verify"]);
    assert!(checked.starts_with("found: 6 events under "), "{checked}");
    assert_eq!(
        place.printed(&["keys", "reprotect"]),
        "protected with the current key: 1 key of events\n"
    );
    assert_ne!(protecting_key(&place), key);
    assert_eq!(
        place.printed(&["keys", "reprotect"]),
        "nothing to do: everything is protected with the current key\n"
    );
    // Nothing rests on the old one any more.
    place.printed(&["keys", "revoke", &key]);
    std::fs::remove_file(place.path().join(format!("data/keys/key-{key}.xml"))).unwrap();
    let checked = place.printed(&["events", "verify"]);
    assert!(checked.starts_with("found: 6 events under "), "{checked}");
}

#[test]
fn a_database_without_its_keys_has_events_that_cannot_be_checked() {
    let place = sealed_place().with("WICKETGATE__LOG", "error");
    std::fs::remove_dir_all(place.path().join("data/keys")).unwrap();
    let output = place.run(&["events", "verify"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("WRONG: 6 events and 1 seal cannot be checked, because their key is lost"),
        "{text}"
    );
    let text = place.printed(&["events", "verify", "--allow-unverifiable"]);
    assert!(
        text.contains("not checked: 6 events and 1 seal, whose key is lost\n"),
        "{text}"
    );
}
