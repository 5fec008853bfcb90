//! `cargo xtask login-times`: whether the time of a refused login tells anything. Thousands of logins with every reason to be
//! refused and every form of stored hash, one after another in a shuffled order, and what two statistical tests say of
//! each beside an account that does not exist. Not for CI: times are noisy there.

mod samples;

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use serde_json::json;
use wicketgate_test_servers::Home;

use self::samples::Samples;
use crate::{
    bench::server::folder,
    report::{Outcome, Report},
    tools::{cargo, run},
};

const PASSWORD: &str = "Passw0rd!";

/// The accounts, with the stored hash of each; `ROUNDS` stands for a tenth of what new hashes have. What their passwords
/// are does not matter.
const ACCOUNTS: [(&str, &str); 6] = [
    ("wrong-password", ""),
    ("version-2", "00"),
    ("version-3-sha256-tenth", "0100000001ROUNDS00000010"),
    ("version-3-sha512-tenth", "0100000002ROUNDS00000010"),
    ("locked", ""),
    ("unconfirmed", ""),
];
const UNKNOWN: &str = "unknown";

/// What the command line asks for.
struct Choice {
    logins: usize,
    rounds: u32,
    database: Option<String>,
    release: bool,
}

/// Runs `[--debug] [--logins 1000] [--rounds 100000] [--database URL]`.
pub(crate) fn login_times(workspace: &Path, arguments: Vec<OsString>) -> Report {
    let mut report = Report::start();
    let choice = match choice(arguments) {
        Ok(choice) => choice,
        Err(why) => {
            report.step("arguments", || Outcome::Failed(why));
            return report;
        }
    };
    report.step("build", || {
        let mut build = cargo(["build", "--locked", "-p", "spa-backend"]);
        if choice.release {
            build.arg("--release");
        }
        run(&mut build)
    });
    report.step("measure", || match measure(workspace, &choice) {
        Ok(table) => {
            eprintln!("{table}");
            Outcome::Passed
        }
        Err(why) => Outcome::Failed(why),
    });
    report
}

fn choice(arguments: Vec<OsString>) -> Result<Choice, String> {
    let mut choice = Choice {
        logins: 1_000,
        rounds: 100_000,
        database: None,
        release: true,
    };
    let mut words = arguments.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match &*word {
            "--debug" => choice.release = false,
            "--logins" => choice.logins = value()?.parse().map_err(|_| "--logins wants a number")?,
            "--rounds" => choice.rounds = value()?.parse().map_err(|_| "--rounds wants a number")?,
            "--database" => choice.database = Some(value()?.into_owned()),
            _ => return Err(format!("{word} is not known here")),
        }
    }
    Ok(choice)
}

fn measure(workspace: &Path, choice: &Choice) -> Result<String, String> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from);
    let program = target
        .join(if choice.release { "release" } else { "debug" })
        .join("spa-backend");
    let data = folder()?;
    let port = Home::free_port().map_err(|error| error.to_string())?;
    let url = format!("http://127.0.0.1:{port}");
    let command = || {
        let sqlite = format!("sqlite://{}", data.path().join("app.db").display());
        let mut command = Command::new(&program);
        command
            .current_dir(data.path())
            .env("WICKETGATE__LISTEN", format!("127.0.0.1:{port}"))
            .env("WICKETGATE__DATABASE__URL", choice.database.as_ref().unwrap_or(&sqlite))
            .env("WICKETGATE__KEYS__DIRECTORY", data.path().join("keys"))
            .env("WICKETGATE__EMAIL__DIRECTORY", data.path().join("mail"))
            .env(
                "WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT",
                choice.rounds.to_string(),
            )
            .env("WICKETGATE__SIGN_IN__REQUIRE_CONFIRMED_EMAIL", "true")
            .env("WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", i32::MAX.to_string())
            .env("WICKETGATE__RATE_LIMITS__ENABLED", "false")
            .env("WICKETGATE__LOG", "error");
        command
    };
    let mut server = command().arg("serve").spawn().map_err(|error| error.to_string())?;
    let times = logins(&url, choice, &command);
    let _ = server.kill();
    let _ = server.wait();
    let times = times?;
    fs::remove_dir_all(data.path()).map_err(|error| error.to_string())?;
    Ok(table(&times))
}

fn logins(url: &str, choice: &Choice, command: &dyn Fn() -> Command) -> Result<BTreeMap<String, Samples>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = |path: &str, name: &str, password: &str| {
        let body = json!({"email": format!("{name}@example.test"), "password": password}).to_string();
        let answer = agent
            .post(format!("{url}{path}"))
            .content_type("application/json")
            .send(body);
        answer
            .map(|answer| answer.status().as_u16())
            .map_err(|error| error.to_string())
    };
    let started = Instant::now();
    while agent.get(format!("{url}/healthz")).call().is_err() {
        if started.elapsed().as_secs() > 20 {
            return Err("the server did not start".to_owned());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let users = |words: &[&str]| match command().arg("users").args(words).status() {
        Ok(status) if status.success() => Ok(()),
        outcome => Err(format!("users {words:?}: {outcome:?}")),
    };
    for (name, hash) in ACCOUNTS {
        let address = format!("{name}@example.test");
        if post("/register", name, PASSWORD)? != 200 {
            return Err(format!("{name} was not registered"));
        }
        if name != "unconfirmed" {
            users(&["confirm-email", &address])?;
        }
        if name == "locked" {
            users(&["lock", &address])?;
        }
        if !hash.is_empty() {
            users(&["set-hash", &address, &stored(hash, choice.rounds / 10)])?;
        }
    }
    let names: Vec<&str> = ACCOUNTS.iter().map(|(name, _)| *name).chain([UNKNOWN]).collect();
    let mut times: BTreeMap<String, Samples> = BTreeMap::new();
    let mut shuffled = 1_u64;
    // The first tenth warms everything up.
    for round in 0..choice.logins + choice.logins / 10 {
        let mut order = names.clone();
        while !order.is_empty() {
            shuffled = shuffled
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(shuffled >> 33).unwrap_or(0) % order.len();
            let name = order.swap_remove(place);
            let begin = Instant::now();
            let status = post("/login", name, "wrong")?;
            let taken = begin.elapsed();
            if status != 401 {
                return Err(format!("{name} was answered {status}"));
            }
            if round >= choice.logins / 10 {
                times.entry(name.to_owned()).or_default().add(taken);
            }
        }
    }
    Ok(times)
}

/// A hash from its beginning in hexadecimal digits, and bytes that no password leads to.
fn stored(head: &str, rounds: u32) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let head = head.replace("ROUNDS", &format!("{rounds:08x}"));
    let digits = head
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok());
    let mut bytes: Vec<u8> = digits.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
    bytes.extend([7; 48]);
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three
            .iter()
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = ALPHABET
                .get(number >> (18 - 6 * place) & 63)
                .copied()
                .map_or('=', char::from);
            text.push(if place > three.len() { '=' } else { letter });
        }
    }
    text
}

fn table(times: &BTreeMap<String, Samples>) -> String {
    let mut table = "| login | logins | mean ms | median ms | deviation ms | Welch's t | Kolmogorov-Smirnov D | its bound at 0.001 |\n\
                     |---|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let Some(unknown) = times.get(UNKNOWN) else {
        return table;
    };
    for (name, samples) in times {
        table += &format!(
            "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.2} | {:.4} | {:.4} |\n",
            samples.len(),
            samples.mean(),
            samples.median(),
            samples.deviation(),
            samples.welch_t(unknown),
            samples.kolmogorov_smirnov(unknown),
            samples.bound_at_a_thousandth(unknown),
        );
    }
    table
}
