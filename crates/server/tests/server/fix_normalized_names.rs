//! The command `users fix-normalized-names`, on a copy of a database of .NET's that lost normalized names.

use crate::{check_dotnet::golden, process::Place};

const CHECK: &[&str] = &["check-dotnet", "--database", "sqlite://app.db", "--keys", "keys"];

fn damaged() -> Place {
    let place = golden()
        .with("WICKETGATE__LOG", "off")
        .with("WICKETGATE__DATABASE__URL", "sqlite://app.db")
        .with("WICKETGATE__KEYS__DIRECTORY", "keys");
    let application = rusqlite::Connection::open(place.path().join("app.db")).unwrap();
    application
        .execute_batch(
            r#"UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL WHERE "UserName" = 'plain@example.test';
            UPDATE "AspNetUsers" SET "NormalizedUserName" = NULL, "UserName" = 'Legacy@example.test'
                WHERE "UserName" = 'sha256@example.test';"#,
        )
        .unwrap();
    place
}

#[test]
fn names_are_counted_shown_fixed_and_found_again() {
    let place = damaged();
    let output = place.run(CHECK);
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    for line in [
        "        2  user names that are not normalized: nobody is found by them\n",
        "  - user names whose NormalizedUserName is missing or wrong: 2; their users cannot log in until `wicketgate users \
         fix-normalized-names` has run\n",
    ] {
        assert!(report.contains(line), "{line}is missing:\n{report}");
    }

    let planned = place.printed(&["users", "fix-normalized-names", "--dry-run"]);
    assert!(
        planned.starts_with("would be normalized: 1 user names, 0 addresses\n"),
        "{planned}"
    );
    let still = place.run(CHECK);
    assert_eq!(still.stdout, report.as_bytes(), "a plan changes nothing");

    let fixed = place.printed(&["users", "fix-normalized-names"]);
    assert!(fixed.starts_with("normalized: 1 user names, 0 addresses\n"), "{fixed}");
    assert!(
        fixed.contains("another account has the same once normalized: 1; "),
        "{fixed}"
    );
    assert!(fixed.ends_with("  UserName  Legacy@example.test\n"), "{fixed}");
    let shown = place.printed(&["users", "show", "plain@example.test"]);
    assert!(shown.contains("user name: plain@example.test\n"), "{shown}");
}
