//! What changes of an account do to its sessions, and sign-ins that are under way meanwhile.

use std::sync::Arc;

use time::Duration;
use wicketgate_identity::account::{Change, Confirmation, Confirmed, Expected, SecurityStamp};
use wicketgate_identity::request::{ClientNetwork, RequestContext};
use wicketgate_identity::session::{Device, Proof, SessionKind, SignInMethod};
use wicketgate_identity::ticket::Ticket;
use wicketgate_identity::{MemoryStore, Options, PasswordHash, Stores, User, schemes};

use crate::world::{ADA, PASSWORD, VERSION_2_HASH, World, event};

fn world(store: &Arc<MemoryStore>) -> World {
    World::on(store.clone(), |options| options.sessions.enabled = true)
}

/// The ticket of a new session.
async fn sign_in(world: &World, user: &User) -> Ticket {
    try_sign_in(world, user, SessionKind::Token).await.unwrap()
}

async fn sign_in_by(world: &World, user: &User, kind: SessionKind) -> Ticket {
    try_sign_in(world, user, kind).await.unwrap()
}

/// The same, if there may be a session.
async fn try_sign_in(world: &World, user: &User, kind: SessionKind) -> Option<Ticket> {
    let principal = world.accounts.principal(user, None).await.unwrap();
    let mut ticket = Ticket::new(schemes::BEARER_ACCESS_TOKEN, principal);
    let sessions = world.accounts.sessions().unwrap();
    let proof = Proof::now(vec![SignInMethod::Password]);
    let begin = sessions.begin(&ticket.principal, kind, proof, Device::default());
    ticket.properties.set_session(Some(&begin.await.unwrap()?.id));
    Some(ticket)
}

async fn is_good(world: &World, ticket: &Ticket) -> bool {
    let sessions = world.accounts.sessions().unwrap();
    sessions.check(ticket).await.unwrap().is_some()
}

/// As .NET does, which knows of no sessions.
async fn set_stamp(store: &MemoryStore, user: &User, stamp: &str) {
    let change = Change::SecurityStamp(SecurityStamp::from_stored(stamp));
    let (accounts, event) = (store.accounts(), event());
    let changed = accounts.change(&user.id, Expected::Account, &change, &event);
    changed.await.unwrap();
}

#[tokio::test]
async fn what_goes_on_after_a_rehash_or_a_first_key_does_not_begin_again_what_was_over() {
    let store = Arc::new(MemoryStore::new());
    let world = world(&store);
    let mut ada = world.register(ADA).await;
    let old = PasswordHash::from_stored(VERSION_2_HASH);
    world.accounts.set_password_hash(&mut ada, old).await.unwrap().unwrap();
    let over = sign_in(&world, &ada).await;
    assert!(is_good(&world, &over).await);
    // What a login has read, before .NET ends all sessions.
    let mut read_before = ada.clone();
    set_stamp(&store, &ada, "second").await;
    assert!(!is_good(&world, &over).await);
    assert!(world.accounts.check_password(&mut read_before, PASSWORD).await.unwrap());
    assert!(!is_good(&world, &over).await, "a rehash");

    let mut ada = world.reload(&ada).await;
    let goes_on = sign_in(&world, &ada).await;
    assert!(world.accounts.check_password(&mut ada, PASSWORD).await.unwrap());
    assert!(is_good(&world, &goes_on).await, "the password was rehashed");
    let mut read_before = ada.clone();
    set_stamp(&store, &ada, "third").await;
    let current = sign_in(&world, &world.reload(&ada).await).await;
    let key = world.accounts.ensure_authenticator_key(&mut read_before).await.unwrap();
    assert!(key.is_some());
    assert!(!is_good(&world, &goes_on).await, "a first key");
    assert!(is_good(&world, &current).await);
}

#[tokio::test]
async fn no_session_begins_for_a_sign_in_whose_account_was_locked_or_changed_meanwhile() {
    let store = Arc::new(MemoryStore::new());
    let world = world(&store);
    let mut ada = world.register(ADA).await;
    let checked = ada.clone();
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    assert!(try_sign_in(&world, &checked, SessionKind::Token).await.is_none());
    world.accounts.unlock(&mut ada).await.unwrap().unwrap();
    assert!(is_good(&world, &sign_in(&world, &checked).await).await);
    set_stamp(&store, &ada, "second").await;
    assert!(try_sign_in(&world, &checked, SessionKind::Token).await.is_none());
    let ada = world.reload(&ada).await;
    assert!(world.accounts.delete(ada.clone()).await.unwrap());
    assert!(try_sign_in(&world, &ada, SessionKind::Token).await.is_none());
}

/// As a command does that is run with other settings than the servers.
#[tokio::test]
async fn a_lock_and_a_deletion_end_sessions_also_where_sessions_are_off() {
    let store = Arc::new(MemoryStore::new());
    let (on, off) = (world(&store), World::on(store.clone(), |_| {}));
    let mut ada = on.register(ADA).await;
    let ticket = sign_in(&on, &ada).await;
    off.accounts.lock(&mut ada).await.unwrap().unwrap();
    assert!(!is_good(&on, &ticket).await);
    assert!(off.accounts.delete(ada).await.unwrap());
    let sessions = store.sessions().unwrap();
    let left = sessions.remove_unseen(on.now() + Duration::DAY, 10).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_account_has_a_hundred_sessions_at_most() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone(), |options| {
        options.sessions.enabled = true;
        options.sessions.cache = Duration::seconds(5);
    });
    let ada = world.register(ADA).await;
    let first = sign_in(&world, &ada).await;
    world.clock.advance(Duration::SECOND);
    let second = sign_in(&world, &ada).await;
    for _ in 0..98 {
        world.clock.advance(Duration::SECOND);
        sign_in(&world, &ada).await;
    }
    // From now on both are remembered.
    assert!(is_good(&world, &first).await && is_good(&world, &second).await);
    sign_in(&world, &ada).await;
    assert!(!is_good(&world, &first).await);
    assert!(is_good(&world, &second).await);
    assert_eq!(
        world.accounts.sessions().unwrap().list(&ada.id).await.unwrap().len(),
        100
    );
}

/// As much of its address as logs may have, and never more than events keep.
#[tokio::test]
async fn a_session_has_the_client_of_its_request() {
    let store = Arc::new(MemoryStore::new());
    let world = world(&store);
    let ada = world.register(ADA).await;
    for (client, expected) in [
        (Some([192, 0, 2, 77].into()), Some("192.0.2.0/24")),
        (
            ClientNetwork::truncated([192, 0, 2, 77].into(), 16, 32),
            Some("192.0.0.0/16"),
        ),
        (None, None),
    ] {
        let id = "7f".to_owned();
        let request = Arc::new(RequestContext { id, client });
        let ticket = request.scope(sign_in(&world, &ada)).await;
        let sessions = world.accounts.sessions().unwrap();
        let session = sessions.check(&ticket).await.unwrap().unwrap();
        assert_eq!(session.client.as_deref(), expected);
        assert_eq!(ticket.properties.session(), Some(session.id));
    }
}

/// The browser's next request may go there.
#[tokio::test]
async fn a_confirmation_counts_on_an_instance_that_remembers_the_session_as_it_was() {
    let store = Arc::new(MemoryStore::new());
    let cached = |options: &mut Options| {
        options.sessions.enabled = true;
        options.sessions.cache = Duration::seconds(5);
    };
    let (here, there) = (World::on(store.clone(), cached), World::on(store, cached));
    let ada = here.register(ADA).await;
    let mut cookie = sign_in_by(&here, &ada, SessionKind::Cookie).await;
    let is_fresh = async |world: &World, ticket: &Ticket| {
        let session = world.accounts.sessions().unwrap().check(ticket).await.unwrap().unwrap();
        world.accounts.is_fresh(&session, Duration::minutes(5)).await.unwrap()
    };
    for world in [&here, &there] {
        assert!(is_fresh(world, &cookie).await);
        world.clock.advance(Duration::minutes(6));
        assert!(!is_fresh(world, &cookie).await);
    }
    let copied = cookie.clone();
    let session = here.accounts.sessions().unwrap().check(&cookie).await.unwrap().unwrap();
    let confirmed = here.accounts.confirm(&session, Confirmation::Password(PASSWORD)).await;
    let Confirmed::Yes(at) = confirmed.unwrap() else {
        panic!("the password is right")
    };
    cookie.properties.set_confirmed(at);
    for world in [&here, &there] {
        assert!(is_fresh(world, &cookie).await);
        assert!(!is_fresh(world, &copied).await);
    }
}
