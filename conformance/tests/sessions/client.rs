//! A server whose sign-ins are sessions, and clients of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::macros::datetime;
use wicketgate::hosting;
use wicketgate_conformance::{
    Application, MailField, ReceivedResponse, Store, Subject, field_of_mail, link_of_mail, one_time_code,
};

pub(crate) const ADA: &str = "ada@example.test";
pub(crate) const PASSWORD: &str = "Passw0rd!";

/// What a client has of a sign-in, for its requests' headers.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) header: String,
    /// Where it has tokens.
    pub(crate) refresh_token: Option<String>,
}

pub(crate) struct Server {
    pub(crate) store: Store,
    pub(crate) application: Application,
}

impl Server {
    /// With these settings beside the one that turns sessions on, and Ada's account.
    pub(crate) async fn start(store: Store, options: &[(&str, &str)]) -> Self {
        let options = [("sessions.enabled", "true")].iter().chain(options);
        let options: BTreeMap<_, _> = options
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let now = datetime!(2026-01-02 03:04:05 UTC);
        let application = Application::start(store, &options, now).await.unwrap();
        let server = Self { store, application };
        let account = json!({"email": ADA, "password": PASSWORD});
        assert_eq!(server.send("POST", "/register", "", account).await.status, 200);
        server
    }

    /// A server for each store.
    pub(crate) async fn each(options: &[(&str, &str)]) -> Vec<Self> {
        let mut servers = Vec::new();
        for store in Store::available() {
            servers.push(Self::start(store, options).await);
        }
        servers
    }

    pub(crate) async fn send(&self, method: &str, path: &str, header: &str, body: Value) -> ReceivedResponse {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.application.send(method, path, header, &body).await.unwrap()
    }

    pub(crate) async fn tokens(&self, password: &str) -> Client {
        self.tokens_with("", password).await
    }

    /// Signs in with further headers.
    pub(crate) async fn tokens_with(&self, header: &str, password: &str) -> Client {
        let account = json!({"email": ADA, "password": password});
        let answer = self.send("POST", "/login", header, account).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Client::with_tokens(&answer)
    }

    pub(crate) async fn cookie(&self, password: &str) -> Client {
        self.cookie_with("", password).await
    }

    pub(crate) async fn cookie_with(&self, header: &str, password: &str) -> Client {
        let account = json!({"email": ADA, "password": password});
        let answer = self.send("POST", "/login?useCookies=true", header, account).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Client::with_cookie(&answer)
    }

    /// Whether the client is still signed in: by its cookie, or by its access token and its refresh token alike.
    pub(crate) async fn knows(&self, client: &Client) -> bool {
        let hello = self.send("GET", "/probe/hello", &client.header, Value::Null).await;
        let is_known = match hello.status {
            200 => true,
            401 => false,
            _ => panic!("{hello:?}"),
        };
        if client.refresh_token.is_some() {
            assert_eq!(self.refresh(client).await.is_some(), is_known, "{}", self.store);
        }
        is_known
    }

    pub(crate) async fn refresh(&self, client: &Client) -> Option<Client> {
        let body = json!({"refreshToken": client.refresh_token.as_deref().unwrap()});
        let answer = self.send("POST", "/refresh", "", body).await;
        match answer.status {
            200 => Some(Client::with_tokens(&answer)),
            401 => None,
            _ => panic!("{answer:?}"),
        }
    }

    pub(crate) async fn log_out(&self, client: &Client) {
        let answer = self.send("POST", "/logout", &client.header, json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    pub(crate) async fn change_password(&self, client: &Client, new: &str) {
        let change = json!({"oldPassword": PASSWORD, "newPassword": new});
        let answer = self.send("POST", "/manage/info", &client.header, change).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Switches the second factor on and returns the authenticator's key. The code of this step is used up.
    pub(crate) async fn switch_second_factor_on(&self, client: &Client) -> String {
        self.switch_second_factor_on_with_codes(client).await.0
    }

    /// The same with the recovery codes.
    pub(crate) async fn switch_second_factor_on_with_codes(&self, client: &Client) -> (String, Vec<String>) {
        let set_up = self.send("POST", "/manage/2fa", &client.header, json!({})).await;
        let set_up: Value = serde_json::from_str(&set_up.body).unwrap();
        let key = set_up["sharedKey"].as_str().unwrap().to_owned();
        let enable = json!({"enable": true, "twoFactorCode": self.code(&key)});
        let answer = self.send("POST", "/manage/2fa", &client.header, enable).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let shown: Value = serde_json::from_str(&answer.body).unwrap();
        let codes = shown["recoveryCodes"].as_array().unwrap().iter();
        (key, codes.map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// The authenticator's code of this step.
    pub(crate) fn code(&self, key: &str) -> String {
        one_time_code(key, self.application.now(), 0).unwrap()
    }

    /// What the last mail says in these fields.
    pub(crate) fn mailed<const N: usize>(&self, fields: [MailField; N]) -> [String; N] {
        let mail = self.application.take_mail().pop().unwrap();
        fields.map(|field| field_of_mail(&mail.text.html(), field).unwrap())
    }

    /// The path of the link in the last mail.
    pub(crate) fn mailed_link(&self) -> String {
        let mail = self.application.take_mail().pop().unwrap();
        link_of_mail(&mail.text.html()).unwrap()
    }

    /// What `wicketgate users` prints.
    pub(crate) async fn administer(&self, words: &[&str]) -> String {
        let printed = self.try_to_administer(words).await;
        printed.unwrap_or_else(|| panic!("{}: {words:?} is refused", self.store))
    }

    /// The same, unless it is refused.
    pub(crate) async fn try_to_administer(&self, words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        hosting::users(words, self.application.accounts()).await.ok()
    }

    /// The account's sessions, as this client sees them.
    pub(crate) async fn sessions(&self, client: &Client) -> Vec<Value> {
        let answer = self.send("GET", "/manage/sessions", &client.header, Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let listed: Value = serde_json::from_str(&answer.body).unwrap();
        listed["sessions"].as_array().unwrap().clone()
    }

    /// The id of this client's session.
    pub(crate) async fn id(&self, client: &Client) -> String {
        let sessions = self.sessions(client).await;
        let current: Vec<_> = sessions.iter().filter(|session| session["isCurrent"] == true).collect();
        assert_eq!(current.len(), 1, "{sessions:?}");
        current[0]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn end(&self, client: &Client, id: &str) -> u16 {
        let path = format!("/manage/sessions/{id}");
        self.send("DELETE", &path, &client.header, Value::Null).await.status
    }
}

impl Client {
    /// With the cookie that an answer set, if it set one.
    pub(crate) fn after(&self, answer: &ReceivedResponse) -> Self {
        match answer.all("set-cookie").pop() {
            Some(set_cookie) => Self {
                header: format!("Cookie: {}\r\n", set_cookie.split(';').next().unwrap()),
                refresh_token: None,
            },
            None => self.clone(),
        }
    }

    pub(crate) fn with_cookie(answer: &ReceivedResponse) -> Self {
        // What deletes an old one stands in front.
        let set_cookie = answer.all("set-cookie").pop().unwrap();
        Self {
            header: format!("Cookie: {}\r\n", set_cookie.split(';').next().unwrap()),
            refresh_token: None,
        }
    }

    pub(crate) fn with_tokens(answer: &ReceivedResponse) -> Self {
        let tokens: Value = serde_json::from_str(&answer.body).unwrap();
        Self {
            header: format!("Authorization: Bearer {}\r\n", tokens["accessToken"].as_str().unwrap()),
            refresh_token: Some(tokens["refreshToken"].as_str().unwrap().to_owned()),
        }
    }
}
