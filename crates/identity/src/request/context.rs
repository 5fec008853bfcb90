//! The request that a task serves, as log lines show it.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

tokio::task_local! {
    static CURRENT: Arc<RequestContext>;
}

/// The request that a task serves (.NET's `HttpContext.TraceIdentifier` and `ConnectionInfo.RemoteIpAddress`).
///
/// It costs less than a `tracing` span, and exists at every log level.
///
/// ```
/// # use std::sync::Arc;
/// # use wicketgate_identity::request::RequestContext;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let request = Arc::new(RequestContext { id: "7f".to_owned(), client: Some([192, 0, 2, 1].into()) });
/// let line = request.scope(async { RequestContext::current().unwrap().to_string() });
/// assert_eq!(line.await, "request{id=7f client=192.0.2.1}");
/// assert!(RequestContext::current().is_none());
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// The value of `X-Request-Id` in the response; empty where responses have none.
    pub id: String,
    /// Where it came from: an address, or as much of it as may be logged. `None` if unknown.
    pub client: Option<ClientNetwork>,
}

impl RequestContext {
    /// The request that the current task serves.
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs the work for this request. Tasks that it spawns are not included; see [`carry`](Self::carry).
    pub fn scope<F: Future>(self: Arc<Self>, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self, work)
    }

    /// Wraps the work of a new task, so that it runs for the current task's request, if there is one.
    pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
        let current = Self::current();
        async move {
            match current {
                Some(context) => context.scope(work).await,
                None => work.await,
            }
        }
    }
}

/// `request{id=… client=…}`
impl fmt::Display for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request{{id={}", self.id)?;
        if let Some(client) = &self.client {
            write!(f, " client={client}")?;
        }
        f.write_str("}")
    }
}

/// A client's address, or its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientNetwork(IpNet);

impl ClientNetwork {
    /// The first bits of an address. An IPv4 address in IPv6 form counts as IPv4.
    pub fn truncated(address: IpAddr, bits_of_ipv4: u8, bits_of_ipv6: u8) -> Option<Self> {
        let address = address.to_canonical();
        let bits = if address.is_ipv4() { bits_of_ipv4 } else { bits_of_ipv6 };
        IpNet::new(address, bits).ok().map(|network| Self(network.trunc()))
    }

    /// How many bits of an IPv4 address [events](crate::event) keep.
    pub const EVENT_BITS_OF_IPV4: u8 = 24;
    /// How many bits of an IPv6 address [events](crate::event) keep.
    pub const EVENT_BITS_OF_IPV6: u8 = 48;

    /// As events keep it, or shorter if it is shorter already.
    pub fn shortened(self) -> Self {
        let longest = match self.0.addr().is_ipv4() {
            true => Self::EVENT_BITS_OF_IPV4,
            false => Self::EVENT_BITS_OF_IPV6,
        };
        match IpNet::new(self.0.addr(), longest.min(self.0.prefix_len())) {
            Ok(network) => Self(network.trunc()),
            Err(_) => self,
        }
    }
}

impl<A: Into<IpAddr>> From<A> for ClientNetwork {
    fn from(address: A) -> Self {
        Self(address.into().to_canonical().into())
    }
}

/// An address alone, or a network as `192.0.2.0/24`.
impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}
