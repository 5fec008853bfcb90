//! A mail server that notes who got mail.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use wicketgate_test_servers::{Error, Home};

/// Of so many mails one is refused for now, so that it has to be sent again.
const ONE_REFUSED_OF: usize = 20;

/// Runs until the process ends.
#[derive(Debug)]
pub(super) struct MailSink {
    address: SocketAddr,
    received: Arc<Received>,
}

#[derive(Debug, Default)]
struct Received {
    /// How many mails each address got.
    mails: Mutex<HashMap<String, usize>>,
    attempts: AtomicUsize,
}

impl MailSink {
    pub(super) fn start() -> Result<Self, Error> {
        let address = SocketAddr::from(([127, 0, 0, 1], Home::free_port()?));
        let listener = TcpListener::bind(address).map_err(|source| Error::Io {
            action: "the mail server's port".to_owned(),
            source,
        })?;
        let received = Arc::new(Received::default());
        let shared = Arc::clone(&received);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let received = Arc::clone(&shared);
                // A session that breaks off was an instance's that was killed.
                thread::spawn(move || session(connection, &received));
            }
        });
        Ok(Self { address, received })
    }

    pub(super) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Those of the addresses that have no mail after this time.
    pub(super) fn wait_for(&self, emails: impl IntoIterator<Item = String>, patience: Duration) -> Vec<String> {
        let mut waiting: Vec<String> = emails.into_iter().collect();
        let begin = Instant::now();
        loop {
            let mails = self.received.mails();
            waiting.retain(|email| !mails.contains_key(email));
            drop(mails);
            if waiting.is_empty() || begin.elapsed() >= patience {
                return waiting;
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// How many mails each address got.
    pub(super) fn mails(&self) -> HashMap<String, usize> {
        self.received.mails().clone()
    }
}

impl Received {
    fn mails(&self) -> std::sync::MutexGuard<'_, HashMap<String, usize>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn session(stream: TcpStream, received: &Received) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    let mut say = "220 sink";
    loop {
        stream.get_mut().write_all(format!("{say}\r\n").as_bytes()).ok()?;
        let line = next_line(&mut stream)?;
        say = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" if received.attempts.fetch_add(1, Relaxed) % ONE_REFUSED_OF == ONE_REFUSED_OF - 1 => "451 later",
            "RCPT" => {
                line.split(['<', '>']).nth(1)?.clone_into(&mut to);
                "250 ok"
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go\r\n").ok()?;
                while next_line(&mut stream)? != "." {}
                *received.mails().entry(to.clone()).or_default() += 1;
                "250 ok"
            }
            _ => "250 ok",
        };
    }
}

fn next_line(stream: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}
