//! Signatures of events, of seals and of what was erased.

use std::sync::Arc;

use time::OffsetDateTime;
use time::macros::datetime;
use wicketgate_protection::{DataProtection, ManualClock, SeededRandom};

use crate::account::UserId;
use crate::event::{
    Checkpoint, ErasedRows, Event, EventKey, EventKind, EventProtection, EventRecord, FailureReason, PersonalParts,
    RecordState, first_id_at,
};
use crate::request::RequestContext;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05.678901 UTC);

fn protection() -> EventProtection {
    let (clock, random) = (Arc::new(ManualClock::at(NOW)), Arc::new(SeededRandom::new(1)));
    let keys = DataProtection::ephemeral(clock.clone(), random.clone());
    EventProtection::new(&keys, clock, random)
}

async fn key(protection: &EventProtection, number: i64) -> EventKey {
    let stored = protection.new_key(number).await.unwrap();
    protection.open_key(&stored).await.unwrap().unwrap()
}

fn event() -> Event {
    let request = RequestContext {
        id: "7f".to_owned(),
        client: Some([192, 0, 2, 17].into()),
    };
    Event {
        request: Some(Arc::new(request)),
        ..Event::new(
            EventKind::sign_in_failed(FailureReason::WrongPassword),
            Some(UserId::from_stored("id-of-ada")),
            NOW,
        )
    }
    .with_typed_name("ada@example.test")
}

#[tokio::test]
async fn a_record_says_who_when_and_what_and_has_only_a_part_of_the_address() {
    let protection = protection();
    let key = key(&protection, 1).await;
    let record = key.record(&event(), protection.random());
    assert_eq!(record.at, 1_767_323_045_678_901);
    assert_eq!(record.kind, "sign_in_failed");
    assert_eq!(record.detail, r#"{"reason":"wrong_password"}"#);
    assert_eq!(record.personal.user.as_deref(), Some("id-of-ada"));
    assert_eq!(record.personal.client.as_deref(), Some("192.0.2.0/24"));
    assert_eq!(record.personal.request_id.as_deref(), Some("7f"));
    let hash = key.name_hash("ADA@example.test");
    assert_eq!(record.personal.name_hash, Some(hash), "the name's case does not matter");
    assert_eq!(key.check(&record), RecordState::Intact);
    assert_eq!(record.id.len(), 36);
    assert!(record.id > first_id_at(NOW) && record.id < first_id_at(datetime!(2026-01-02 03:04:05.679 UTC)));
    let another = key.record(&event(), protection.random());
    assert_ne!(another.id, record.id);
    assert_ne!(
        another.personal_hash, record.personal_hash,
        "each has a salt of its own"
    );
    let shown = format!("{:?} {record:?}", event());
    assert!(!shown.contains("example"), "{shown}");
}

#[tokio::test]
async fn whatever_is_changed_about_a_record_is_noticed() {
    let protection = protection();
    let (key, other) = (key(&protection, 1).await, key(&protection, 2).await);
    let record = key.record(&event(), protection.random());
    let changed: [fn(&mut EventRecord); 7] = [
        |record| {
            record
                .id
                .replace_range(35.., if record.id.ends_with('0') { "1" } else { "0" })
        },
        |record| record.at += 1,
        |record| record.kind = "signed_in".into(),
        |record| record.detail = "{}".to_owned(),
        |record| record.personal_hash.replace_range(..1, "."),
        |record| record.mac.replace_range(..1, "."),
        |record| record.key_number = 2,
    ];
    for (number, change) in changed.into_iter().enumerate() {
        let mut record = record.clone();
        change(&mut record);
        assert_eq!(key.check(&record), RecordState::Forged, "{number}");
    }
    assert_eq!(other.check(&record), RecordState::Forged);
    let personal: [fn(&mut PersonalParts); 6] = [
        |parts| parts.user = Some("id-of-bob".to_owned()),
        |parts| parts.user = None,
        |parts| parts.client = None,
        |parts| std::mem::swap(&mut parts.name_hash, &mut parts.request_id),
        |parts| parts.salt = None,
        |parts| parts.salt = Some("A".repeat(22)),
    ];
    for (number, change) in personal.into_iter().enumerate() {
        let mut record = record.clone();
        change(&mut record.personal);
        assert_eq!(key.check(&record), RecordState::OtherPersonalParts, "{number}");
    }
    let erased = EventRecord {
        personal: PersonalParts::default(),
        ..record
    };
    assert_eq!(key.check(&erased), RecordState::Erased);
}

#[tokio::test]
async fn a_key_is_protected_and_opens_only_as_the_number_that_it_has() {
    let protection = protection();
    let stored = protection.new_key(1).await.unwrap();
    assert_eq!(stored.ring_key.len(), 36);
    let key = protection.open_key(&stored).await.unwrap().unwrap();
    assert_eq!(format!("{key:?}"), "EventKey(1)");
    let mut moved = stored.clone();
    moved.number = 2;
    assert!(protection.open_key(&moved).await.unwrap().is_none());
    moved = stored.clone();
    moved.protected.replace_range(
        40..41,
        if stored.protected[40..].starts_with('A') {
            "B"
        } else {
            "A"
        },
    );
    assert!(protection.open_key(&moved).await.unwrap().is_none());
    assert_eq!(
        protection.protect_key_anew(&stored).await.unwrap(),
        None,
        "it is the ring's current key"
    );
    let mut old = stored.clone();
    old.ring_key = "another".to_owned();
    let anew = protection.protect_key_anew(&old).await.unwrap().unwrap();
    assert_eq!(anew.ring_key, stored.ring_key);
    let (first, second) = (
        key.name_hash("ada"),
        protection.open_key(&anew).await.unwrap().unwrap().name_hash("ada"),
    );
    assert_eq!(first, second, "the key itself stays");
}

#[tokio::test]
async fn a_seal_signs_its_events_their_order_and_the_seal_before_it() {
    let protection = protection();
    let key = key(&protection, 1).await;
    let records: Vec<EventRecord> = (0..3).map(|_| key.record(&event(), protection.random())).collect();
    let seal = |number, previous: &str, records: &[&EventRecord]| {
        let mut sealing = key.begin_seal(number, previous);
        records.iter().for_each(|record| sealing.add_record(record));
        sealing.finish()
    };
    let [a, b, c] = [&records[0], &records[1], &records[2]];
    let whole = seal(1, "", &[a, b, c]);
    assert_eq!((whole.number, whole.events, whole.first_at), (1, 3, a.at));
    assert_eq!(whole, seal(1, "", &[a, b, c]));
    for (number, previous, records) in [
        (1, "", vec![a, c]),
        (1, "", vec![b, a, c]),
        (1, "", vec![a, b, c, c]),
        (2, "", vec![a, b, c]),
        (1, "another", vec![a, b, c]),
    ] {
        assert_ne!(
            seal(number, previous, &records).hash,
            whole.hash,
            "{number} {previous} {}",
            records.len()
        );
    }
}

#[tokio::test]
async fn a_checkpoint_is_signed() {
    let protection = protection();
    let key = key(&protection, 1).await;
    let mut checkpoint = Checkpoint {
        seal: 7,
        hash: "hash".to_owned(),
        pruned: 70,
        pruned_until: 700,
        erased: ErasedRows::default(),
        key_number: 0,
        mac: String::new(),
    };
    assert!(!key.check_checkpoint(&checkpoint));
    key.sign_checkpoint(&mut checkpoint);
    assert!(key.check_checkpoint(&checkpoint));
    let changes: [fn(&mut Checkpoint); 5] = [
        |checkpoint| checkpoint.seal = 8,
        |checkpoint| checkpoint.hash = "another".to_owned(),
        |checkpoint| checkpoint.pruned = 71,
        |checkpoint| checkpoint.pruned_until = 701,
        |checkpoint| checkpoint.key_number = 2,
    ];
    for change in changes {
        let mut changed = checkpoint.clone();
        change(&mut changed);
        assert!(!key.check_checkpoint(&changed), "{changed:?}");
    }
}

#[tokio::test]
async fn the_sum_of_erased_rows_is_of_these_rows_in_whatever_order() {
    let protection = protection();
    let key = key(&protection, 1).await;
    let sum = |rows: &[(&str, &str)]| {
        let mut sum = ErasedRows::default();
        rows.iter().for_each(|(id, by)| sum.add_row(&key, id, by));
        sum
    };
    let both = sum(&[("a", "x"), ("b", "y")]);
    assert!(both.is(&sum(&[("b", "y"), ("a", "x")])));
    for other in [
        sum(&[("a", "x")]),
        sum(&[("a", "y"), ("b", "x")]),
        sum(&[("a", "x"), ("c", "y")]),
    ] {
        assert!(!both.is(&other));
    }
    let mut rest = both;
    rest.subtract(&sum(&[("a", "x")]));
    assert!(rest.is(&sum(&[("b", "y")])));
    let kind = EventKind::PersonalPartsErased {
        count: 2,
        tag: both.to_text(),
    };
    let record = key.record(&Event::new(kind, None, NOW), protection.random());
    assert_eq!(ErasedRows::of_event(&record), Some(both));
    assert_eq!(ErasedRows::of_event(&key.record(&event(), protection.random())), None);
}

#[test]
fn a_long_name_takes_no_more_room_than_a_row_has() {
    for character in ["a", "\u{1}", "😀", "\"", "ä"] {
        let kind = EventKind::RoleAdded {
            role: character.repeat(1_000),
        };
        let detail = kind.detail();
        assert!(detail.chars().count() <= 1_000, "{character:?}");
        let parsed: serde_json::Value = serde_json::from_str(&detail).unwrap();
        let role = parsed["role"].as_str().unwrap();
        assert!(role.starts_with(character) && character.repeat(1_000).starts_with(role));
    }
}
