//! The attacks over raw sockets, with nothing between the attacker and the server.

use std::{
    thread::{self, ScopedJoinHandle},
    time::Duration,
};

use super::{
    client::{Answer, Client},
    corpus::{Attack, HIDDEN, Hidden, LENGTH, SIZES, attacks, chunk_of_size, request},
};
use crate::process::{Place, Server};

/// How long nothing comes before more is sent. It decides how long the tests take, not whether they pass.
const PATIENCE: Duration = Duration::from_millis(300);
const NEXT: &str = "next";
/// How many attackers there are at once.
const THREADS: usize = 16;

#[test]
fn each_request_gets_one_answer_and_the_next_one_is_the_next_or_the_connection_closes() {
    let server = fast_server();
    let attacks: Vec<Attack> = [Hidden::Complete, Hidden::Unfinished]
        .into_iter()
        .flat_map(attacks)
        .collect();
    let share = attacks.len().div_ceil(THREADS);
    let failures: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = attacks
            .chunks(share)
            .map(|share| {
                scope.spawn(|| {
                    share
                        .iter()
                        .filter_map(|attack| failure(&server.address, attack))
                        .collect()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread: ScopedJoinHandle<'_, Vec<String>>| thread.join().unwrap())
            .collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is wrong with the answers to an attack, if anything is.
fn failure(address: &str, attack: &Attack) -> Option<String> {
    let answers = answers(address, attack);
    let why = judge(&answers, attack.requests).err()?;
    Some(format!("{}: {why}: {answers:?}", attack.name))
}

/// All answers on a connection over which the attack goes, and an honest request behind it.
fn answers(address: &str, attack: &Attack) -> Vec<Answer> {
    let mut client = Client::connect(address);
    for (index, part) in attack.parts.iter().enumerate() {
        if index > 0 {
            client.wait_for(index, PATIENCE);
        }
        client.send(part);
    }
    client.send(&request("GET /healthz", NEXT, "connection: close\r\n"));
    if !client.wait_for_close(PATIENCE) {
        // The server waits for more, since it took the honest request for a part of the other one.
        client.finish();
        client.wait_for_close(PATIENCE);
    }
    client.answers()
}

/// The rule of this module.
fn judge(answers: &[Answer], requests: &[&str]) -> Result<(), &'static str> {
    let expected = requests.iter().chain([&NEXT]);
    if answers.iter().any(|answer| answer.id.as_deref() == Some(HIDDEN)) {
        return Err("the hidden request was answered");
    }
    if answers.len() > requests.len() + 1 {
        return Err("there are more answers than requests");
    }
    for (index, (answer, expected)) in answers.iter().zip(expected).enumerate() {
        match &answer.id {
            Some(id) if id == expected => {}
            // The parser's refusal ends the connection.
            None if answer.status >= 400 && index + 1 == answers.len() => {}
            _ => return Err("an answer is not that to the request in its place"),
        }
    }
    match answers.get(requests.len()) {
        Some(next) if next.id.is_some() && next.status != 200 => Err("the next request was not understood"),
        _ => Ok(()),
    }
}

/// `docs/SECURITY.md` names them. They hide nothing: the test above sends them, too.
#[test]
fn the_parser_lets_these_odd_chunk_sizes_pass_and_no_others() {
    let server = fast_server();
    let account = r#"{"email":"nobody@example.test","password":"Passw0rd!"}"#;
    let account = format!("{account:<LENGTH$}");
    let passes = |size: &&str| {
        let answers = answers(&server.address, &chunk_of_size(size, account.as_bytes()));
        // The body was read, and names an account that is not there.
        answers.first().is_some_and(|answer| answer.status == 401)
    };
    let passed: Vec<&str> = SIZES.into_iter().filter(passes).collect();
    assert_eq!(
        passed,
        [
            "50 \r\n",
            "50\t\r\n",
            "050\r\n",
            "00000000000000000000000050\r\n",
            "50;\r\n",
            "50 ; a = b\r\n",
            "50;\0\r\n",
        ]
    );
}

fn fast_server() -> Server {
    Place::new()
        .without_rate_limits()
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000")
        .serve(&[])
}
