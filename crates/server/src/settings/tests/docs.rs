//! docs/SETTINGS.md is the table.

use super::*;

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
    let mut strict = Settings::for_profile(Profile::Strict);
    let mut section = Some("");
    for setting in table::all() {
        if setting.section() != section {
            section = setting.section();
            text += &section.map_or("\n## General\n".to_owned(), |name| format!("\n## `{name}`\n"));
            text += "\n| key | default | meaning | values |\n|---|---|---|---|\n";
        }
        let shown = |text: String| {
            if text.is_empty() {
                "none".to_owned()
            } else {
                format!("`{text}`")
            }
        };
        let in_strict = shown((setting.place)(&mut strict).show());
        let place = (setting.place)(&mut defaults);
        let mut default = shown(place.show());
        if setting.key != "profile" && in_strict != default {
            default += &format!("; strict: {in_strict}");
        }
        text += &format!(
            "| `{}` | {default} | {} | {} |\n",
            setting.key,
            setting.about,
            place.takes()
        );
    }
    text += "\n## Settings that contradict each other\n\n\
             Settings that contradict each other, or of which one leaves another without any effect, are refused with one of these\n\
             lines. A setting that always has a value counts as given if its value is not the default. An empty value takes back\n\
             one that has no default and was given elsewhere (`WICKETGATE__KEYS__DIRECTORY=` overrides the file's).\n\n";
    text += &format!("- {}\n", contradictions::DATABASE_URL_TWICE);
    for contradiction in contradictions::CONTRADICTIONS {
        text += &format!("- {}\n", contradiction.message);
    }
    text += "\nValues out of bounds, and cookies that browsers would refuse, are refused, too.\n";
    text
}
