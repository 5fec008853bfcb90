//! Runs a sequence against an application and the model of it, and compares them after every step.

use time::{Duration, OffsetDateTime};
use wicketgate_conformance::{Application, ReceivedResponse, Subject};

use crate::{
    accounts::{Lockout, MailKind, Model},
    rules::Profile,
    sessions::nth_newest,
    step::{LogInBy, Password, Step, Who},
};

/// A run of one sequence.
pub(crate) struct Run<'a> {
    pub(crate) application: &'a Application,
    pub(crate) model: Model,
    /// Keeps its addresses apart from those of other runs.
    number: u64,
    /// The mails with a link or code that the step should have led to.
    pub(crate) expected_mails: Vec<(String, usize, MailKind)>,
}

/// An answer in short: its status, and what it says of the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) reason: String,
}

pub(crate) type Checked = Result<(), String>;

impl<'a> Run<'a> {
    pub(crate) fn new(application: &'a Application, profile: Profile, number: u64) -> Self {
        Self {
            application,
            model: Model::new(profile),
            number,
            expected_mails: Vec::new(),
        }
    }

    /// Runs all steps; otherwise which one was answered or ended otherwise than the model says, and how.
    pub(crate) async fn all(&mut self, steps: &[Step]) -> Result<(), (usize, String)> {
        // Each begins with a step of the authenticator.
        let elapsed = self.now() - OffsetDateTime::UNIX_EPOCH;
        let minutes = Duration::minutes(elapsed.whole_minutes() + 1);
        self.application.advance(minutes - elapsed);
        self.application.take_mail();
        for (index, step) in steps.iter().enumerate() {
            self.expected_mails.clear();
            let step = self.step(*step).await;
            let step = match step {
                Ok(()) => self.compare().await,
                wrong => wrong,
            };
            step.map_err(|what| (index, what))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: Step) -> Checked {
        match step {
            Step::Register(person, password) => self.register(person, password).await,
            Step::Resend(person) => self.ask_for_mail("/resendConfirmationEmail", person).await,
            Step::Forgot(person) => self.ask_for_mail("/forgotPassword", person).await,
            Step::Follow(nth) => self.follow(nth).await,
            Step::Reset(nth, password) => self.reset(nth, password).await,
            Step::LogIn(person, password, factor, by) => self.log_in(person, password, factor, by).await,
            Step::Visit(who) => self.visit(who).await,
            Step::Refresh(nth) => self.refresh(nth).await,
            Step::LogOut(who) => self.log_out(who).await,
            Step::ChangePassword(who, old, new) => self.change_password(who, old, new).await,
            Step::ChangeEmail(who, person) => self.change_email(who, person).await,
            Step::TwoFactor(who, what) => self.two_factor(who, what).await,
            Step::EndSession(who, nth) => self.end_session(who, nth).await,
            Step::EndOtherSessions(who) => self.end_others(who).await,
            Step::Operator(person, operation) => self.operate(person, operation).await,
            Step::Wait(milliseconds) => {
                self.application.advance(Duration::milliseconds(milliseconds));
                Ok(())
            }
            Step::WaitForLockout(person, more) => {
                let account = self.model.by_name(&self.address(person));
                if let Some(Lockout::Until(end)) = account.map(|account| self.model.accounts[account].lockout)
                    && end > self.now()
                {
                    let wait = end - self.now() + Duration::milliseconds(more);
                    self.application.advance(wait);
                }
                Ok(())
            }
        }
    }

    /// Sends a request of a client, whose cookies are kept.
    pub(crate) async fn send_as(
        &mut self,
        who: Option<Who>,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<ReceivedResponse, String> {
        let header = match who {
            None => String::new(),
            Some(Who::App(nth)) => {
                let tokens = self.model.nth_tokens(nth).map(|tokens| &self.model.tokens[tokens]);
                tokens.map_or_else(String::new, |tokens| {
                    format!("Authorization: Bearer {}\r\n", tokens.access)
                })
            }
            Some(Who::Browser(browser)) => {
                let cookies = self.model.browsers[usize::from(browser)].jar.header();
                cookies.map_or_else(String::new, |cookies| format!("Cookie: {cookies}\r\n"))
            }
        };
        let response = self.application.send(method, path, &header, body).await;
        let response = response.map_err(|error| error.to_string())?;
        if let Some(Who::Browser(browser)) = who {
            let jar = &mut self.model.browsers[usize::from(browser)].jar;
            jar.receive(&response.all("set-cookie"));
        }
        Ok(response)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        Subject::now(self.application)
    }

    pub(crate) fn address(&self, person: u8) -> String {
        format!("p{person}-{}@example.test", self.number)
    }

    /// A password as it is sent, where the account is known.
    pub(crate) fn password(&self, password: Password, account: Option<usize>) -> Option<String> {
        let text = match password {
            Password::Missing => return None,
            Password::Right => match account {
                Some(account) => return Some(self.model.accounts[account].password.clone()),
                None => "A-f1rst-Horse-battery",
            },
            Password::First => "A-f1rst-Horse-battery",
            Password::Second => "A-sec0nd-Horse-battery",
            Password::Third => "A-th1rd-Horse-battery",
            Password::Short => "Sh0rt-p4",
            Password::Wrong => "A-wr0ng-Horse-battery",
        };
        Some(text.to_owned())
    }

    pub(crate) fn nth_mail(&self, nth: u8) -> Option<usize> {
        nth_newest(self.model.mails.len(), nth)
    }
}

impl Said {
    pub(crate) fn new(status: u16, reason: &str) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, "")
    }
}

/// What an answer says in short.
impl From<&ReceivedResponse> for Said {
    fn from(response: &ReceivedResponse) -> Self {
        let problem: serde_json::Value = serde_json::from_str(&response.body).unwrap_or_default();
        let reason = match (
            response.status,
            problem["errors"].as_object(),
            problem["detail"].as_str(),
        ) {
            (400, Some(errors), _) => errors.keys().cloned().collect::<Vec<_>>().join(" "),
            (401, _, Some(detail)) => detail.to_owned(),
            _ => String::new(),
        };
        Self {
            status: response.status,
            reason,
        }
    }
}

impl LogInBy {
    pub(crate) fn browser(self) -> Option<usize> {
        match self {
            Self::App => None,
            Self::Browser(browser, _) => Some(usize::from(browser)),
        }
    }
}

/// Whether something is as expected.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, actual: &T, expected: &T) -> Checked {
    match actual == expected {
        true => Ok(()),
        false => Err(format!("{what}: {actual:?}, and the model says {expected:?}")),
    }
}
