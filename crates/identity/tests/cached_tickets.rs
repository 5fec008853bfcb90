//! Opened tickets that are remembered say no more than opening them again would.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::sync::Arc;

use time::{Duration, OffsetDateTime, macros::datetime};
use wicketgate_identity::claims::{Claim, ClaimsIdentity};
use wicketgate_identity::ticket::{CachedTicketFormat, Cookie, CookieScheme, Ticket, TicketFormat};
use wicketgate_identity::{ClaimsPrincipal, schemes};
use wicketgate_protection::{
    Clock, DataProtection, EphemeralKeyRepository, KeyRing, KeyRingOptions, ManualClock, SeededRandom,
};

const START: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

struct World {
    clock: Arc<ManualClock>,
    repository: Arc<EphemeralKeyRepository>,
    protection: DataProtection,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let repository = Arc::new(EphemeralKeyRepository::default());
        let protection = DataProtection::new(ring(&clock, &repository), None);
        Self {
            clock,
            repository,
            protection,
        }
    }

    /// The ring of another process.
    fn other_ring(&self) -> Arc<KeyRing> {
        ring(&self.clock, &self.repository)
    }

    fn cookies(&self, scheme: CookieScheme) -> CachedTicketFormat<Cookie> {
        CachedTicketFormat::new(TicketFormat::cookies(&self.protection, scheme))
    }

    async fn opens(&self, format: &CachedTicketFormat<Cookie>, text: &str) -> bool {
        format.open(text, self.clock.now()).await.unwrap().is_some()
    }
}

fn ring(clock: &Arc<ManualClock>, repository: &Arc<EphemeralKeyRepository>) -> Arc<KeyRing> {
    let random = Arc::new(SeededRandom::new(1));
    Arc::new(KeyRing::new(
        repository.clone(),
        KeyRingOptions::default(),
        clock.clone(),
        random,
    ))
}

/// Ends an hour after the start.
fn ticket() -> Ticket {
    let identity = ClaimsIdentity {
        claims: vec![Claim::new("stamp", "SECRETSTAMP")],
        ..ClaimsIdentity::new(schemes::APPLICATION)
    };
    let principal = ClaimsPrincipal {
        identities: vec![identity],
    };
    let mut ticket = Ticket::new(schemes::APPLICATION, principal);
    ticket.properties.set_expires(Some(START + Duration::HOUR));
    ticket
}

#[tokio::test]
async fn what_was_opened_is_not_opened_again() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    let first = cookies.open(&text, START).await.unwrap().unwrap();
    let second = cookies.open(&text, START).await.unwrap().unwrap();
    assert_eq!(*first, ticket());
    assert!(Arc::ptr_eq(&first, &second));
}

#[tokio::test]
async fn text_that_differs_anywhere_from_what_was_opened_does_not_open() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    assert!(world.opens(&cookies, &text).await);
    for place in 0..text.len() {
        let mut damaged = text.clone();
        let letter = if &text[place..=place] == "A" { "B" } else { "A" };
        damaged.replace_range(place..=place, letter);
        // The last letter has bits that stand for nothing.
        if place + 1 < text.len() {
            assert!(!world.opens(&cookies, &damaged).await, "{place}");
        }
    }
    assert!(!world.opens(&cookies, &text[1..]).await);
    assert!(!world.opens(&cookies, "").await);
}

#[tokio::test]
async fn what_opened_as_one_kind_does_not_open_as_another() {
    let world = World::new();
    let application = world.cookies(CookieScheme::Application);
    let text = application.seal(&ticket()).await.unwrap().into_string();
    assert!(world.opens(&application, &text).await);
    for scheme in [
        CookieScheme::External,
        CookieScheme::TwoFactorUserId,
        CookieScheme::TwoFactorRememberMe,
    ] {
        assert!(!world.opens(&world.cookies(scheme), &text).await, "{scheme:?}");
    }
    let tokens = CachedTicketFormat::new(TicketFormat::access_tokens(&world.protection));
    assert_eq!(tokens.open(&text, START).await.unwrap(), None);
}

#[tokio::test]
async fn an_ended_ticket_is_opened_again_and_no_longer_remembered() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    let remembered = cookies.open(&text, START).await.unwrap().unwrap();
    let ended = START + Duration::HOUR + Duration::SECOND;
    let opened = cookies.open(&text, ended).await.unwrap().unwrap();
    assert!(!Arc::ptr_eq(&remembered, &opened));
    // Whether a ticket has ended is for the caller to see, as without a cache.
    assert!(opened.properties.expires().unwrap() < ended);
}

#[tokio::test]
async fn a_ticket_whose_key_is_revoked_does_not_open() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    assert!(world.opens(&cookies, &text).await);
    let ring = world.protection.ring();
    let key = ring.keys().await.unwrap()[0].id;
    ring.revoke_key(key, None).await.unwrap();
    assert!(!world.opens(&cookies, &text).await);
}

#[tokio::test]
async fn a_ticket_whose_key_another_process_revoked_opens_until_the_ring_is_read_again() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    assert!(world.opens(&cookies, &text).await);
    world
        .other_ring()
        .revoke_all(START + Duration::SECOND, None)
        .await
        .unwrap();
    // As without a cache: this process has not heard of it.
    assert!(world.opens(&cookies, &text).await);
    world.protection.ring().reload().await.unwrap();
    assert!(!world.opens(&cookies, &text).await);
}

#[tokio::test]
async fn a_ring_that_has_changed_opens_its_tickets_again_and_one_that_has_not_does_not() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    let first = cookies.open(&text, START).await.unwrap().unwrap();
    world.protection.ring().reload().await.unwrap();
    let unchanged = cookies.open(&text, START).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &unchanged));

    let elsewhere = uuid::Uuid::from_u128(7);
    world.other_ring().revoke_key(elsewhere, None).await.unwrap();
    world.protection.ring().reload().await.unwrap();
    let changed = cookies.open(&text, START).await.unwrap().unwrap();
    assert_eq!(first, changed);
    assert!(!Arc::ptr_eq(&first, &changed));
}

#[tokio::test]
async fn a_token_under_an_unknown_key_makes_nobody_open_their_ticket_again() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    let first = cookies.open(&text, START).await.unwrap().unwrap();
    for letter in ["A", "B", "C", "D"] {
        world.clock.advance(Duration::seconds(10));
        let mut strangers = text.clone();
        strangers.replace_range(8..9, letter);
        assert_eq!(
            cookies.open(&strangers, START).await.unwrap().is_some(),
            strangers == text
        );
        let again = cookies.open(&text, START).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&first, &again));
    }
}

#[tokio::test]
async fn nothing_that_is_remembered_is_printed() {
    let world = World::new();
    let cookies = world.cookies(CookieScheme::Application);
    let text = cookies.seal(&ticket()).await.unwrap().into_string();
    assert!(world.opens(&cookies, &text).await);
    let printed = format!("{cookies:?}");
    assert!(
        !printed.contains(&text) && !printed.contains("SECRETSTAMP"),
        "{printed}"
    );
}
