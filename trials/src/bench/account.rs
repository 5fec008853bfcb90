//! Accounts of the sample server, and the load that they make.

use std::thread;

use xtask::server::Server;

use super::{
    load::Load,
    request::{FEW, MANY, Request, SOME},
};
use crate::client::PASSWORD;

const ACCOUNTS: usize = 200;
/// So many register at a time.
const CLIENTS: usize = 8;

/// What the first of the accounts signs in with.
pub(super) struct Account {
    pub(super) bearer: String,
    pub(super) cookie: String,
    refresh_token: String,
}

impl Account {
    /// Makes the accounts, and signs the first one in.
    pub(super) fn prepare(server: &Server) -> Result<Self, String> {
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

    pub(super) fn loads(&self) -> Vec<(Request, Load)> {
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

pub(super) fn get(connections: u32, headers: &str) -> Load {
    Load {
        path: "/probe/hello",
        connections,
        script: headers.to_owned(),
    }
}

/// Each of the accounts in turn.
pub(super) fn login() -> Load {
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
    let request = ureq::post(format!("{}{path}", server.url())).header("content-type", "application/json");
    request.send(body).map_err(|error| format!("{path}: {error}"))
}
