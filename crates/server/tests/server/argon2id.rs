//! Password hashes of argon2id, from the setting to the row in the database.

use std::thread;

use crate::{accounts::ADA, http::post, process::Place};

const MISTAKEN: &str = r#"{"email":"ada@example.test","password":"Passw0rd?"}"#;
/// Quicker than the default, whose test is the hasher's own.
const COSTS: [&str; 2] = ["--password-hasher-argon2id-costs", "m=64,t=2,p=1"];
const ARGON2ID: [&str; 4] = ["--password-hasher-compatibility-mode", "Argon2id", COSTS[0], COSTS[1]];

#[test]
fn who_registers_gets_an_argon2id_hash_and_logs_in_with_it() {
    let place = Place::new();
    let server = place.serve(&ARGON2ID);
    assert_eq!(status(&post(&server.address, "/register", ADA)), "200");
    assert_eq!(
        forms(&place),
        ["argon2id, m=64,t=2,p=1, which ASP.NET Core cannot read"]
    );
    assert_eq!(status(&post(&server.address, "/login", ADA)), "200");
    assert_eq!(status(&post(&server.address, "/login", MISTAKEN)), "401");
}

#[test]
fn a_login_moves_a_hash_to_argon2id_and_back_and_the_password_stays() {
    const IDENTITY_V3: &str = "version 3, HMAC-SHA512, 100000 rounds";
    const OURS: &str = "argon2id, m=64,t=2,p=1, which ASP.NET Core cannot read";
    let place = Place::new();
    post(&place.serve(&[]).address, "/register", ADA);
    assert_eq!(forms(&place), [IDENTITY_V3]);
    for (words, before, after) in [(&ARGON2ID[..], IDENTITY_V3, OURS), (&[], OURS, IDENTITY_V3)] {
        let server = place.serve(words);
        assert_eq!(status(&post(&server.address, "/login", MISTAKEN)), "401");
        assert_eq!(forms(&place), [before], "a mistake rewrites nothing");
        for _ in 0..2 {
            assert_eq!(status(&post(&server.address, "/login", ADA)), "200");
            assert_eq!(forms(&place), [after]);
        }
        assert_eq!(status(&post(&server.address, "/login", MISTAKEN)), "401");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_burst_of_logins_leaves_no_more_memory_behind_than_one_hash_for_each_core() {
    const MIB: u64 = 1024 * 1024;
    let place = Place::new().without_rate_limits();
    let server = place.serve(&ARGON2ID[..2]);
    let before = server.resident_memory();
    thread::scope(|logins| {
        for _ in 0..40 {
            logins.spawn(|| assert_eq!(status(&post(&server.address, "/login", ADA)), "401"));
        }
    });
    let cores = thread::available_parallelism().unwrap().get() as u64;
    let kept = server.resident_memory().saturating_sub(before);
    assert!(kept <= cores * 20 * MIB + 30 * MIB, "{} MiB", kept / MIB);
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap()
}

/// The forms of all hashes, as the command `check-dotnet` counts them.
fn forms(place: &Place) -> Vec<String> {
    let report = place.check_dotnet();
    let forms = report
        .lines()
        .filter_map(|line| line.trim().strip_prefix("1  password hash of "));
    forms.map(str::to_owned).collect()
}
