//! One round of all measurements.

use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::{
    load::{Load, Measured},
    process::{has_ended, ticks, ticks_per_second},
    server::{Program, Server, folder},
};

const ACCOUNTS: usize = 200;
/// So many register at a time.
const CLIENTS: usize = 8;
const PASSWORD: &str = "Passw0rd!";
const WARM_UP: u64 = 2;
/// So many connections send requests that need no hash, and so many log in or register.
const MANY: u32 = 32;
const SOME: u32 = 16;
const FEW: u32 = 4;

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

/// What is asked for, and how it is called in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    Bare,
    Bearer,
    Cookie,
    WithAccount,
    Refused,
    Refresh,
    Login,
    LoneLogin,
    UnknownAccount,
    WrongPassword,
    Register,
    BearerQuiet,
    BearerInStorm,
}

impl Request {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Bare => "`GET /probe/hello` of bare axum, a constant",
            Self::Bearer => "`GET /probe/hello` with a token",
            Self::Cookie => "`GET /probe/hello` with a cookie",
            Self::WithAccount => "`GET /manage/info` with a token (one read of the database)",
            Self::Refused => "`GET /probe/hello` without either (401)",
            Self::Refresh => "`POST /refresh`",
            Self::Login => "`POST /login`",
            Self::LoneLogin => "`POST /login`, one at a time",
            Self::UnknownAccount => "`POST /login` of an account that does not exist (401)",
            Self::WrongPassword => "`POST /login` with a wrong password (401)",
            Self::Register => "`POST /register`",
            Self::BearerQuiet => "`GET /probe/hello` with a token, nothing else going on",
            Self::BearerInStorm => "`GET /probe/hello` with a token, while 32 connections log in",
        }
    }

    pub(super) fn connections(self) -> u32 {
        match self {
            Self::Bare | Self::Bearer | Self::Cookie | Self::WithAccount | Self::Refused => MANY,
            Self::Refresh | Self::Login | Self::Register => SOME,
            Self::LoneLogin | Self::UnknownAccount | Self::WrongPassword => 1,
            Self::BearerQuiet | Self::BearerInStorm => FEW,
        }
    }
}

/// Measures both servers in turn.
pub(super) fn measure(sample: &Program, bare: &Program, seconds: u64) -> Result<Round, String> {
    let mut requests = Vec::new();
    let ruler = ruler()?;
    {
        let data = folder()?;
        let server = Server::start(bare, data.path())?;
        let hello = get(MANY, "");
        hello.run(&server, data.path(), WARM_UP)?;
        let measured = hello.run(&server, data.path(), seconds)?;
        requests.push(noted(Request::Bare, measured));
    }
    let data = folder()?;
    let start_on_nothing = Server::start(sample, data.path())?.started;
    let server = Server::start(sample, data.path())?;
    let idle = server.memory()?;
    let account = Account::prepare(&server)?;

    get(MANY, &account.bearer).run(&server, data.path(), WARM_UP)?;
    for (request, load) in account.loads() {
        requests.push(noted(request, load.run(&server, data.path(), seconds)?));
    }
    let storm = Load {
        connections: MANY,
        ..login()
    };
    let in_storm = get(FEW, &account.bearer).run_during(&storm, &server, data.path(), seconds)?;
    requests.push(noted(Request::BearerInStorm, in_storm));
    Ok(Round {
        // The machine may have been slower at one of the times; the shorter one is the stricter ruler.
        ruler: ruler.min(self::ruler()?),
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
    let data = folder()?;
    let server = Server::start(sample, data.path())?;
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
        let measured = load.run(&server, data.path(), 1)?;
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

/// What the first of the accounts signs in with.
struct Account {
    bearer: String,
    cookie: String,
    refresh_token: String,
}

impl Account {
    /// Makes the accounts, and signs the first one in.
    fn prepare(server: &Server) -> Result<Self, String> {
        thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    scope.spawn(move || {
                        (client..ACCOUNTS).step_by(CLIENTS).try_for_each(|number| {
                            let account = credentials(&format!("u{number}@example.test"), PASSWORD);
                            post(server, "/register", &account).map(drop)
                        })
                    })
                })
                .collect();
            let mut outcomes = clients.into_iter().map(|client| client.join());
            outcomes.try_for_each(|outcome| outcome.map_err(|_| "a client broke off".to_owned())?)
        })?;
        let first = credentials("u0@example.test", PASSWORD);
        let mut tokens = post(server, "/login", &first)?;
        let text = tokens.body_mut().read_to_string().map_err(|error| error.to_string())?;
        let tokens: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let token = |name: &str| tokens[name].as_str().map(str::to_owned).ok_or("no token came");
        let signed_in = post(server, "/login?useCookies=true", &first)?;
        let cookie = signed_in
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie
            .and_then(|cookie| cookie.split(';').next())
            .ok_or("no cookie came")?;
        Ok(Self {
            bearer: header("Authorization", &format!("Bearer {}", token("accessToken")?)),
            cookie: header("Cookie", cookie),
            refresh_token: token("refreshToken")?,
        })
    }

    fn loads(&self) -> Vec<(Request, Load)> {
        let with_account = Load {
            path: "/manage/info",
            ..get(MANY, &self.bearer)
        };
        let refresh = format!("{{\"refreshToken\":\"{}\"}}", self.refresh_token);
        let one_account = |email, password| Load {
            connections: 1,
            ..constant("/login", &credentials(email, password))
        };
        vec![
            (Request::Bearer, get(MANY, &self.bearer)),
            (Request::Cookie, get(MANY, &self.cookie)),
            (Request::WithAccount, with_account),
            (Request::Refused, get(MANY, "")),
            (Request::Refresh, constant("/refresh", &refresh)),
            (Request::Login, login()),
            (
                Request::LoneLogin,
                Load {
                    connections: 1,
                    ..login()
                },
            ),
            (Request::UnknownAccount, one_account("nobody@example.test", PASSWORD)),
            (Request::WrongPassword, one_account("u0@example.test", "wrong")),
            (Request::Register, each("/register", "'n' .. n")),
            (Request::BearerQuiet, get(FEW, &self.bearer)),
        ]
    }
}

fn get(connections: u32, headers: &str) -> Load {
    Load {
        path: "/probe/hello",
        connections,
        script: headers.to_owned(),
    }
}

/// Each of the accounts in turn.
fn login() -> Load {
    each("/login", &format!("'u' .. (n % {ACCOUNTS})"))
}

/// The same body again and again.
fn constant(path: &'static str, body: &str) -> Load {
    Load {
        path,
        connections: SOME,
        script: format!("{POST}wrk.body = '{body}'\n"),
    }
}

/// Another account each time; `name` is Lua.
fn each(path: &'static str, name: &str) -> Load {
    let body = credentials("' .. NAME .. '@example.test", PASSWORD).replace("NAME", name);
    Load {
        path,
        connections: SOME,
        script: format!(
            "{POST}local n = 0\nrequest = function() n = n + 1; return wrk.format(nil, nil, nil, '{body}') end\n"
        ),
    }
}

const POST: &str = "wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\n";

fn header(name: &str, value: &str) -> String {
    format!("wrk.headers['{name}'] = '{value}'\n")
}

fn credentials(email: &str, password: &str) -> String {
    format!("{{\"email\":\"{email}\",\"password\":\"{password}\"}}")
}

fn post(server: &Server, path: &str, body: &str) -> Result<ureq::http::Response<ureq::Body>, String> {
    let request = ureq::post(format!("{}{path}", server.url)).header("content-type", "application/json");
    request.send(body).map_err(|error| format!("{path}: {error}"))
}

/// The shortest of three processor times of one hash, in ms: a machine that does something else as well counts as if it
/// did not.
fn ruler() -> Result<f64, String> {
    const ROUNDS: u32 = 1_000_000;
    const DERIVATION: [&str; 8] = [
        "kdf",
        "-keylen",
        "32",
        "-kdfopt",
        "digest:SHA512",
        "-kdfopt",
        "pass:Passw0rd!",
        "-kdfopt",
    ];
    let mut shortest = u64::MAX;
    for _ in 0..3 {
        let mut command = Command::new("openssl");
        command.args(DERIVATION).arg("salt:0123456789abcdef");
        command.args(["-kdfopt", &format!("iter:{ROUNDS}"), "PBKDF2"]);
        let child = command.stdout(Stdio::null()).spawn();
        let mut child = child.map_err(|error| format!("openssl: {error}"))?;
        // What it took is told as long as nobody has asked how it ended.
        while !has_ended(child.id())? {
            thread::sleep(Duration::from_millis(2));
        }
        let ticks = ticks(child.id())?;
        let status = child.wait().map_err(|error| format!("openssl: {error}"))?;
        if !status.success() {
            return Err(format!("openssl kdf: {status}"));
        }
        shortest = shortest.min(ticks);
    }
    Ok(shortest as f64 * 1000.0 / ticks_per_second()? * 100_000.0 / f64::from(ROUNDS))
}
