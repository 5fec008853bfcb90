//! Unknown addresses beside known ones, at the endpoints that must not tell in the strict profile which is which.

use std::{
    hint::spin_loop,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Choice, verdict::Measured};
use crate::{measured_server::MeasuredServer, samples::Samples, shuffle::Shuffle};

/// How many accounts there are, so that no mail waits for many others to one address.
const ACCOUNTS: usize = 50;
const PASSWORD: &str = "correct horse battery";
/// How much later than others a known address is answered in the control.
const DELAY: Duration = Duration::from_micros(200);

/// An endpoint, what is sent beside the address, and what is answered to everybody.
struct Endpoint {
    path: &'static str,
    rest: &'static [(&'static str, &'static str)],
    status: u16,
}

/// Registration comes last: the others would know its addresses.
const ENDPOINTS: [Endpoint; 5] = [
    Endpoint {
        path: "/login",
        rest: &[("password", "wrong horse battery")],
        status: 401,
    },
    Endpoint {
        path: "/forgotPassword",
        rest: &[],
        status: 200,
    },
    Endpoint {
        path: "/resendConfirmationEmail",
        rest: &[],
        status: 200,
    },
    Endpoint {
        path: "/resetPassword",
        rest: &[("resetCode", "Q2ZE"), ("newPassword", "another horse battery")],
        status: 400,
    },
    Endpoint {
        path: "/register",
        rest: &[("password", PASSWORD)],
        status: 200,
    },
];

/// What an address is, as the place of its times.
const KINDS: [&str; 3] = ["unknown", "known", "known and delayed"];

pub(super) fn measure(workspace: &Path, choice: &Choice) -> Result<Vec<Measured>, String> {
    let server = MeasuredServer::start(workspace, &choice.server, choice.rounds, ("PROFILE", "strict"))?;
    for number in 0..ACCOUNTS {
        let address = server.register(&name(true, number), PASSWORD)?;
        server.administer(&["confirm-email", &address])?;
    }
    ENDPOINTS
        .iter()
        .map(|endpoint| endpoint.measure(&server, choice.requests))
        .collect()
}

impl Endpoint {
    fn measure(&self, server: &MeasuredServer, requests: usize) -> Result<Measured, String> {
        let mut times = KINDS.map(|_| Samples::default());
        let mut shuffle = Shuffle::new();
        // The control takes a third of them. The first ones warm everything up.
        let requests = requests + requests / 2;
        let warm_up = requests / 10;
        for number in 0..warm_up + requests {
            let kind = shuffle.below(KINDS.len());
            let address = match kind {
                0 => server.address(&name(false, number)),
                _ => server.address(&name(true, number % ACCOUNTS)),
            };
            let mut body = json!({"email": address});
            for (name, value) in self.rest {
                body[name] = Value::from(*value);
            }
            let begin = Instant::now();
            let status = server.client.post(self.path, &body)?.status;
            if kind == 2 {
                let answered = Instant::now();
                while answered.elapsed() < DELAY {
                    spin_loop();
                }
            }
            let taken = begin.elapsed();
            if status != self.status {
                return Err(format!("{} of {address} was answered {status}", self.path));
            }
            if number >= warm_up {
                times[kind].add(taken);
            }
        }
        let [unknown, known, delayed] = times;
        Ok(Measured {
            what: self.path.to_owned(),
            kinds: [unknown, known.clone()],
            control: [known, delayed],
        })
    }
}

/// As long for everybody.
fn name(is_known: bool, number: usize) -> String {
    let kind = if is_known { "known" } else { "other" };
    format!("{kind}-{number:06}")
}
