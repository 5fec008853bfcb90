//! What somebody who can write to the tables of events, and has not the key, can do unnoticed: nothing that was sealed.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

mod log;
#[expect(dead_code, reason = "other tests compare shapes")]
#[path = "../shape/mod.rs"]
mod shape;
#[path = "../../src/test_databases.rs"]
mod test_databases;

use time::Duration;
use wicketgate_identity::event::EventProblem;
use wicketgate_identity::{Event, EventKind};
use wicketgate_store_tests::fixture::user;

use log::{Log, NOW, keys, on_each};

#[tokio::test]
async fn a_changed_event_is_named() {
    on_each(async |log: Log| {
        let ids = log.ids().await;
        for (id, change) in [
            (&ids[1], "kind = 'signed_out'"),
            (&ids[2], "detail = '{}'"),
            (&ids[3], "happened_at = happened_at + 1"),
            (&ids[6], "mac = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"),
        ] {
            log.run(&format!("UPDATE wicketgate_events SET {change} WHERE id = '{id}'"))
                .await;
            let report = log.verify(None).await;
            let named = EventProblem::Event(id.clone());
            assert!(report.problems.contains(&named), "{change} {report:#?}");
        }
    })
    .await;
}

#[tokio::test]
async fn changed_personal_parts_are_named_and_erased_ones_need_an_event_that_says_so() {
    on_each(async |log: Log| {
        let ids = log.ids().await;
        log.run(&format!(
            "UPDATE wicketgate_events SET user_id = 'id-of-bob' WHERE id = '{}'",
            ids[1]
        ))
        .await;
        let erase = "user_id = NULL, client = NULL, name_hash = NULL, request_id = NULL, salt = NULL";
        log.run(&format!("UPDATE wicketgate_events SET {erase} WHERE id = '{}'", ids[2]))
            .await;
        let report = log.verify(None).await;
        let named = [
            EventProblem::PersonalParts(ids[1].clone()),
            EventProblem::Erased(ids[2].clone()),
        ];
        assert_eq!(report.problems, named);
        // Another event does not help.
        log.run(&format!(
            "UPDATE wicketgate_events SET erased_by = '{}' WHERE id = '{}'",
            ids[0], ids[2]
        ))
        .await;
        let report = log.verify(None).await;
        assert_eq!(report.problems, [named[0].clone(), EventProblem::ErasedRows]);
    })
    .await;
}

#[tokio::test]
async fn an_event_of_erasing_stands_for_its_own_rows_alone() {
    on_each(async |log: Log| {
        let ada = user("ada");
        let deleted = Event::new(EventKind::Deleted, Some(ada.id.clone()), NOW);
        assert_eq!(log.events().seal().await.unwrap(), 1);
        assert!(log.stores.accounts().delete(&ada.id, &deleted).await.unwrap());
        assert_eq!(log.events().erase_deleted().await.unwrap(), 7);
        assert!(log.verify(None).await.is_intact());
        let ids = log.ids().await;
        let erased = shape::texts(&log.url, "SELECT id FROM wicketgate_events WHERE erased_by IS NOT NULL").await;
        // The event of the deletion is not sealed, and its personal parts are there still.
        let kept = ids.iter().find(|id| !erased.contains(id)).unwrap();
        let by = log.text("erased_by", &erased[0]).await;
        let erase = "user_id = NULL, client = NULL, name_hash = NULL, request_id = NULL, salt = NULL";
        let statement = format!("UPDATE wicketgate_events SET {erase}, erased_by = '{by}' WHERE id = '{kept}'");
        log.run(&statement).await;
        let report = log.verify(None).await;
        assert!(!report.is_intact());
    })
    .await;
}

#[tokio::test]
async fn removed_moved_and_added_events_break_their_seal() {
    on_each(async |log: Log| {
        let ids = log.ids().await;
        log.run(&format!("DELETE FROM wicketgate_events WHERE id = '{}'", ids[2]))
            .await;
        assert_eq!(log.verify(None).await.problems, [EventProblem::Seal(2)]);
    })
    .await;
    on_each(async |log: Log| {
        let ids = log.ids().await;
        // Two change places.
        let (a, b) = (&ids[1], &ids[2]);
        log.run(&format!(
            "UPDATE wicketgate_events SET seal = CASE WHEN id = '{a}' THEN 2 ELSE 1 END WHERE id IN ('{a}', '{b}')"
        ))
        .await;
        assert_eq!(
            log.verify(None).await.problems,
            [EventProblem::Seal(1), EventProblem::Seal(2)]
        );
    })
    .await;
    on_each(async |log: Log| {
        // One that is genuine, and was sealed nowhere.
        let ids = log.ids().await;
        log.run(&format!(
            "UPDATE wicketgate_events SET seal = 1 WHERE id = '{}'",
            ids[6]
        ))
        .await;
        assert_eq!(log.verify(None).await.problems, [EventProblem::Seal(1)]);
        log.run(&format!(
            "UPDATE wicketgate_events SET seal = 9 WHERE id = '{}'",
            ids[6]
        ))
        .await;
        assert_eq!(log.verify(None).await.problems, [EventProblem::UnknownSeal(9)]);
    })
    .await;
}

#[tokio::test]
async fn a_forged_event_and_a_forged_seal_are_named() {
    on_each(async |log: Log| {
        let ids = log.ids().await;
        let forged = "00000000-0000-7000-8000-000000000001";
        let columns = "kind, detail, user_id, client, name_hash, request_id, salt, personal_hash, key_number, mac";
        log.run(&format!(
            "INSERT INTO wicketgate_events (id, happened_at, {columns}) SELECT '{forged}', happened_at, {columns}
            FROM wicketgate_events WHERE id = '{}'",
            ids[1]
        ))
        .await;
        assert_eq!(
            log.verify(None).await.problems,
            [EventProblem::Event(forged.to_owned())]
        );
        // Sealing does not make it any better.
        assert_eq!(log.events().seal().await.unwrap(), 2);
        assert_eq!(
            log.verify(None).await.problems,
            [EventProblem::Event(forged.to_owned())]
        );
        log.run(
            "INSERT INTO wicketgate_event_seals (number, event_count, first_at, last_at, hash, key_number)
            VALUES (5, 0, 0, 0, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 1)",
        )
        .await;
        let report = log.verify(None).await;
        assert!(report.problems.contains(&EventProblem::Seal(5)), "{report:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_chain_that_was_cut_off_is_found_by_its_head_alone() {
    on_each(async |log: Log| {
        let head = log.events().head().await.unwrap().unwrap();
        assert_eq!(head.number, 3);
        log.run("DELETE FROM wicketgate_events WHERE seal = 3").await;
        assert_eq!(log.verify(None).await.problems, [EventProblem::Seal(3)]);
        log.run("DELETE FROM wicketgate_event_seals WHERE number = 3").await;
        assert!(log.verify(None).await.is_intact(), "nobody can tell");
        let report = log.verify(Some(&head)).await;
        assert!(
            matches!(report.problems[..], [EventProblem::Head { number: 3, .. }]),
            "{report:#?}"
        );
        // Nor does it help to go on from there.
        assert_eq!(log.events().seal().await.unwrap(), 1);
        let report = log.verify(Some(&head)).await;
        assert!(
            matches!(report.problems[..], [EventProblem::Head { number: 3, .. }]),
            "{report:#?}"
        );
    })
    .await;
    on_each(async |log: Log| {
        log.run("DELETE FROM wicketgate_events WHERE seal = 2; DELETE FROM wicketgate_event_seals WHERE number = 2")
            .await;
        let report = log.verify(None).await;
        let missing = EventProblem::MissingSeals { first: 2, last: 2 };
        assert_eq!(report.problems, [missing, EventProblem::Seal(3)]);
    })
    .await;
}

#[tokio::test]
async fn events_cannot_be_removed_under_a_seal_that_is_said_to_be_of_a_lost_key() {
    on_each(async |log: Log| {
        log.run("DELETE FROM wicketgate_events WHERE seal = 2; UPDATE wicketgate_event_seals SET key_number = 7 WHERE number = 2")
            .await;
        let report = log.verify(None).await;
        assert_eq!((report.unverifiable_seals, report.is_intact()), (1, false), "{report:#?}");
    })
    .await;
}

#[tokio::test]
async fn old_events_that_somebody_changed_are_not_removed_and_a_forged_checkpoint_is_named() {
    on_each(async |log: Log| {
        let ids = log.ids().await;
        log.run("UPDATE wicketgate_event_seals SET last_at = 0 WHERE number = 1")
            .await;
        log.events().prune(NOW - Duration::days(1)).await.unwrap_err();
        log.run(&format!("DELETE FROM wicketgate_events WHERE id = '{}'", ids[0]))
            .await;
        log.events().prune(NOW + Duration::days(1)).await.unwrap_err();
        log.run(
            "DELETE FROM wicketgate_events WHERE seal = 1; DELETE FROM wicketgate_event_seals WHERE number = 1;
            INSERT INTO wicketgate_event_checkpoints (number, seal, hash, pruned, pruned_until, erased, key_number, mac)
            VALUES (1, 1, 'hash', 2, 0, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 1, 'mac')",
        )
        .await;
        let report = log.verify(None).await;
        assert_eq!(report.problems, [EventProblem::Checkpoint, EventProblem::Seal(2)]);
    })
    .await;
}

#[tokio::test]
async fn events_of_another_database_are_not_taken_for_its_own_even_with_the_same_ring() {
    let keys = keys();
    let (Some(log), Some(other)) = (Log::new(None, &keys).await, Log::new(None, &keys).await) else {
        return;
    };
    let path = other.url.strip_prefix("sqlite://").unwrap();
    let lift = |table: &str| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM other.{table};");
    log.run(&format!(
        "ATTACH '{path}' AS other; {} {}",
        lift("wicketgate_events"),
        lift("wicketgate_event_seals")
    ))
    .await;
    let report = log.verify(None).await;
    assert_eq!(report.problem_count, 7 + 3, "{report:#?}");
    // Not as a second key either.
    log.run(&format!(
        "ATTACH '{path}' AS other;
        INSERT INTO wicketgate_event_keys SELECT 2, key_id, protected FROM other.wicketgate_event_keys;
        UPDATE wicketgate_events SET key_number = 2; UPDATE wicketgate_event_seals SET key_number = 2"
    ))
    .await;
    let report = log.verify(None).await;
    let unverifiable = (report.unverifiable, report.unverifiable_seals);
    assert_eq!((unverifiable, report.is_intact()), ((7, 3), false), "{report:#?}");
}
