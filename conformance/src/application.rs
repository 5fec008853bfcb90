//! The sample application in this process, under a clock that only the test moves.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};
use tokio::io::DuplexStream;
use wicketgate::{
    Settings,
    hosting::{self, HostedApplication},
};
use wicketgate_axum::IdentityBuilder;
use wicketgate_identity::{Accounts, EmailMessage, EmailSender, mail::MailWorkerOptions};
use wicketgate_protection::{
    Clock, DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, Random, SeededRandom,
};

use crate::{
    connection::{ExchangeError, ReceivedResponse, exchange},
    database::Database,
    expectation::Origin,
    mailbox::Mailbox,
    settings::variables,
    store::Store,
    subject::Subject,
};

/// The sample application with nothing in it, under a clock that only the test moves.
#[derive(Debug)]
pub struct Application {
    hosted: Arc<HostedApplication>,
    accounts: Accounts,
    clock: Arc<ManualClock>,
    mailbox: Arc<Mailbox>,
    /// Last: it is removed with this value, and those above use it.
    database: Database,
}

/// The application could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the application failed to start: {0}")]
pub struct StartError(#[from] Box<dyn std::error::Error + Send + Sync>);

impl Application {
    /// A fresh application with these options (.NET's names) at this time.
    ///
    /// # Errors
    /// [`StartError`] for an option that the server does not have, or a database that cannot be made.
    pub async fn start(
        store: Store,
        options: &BTreeMap<String, String>,
        now: OffsetDateTime,
    ) -> Result<Self, StartError> {
        let database = Database::new(store).await.map_err(boxed)?;
        Self::start_on(database, options, now, into_mailbox).await
    }

    /// The same with mails in the store's own table, from where they go to this sender as the server sends them.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_sending(
        store: Store,
        options: &BTreeMap<String, String>,
        now: OffsetDateTime,
        sender: impl EmailSender,
        mail: MailWorkerOptions,
    ) -> Result<Self, StartError> {
        let database = Database::new(store).await.map_err(boxed)?;
        let send = |builder: IdentityBuilder, _| builder.email(sender).email_options(mail);
        Self::start_on(database, options, now, send).await
    }

    async fn start_on(
        database: Database,
        options: &BTreeMap<String, String>,
        now: OffsetDateTime,
        mail: impl FnOnce(IdentityBuilder, Arc<Mailbox>) -> IdentityBuilder,
    ) -> Result<Self, StartError> {
        let clock = Arc::new(ManualClock::at(now));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        let data_protection = DataProtection::ephemeral(clock.clone(), Arc::clone(&random));
        Self::with(database, data_protection, options, clock, random, mail).await
    }

    /// The application on what another one left: its database, the folder of its keys, and the name that it had.
    ///
    /// # Errors
    /// As [`start`](Self::start), and where the database cannot be used.
    pub async fn moved(
        database: Database,
        keys: &Path,
        name: &str,
        options: &BTreeMap<String, String>,
        now: OffsetDateTime,
    ) -> Result<Self, StartError> {
        let clock = Arc::new(ManualClock::at(now));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        let ring = KeyRing::new(
            Arc::new(FolderKeyRepository::new(keys.to_owned())),
            KeyRingOptions::default(),
            clock.clone(),
            Arc::clone(&random),
        );
        let data_protection = DataProtection::new(Arc::new(ring), Some(name));
        Self::with(database, data_protection, options, clock, random, into_mailbox).await
    }

    async fn with(
        database: Database,
        data_protection: DataProtection,
        options: &BTreeMap<String, String>,
        clock: Arc<ManualClock>,
        random: Arc<dyn Random>,
        mail: impl FnOnce(IdentityBuilder, Arc<Mailbox>) -> IdentityBuilder,
    ) -> Result<Self, StartError> {
        let settings = settings(&database, options)?;
        let mailbox = Arc::new(Mailbox::with_texts(settings.email.texts));
        let store = hosting::store(&settings, Arc::clone(&random)).await.map_err(boxed)?;
        let builder = hosting::builder(
            &settings,
            Arc::clone(&store),
            data_protection,
            clock.clone(),
            Arc::clone(&random),
        );
        let identity = mail(builder, mailbox.clone()).build().map_err(boxed)?;
        let pipeline = identity.pipeline_with_dotnet_routing(spa_backend::app(&identity));
        Ok(Self {
            hosted: Arc::new(HostedApplication::new(pipeline, store, random)),
            accounts: identity.accounts().clone(),
            clock,
            mailbox,
            database,
        })
    }

    /// A new connection to it, served by the server's own code.
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(CONNECTION_BUFFER);
        tokio::spawn(hosting::serve_connection(server, self.hosted.clone(), CLIENT));
        client
    }

    /// What it answers to a request on a connection of its own. `header` are further lines of the head, `body` is JSON or
    /// empty.
    ///
    /// # Errors
    /// There is no whole answer.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        header: &str,
        body: &str,
    ) -> Result<ReceivedResponse, ExchangeError> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{header}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            Origin::LOCAL.host,
            body.len(),
        );
        exchange(self.connect(), method, request.as_bytes()).await
    }

    /// Where its accounts are.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The accounts, for what has no endpoint.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The mails since the last call.
    pub fn take_mail(&self) -> Vec<EmailMessage> {
        self.mailbox.take()
    }
}

#[async_trait]
impl Subject for Application {
    type Connection = DuplexStream;

    async fn connect(&self) -> io::Result<DuplexStream> {
        Ok(Self::connect(self))
    }

    async fn administer(&self, words: Vec<String>) -> Result<(), String> {
        let outcome = hosting::users(words, &self.accounts).await;
        outcome.map(drop).map_err(|error| error.to_string())
    }

    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    fn mailbox(&self) -> Option<&Mailbox> {
        Some(&self.mailbox)
    }
}

/// As much as a socket's buffer holds.
const CONNECTION_BUFFER: usize = 64 * 1024;

/// Where requests come from.
const CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 40_000);

fn settings(database: &Database, options: &BTreeMap<String, String>) -> Result<Settings, StartError> {
    let mut options = options.clone();
    options.insert("Database:Url".to_owned(), database.url().to_owned());
    // How often a password is hashed does not show on the wire, and thousands of them are hashed here.
    options
        .entry("PasswordHasher:IterationCount".to_owned())
        .or_insert_with(|| "1000".to_owned());
    Ok(Settings::from_variables(variables(&options)).map_err(boxed)?)
}

/// Mails are there before the answer is.
fn into_mailbox(builder: IdentityBuilder, mailbox: Arc<Mailbox>) -> IdentityBuilder {
    builder.email_queue(mailbox)
}

fn boxed(error: impl std::error::Error + Send + Sync + 'static) -> Box<dyn std::error::Error + Send + Sync> {
    Box::new(error)
}
