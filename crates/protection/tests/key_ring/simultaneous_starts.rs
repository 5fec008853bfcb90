//! Tasks and instances that want a first key at the same time.

use std::sync::Arc;

use tempfile::TempDir;
use time::Duration;
use wicketgate_protection::{
    FolderKeyRepository, KeyRepository, KeyRingOptions, ManualClock, ProtectError, StoredElement,
};

use crate::world::{Instance, START, World, key_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_at_the_first_start_make_one_key() {
    let world = World::default();
    let instance = world.instance(1);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let protector = instance.protector.clone();
            tokio::spawn(async move { key_id(&protector.protect(b"").await.unwrap()) })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.repository.writes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_start_together_on_one_repository_make_one_key() {
    let world = World::default();
    for (round, days) in [0, 88, 176].into_iter().enumerate() {
        let time = START + Duration::days(days);
        world.clock.set(time);
        let writes = world.repository.writes();
        let starts = (0..10).map(|number| {
            // Of the same seed would come the same key again.
            let instance = world.instance(10 * round as u64 + number);
            tokio::spawn(async move { key_id(&instance.protector.protect(b"").await.unwrap()) })
        });
        let mut ids = Vec::new();
        for start in starts.collect::<Vec<_>>() {
            ids.push(start.await.unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "all protect with one key at {time}");
        assert_eq!(
            world.repository.writes(),
            writes + 1,
            "the first key, its successor, and the next"
        );
    }
}

#[tokio::test]
async fn who_finds_the_ring_changed_while_making_a_key_decides_anew() {
    let elsewhere = World::default();
    let their_key = key_id(&elsewhere.instance(1).protector.protect(b"").await.unwrap());
    let [their_element] = &elsewhere.repository.all_elements().await.unwrap()[..] else {
        panic!("one key")
    };
    let no_key = StoredElement {
        name: "other".to_owned(),
        xml: "<other />".to_owned().into(),
    };
    for (arriving, is_a_key) in [(their_element.clone(), true), (no_key, false)] {
        let world = World::default();
        world.repository.arriving.lock().unwrap().push(arriving);
        let protected = world.instance(2).protector.protect(b"").await.unwrap();
        assert_eq!(key_id(&protected) == their_key, is_a_key);
        assert_eq!(world.repository.writes(), usize::from(!is_a_key));
    }
}

#[tokio::test]
async fn a_repository_that_is_never_the_same_is_an_error_and_no_endless_loop() {
    let world = World::default();
    let change = StoredElement {
        name: "other".to_owned(),
        xml: "<other />".to_owned().into(),
    };
    world.repository.arriving.lock().unwrap().extend(vec![change; 1000]);
    assert!(matches!(
        world.instance(1).protector.protect(b"").await,
        Err(ProtectError::Repository(_))
    ));
    assert_eq!(world.repository.writes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_start_at_once_in_one_folder_make_one_key() {
    for round in 0..10 {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(START));
        let starts: Vec<_> = (0..4)
            .map(|instance| {
                let repository = Arc::new(FolderKeyRepository::new(folder.path().join("keys")));
                let instance = Instance::new(repository, KeyRingOptions::default(), &clock, round * 4 + instance);
                tokio::spawn(async move {
                    let payload = instance.protector.protect(b"hello").await.unwrap();
                    (instance, payload)
                })
            })
            .collect();
        let mut started = Vec::new();
        for start in starts {
            started.push(start.await.unwrap());
        }
        for (reader, _) in &started {
            assert_eq!(reader.ring.keys().await.unwrap().len(), 1);
            for (_, payload) in &started {
                assert_eq!(&**reader.protector.unprotect(payload).await.unwrap(), b"hello");
            }
        }
    }
}
