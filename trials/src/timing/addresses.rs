//! Unknown addresses beside known ones, at the endpoints that must not tell in the strict profile which is which.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};
use wicketgate_test_servers::Home;
use xtask::{
    server::{Program, home},
    tools::target_folder,
};

use super::{Choice, verdict::Measured};
use crate::{client::Client, samples::Samples};

/// How many accounts there are, so that no mail waits for many others to one address.
const ACCOUNTS: usize = 50;
const PASSWORD: &str = "correct horse battery";

/// An endpoint, what is sent beside the address, and what is answered to everybody.
struct Endpoint {
    path: &'static str,
    password: Option<&'static str>,
    status: u16,
}

const ENDPOINTS: [Endpoint; 3] = [
    Endpoint {
        path: "/login",
        password: Some("wrong horse battery"),
        status: 401,
    },
    Endpoint {
        path: "/forgotPassword",
        password: None,
        status: 200,
    },
    Endpoint {
        path: "/register",
        password: Some(PASSWORD),
        status: 200,
    },
];

pub(super) fn measure(workspace: &Path, choice: &Choice) -> Result<Vec<Measured>, String> {
    let profile = if choice.debug { "debug" } else { "release" };
    let path = target_folder(workspace).join(profile).join("spa-backend");
    let mut program = Program::wicketgate(path)
        .set("PROFILE", "strict")
        .set("PASSWORD_HASHER__ITERATION_COUNT", choice.rounds.to_string())
        .set("LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", i32::MAX.to_string())
        .set("RATE_LIMITS__ENABLED", "false")
        .set("LOG", "error");
    if let Some(url) = &choice.database {
        program = program.set("DATABASE__URL", url);
    }
    let home = home()?;
    let server = program.start(&home)?;
    let client = Client::new(server.url());
    prepare(&client, &program, &home)?;
    ENDPOINTS
        .iter()
        .map(|endpoint| endpoint.measure(&client, choice.requests))
        .collect()
}

fn prepare(client: &Client, program: &Program, home: &Home) -> Result<(), String> {
    for number in 0..ACCOUNTS {
        let address = known(number);
        if client.post_credentials("/register", &address, PASSWORD)?.status != 200 {
            return Err(format!("{address} was not registered"));
        }
        let confirm = program
            .command(home)
            .args(["users", "confirm-email", &address])
            .status();
        if !confirm.as_ref().is_ok_and(|status| status.success()) {
            return Err(format!("{address} was not confirmed: {confirm:?}"));
        }
    }
    Ok(())
}

impl Endpoint {
    fn measure(&self, client: &Client, requests: usize) -> Result<Measured, String> {
        let mut kinds = [Samples::default(), Samples::default()];
        let mut chance = 1_u64;
        // The first ones warm everything up.
        let warm_up = requests / 10;
        for number in 0..warm_up + requests {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let is_known = chance >> 63 == 1;
            let address = match is_known {
                true => known(number % ACCOUNTS),
                false => format!("unknown{number}{}", &known(number % ACCOUNTS)[5..]),
            };
            let body: Value = match self.password {
                Some(password) => json!({"email": address, "password": password}),
                None => json!({"email": address}),
            };
            let begin = Instant::now();
            let status = client.post(self.path, &body)?.status;
            let taken = begin.elapsed();
            if status != self.status {
                return Err(format!("{} of {address} was answered {status}", self.path));
            }
            if number >= warm_up {
                kinds[usize::from(is_known)].add(taken);
            }
        }
        Ok(Measured {
            what: self.path.to_owned(),
            kinds,
        })
    }
}

fn known(number: usize) -> String {
    format!("known-{number}@example.test")
}
