//! The passkeys in `conformance/goldens/passkeys/app.db`, which EF Core wrote, with the private keys that .NET's clients had.

use std::{fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use super::authenticator::Authenticator;
use super::world::{World, compatible, open};

#[tokio::test]
async fn every_passkey_of_a_dotnet_database_signs_in_and_counts_on() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/goldens/passkeys");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("app.db");
    fs::copy(goldens.join("app.db"), &path).unwrap();
    let people = fs::read_to_string(goldens.join("passkey-people.json")).unwrap();
    let people: Value = serde_json::from_str(&people).unwrap();
    let url = "https://id.example.test";
    let world = World::on(open(&path).await, compatible(), folder, Some(url));
    let mut algorithms = Vec::new();
    for person in people.as_array().unwrap() {
        let mut key = Authenticator::of_person(person);
        let name = person["UserName"].as_str().unwrap();
        for time in ["first", "second"] {
            let mut app = world.browser();
            (app.host, app.origin) = ("id.example.test".to_owned(), url.to_owned());
            let answer = app.ask(&mut key).await;
            let (status, body) = app.post("/passkeys/login", answer).await;
            assert_eq!(status, 200, "{name}, the {time} time: {body}");
            let tokens: Value = serde_json::from_str(&body).unwrap();
            app.token = Some(tokens["accessToken"].as_str().unwrap().to_owned());
            let (_, info) = app.get("/manage/info").await;
            assert!(info.contains(name), "{info}");
        }
        algorithms.push(person["algorithm"].as_i64().unwrap());
    }
    algorithms.sort_unstable();
    algorithms.dedup();
    assert_eq!(algorithms.len(), 9, "all that .NET offers");
}
