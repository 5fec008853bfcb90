//! How many statements a request costs the database, on every store that has any. A request that needs one more than it
//! did is a failure; it is felt with every one that is served.

#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod rate_limits;
mod refusals;
mod sessions;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, macros::datetime};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};
use wicketgate_conformance::{Application, MailField, ReceivedResponse, StartError, Store, Subject, field_of_mail};

const ADA: &str = "ada@example.test";
const PASSWORD: &str = "Passw0rd!";
const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// Statements of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    reads: usize,
    writes: usize,
}

/// What a request costs that its answer waits for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Costs {
    /// Their kinds, in order; what ends a transaction too.
    statements: Vec<String>,
    /// What passwords were verified with, in rounds of PBKDF2-HMAC-SHA512.
    rounds: u64,
}

const NONE: Counts = counts(0, 0);

const fn counts(reads: usize, writes: usize) -> Counts {
    Counts { reads, writes }
}

/// Rate limits have statements of their own.
fn without_limits() -> BTreeMap<String, String> {
    BTreeMap::from([("RateLimits:Enabled".to_owned(), "false".to_owned())])
}

#[tokio::test]
async fn a_request_with_a_token_or_a_cookie_asks_nothing_and_the_account_itself_is_one_query() {
    for store in databases() {
        let server = Server::start(store).await;
        server.register().await;
        let bearer = server.bearer().await;
        let cookie = server.cookie().await;
        for header in [&bearer, &cookie] {
            assert_eq!(
                server.count("GET", "/probe/hello", header, Value::Null, 200).await,
                NONE,
                "{store}"
            );
            let info = server.count("GET", "/manage/info", header, Value::Null, 200).await;
            assert_eq!(info, counts(1, 0), "{store}");
        }
        assert_eq!(
            server.count("GET", "/probe/hello", "", Value::Null, 401).await,
            NONE,
            "{store}"
        );

        // The security stamp is looked at every half hour, and the claims are fetched with it.
        server.application.advance(Duration::minutes(31));
        let checked = server.count("GET", "/probe/hello", &cookie, Value::Null, 200).await;
        assert_eq!(checked, counts(2, 0), "{store}");
    }
}

#[tokio::test]
async fn a_login_is_three_queries_its_event_and_a_write_more_where_failures_are_counted_or_forgotten() {
    for store in databases() {
        let server = Server::start(store).await;
        server.register().await;
        let right = json!({"email": ADA, "password": PASSWORD});
        let wrong = json!({"email": ADA, "password": "wrong"});
        let unknown = json!({"email": "nobody@example.test", "password": "wrong"});
        for path in ["/login", "/login?useCookies=true"] {
            let login = async |body: &Value, status| server.count("POST", path, "", body.clone(), status).await;
            // The account, what is counted of it, under the lock of its row, and its claims.
            assert_eq!(login(&right, 200).await, counts(3, 1), "{store}");
            assert_eq!(login(&unknown, 401).await, counts(2, 2), "{store}");
            assert_eq!(login(&wrong, 401).await, counts(2, 2), "{store}");
            assert_eq!(login(&right, 200).await, counts(3, 2), "{store}");
            assert_eq!(login(&right, 200).await, counts(3, 1), "{store}");
        }
    }
}

#[tokio::test]
async fn a_login_with_a_second_factor_reads_its_key_once() {
    for store in databases() {
        let server = Server::start(store).await;
        server.register().await;
        let bearer = server.bearer().await;
        let key = server.send("POST", "/manage/2fa", &bearer, json!({})).await;
        let key: Value = serde_json::from_str(&key.body).unwrap();
        let key = key["sharedKey"].as_str().unwrap();
        let code = || wicketgate_conformance::one_time_code(key, server.application.now(), 0).unwrap();
        let enable = json!({"enable": true, "twoFactorCode": code()});
        // A new key ended the first token.
        let bearer = server.bearer().await;
        assert_eq!(
            server.send("POST", "/manage/2fa", &bearer, enable).await.status,
            200,
            "{store}"
        );

        let login = json!({"email": ADA, "password": PASSWORD, "twoFactorCode": code()});
        assert_eq!(
            server.count("POST", "/login", "", login, 200).await,
            counts(5, 2),
            "{store}"
        );
    }
}

#[tokio::test]
async fn accounts_are_made_refreshed_and_given_new_passwords_with_as_few() {
    for store in databases() {
        let server = Server::start(store).await;
        let account = json!({"email": ADA, "password": PASSWORD});
        let register = async |status| server.count("POST", "/register", "", account.clone(), status).await;
        assert_eq!(register(200).await, counts(1, 2), "{store}");
        assert_eq!(register(400).await, counts(1, 0), "{store}");

        let tokens = server.tokens().await;
        let refresh = json!({"refreshToken": tokens["refreshToken"]});
        assert_eq!(
            server.count("POST", "/refresh", "", refresh, 200).await,
            counts(2, 0),
            "{store}"
        );

        let words = ["confirm-email", ADA].map(str::to_owned).to_vec();
        server.application.administer(words).await.unwrap();
        server.application.take_mail();
        let forgot = async |email: &str| {
            let body = json!({"email": email});
            server.count("POST", "/forgotPassword", "", body, 200).await
        };
        assert_eq!(forgot("nobody@example.test").await, counts(1, 0), "{store}");
        assert_eq!(forgot(ADA).await, counts(1, 0), "{store}");
        let mail = server.application.take_mail().remove(0);
        let code = field_of_mail(&mail.text.html(), MailField::CodeText).unwrap();
        let reset = json!({"email": ADA, "resetCode": code, "newPassword": "N3w-Passw0rd!"});
        assert_eq!(
            server.count("POST", "/resetPassword", "", reset, 200).await,
            counts(1, 2),
            "{store}"
        );
    }
}

fn databases() -> impl Iterator<Item = Store> {
    Store::available().filter(|store| *store != Store::Memory)
}

/// An application whose statements are counted: they are logged by the thread of the test, which is the only one.
struct Server {
    application: Application,
    statements: Statements,
    _subscriber: DefaultGuard,
}

impl Server {
    async fn start(store: Store) -> Self {
        Self::with(store, &without_limits()).await
    }

    async fn with(store: Store, options: &BTreeMap<String, String>) -> Self {
        Self::of(Application::start(store, options, NOW)).await
    }

    async fn of(starting: impl Future<Output = Result<Application, StartError>>) -> Self {
        let statements = Statements::default();
        let subscriber = tracing_subscriber::registry().with(statements.clone());
        let subscriber = tracing::subscriber::set_default(subscriber);
        let server = Self {
            application: starting.await.unwrap(),
            statements,
            _subscriber: subscriber,
        };
        // The first event of all makes the key that signs them.
        let unknown = json!({"email": "nobody@example.test", "password": "wrong"});
        server.send("POST", "/login", "", unknown).await;
        server
    }

    /// The statements of a request that is answered so.
    async fn count(&self, method: &str, path: &str, header: &str, body: Value, status: u16) -> Counts {
        self.statements.take();
        let answer = self.send(method, path, header, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        self.statements.take()
    }

    async fn send(&self, method: &str, path: &str, header: &str, body: Value) -> ReceivedResponse {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.application.send(method, path, header, &body).await.unwrap()
    }

    async fn administer(&self, words: &[&str]) {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        self.application.administer(words).await.unwrap();
    }

    async fn register(&self) {
        let account = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(self.send("POST", "/register", "", account).await.status, 200);
    }

    async fn tokens(&self) -> Value {
        let account = json!({"email": ADA, "password": PASSWORD});
        serde_json::from_str(&self.send("POST", "/login", "", account).await.body).unwrap()
    }

    async fn bearer(&self) -> String {
        let tokens = self.tokens().await;
        format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap())
    }

    async fn cookie(&self) -> String {
        let account = json!({"email": ADA, "password": PASSWORD});
        let answer = self.send("POST", "/login?useCookies=true", "", account).await;
        let set_cookie = answer.all("set-cookie").remove(0);
        format!("Cookie: {}\r\n", set_cookie.split(';').next().unwrap())
    }
}

/// What the stores log of their statements.
#[derive(Debug, Clone, Default)]
struct Statements(Arc<Mutex<Costs>>);

impl Statements {
    fn take(&self) -> Counts {
        let costs = self.take_costs();
        let reads = costs.statements.iter().filter(|kind| *kind == "SELECT").count();
        let commits = costs.statements.iter().filter(|kind| *kind == "COMMIT").count();
        counts(reads, costs.statements.len() - reads - commits)
    }

    fn take_costs(&self) -> Costs {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if ["wicketgate_sql::statement", "wicketgate_identity::verification"].contains(&event.metadata().target()) {
            event.record(&mut Count(&mut self.0.lock().unwrap()));
        }
    }
}

struct Count<'a>(&'a mut Costs);

impl Visit for Count<'_> {
    fn record_str(&mut self, _: &Field, statement: &str) {
        // A row may be locked first, and then read, in one batch, or updated and else inserted.
        let kinds = ["SELECT", "INSERT"];
        let kind = kinds.into_iter().find(|kind| statement.contains(kind));
        let kind = kind.unwrap_or_else(|| statement.split_whitespace().next().unwrap_or_default());
        self.0.statements.push(kind.to_owned());
    }

    fn record_u64(&mut self, _: &Field, rounds: u64) {
        self.0.rounds += rounds;
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
