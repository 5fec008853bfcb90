//! Accounts that tests make.

use crate::{http::post, process::Server};

/// The account that most tests need: the body of a registration or a login.
pub(crate) const ADA: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;

pub(crate) fn register(server: &Server, email: &str) {
    let account = ADA.replace("ada@example.test", email);
    let answer = post(&server.address, "/register", &account);
    assert!(answer.starts_with("HTTP/1.1 200"), "{email}: {answer}");
}
