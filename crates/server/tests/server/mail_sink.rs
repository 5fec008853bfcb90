//! A mail server that keeps what it gets.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::process::Place;

/// A mail server that keeps what it gets. It answers the first `refusals` mails with 451, "try again"; every mail to
/// `busy…` with 450; and mails to `stall…` never.
pub(crate) struct MailSink {
    pub(crate) url: String,
    pub(crate) mails: Receiver<Mail>,
}

pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) data: String,
}

/// What all sessions of a sink share.
#[derive(Clone)]
struct Behaviour {
    mails: Sender<Mail>,
    refusals: Arc<AtomicUsize>,
}

impl MailSink {
    pub(crate) fn start(refusals: usize) -> Self {
        Self::start_with(refusals, "smtp", Some)
    }

    /// A sink that talks after `open` made what it talks through of a connection.
    fn start_with<S: Read + Write>(
        refusals: usize,
        scheme: &str,
        open: impl Fn(TcpStream) -> Option<S> + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (sender, mails) = channel();
        let behaviour = Behaviour {
            mails: sender,
            refusals: Arc::new(AtomicUsize::new(refusals)),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (behaviour, open) = (behaviour.clone(), open.clone());
                // A session that breaks off is the client's affair.
                thread::spawn(move || open(connection.unwrap()).and_then(|stream| session(stream, &behaviour)));
            }
        });
        Self { url, mails }
    }

    pub(crate) fn next(&self) -> Mail {
        self.mails.recv_timeout(PATIENCE).unwrap()
    }

    /// To whom the next mails go.
    pub(crate) fn recipients(&self, mails: usize) -> BTreeSet<String> {
        (0..mails).map(|_| self.next().to).collect()
    }
}

/// Shorter than the server waits for an answer, so that a mail that waits for a stalled one is late.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

fn session(stream: impl Read + Write, behaviour: &Behaviour) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    let mut say = String::from("220 sink");
    loop {
        stream.get_mut().write_all(format!("{say}\r\n").as_bytes()).ok()?;
        let line = next_line(&mut stream)?;
        say = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" if refuses(&behaviour.refusals) => "451 ada@example.test is busy",
            "RCPT" => {
                line.split(['<', '>']).nth(1)?.clone_into(&mut to);
                if to.starts_with("stall") {
                    // Until the client gives up.
                    while next_line(&mut stream).is_some() {}
                    return None;
                }
                if to.starts_with("busy") {
                    "450 try later"
                } else {
                    "250 ok"
                }
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go\r\n").ok()?;
                let data: Vec<String> = std::iter::from_fn(|| next_line(&mut stream))
                    .take_while(|line| line != ".")
                    .collect();
                let mail = Mail {
                    to: to.clone(),
                    data: data.join("\n"),
                };
                behaviour.mails.send(mail).ok()?;
                "250 ok"
            }
            _ => "250 ok",
        }
        .to_owned();
    }
}

fn next_line(stream: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

fn refuses(refusals: &AtomicUsize) -> bool {
    let counted = refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    counted.is_ok()
}

/// A sink behind TLS from the start, with a certificate that a private authority made, which is `ca.pem` in `place`.
pub(crate) fn encrypted_sink(place: &Place) -> MailSink {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    place.write("ca.pem", &authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let config = Arc::new(config);
    MailSink::start_with(0, "smtps", move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(StreamOwned::new(connection, stream))
    })
}
