use std::sync::Arc;

use async_trait::async_trait;
use ipnet::IpNet;
use wicketgate_identity::{Accounts, EmailError, EmailMessage, EmailSender, Options, SignIn, UserStore};
use wicketgate_protection::{Clock, DataProtection, Random, SystemClock, SystemRandom};

use crate::{
    AllowedHost, AllowedOrigin, AuthenticationOptions, Identity, PublicUrl, RequestLimits, allowed_hosts::AllowedHosts,
    authentication::Schemes, forwarded_headers::TrustedProxies, identity::Parts,
};

/// Puts an [`Identity`] together. What is not chosen is as in .NET.
#[derive(Debug)]
pub struct IdentityBuilder {
    store: Arc<dyn UserStore>,
    data_protection: DataProtection,
    options: Options,
    authentication: AuthenticationOptions,
    limits: RequestLimits,
    email: Arc<dyn EmailSender>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    prefix: String,
    public_url: Option<PublicUrl>,
    allowed_hosts: Vec<AllowedHost>,
    cors: Vec<AllowedOrigin>,
    trusted_proxies: Vec<IpNet>,
}

impl IdentityBuilder {
    pub(crate) fn new(store: Arc<dyn UserStore>, data_protection: DataProtection) -> Self {
        Self {
            store,
            data_protection,
            options: Options::default(),
            authentication: AuthenticationOptions::default(),
            limits: RequestLimits::default(),
            email: Arc::new(NoEmailSender),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            prefix: String::new(),
            public_url: None,
            allowed_hosts: Vec::new(),
            cors: Vec::new(),
            trusted_proxies: Vec::new(),
        }
    }

    /// What names and passwords are allowed, when accounts are locked, and so on.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Life of tokens and cookies, and the cookies' attributes.
    pub fn authentication(mut self, options: AuthenticationOptions) -> Self {
        self.authentication = options;
        self
    }

    /// How much a request to the endpoints may bring along.
    pub fn limits(mut self, limits: RequestLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes mail on its way. Without one, mails are dropped with a warning in the log.
    pub fn email(mut self, sender: Arc<dyn EmailSender>) -> Self {
        self.email = sender;
        self
    }

    /// Moves all endpoints under this path, such as `/api/identity`.
    pub fn prefix(mut self, prefix: impl AsRef<str>) -> Self {
        let path = prefix.as_ref().trim_matches('/');
        self.prefix = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        self
    }

    /// What mailed links begin with. Without it they lead to where the request that caused the mail was sent, if somebody
    /// vouches for that host: [`allowed_hosts`](Self::allowed_hosts), a trusted proxy's `X-Forwarded-Host`, or, for a client
    /// on the same machine, that it asked for the loopback. A link to another host is not mailed.
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.public_url = Some(url);
        self
    }

    /// The hosts that requests may name (.NET's host filtering); others are answered with 400. Without any, every host is
    /// answered for, and none is good enough for a mailed link.
    pub fn allowed_hosts(mut self, hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        self.allowed_hosts = hosts.into_iter().collect();
        self
    }

    /// The origins whose pages may call the application, with credentials. Without any, no page of another origin may.
    pub fn cors(mut self, origins: impl IntoIterator<Item = AllowedOrigin>) -> Self {
        self.cors = origins.into_iter().collect();
        self
    }

    /// The addresses of proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` headers are believed.
    pub fn trusted_proxies(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.trusted_proxies = networks.into_iter().collect();
        self
    }

    /// Where the time comes from; the system's clock by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where chance comes from; the system's generator by default.
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// The finished Identity API.
    pub fn build(self) -> Identity {
        let schemes = Schemes::new(&self.data_protection, self.authentication, &self.clock);
        let accounts = Accounts::new(self.store, &self.data_protection, self.options, self.clock, self.random);
        Identity::new(Parts {
            sign_in: SignIn::new(accounts.clone()),
            accounts,
            schemes,
            limits: self.limits,
            email: self.email,
            prefix: self.prefix,
            public_url: self.public_url,
            allowed_hosts: AllowedHosts::new(self.allowed_hosts),
            cors: self.cors,
            trusted_proxies: TrustedProxies::new(self.trusted_proxies),
        })
    }
}

/// Drops mail (.NET's `NoOpEmailSender`).
#[derive(Debug)]
struct NoEmailSender;

#[async_trait]
impl EmailSender for NoEmailSender {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        tracing::warn!(user = %message.user, "a mail was dropped: no e-mail sender is configured");
        Ok(())
    }
}
