//! Tests of the cache.

use time::{Duration, macros::datetime};
use uuid::Uuid;
use wicketgate_protection::{DataProtection, SystemClock, SystemRandom};

use super::*;
use crate::claims::ClaimsPrincipal;
use crate::schemes;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

fn ticket() -> Arc<Ticket> {
    let mut ticket = Ticket::new(schemes::BEARER_ACCESS_TOKEN, ClaimsPrincipal::default());
    ticket.properties.set_expires(Some(NOW + Duration::HOUR));
    Arc::new(ticket)
}

fn edition() -> RingEdition {
    RingEdition::default()
}

/// Two editions of one ring.
async fn editions() -> [RingEdition; 2] {
    let protection = DataProtection::ephemeral(Arc::new(SystemClock), Arc::new(SystemRandom));
    let protector = protection.protector(&["test"]);
    let first = protector.ring_edition().await.unwrap();
    protection.ring().revoke_key(Uuid::nil(), None).await.unwrap();
    [first, protector.ring_edition().await.unwrap()]
}

fn kept(cache: &TicketCache) -> (usize, usize) {
    let shards = cache.shards.iter().map(|shard| shard.lock().unwrap());
    shards.fold((0, 0), |(entries, memory), shard| {
        (
            entries + shard.young.entries.len() + shard.old.entries.len(),
            memory + shard.young.memory + shard.old.memory,
        )
    })
}

#[test]
fn a_ticket_is_found_by_its_whole_text_and_no_other() {
    let cache = TicketCache::new();
    let ticket = ticket();
    cache.insert("sealed", edition(), &ticket);
    let found = cache.get("sealed", edition(), NOW).unwrap();
    assert!(Arc::ptr_eq(&found, &ticket));
    for text in ["", "seale", "sealed ", "Sealed", "sealee"] {
        assert!(cache.get(text, edition(), NOW).is_none(), "{text:?}");
    }
}

#[test]
fn a_text_that_ends_as_another_is_not_taken_for_it() {
    let cache = TicketCache::new();
    let end = "x".repeat(HASHED);
    cache.insert(&format!("sealed{end}"), edition(), &ticket());
    assert!(cache.get(&format!("forged{end}"), edition(), NOW).is_none());
}

#[test]
fn a_text_that_has_the_hash_of_another_is_not_taken_for_it() {
    let cache = TicketCache::new();
    cache.insert("sealed", edition(), &ticket());
    let hash = cache.hash("other");
    let entry = {
        let hash = cache.hash("sealed");
        cache.shard(hash, edition()).young.remove(hash).unwrap()
    };
    cache.shard(hash, edition()).keep(hash, entry, cache.bounds);
    assert!(cache.get("other", edition(), NOW).is_none());
}

#[test]
fn a_ticket_that_has_ended_is_forgotten() {
    let cache = TicketCache::new();
    cache.insert("sealed", edition(), &ticket());
    let end = NOW + Duration::HOUR;
    assert!(cache.get("sealed", edition(), end).is_some());
    assert!(cache.get("sealed", edition(), end + Duration::SECOND).is_none());
    assert_eq!(kept(&cache), (0, 0));
}

#[test]
fn a_ticket_without_an_end_is_not_kept() {
    let cache = TicketCache::new();
    let ticket = Arc::new(Ticket::new(schemes::APPLICATION, ClaimsPrincipal::default()));
    cache.insert("sealed", edition(), &ticket);
    assert_eq!(kept(&cache), (0, 0));
}

#[tokio::test]
async fn another_edition_of_the_ring_forgets_what_was_opened_before() {
    let [first, second] = editions().await;
    assert_ne!(first, second);
    let cache = TicketCache::new();
    cache.insert("sealed", first, &ticket());
    assert!(cache.get("sealed", first, NOW).is_some());
    assert!(cache.get("sealed", second, NOW).is_none());
    assert_eq!(kept(&cache), (0, 0));
    // What an old reading opened does not count for the new one either.
    cache.insert("sealed", first, &ticket());
    assert!(cache.get("sealed", second, NOW).is_none());
}

#[test]
fn a_flood_of_texts_does_not_grow_the_cache_and_what_is_asked_for_stays() {
    let cache = TicketCache::new();
    let ticket = ticket();
    cache.insert("asked for", edition(), &ticket);
    for number in 0..10 * MOST_ENTRIES {
        cache.insert(&format!("sealed {number}"), edition(), &ticket);
        assert!(cache.get("asked for", edition(), NOW).is_some(), "{number}");
    }
    let (entries, memory) = kept(&cache);
    assert!((MOST_ENTRIES / 2..=MOST_ENTRIES).contains(&entries), "{entries}");
    assert!(memory <= MOST_MEMORY, "{memory}");
}

#[test]
fn long_texts_take_no_more_memory_than_many() {
    let cache = TicketCache::new();
    let ticket = ticket();
    for number in 0..MOST_ENTRIES {
        let text = format!("{}{number}", "x".repeat(20_000));
        cache.insert(&text, edition(), &ticket);
    }
    let (entries, memory) = kept(&cache);
    assert!((MOST_MEMORY / 4..=MOST_MEMORY).contains(&memory), "{memory}");
    assert!(entries < MOST_ENTRIES / 8, "{entries}");
}

#[test]
fn what_entries_are_thought_to_take_is_about_what_they_take() {
    const COUNT: usize = 60;
    for (claims, letters) in [(0, 0), (6, 40), (6, 400), (60, 20)] {
        let identity = ClaimsIdentity {
            claims: (0..claims)
                .map(|number| Claim::new(format!("http://example.test/{number}"), "x".repeat(letters)))
                .collect(),
            ..ClaimsIdentity::new(schemes::APPLICATION)
        };
        let principal = ClaimsPrincipal {
            identities: vec![identity],
        };
        let mut sealed = Ticket::new(schemes::APPLICATION, principal);
        sealed.properties.set_expires(Some(NOW + Duration::HOUR));
        let bytes = sealed.to_bytes();
        // base64url of what is encrypted and authenticated
        let length = (bytes.len() + 100) * 4 / 3;
        let cache = TicketCache::new();
        let real = allocation_counter::measure(|| {
            for number in 0..COUNT {
                let ticket = Arc::new(Ticket::from_bytes(&bytes).unwrap());
                cache.insert(&format!("{number:0>length$}"), edition(), &ticket);
            }
        });
        let (entries, thought) = kept(&cache);
        assert_eq!(entries, COUNT, "none was dropped");
        let real = usize::try_from(real.bytes_current).unwrap();
        assert!(
            real <= thought * 5 / 4 && thought <= real * 2,
            "{claims} claims of {letters} letters take {real} bytes and not {thought}"
        );
    }
}

#[test]
fn a_text_that_alone_is_too_long_is_not_kept() {
    let cache = TicketCache::new();
    cache.insert(&"x".repeat(MOST_MEMORY), edition(), &ticket());
    assert_eq!(kept(&cache), (0, 0));
}

#[test]
fn a_text_that_comes_again_is_kept_once() {
    let cache = TicketCache::new();
    cache.insert("sealed", edition(), &ticket());
    let once = kept(&cache);
    cache.insert("sealed", edition(), &ticket());
    assert_eq!(kept(&cache), once);
}
