//! An application with passkeys, and browsers that use it.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    routing::get,
};
use http::{Request, header::SET_COOKIE};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_axum::wicketgate_protection::{DataProtection, ManualClock, SystemRandom};
use wicketgate_axum::{Identity, MemoryStore, Options, SignedIn, Stores, User, options::Profile, wicketgate_sql};
use wicketgate_identity::PasswordAlgorithm;
use wicketgate_identity::options::{PasskeyOptions, PasswordHasherOptions, StoreOptions, UserOptions};

use super::authenticator::Authenticator;
use crate::client::answer;
use crate::mailbox::Mailbox;

pub(super) const ORIGIN: &str = "http://localhost";
pub(super) const PASSWORD: &str = "Passw0rd!";

/// Where the accounts are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Memory,
    Sqlite,
}

pub(super) const KINDS: [Kind; 2] = [Kind::Memory, Kind::Sqlite];

pub(super) struct World {
    pub(super) identity: Identity,
    pub(super) application: Router,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) clock: Arc<ManualClock>,
    _folder: TempDir,
}

/// .NET's rules, with passkeys.
pub(super) fn compatible() -> Options {
    Options {
        passkeys: PasskeyOptions {
            enabled: true,
            ..PasskeyOptions::default()
        },
        ..Options::default()
    }
}

/// The passkeys, sessions and notices of the strict profile.
pub(super) fn strict() -> Options {
    let strict = Options::for_profile(Profile::Strict);
    Options {
        passkeys: strict.passkeys,
        sessions: strict.sessions,
        user: UserOptions {
            notify_owners: true,
            ..Options::default().user
        },
        ..Options::default()
    }
}

impl World {
    pub(super) async fn new(kind: Kind, options: Options) -> Self {
        let folder = TempDir::new().unwrap();
        let stores: Arc<dyn Stores> = match kind {
            Kind::Memory => Arc::new(MemoryStore::new()),
            Kind::Sqlite => open(&folder.path().join("app.db")).await,
        };
        Self::on(stores, options, folder, None)
    }

    pub(super) fn on(stores: Arc<dyn Stores>, options: Options, folder: TempDir, public_url: Option<&str>) -> Self {
        let clock = Arc::new(ManualClock::at(datetime!(2026-01-02 03:04:05 UTC)));
        let mailbox = Arc::new(Mailbox::default());
        let builder = Identity::builder(stores);
        let builder = match public_url {
            Some(url) => builder.public_url(url.parse().unwrap()),
            None => builder,
        };
        let identity = builder
            .keys(DataProtection::ephemeral(clock.clone(), Arc::new(SystemRandom)))
            .options(Options {
                password_hasher: PasswordHasherOptions {
                    algorithm: PasswordAlgorithm::identity_v3(std::num::NonZeroU32::MIN),
                    ..options.password_hasher.clone()
                },
                ..options
            })
            .clock(clock.clone())
            .email_queue(mailbox.clone())
            .build()
            .unwrap();
        let amr = |user: SignedIn| async move {
            let claims = user.claims().filter(|claim| claim.claim_type == "amr");
            claims.map(|claim| claim.value.clone()).collect::<Vec<_>>().join(",")
        };
        let application = Router::new().route("/amr", get(amr)).merge(identity.api());
        Self {
            application: identity.wrap(application),
            identity,
            mailbox,
            clock,
            _folder: folder,
        }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser {
            application: self.application.clone(),
            host: "localhost".to_owned(),
            origin: ORIGIN.to_owned(),
            fetch_site: None,
            cookies: BTreeMap::new(),
            token: None,
        }
    }

    /// A browser whose user registered and signed in with a cookie.
    pub(super) async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let credentials = json!({"email": format!("{name}@example.test"), "password": PASSWORD});
        assert_eq!(browser.post("/register", credentials.clone()).await.0, 200);
        assert_eq!(browser.post("/login?useCookies=true", credentials).await.0, 200);
        browser
    }

    pub(super) async fn user(&self, name: &str) -> User {
        let name = format!("{name}@example.test");
        let found = self.identity.accounts().find_by_name(&name);
        found.await.unwrap().unwrap()
    }
}

pub(super) async fn open(path: &Path) -> Arc<dyn Stores> {
    let url = format!("sqlite://{}", path.display());
    let options = StoreOptions::default();
    let stores = wicketgate_sql::connect(&url, &options, Arc::new(SystemRandom)).await;
    stores.unwrap()
}

/// A browser with its cookies, or an application with its token.
#[derive(Clone)]
pub(super) struct Browser {
    application: Router,
    pub(super) host: String,
    pub(super) origin: String,
    /// What it says of the page's place in `Sec-Fetch-Site`.
    pub(super) fetch_site: Option<&'static str>,
    pub(super) cookies: BTreeMap<String, String>,
    pub(super) token: Option<String>,
}

impl Browser {
    pub(super) async fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .header("origin", &self.origin);
        if let Some(site) = self.fetch_site {
            request = request.header("sec-fetch-site", site);
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header("cookie", cookies.collect::<Vec<_>>().join("; "));
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let response = answer(&self.application, request.body(Body::from(body)).unwrap()).await;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 100_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    pub(super) async fn get(&mut self, path: &str) -> (u16, String) {
        self.send("GET", path, None).await
    }

    pub(super) async fn post(&mut self, path: &str, body: Value) -> (u16, String) {
        self.send("POST", path, Some(body)).await
    }

    /// Whether the server knows who it is.
    pub(super) async fn is_signed_in(&mut self) -> bool {
        match self.get("/manage/info").await.0 {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        }
    }

    pub(super) async fn options(&mut self, path: &str) -> Value {
        let (status, body) = self.send("POST", path, None).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Has an authenticator make a passkey for whoever is signed in.
    pub(super) async fn add_passkey(&mut self, first: u8) -> Authenticator {
        let options = self.options("/manage/passkeys/creationOptions").await;
        let (authenticator, answer) = Authenticator::create(&options, &self.origin, first);
        let body = json!({"credentialJson": answer, "name": format!("Key {first}")});
        let (status, body) = self.post("/manage/passkeys", body).await;
        assert_eq!(status, 200, "{body}");
        let expected = json!({"credentialId": authenticator.id(), "name": format!("Key {first}")});
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
        authenticator
    }

    /// What the authenticator answers to a new challenge.
    pub(super) async fn ask(&mut self, authenticator: &mut Authenticator) -> Value {
        let options = self.options("/passkeys/requestOptions").await;
        json!({"credentialJson": authenticator.get(&options, &self.origin)})
    }

    /// Signs in with a cookie.
    pub(super) async fn sign_in(&mut self, authenticator: &mut Authenticator) -> (u16, String) {
        let answer = self.ask(authenticator).await;
        self.post("/passkeys/login?useCookies=true", answer).await
    }
}
