//! Every registration that was acknowledged has its mail, however often the server is killed.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    sync::{Arc, mpsc::channel},
    thread,
};

use rustix::process::Signal;
use time::Duration;
use uuid::Uuid;
use wicketgate_identity::{Stores, options::StoreOptions};
use wicketgate_protection::{Clock, SystemClock, SystemRandom};

use crate::{durability::register_until_the_end, mail_sink::MailSink, process::Place};

/// Says how often, for `cargo trials mail-kills`.
const KILLS: &str = "WICKETGATE_TEST_MAIL_KILLS";
const FEW_KILLS: usize = 3;
const CLIENTS: usize = 4;
/// Between one kill and the next.
const ACKNOWLEDGED: usize = 30;
/// As many as there are connections to the mail server.
const UNDER_WAY: usize = 8;

#[test]
fn mails_of_acknowledged_registrations_arrive_although_the_server_is_killed() {
    let kills = env::var(KILLS).map_or(FEW_KILLS, |kills| kills.parse().unwrap());
    let sink = MailSink::start(0);
    let place = Place::new()
        .without_rate_limits()
        .with("WICKETGATE__EMAIL__SMTP_URL", &sink.url)
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let mut registered = BTreeSet::new();
    for kill in 0..kills {
        let server = place.serve(&[]);
        let (acknowledge, acknowledged) = channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (address, acknowledge) = (server.address.clone(), acknowledge.clone());
                thread::spawn(move || register_until_the_end(kill * CLIENTS + client, &address, &acknowledge))
            })
            .collect();
        drop(acknowledge);
        registered.extend(acknowledged.iter().take(ACKNOWLEDGED));
        server.signal(Signal::KILL);
        for client in clients {
            client.join().unwrap();
        }
        registered.extend(acknowledged.try_iter());
        drop(server);
        end_leases(&place);
    }
    let _server = place.serve(&[]);
    let mut missing: BTreeSet<String> = registered.iter().map(|account| address(account)).collect();
    let acknowledged = missing.len();
    assert!(acknowledged >= kills * ACKNOWLEDGED);
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    while !missing.is_empty() {
        let to = sink.next().to;
        missing.remove(&to);
        *arrived.entry(to).or_default() += 1;
    }
    let twice: usize = arrived.values().map(|mails| mails - 1).sum();
    eprintln!("{kills} kills, {acknowledged} acknowledged registrations, 0 mails missing, {twice} came again");
    assert!(twice <= kills * UNDER_WAY, "{arrived:?}");
}

/// The address in the body of a registration.
fn address(account: &str) -> String {
    account.split('"').nth(3).unwrap().to_owned()
}

/// As if so much time had passed that the leases of the server that was killed have ended.
fn end_leases(place: &Place) {
    let url = format!("sqlite://{}/data/wicketgate.db", place.path().display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = StoreOptions::default();
        let stores = wicketgate_sql::open(url.as_str(), &options, Arc::new(SystemRandom)).await;
        let stores = stores.unwrap();
        let (queue, now) = (stores.mails().unwrap(), SystemClock.now());
        let all = queue.due(now + Duration::DAY, None, 10_000).await.unwrap();
        queue.lease(&all, Uuid::nil(), now).await.unwrap();
    });
}
