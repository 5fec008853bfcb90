//! Two servers on one file: what either of them writes, the other sees.

use std::sync::Arc;

use tempfile::TempDir;
use wicketgate_identity::account::EmailUniqueness;
use wicketgate_identity::store::CreateOutcome;
use wicketgate_identity::{User, UserId};
use wicketgate_store_tests::fixture::event;

use crate::{name, open, open_copy};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_registrations_of_one_name_in_two_servers_one_succeeds() {
    let folder = TempDir::new().unwrap();
    let servers = [open_copy(&folder).await, open(&folder).await];
    let template = servers[0]
        .accounts()
        .find_by_normalized_name(&name("PLAIN@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let registrations: Vec<_> = (0..40)
        .map(|number| {
            let store = Arc::clone(&servers[number % 2]);
            let user = User {
                id: UserId::from_stored(format!("user {number}")),
                normalized_user_name: Some(name("SAME")),
                ..template.clone()
            };
            tokio::spawn(async move {
                store
                    .accounts()
                    .create(&user, EmailUniqueness::NotRequired, None, &event())
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut created = 0;
    for registration in registrations {
        match registration.await.unwrap() {
            CreateOutcome::Created(_) => created += 1,
            CreateOutcome::DuplicateUserName => {}
            CreateOutcome::DuplicateEmail => panic!("addresses may repeat here"),
        }
    }
    assert_eq!(created, 1);
    for server in servers {
        assert!(
            server
                .accounts()
                .find_by_normalized_name(&name("SAME"))
                .await
                .unwrap()
                .is_some()
        );
    }
}
