//! Clients of the instances, and a day in their lives.

use std::{
    net::SocketAddr,
    panic::resume_unwind,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread::{self, sleep},
    time::Duration,
};

use serde_json::{Value, json};
use ureq::Agent;

use crate::client::PASSWORD;

use super::{
    hang_ups::send_and_hang_up,
    ledger::{Account, Deed, Ledger, Perhaps, RequestId, What},
};

/// Longer than the balancer waits for an instance, so that it is the balancer who gives up.
const REQUEST_LIMIT: Duration = Duration::from_secs(9);

/// Clients that register, log in, change passwords and use recovery codes, all the time.
#[derive(Debug)]
pub(super) struct Clients<'a> {
    agent: Agent,
    origin: String,
    balancer: SocketAddr,
    pub(super) ledger: &'a Ledger,
    requests: AtomicU64,
}

/// What a client can tell.
pub(super) enum Answer {
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
            requests: AtomicU64::new(0),
        }
    }

    /// One client's day, until the ledger is closed.
    pub(super) fn work(&self, client: usize) {
        for number in 0.. {
            if self.ledger.is_stopped() {
                return;
            }
            let mut account = self.register(format!("user-{client}-{number}@example.test"));
            if account.unanswered_registrations.is_empty() {
                self.change_password(&mut account);
                if number % 3 == 1 {
                    self.refresh(&account);
                }
                match number % 3 {
                    0 => self.enable_second_factor(&mut account),
                    _ => self.change_password_and_hang_up(&mut account),
                }
                self.use_recovery_codes(&mut account);
            }
            self.ledger.keep(account);
        }
    }

    /// Two ask for the same name at once, and one of them gets it.
    fn register(&self, email: String) -> Account {
        let body = credentials(&email, PASSWORD);
        let answers = thread::scope(|scope| {
            let other = scope.spawn(|| self.post("/register", None, &body));
            let own = self.post("/register", None, &body);
            [own, other.join().unwrap_or_else(|panic| resume_unwind(panic))]
        });
        let mut account = Account {
            email,
            password: PASSWORD.to_owned(),
            unanswered_registrations: Vec::new(),
            perhaps: None,
            recovery_codes: None,
        };
        let is_done = |(_, answer): &&(RequestId, Answer)| matches!(answer, Answer::Done(_));
        let requests = answers.iter().map(|(request, _)| request.clone()).collect();
        let email = &account.email;
        match (&answers, answers.iter().filter(is_done).count()) {
            ([(_, Answer::Refused(why)), (_, Answer::Refused(_))], _) => {
                self.ledger
                    .wrong_answer(format!("nobody got the free name {email}: {why}"));
            }
            (_, 0) => account.unanswered_registrations = requests,
            (_, 1) => {
                for (request, answer) in answers {
                    match answer {
                        Answer::Done(_) => self.ledger.acknowledge(Deed::done(What::Register, request)),
                        _ => self.ledger.note(Deed::of_one(What::Register, request, false)),
                    }
                }
            }
            _ => self.ledger.wrong_answer(format!("duplicate: two got the name {email}")),
        }
        account
    }

    fn change_password(&self, account: &mut Account) {
        let Some(token) = self.log_in(account) else {
            return;
        };
        let new = format!("{}2", account.password);
        let body = json!({"oldPassword": account.password, "newPassword": new});
        let (request, answer) = self.post("/manage/info", Some(&token), &body);
        match answer {
            Answer::Done(_) => {
                self.ledger.acknowledge(Deed::done(What::ChangePassword, request));
                account.password = new;
            }
            Answer::Refused(why) => {
                self.ledger
                    .wrong_answer(format!("{} may not change the password: {why}", account.email));
            }
            Answer::Unknown => account.perhaps = Some(Perhaps::Password { new, request }),
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
        let request = self.new_request();
        send_and_hang_up(self.balancer, "/manage/info", Some((&token, &request)), &body);
        account.perhaps = Some(Perhaps::Password { new, request });
    }

    /// Registers somebody whom nobody else knows.
    pub(super) fn has_registered(&self, email: &str) {
        let (request, answer) = self.post("/register", None, &credentials(email, PASSWORD));
        match answer {
            Answer::Done(_) => self.ledger.acknowledge(Deed::done(What::Register, request)),
            _ => self.ledger.wrong_answer(format!("{email} may not register")),
        }
    }

    pub(super) fn log_in(&self, account: &Account) -> Option<String> {
        let tokens = self.log_in_for_tokens(account)?;
        tokens["accessToken"].as_str().map(str::to_owned)
    }

    pub(super) fn log_in_for_tokens(&self, account: &Account) -> Option<Value> {
        let (request, answer) = self.post("/login", None, &credentials(&account.email, &account.password));
        match answer {
            Answer::Done(tokens) => {
                self.ledger.note(Deed::done(What::SignIn, request));
                Some(tokens)
            }
            Answer::Refused(why) => {
                self.ledger
                    .wrong_answer(format!("{} may not log in: {why}", account.email));
                None
            }
            Answer::Unknown => None,
        }
    }

    pub(super) fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (RequestId, Answer) {
        let id = self.new_request();
        let number = self.ledger.begin();
        let mut request = self
            .agent
            .post(format!("{}{path}", self.origin))
            .header("x-request-id", &id.0)
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
        let answer = match answer {
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
        };
        (id, answer)
    }

    fn new_request(&self) -> RequestId {
        RequestId::new(self.requests.fetch_add(1, Relaxed))
    }
}

pub(super) fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}
