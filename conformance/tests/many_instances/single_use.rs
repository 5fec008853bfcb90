//! What works once, a hundred times at once over three instances, in the strict profile: each secret is accepted once, and a
//! session has one refresh token that is good.

use std::{fs, iter::repeat_n, ops::Range, path::Path, time::Duration};

use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use wicketgate_conformance::{MailField, ReceivedResponse, Store, field_of_mail, link_of_mail, one_time_code};
use wicketgate_protection::{Clock, SystemClock};

use crate::{
    at_once::{Request, at_once},
    client::{Credential, bearer, post},
    deployment::Deployment,
    sessions::Test,
};

pub(crate) const TESTS: [(&str, Test); 1] = [(
    "of_a_hundred_uses_of_a_secret_at_once_one_succeeds_and_a_session_has_one_good_refresh_token",
    |store| Box::pin(secrets(store)),
)];

const TIMES: usize = 100;
const ADA: &str = "ada@example.test";
const NEW_ADDRESS: &str = "ada@new.example.test";
const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "another horse battery";
/// How long a mail may take into its folder.
const PATIENCE: Duration = Duration::from_secs(30);

async fn secrets(store: Store) -> Result<(), Failed> {
    let options = [
        ("profile", "strict"),
        ("Identity:Lockout:MaxFailedAccessAttempts", "1000"),
        // On a busy machine a hundred requests take a while.
        ("sessions.refresh_grace", "60s"),
    ];
    let world = World(Deployment::new(store, &options).await);

    world
        .do_once("/register", json!({"email": ADA, "password": PASSWORD}))
        .await?;
    let link = world.mailed(ADA, "clicking here", link_of_mail).await?;
    world
        .one_succeeds("a link that confirms an address", &Request::Get(link))
        .await?;

    let tokens = world.log_in(json!({"email": ADA, "password": PASSWORD})).await?;
    let own = bearer(&tokens);
    let key = world.two_factor(&own, json!({})).await?;
    let key = key["sharedKey"].as_str().ok_or("there is no key")?.to_owned();
    // Should a step end meanwhile, the later code is the one that the authenticator shows.
    let code = |steps| one_time_code(&key, SystemClock.now(), steps);
    let (first, second) = (code(0), code(1));
    let enabled = world
        .two_factor(&own, json!({"enable": true, "twoFactorCode": first}))
        .await?;
    let codes = enabled["recoveryCodes"].as_array().ok_or("there are no codes")?;
    let with = |member: &str, value: &Value, password: &str| {
        let mut body = json!({"email": ADA, "password": password});
        body[member] = value.clone();
        body
    };
    let log_in = with("twoFactorCode", &json!(second), PASSWORD);
    world
        .one_succeeds("a code of an authenticator", &Request::Post("/login", log_in))
        .await?;
    let log_in = with("twoFactorRecoveryCode", &codes[0], PASSWORD);
    world
        .one_succeeds("a recovery code", &Request::Post("/login", log_in))
        .await?;

    let tokens = world.log_in(with("twoFactorRecoveryCode", &codes[1], PASSWORD)).await?;
    world.one_is_good(&tokens["refreshToken"]).await?;

    world.do_once("/forgotPassword", json!({"email": ADA})).await?;
    let code = world.mailed(ADA, "following code", reset_code).await?;
    let reset = json!({"email": ADA, "resetCode": code, "newPassword": NEW_PASSWORD});
    world
        .one_succeeds("a code that sets a password", &Request::Post("/resetPassword", reset))
        .await?;

    let tokens = world
        .log_in(with("twoFactorRecoveryCode", &codes[2], NEW_PASSWORD))
        .await?;
    let change = json!({"newEmail": NEW_ADDRESS});
    let answer = post(world.0.balancer(), "/manage/info", &bearer(&tokens), &change).await;
    world.is_done("/manage/info", &answer)?;
    let link = world.mailed(NEW_ADDRESS, "clicking here", link_of_mail).await?;
    world
        .one_succeeds("a link that changes an address", &Request::Get(link))
        .await
}

/// Three instances, and who asks them.
struct World(Deployment);

impl World {
    /// Sends a request a hundred times at once.
    async fn one_succeeds(&self, what: &str, request: &Request) -> Result<(), Failed> {
        let answers = at_once(self.0.instances(), &Credential::None, repeat_n(request.clone(), TIMES)).await;
        let count = |statuses: Range<u16>| {
            let answers = answers.iter();
            answers.filter(|answer| statuses.contains(&answer.status)).count()
        };
        match (count(200..300), count(400..500)) {
            (1, refused) if refused == TIMES - 1 => Ok(()),
            (accepted, refused) => Err(format!("{what}: {accepted} accepted, {refused} refused: {answers:?}").into()),
        }
    }

    /// A refresh token that many present at once gives all of them the same successor: each of these is good, one after the other
    /// or at once, as tokens of other numbers would not be. The first one has been used twice over by then.
    async fn one_is_good(&self, first: &Value) -> Result<(), Failed> {
        let refresh = |token: &Value| Request::Post("/refresh", json!({"refreshToken": token}));
        let mut given = vec![first.clone()];
        for _ in 0..2 {
            let tokens = given.iter().cycle().take(TIMES);
            let answers = at_once(self.0.instances(), &Credential::None, tokens.map(refresh)).await;
            given.clear();
            for answer in &answers {
                self.is_done("/refresh", answer)?;
                let answer: Value = serde_json::from_str(&answer.body)?;
                given.push(answer["refreshToken"].clone());
            }
        }
        let answers = at_once(self.0.instances(), &Credential::None, [refresh(first), refresh(first)]).await;
        let newest = given.iter().map(refresh);
        let after = at_once(self.0.instances(), &Credential::None, newest).await;
        for answer in answers.iter().chain(&after) {
            if answer.status != 401 {
                return Err(format!("the session goes on after a copy was used: {answer:?}").into());
            }
        }
        Ok(())
    }

    async fn do_once(&self, path: &str, body: Value) -> Result<String, Failed> {
        // Not the balancer: links lead to where the request went.
        let answer = post(self.0.instances()[0], path, &Credential::None, &body).await;
        self.is_done(path, &answer)?;
        Ok(answer.body)
    }

    async fn log_in(&self, body: Value) -> Result<Value, Failed> {
        Ok(serde_json::from_str(&self.do_once("/login", body).await?)?)
    }

    async fn two_factor(&self, own: &Credential, body: Value) -> Result<Value, Failed> {
        let answer = post(self.0.balancer(), "/manage/2fa", own, &body).await;
        self.is_done("/manage/2fa", &answer)?;
        Ok(serde_json::from_str(&answer.body)?)
    }

    fn is_done(&self, what: &str, answer: &ReceivedResponse) -> Result<(), Failed> {
        match answer.status {
            200 => Ok(()),
            _ => Err(format!("{what}: {answer:?}").into()),
        }
    }

    /// What is read from the mail to this address that has these words, once it is there.
    async fn mailed(&self, to: &str, words: &str, read: fn(&str) -> Option<String>) -> Result<String, Failed> {
        let begin = Instant::now();
        loop {
            for mail in mails(&self.0.mail_folder()) {
                let Some((head, body)) = mail.split_once("\r\n\r\n") else {
                    continue;
                };
                if head.contains(&format!("To: {to}\r\n")) && body.contains(words) {
                    return read(body).ok_or_else(|| format!("nothing to read in {body}").into());
                }
            }
            if begin.elapsed() > PATIENCE {
                return Err(format!("no mail to {to} has {words:?}").into());
            }
            // The server has no other sign for it.
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Those that are there as a whole.
fn mails(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "eml"));
    files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect()
}

fn reset_code(body: &str) -> Option<String> {
    field_of_mail(body.trim_end(), MailField::CodeText)
}
