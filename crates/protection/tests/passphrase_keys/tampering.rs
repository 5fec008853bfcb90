//! Keys that somebody changed.

use std::fs;

use tempfile::TempDir;
use wicketgate_protection::key::KeyProblem;

use crate::keys::{RECORDED, passphrase, protection, recorded};

#[tokio::test]
async fn a_key_that_was_tampered_with_is_refused() {
    let text = recorded();
    let malformed = KeyProblem::Malformed {
        element: "encryptedSecret",
    };
    let unknown = |algorithm: &str| KeyProblem::UnknownAlgorithm {
        algorithms: algorithm.to_owned(),
    };
    let value = text.find("<value>").unwrap() + "<value>".len();
    let end = text.find("</value>").unwrap();
    let flipped = if &text[value..=value] == "A" { "B" } else { "A" };
    let cases = [
        // What another key, and so another refusal, is derived from.
        (
            text.replace("memory=\"1024\"", "memory=\"1025\""),
            KeyProblem::WrongPassphrase,
        ),
        (
            text.replace("iterations=\"2\"", "iterations=\"1\""),
            KeyProblem::WrongPassphrase,
        ),
        (
            text.replace("parallelism=\"2\"", "parallelism=\"1\""),
            KeyProblem::WrongPassphrase,
        ),
        (text.replace("salt=\"A", "salt=\"B"), KeyProblem::WrongPassphrase),
        (text.replace("nonce=\"Z", "nonce=\"Y"), KeyProblem::WrongPassphrase),
        (
            [&text[..value], flipped, &text[value + 1..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        (
            [&text[..value], &text[value + 4..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        (
            [&text[..value], "AAAA", &text[end..]].concat(),
            KeyProblem::WrongPassphrase,
        ),
        // Another key's secret under this key's id, dates and algorithm.
        (text.replace("<key id=\"8", "<key id=\"9"), KeyProblem::WrongPassphrase),
        // More than any key of ours takes.
        (text.replace("memory=\"1024\"", "memory=\"65537\""), malformed.clone()),
        (
            text.replace("memory=\"1024\"", "memory=\"4294967295\""),
            malformed.clone(),
        ),
        (
            text.replace("iterations=\"2\"", "iterations=\"4294967295\""),
            malformed.clone(),
        ),
        (
            text.replace("parallelism=\"2\"", "parallelism=\"17\""),
            malformed.clone(),
        ),
        (text.replace("memory=\"1024\"", "memory=\"-1\""), malformed.clone()),
        (text.replace("salt=\"AAEC", "salt=\""), malformed.clone()),
        (text.replace("nonce=\"", "nonce=\"AAAA"), malformed.clone()),
        ([&text[..value], "!", &text[value..]].concat(), malformed.clone()),
        (text.replace("derivation ", "derived "), malformed),
        (text.replace("argon2id", "argon2d"), unknown("argon2d")),
        (text.replace("AES_256_GCM", "AES_128_GCM"), unknown("AES_128_GCM")),
    ];
    assert_eq!(problem_of(&text).await, None);
    for (tampered, problem) in cases {
        assert_ne!(tampered, text);
        assert_eq!(problem_of(&tampered).await, Some(problem), "{tampered}");
    }
}

/// What is wrong with a ring's only key, for who knows the passphrase.
async fn problem_of(key: &str) -> Option<KeyProblem> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("key-1.xml"), key).unwrap();
    let ring = protection(folder.path(), vec![passphrase(RECORDED)]);
    ring.ring().keys().await.unwrap()[0].problem.clone()
}
