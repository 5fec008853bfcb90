//! One round of all measurements.

use std::time::Duration;

use xtask::server::{Program, home};

use super::{
    account::{Account, get, login},
    load::{Load, Measured},
    request::{FEW, MANY, Request},
    ruler::ruler,
};

const WARM_UP: u64 = 2;

/// Everything measured once.
#[derive(Debug, Clone)]
pub(super) struct Round {
    /// One PBKDF2-HMAC-SHA512 of 100,000 rounds in OpenSSL, in ms, just then.
    pub(super) ruler: f64,
    pub(super) start_on_nothing: Duration,
    pub(super) start_on_existing: Duration,
    /// In MiB.
    pub(super) idle: f64,
    /// In MiB.
    pub(super) after_load: f64,
    pub(super) requests: Vec<(Request, Measured)>,
}

/// Measures both servers in turn.
pub(super) fn measure(sample: &Program, bare: &Program, seconds: u64) -> Result<Round, String> {
    let mut requests = Vec::new();
    let ruler_before = ruler()?;
    {
        let home = home()?;
        let server = bare.start(&home)?;
        let hello = get(MANY, "");
        hello.run(&server, &home, WARM_UP)?;
        let measured = hello.run(&server, &home, seconds)?;
        requests.push(noted(Request::Bare, measured));
    }
    let home = home()?;
    let start_on_nothing = sample.start(&home)?.started;
    let server = sample.start(&home)?;
    let idle = server.memory()?;
    let account = Account::prepare(&server)?;

    get(MANY, &account.bearer).run(&server, &home, WARM_UP)?;
    for (request, load) in account.loads() {
        requests.push(noted(request, load.run(&server, &home, seconds)?));
    }
    let storm = Load {
        connections: MANY,
        ..login()
    };
    let in_storm = get(FEW, &account.bearer).run_during(&storm, &server, &home, seconds)?;
    requests.push(noted(Request::BearerInStorm, in_storm));
    Ok(Round {
        // The machine may have been slower at one of the times; the shorter one is the stricter ruler.
        ruler: ruler_before.min(ruler()?),
        start_on_nothing,
        start_on_existing: server.started,
        idle,
        after_load: server.memory()?,
        requests,
    })
}

/// Tells who waits for the measurement.
fn noted(request: Request, measured: Measured) -> (Request, Measured) {
    eprintln!(
        "  {}: {:.0} a second, {:.1} µs, median {:.2} ms, 99 % {:.2} ms",
        request.title(),
        measured.per_second,
        measured.processor_time,
        measured.median,
        measured.p99
    );
    (request, measured)
}

/// Resident memory in MiB after each so many authenticated requests, the first before any.
pub(super) fn soak(sample: &Program, requests: u64, step: u64) -> Result<Vec<(u64, f64)>, String> {
    let home = home()?;
    let server = sample.start(&home)?;
    let mut memory = vec![(0, server.memory()?)];
    let account = Account::prepare(&server)?;
    let with_account = Load {
        path: "/manage/info",
        ..get(MANY, &account.bearer)
    };
    let loads = [
        get(MANY, &account.bearer),
        get(MANY, &account.cookie),
        with_account,
        get(MANY, ""),
    ];
    let mut sent = 0;
    let mut noted = 0;
    for load in loads.iter().cycle() {
        if sent >= requests {
            break;
        }
        let measured = load.run(&server, &home, 1)?;
        sent += measured.per_second as u64;
        if sent >= noted + step {
            noted = sent;
            let resident = server.memory()?;
            eprintln!("  after {sent} requests: {resident:.1} MiB");
            memory.push((sent, resident));
        }
    }
    Ok(memory)
}
