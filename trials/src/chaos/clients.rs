//! Clients of the instances.

use std::{
    net::SocketAddr,
    panic::resume_unwind,
    thread::{self, sleep},
    time::Duration,
};

use serde_json::{Value, json};
use ureq::Agent;

use crate::client::PASSWORD;

use super::{
    hang_ups::send_and_hang_up,
    ledger::{Account, Ledger},
};

/// Longer than the balancer waits for an instance, so that it is the balancer who gives up.
const REQUEST_LIMIT: Duration = Duration::from_secs(9);

/// How often a login is tried at the end, when everything runs again.
const LAST_TRIES: usize = 10;

/// Clients that register, log in and change passwords, all the time.
#[derive(Debug)]
pub(super) struct Clients<'a> {
    agent: Agent,
    origin: String,
    balancer: SocketAddr,
    ledger: &'a Ledger,
}

/// What a client can tell.
enum Answer {
    Done(Value),
    /// The service understood, and did not do it.
    Refused(String),
    /// It may be done or not.
    Unknown,
}

impl<'a> Clients<'a> {
    pub(super) const COUNT: usize = 6;

    pub(super) fn new(balancer: SocketAddr, ledger: &'a Ledger) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(REQUEST_LIMIT))
            .http_status_as_error(false)
            // A connection for each request: the balancer chooses anew each time, and nothing is sent twice.
            .max_idle_connections(0)
            .build()
            .new_agent();
        Self {
            agent,
            origin: format!("http://{balancer}"),
            balancer,
            ledger,
        }
    }

    /// One client's day, until the ledger is closed.
    pub(super) fn work(&self, client: usize) {
        for number in 0.. {
            if self.ledger.is_stopped() {
                return;
            }
            if let Some(mut account) = self.register(format!("user-{client}-{number}@example.test")) {
                self.log_in_and_change_password(&mut account);
                self.change_password_and_hang_up(&mut account);
                self.ledger.keep(account);
            }
        }
    }

    /// Two ask for the same name at once, and one of them gets it.
    fn register(&self, email: String) -> Option<Account> {
        let password = PASSWORD.to_owned();
        let body = json!({"email": email, "password": password});
        let answers = thread::scope(|scope| {
            let other = scope.spawn(|| self.post("/register", None, &body));
            let own = self.post("/register", None, &body);
            [own, other.join().unwrap_or(Answer::Unknown)]
        });
        let successes = answers
            .iter()
            .filter(|answer| matches!(answer, Answer::Done(_)))
            .count();
        match (&answers, successes) {
            ([Answer::Refused(why), Answer::Refused(_)], _) => {
                self.ledger
                    .wrong_answer(format!("nobody got the free name {email}: {why}"));
            }
            (_, 2) => self.ledger.wrong_answer(format!("duplicate: two got the name {email}")),
            _ => {}
        }
        if successes == 0 {
            return None;
        }
        self.ledger.acknowledge();
        Some(Account {
            email,
            password,
            perhaps: None,
        })
    }

    fn log_in_and_change_password(&self, account: &mut Account) {
        let Some(token) = self.log_in(account) else {
            return;
        };
        let new = format!("{}2", account.password);
        let body = json!({"oldPassword": account.password, "newPassword": new});
        match self.post("/manage/info", Some(&token), &body) {
            Answer::Done(_) => {
                self.ledger.acknowledge();
                account.password = new;
                self.log_in(account);
            }
            Answer::Refused(why) => {
                self.ledger
                    .wrong_answer(format!("{} may not change the password: {why}", account.email));
            }
            Answer::Unknown => account.perhaps = Some(new),
        }
    }

    /// Nobody is told what came of it.
    fn change_password_and_hang_up(&self, account: &mut Account) {
        if account.perhaps.is_some() {
            return;
        }
        let Some(token) = self.log_in(account) else { return };
        let new = format!("{}3", account.password);
        let body = json!({"oldPassword": account.password, "newPassword": new});
        account.perhaps = Some(new);
        send_and_hang_up(self.balancer, "/manage/info", Some(&token), &body);
    }

    /// Registers somebody whom nobody else knows.
    pub(super) fn has_registered(&self, email: &str) {
        if !matches!(
            self.post("/register", None, &credentials(email, PASSWORD)),
            Answer::Done(_)
        ) {
            self.ledger.wrong_answer(format!("{email} may not register"));
        }
    }

    fn log_in(&self, account: &Account) -> Option<String> {
        match self.post("/login", None, &credentials(&account.email, &account.password)) {
            Answer::Done(tokens) => tokens["accessToken"].as_str().map(str::to_owned),
            Answer::Refused(why) => {
                self.ledger
                    .wrong_answer(format!("{} may not log in: {why}", account.email));
                None
            }
            Answer::Unknown => None,
        }
    }

    /// The accounts that have neither the password that was acknowledged last nor one that may have come after it.
    pub(super) fn lost(&self) -> Vec<String> {
        let accounts = self.ledger.accounts();
        let share = accounts.len().div_ceil(Self::COUNT).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = accounts
                .chunks(share)
                .map(|accounts| scope.spawn(|| self.lost_of(accounts)))
                .collect();
            let lost = shares
                .into_iter()
                .map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)));
            lost.flatten().collect()
        })
    }

    fn lost_of(&self, accounts: &[Account]) -> Vec<String> {
        let lost = |account: &&Account| {
            let passwords = [Some(&account.password), account.perhaps.as_ref()];
            !passwords
                .into_iter()
                .flatten()
                .any(|password| self.accepts(&account.email, password))
        };
        accounts
            .iter()
            .filter(lost)
            .map(|account| account.email.clone())
            .collect()
    }

    pub(super) fn accepts(&self, email: &str, password: &str) -> bool {
        for _ in 0..LAST_TRIES {
            match self.post("/login", None, &credentials(email, password)) {
                Answer::Done(_) => return true,
                Answer::Refused(_) => return false,
                Answer::Unknown => sleep(Duration::from_millis(500)),
            }
        }
        false
    }

    fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let number = self.ledger.begin();
        let mut request = self
            .agent
            .post(format!("{}{path}", self.origin))
            .content_type("application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = request.send(body.to_string()).and_then(|mut response| {
            let text = response.body_mut().read_to_string()?;
            Ok((response.status().as_u16(), text))
        });
        let failed = !matches!(&answer, Ok((status, _)) if *status < 500);
        self.ledger.end(number, failed);
        match answer {
            Ok((200..300, text)) => Answer::Done(serde_json::from_str(&text).unwrap_or_default()),
            Ok((status, text)) if status < 500 => Answer::Refused(format!("{status} {text}")),
            Ok((500, _)) => {
                // Whoever may come back later is told so; this says that something is broken.
                self.ledger.wrong_answer(format!("500 to {path}"));
                Answer::Unknown
            }
            _ => {
                // So that a client without a service does not only count failures.
                sleep(Duration::from_millis(50));
                Answer::Unknown
            }
        }
    }
}

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}
