//! Accounts in memory under a clock that stands still, with hashes that cost nothing.

use std::num::NonZeroU32;
use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use wicketgate_identity::options::PasswordHasherOptions;
use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{
    Accounts, Credentials, Event, EventKind, MemoryStore, Options, PasswordAlgorithm, SecondFactor, SignIn,
    SignInOutcome, SignInResult, SignInSuccess, Stores, User, schemes,
};
use wicketgate_protection::{Clock, DataProtection, ManualClock, SeededRandom};

pub(crate) const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
pub(crate) const PASSWORD: &str = "Passw0rd!";
/// [`PASSWORD`] in version 2 of ASP.NET Identity, which new hashes are better than.
pub(crate) const VERSION_2_HASH: &str = "AAABAgMEBQYHCAkKCwwNDg8mGGxJ6RXbpV3Eeve8lImVPiBvo46mNFMTIr+N+UuQ6w==";
pub(crate) const ADA: &str = "ada@example.test";
pub(crate) const GRACE: &str = "grace@example.test";

pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) sign_in: SignIn,
    pub(crate) clock: Arc<ManualClock>,
}

/// What a store is told where it does not matter what happened.
pub(crate) fn event() -> Event {
    Event::new(EventKind::Registered, None, START)
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(choose: impl FnOnce(&mut Options)) -> Self {
        Self::on(Arc::new(MemoryStore::new()), choose)
    }

    pub(crate) fn on(stores: Arc<dyn Stores>, choose: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            password_hasher: PasswordHasherOptions {
                algorithm: PasswordAlgorithm::identity_v3(NonZeroU32::MIN),
                ..PasswordHasherOptions::default()
            },
            ..Options::default()
        };
        choose(&mut options);
        let clock = Arc::new(ManualClock::at(START));
        let random = Arc::new(SeededRandom::new(1));
        let protection = DataProtection::ephemeral(clock.clone(), random.clone());
        let accounts = Accounts::new(stores, &protection, options, clock.clone(), random);
        Self {
            sign_in: SignIn::new(accounts.clone()),
            accounts,
            clock,
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) async fn register(&self, email: &str) -> User {
        self.accounts.register(email, PASSWORD).await.unwrap().unwrap()
    }

    /// The account as the store has it now.
    pub(crate) async fn reload(&self, user: &User) -> User {
        self.accounts.find_by_id(&user.id).await.unwrap().unwrap()
    }

    /// An account with a second factor, its authenticator key and its recovery codes.
    pub(crate) async fn register_with_second_factor(&self, email: &str) -> (User, String, Vec<String>) {
        let mut user = self.register(email).await;
        let key = self.accounts.reset_authenticator_key(&mut user).await.unwrap().unwrap();
        self.accounts
            .set_two_factor_enabled(&mut user, true)
            .await
            .unwrap()
            .unwrap();
        let codes = self.accounts.generate_recovery_codes(&user).await.unwrap().unwrap();
        (user, key, codes)
    }

    pub(crate) async fn login(&self, email: &str, password: &str, second_factor: SecondFactor<'_>) -> SignInOutcome {
        self.login_on(email, password, second_factor, None).await
    }

    pub(crate) async fn login_on(
        &self,
        email: &str,
        password: &str,
        second_factor: SecondFactor<'_>,
        machine: Option<&Ticket>,
    ) -> SignInOutcome {
        let credentials = Credentials {
            user_name: email,
            password,
            second_factor,
            remembered_machine: machine,
        };
        self.sign_in.password(credentials).await.unwrap()
    }

    /// The name of what came of a login without second factor.
    pub(crate) async fn outcome(&self, email: &str, password: &str) -> String {
        self.login(email, password, SecondFactor::None).await.result.to_string()
    }

    pub(crate) async fn outcome_with(&self, email: &str, second_factor: SecondFactor<'_>) -> String {
        self.login(email, PASSWORD, second_factor).await.result.to_string()
    }

    /// The ticket of a machine that this account's second factor was given on, issued now.
    pub(crate) fn remember(&self, user: &User) -> Ticket {
        let mut ticket = Ticket::new(
            schemes::TWO_FACTOR_REMEMBER_ME,
            self.sign_in.remember_machine_principal(user),
        );
        ticket.properties.set_issued(Some(self.clock.now()));
        ticket
    }

    /// What an authenticator with this key shows now.
    pub(crate) fn code(&self, key: &str) -> String {
        code_at(key, self.clock.now())
    }

    /// A code that the authenticator shows at no time near now.
    pub(crate) fn wrong_code(&self, key: &str) -> String {
        let near: Vec<_> = (-3..=3)
            .map(|step| code_at(key, self.clock.now() + Duration::seconds(30 * step)))
            .collect();
        let codes = (0..).map(|code| format!("{code:06}"));
        codes.into_iter().find(|code| !near.contains(code)).unwrap()
    }
}

/// Who signed in, where somebody did.
pub(crate) fn signed_in(result: SignInOutcome) -> SignInSuccess {
    match result.result {
        SignInResult::Succeeded(signed_in) => *signed_in,
        refused => panic!("not signed in: {refused}"),
    }
}

/// RFC 6238, written again so that the crate's own is not checked against itself.
fn code_at(key: &str, time: OffsetDateTime) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32_NOPAD.decode(key.as_bytes()).unwrap()).unwrap();
    mac.update(&(time.unix_timestamp() / 30).to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let offset = usize::from(mac[19] & 15);
    let number = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7FFF_FFFF;
    format!("{:06}", number % 1_000_000)
}

/// So many logins of Ada, all under way at once.
pub(crate) async fn logins_at_once(world: &World, number: usize, password: &'static str) -> Vec<SignInOutcome> {
    let mut logins = JoinSet::new();
    for _ in 0..number {
        let sign_in = world.sign_in.clone();
        logins.spawn(async move {
            let credentials = Credentials {
                user_name: ADA,
                password,
                second_factor: SecondFactor::None,
                remembered_machine: None,
            };
            sign_in.password(credentials).await.unwrap()
        });
    }
    logins.join_all().await
}
