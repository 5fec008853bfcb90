//! What README and `examples/tour.http` tell a newcomer to type.

use std::{collections::BTreeSet, fs};

use crate::{http::get, process::Place};

fn text(path: &str) -> String {
    fs::read_to_string(format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn the_tour_asks_for_what_the_server_itself_has() {
    let server = Place::new().serve(&[]);
    let answer = get(&server.address, "/openapi/v1.json");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let description: serde_json::Value = serde_json::from_str(body).unwrap();
    let tour = text("examples/tour.http");
    let mut asked = BTreeSet::new();
    for line in tour.lines() {
        let Some((method @ ("GET" | "POST"), target)) = line.split_once(' ') else {
            continue;
        };
        let path = target.strip_prefix("{{host}}").unwrap().split('?').next().unwrap();
        let operation = &description["paths"][path][method.to_lowercase()];
        assert!(operation.is_object(), "{line}");
        asked.insert(path.to_owned());
    }
    let paths = description["paths"].as_object().unwrap().keys().cloned();
    let left_out: Vec<_> = paths.filter(|path| !asked.contains(path)).collect();
    assert_eq!(left_out, ["/login/cookie"], "what only generated clients need");
}

#[test]
fn the_commands_of_the_readme_can_be_pasted_into_an_interactive_zsh() {
    let readme = text("README.md");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks: Vec<_> = blocks.map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 8, "{blocks:?}");
    for word in blocks.iter().flat_map(|block| block.split_whitespace()) {
        // zsh refuses a command with a pattern that no file matches, and takes a comment for arguments.
        let is_pattern = word.starts_with("http") && word.contains(['?', '*', '[']);
        assert!(!is_pattern && !word.starts_with('#'), "{word}");
    }
}
