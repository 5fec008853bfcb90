//! Bodies that come when their request is answered already.

use super::{ATTACK, Attack, FIRST, Hidden, LENGTH, attack, joined, login, number_signs, request};

/// Statuses that are sent before the body was read, or although it is never read: their request, and what belongs into
/// its head.
const EARLY_ANSWERS: [(&str, &str, &str); 12] = [
    ("200", "GET /healthz", ""),
    ("200", "HEAD /healthz", ""),
    ("400", "POST /login", "host: b\r\n"),
    ("401", "GET /manage/info", ""),
    ("401", "POST /manage/info", "content-type: application/json\r\n"),
    ("401", "POST /logout", ""),
    ("404", "POST /nothing", ""),
    ("405", "PUT /login", ""),
    ("405", "DELETE /swagger", ""),
    ("415", "POST /login", "content-type: text/plain\r\n"),
    ("415", "POST /register", ""),
    ("400", "POST /a%00", ""),
];

/// Bodies together with their request, after its answer, and after `100 Continue`.
pub(super) fn bodies_behind_answers(hidden: Hidden) -> Vec<Attack> {
    let bodies = [
        (format!("content-length: {LENGTH}\r\n"), hidden.bytes()),
        ("transfer-encoding: chunked\r\n".to_owned(), hidden.chunked()),
        (
            format!("content-length: {}\r\n", number_signs(hidden).len()),
            number_signs(hidden),
        ),
    ];
    let json = "content-type: application/json\r\n";
    let mut attacks = Vec::new();
    for (length, body) in &bodies {
        for (status, line, headers) in EARLY_ANSWERS.into_iter().chain([("read", "POST /login", json)]) {
            let head = request(line, ATTACK, &format!("{headers}{length}"));
            let name = format!("{status} to {line}, {length:?}");
            attacks.push(attack(&format!("{name}, at once"), vec![joined(&[&head, body])]));
            if status != "read" {
                attacks.push(attack(&format!("{name}, after the answer"), vec![head, body.clone()]));
            }
            for expect in ["100-continue", "100-Continue", "200-ok"] {
                let head = request(line, ATTACK, &format!("expect: {expect}\r\n{headers}{length}"));
                attacks.push(attack(&format!("{name}, expect {expect}"), vec![head, body.clone()]));
            }
        }
    }
    attacks.extend(too_long(hidden));
    attacks
}

/// 413, 414 and 431.
fn too_long(hidden: Hidden) -> [Attack; 3] {
    let (path, value) = ("x".repeat(9_000), "y".repeat(33_000));
    let length = format!("content-length: {LENGTH}\r\n");
    [
        ("413", login("content-length: 30000001\r\n")),
        ("414", request(&format!("POST /{path}"), ATTACK, &length)),
        ("431", login(&format!("{length}y: {value}\r\n"))),
    ]
    .map(|(status, head)| attack(&format!("{status}, after the answer"), vec![head, hidden.bytes()]))
}

/// A second request whose body comes when the first one is answered.
pub(super) fn pipelined(hidden: Hidden) -> Vec<Attack> {
    let first = request("GET /healthz", FIRST, "");
    let mut attacks = Vec::new();
    for body in [hidden.bytes(), number_signs(hidden)] {
        for line in ["POST /login", "POST /nothing", "GET /healthz"] {
            let headers = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
            let second = request(line, ATTACK, &headers);
            attacks.push(Attack {
                name: format!("{line} behind another request, body of {} bytes later", body.len()),
                parts: vec![joined(&[&first, &second]), body.clone()],
                requests: &[FIRST, ATTACK],
            });
        }
    }
    attacks
}
