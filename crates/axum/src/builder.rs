//! Building an [`Identity`].

use std::{path::PathBuf, sync::Arc};

use ipnet::IpNet;
use wicketgate_identity::mail::MailWorkerOptions;
use wicketgate_identity::sign_in::RefusalTime;
use wicketgate_identity::{Accounts, EmailSender, IntoStores, Options, SignIn, Stores};
use wicketgate_protection::{
    Clock, DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, Random, SystemClock, SystemRandom,
};

use crate::{
    BuildError, Identity,
    authentication::Schemes,
    identity::Parts,
    limits::UntrustedProxy,
    mail::OutgoingMail,
    network::{AllowedHost, AllowedHosts, AllowedOrigin, CrossSite, PublicUrl, TrustedProxies},
    options::{AuthenticationOptions, Profile, RequestLimits},
    routes::{Endpoint, RunningRequests, with_passkey_domain},
};

impl Identity {
    /// Starts building one on a store of accounts.
    ///
    /// ```
    /// use wicketgate_axum::{BuildError, Identity, MemoryStore};
    ///
    /// fn identity() -> Result<Identity, BuildError> {
    ///     Identity::builder(MemoryStore::new()).keys_in("data/keys").build()
    /// }
    /// ```
    pub fn builder(stores: impl IntoStores) -> IdentityBuilder {
        IdentityBuilder::new(stores.into_stores())
    }
}

/// Builds an [`Identity`]. What you do not set is as in ASP.NET Core.
#[derive(Debug)]
pub struct IdentityBuilder {
    stores: Arc<dyn Stores>,
    keys: Keys,
    application_name: Option<String>,
    options: Options,
    authentication: AuthenticationOptions,
    limits: RequestLimits,
    email: OutgoingMail,
    email_options: MailWorkerOptions,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    prefix: String,
    without: Vec<Endpoint>,
    public_url: Option<PublicUrl>,
    allowed_hosts: Vec<AllowedHost>,
    cors: Vec<AllowedOrigin>,
    trusted_proxies: Vec<IpNet>,
}

impl IdentityBuilder {
    fn new(stores: Arc<dyn Stores>) -> Self {
        Self {
            stores,
            keys: Keys::None,
            application_name: None,
            options: Options::default(),
            authentication: AuthenticationOptions::default(),
            limits: RequestLimits::default(),
            email: OutgoingMail::Nobody,
            email_options: MailWorkerOptions::default(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            prefix: String::new(),
            without: Vec::new(),
            public_url: None,
            allowed_hosts: Vec::new(),
            cors: Vec::new(),
            trusted_proxies: Vec::new(),
        }
    }

    /// Keeps the keys that protect tokens, cookies and links in this folder, like .NET's `PersistKeysToFileSystem`. They are
    /// created when needed, and rotated. All instances of an application need the same folder.
    pub fn keys_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.keys = Keys::Folder(folder.into());
        self
    }

    /// Keeps the keys in memory: every sign-in ends with the process. For tests and trials.
    pub fn ephemeral_keys(mut self) -> Self {
        self.keys = Keys::Ephemeral;
        self
    }

    /// Uses these keys, which may be kept anywhere.
    pub fn keys(mut self, keys: DataProtection) -> Self {
        self.keys = Keys::Given(keys);
        self
    }

    /// Isolates applications that share a folder of keys (.NET's `SetApplicationName`).
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = Some(name.into());
        self
    }

    /// Replaces all options by those of a profile. To change some of them, start from the profile's:
    ///
    /// ```
    /// use wicketgate_axum::{BuildError, Identity, MemoryStore, Options, options::Profile};
    ///
    /// fn identity() -> Result<Identity, BuildError> {
    ///     let mut options = Options::for_profile(Profile::Strict);
    ///     options.lockout.max_failed_access_attempts = 3;
    ///     let builder = Identity::builder(MemoryStore::new()).profile(Profile::Strict).options(options);
    ///     builder.ephemeral_keys().build()
    /// }
    /// ```
    pub fn profile(mut self, profile: Profile) -> Self {
        self.options = Options::for_profile(profile);
        self.authentication = AuthenticationOptions::for_profile(profile);
        self
    }

    /// Rules for names, passwords, lockout and so on.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Lifetimes of tokens and cookies, and the cookies' attributes.
    pub fn authentication(mut self, options: AuthenticationOptions) -> Self {
        self.authentication = options;
        self
    }

    /// Limits on requests to the endpoints.
    pub fn limits(mut self, limits: RequestLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sends mail in the background: no answer waits for the sender. Mails wait in the stores, if these keep mails, as all
    /// databases with Wicketgate's tables do: what was answered with success is sent by this process, another one, or the next.
    /// Otherwise up to 10,000 wait in memory. A mail may take a minute, and is tried again for a day unless the sender says that
    /// this is hopeless ([`EmailError::permanent`](wicketgate_identity::EmailError::permanent)). Without a sender, mails are
    /// dropped with a warning in the log.
    ///
    /// Sending starts with [`build`](Self::build) if that is called in a tokio runtime, or else with the first mail.
    pub fn email(mut self, sender: impl EmailSender) -> Self {
        self.email = OutgoingMail::behind_answers(Arc::new(sender));
        self
    }

    /// How many mails are sent at a time, and for how long a mail is tried again: 16 and a day by default.
    pub fn email_options(mut self, options: MailWorkerOptions) -> Self {
        self.email_options = options;
        self
    }

    /// For a sender that only stores mails to be sent later, such as a queue in a database. Answers wait for it, but only if
    /// there is a mail: the time of the answers of `/forgotPassword` and `/resendConfirmationEmail` tells which addresses have
    /// accounts, unless storing a mail takes no time that can be measured. [`email`](Self::email) has no such difference.
    pub fn email_queue(mut self, queue: impl EmailSender) -> Self {
        self.email = OutgoingMail::Queue(Arc::new(queue));
        self
    }

    /// Puts all endpoints under this path, such as `/api/identity`.
    pub fn prefix(mut self, prefix: impl AsRef<str>) -> Self {
        let path = prefix.as_ref().trim_matches('/');
        self.prefix = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        self
    }

    /// Leaves endpoints out, such as `/register` where an administrator creates the accounts. Requests to them are answered
    /// like those to any unknown path, and [`Identity::openapi`] does not describe them.
    ///
    /// Without [`Endpoint::ConfirmEmail`] the application has to handle the links in mails itself.
    pub fn without(mut self, endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        self.without.extend(endpoints);
        self
    }

    /// Where the application is reached from outside: what mailed links begin with. Without it, links lead to the host that
    /// the request named, if that host is trusted: it is one of [`allowed_hosts`](Self::allowed_hosts), a trusted proxy's
    /// `X-Forwarded-Host`, or a loopback address requested from the same machine. Links to other hosts are not mailed.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.public_url = Some(url);
        self
    }

    /// Hosts that requests may be sent to (.NET's host filtering); requests to others are answered with 400. By default every
    /// host is allowed, and none is trusted for mailed links.
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        self.allowed_hosts = hosts.into_iter().collect();
        self
    }

    /// Origins whose pages may call the application, with credentials. None by default.
    pub fn cors(mut self, origins: impl IntoIterator<Item = AllowedOrigin>) -> Self {
        self.cors = origins.into_iter().collect();
        self
    }

    /// Proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` headers are trusted.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.trusted_proxies = networks.into_iter().collect();
        self
    }

    /// The clock; the system's by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The random number generator; the system's by default.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// Builds the [`Identity`].
    ///
    /// # Errors
    /// No keys were chosen, browsers would discard a cookie, or the stores lack what the options need.
    pub fn build(self) -> Result<Identity, BuildError> {
        for (cookie, options) in self.authentication.cookies() {
            let checked = options.check();
            checked.map_err(|reason| BuildError::Cookie { cookie, reason })?;
        }
        let refuses_cross_site = self.authentication.refuse_cross_site;
        if self.options.need_secrets() && self.stores.secrets().is_none() {
            return Err(BuildError::NoSecrets);
        }
        let application_name = self.application_name.as_deref();
        let data_protection = match self.keys {
            Keys::None => return Err(BuildError::NoKeys),
            Keys::Ephemeral => DataProtection::ephemeral(Arc::clone(&self.clock), Arc::clone(&self.random)),
            Keys::Given(keys) => keys,
            Keys::Folder(folder) => {
                let folder = Arc::new(FolderKeyRepository::new(folder));
                let options = KeyRingOptions::default();
                let ring = KeyRing::new(folder, options, Arc::clone(&self.clock), Arc::clone(&self.random));
                DataProtection::new(Arc::new(ring), application_name)
            }
        };
        let schemes = Schemes::new(&data_protection, self.authentication, &self.clock);
        let (clock, random) = (Arc::clone(&self.clock), Arc::clone(&self.random));
        let options = with_passkey_domain(self.options, self.public_url.as_ref());
        let accounts = Accounts::new(self.stores, &data_protection, options, clock, random);
        if accounts.options().sessions.enabled && accounts.sessions().is_none() {
            return Err(BuildError::NoSessions);
        }
        let mut email = self.email;
        if let OutgoingMail::BehindAnswers(outbox) = &mut email {
            outbox.options = self.email_options;
        }
        email.start(&accounts);
        Ok(Identity::new(Parts {
            sign_in: SignIn::new(accounts.clone()),
            accounts,
            schemes,
            running: RunningRequests::new(self.limits.max_running_requests),
            limits: self.limits,
            email,
            registration_time: RefusalTime::default(),
            prefix: self.prefix,
            without: self.without,
            cross_site: refuses_cross_site.then(|| CrossSite::new(&self.cors, self.public_url.as_ref())),
            public_url: self.public_url,
            allowed_hosts: AllowedHosts::new(self.allowed_hosts),
            cors: self.cors,
            trusted_proxies: TrustedProxies::new(self.trusted_proxies),
            untrusted_proxy: UntrustedProxy::default(),
            clock: self.clock,
            random: self.random,
        }))
    }
}

/// Where the keys are kept.
#[derive(Debug)]
enum Keys {
    None,
    Ephemeral,
    Given(DataProtection),
    Folder(PathBuf),
}
