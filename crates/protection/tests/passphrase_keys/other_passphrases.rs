//! Rings whose keys do not all open with the passphrase that is given.

use std::sync::Arc;

use tempfile::TempDir;
use time::Duration;
use wicketgate_protection::key::KeyProblem;
use wicketgate_protection::{Clock, ManualClock};

use crate::keys::{NOW, add_key, certificate, files, passphrase, protect, protection, protection_at};

#[tokio::test]
async fn without_the_right_passphrase_nothing_starts_and_no_new_key_is_made() {
    let folder = TempDir::new().unwrap();
    protect(folder.path(), vec![passphrase("correct horse")]).await;
    for (encryption, problem, message) in [
        (
            vec![],
            KeyProblem::NoPassphrase,
            "its secret is encrypted with a passphrase, and none is configured",
        ),
        (
            vec![certificate()],
            KeyProblem::NoPassphrase,
            "its secret is encrypted with a passphrase, and none is configured",
        ),
        (
            vec![passphrase("Correct horse")],
            KeyProblem::WrongPassphrase,
            "its secret does not open with the passphrase that is configured: that is another one, or the key is \
             damaged",
        ),
    ] {
        let protection = protection(folder.path(), encryption);
        let keys = protection.ring().keys().await.unwrap();
        assert_eq!(keys[0].problem.as_ref(), Some(&problem));
        let error = protection.ring().load().await.unwrap_err().to_string();
        let place = folder.path().display();
        let key = keys[0].id;
        assert_eq!(
            error,
            format!(
                "the key ring in the folder {place}: no key is made before the key {key} opens or is revoked: {message}"
            )
        );
        assert_eq!(files(folder.path()).len(), 1);
    }
}

#[tokio::test]
async fn under_a_passphrase_that_does_not_open_all_keys_none_is_made_although_others_open() {
    let folder = TempDir::new().unwrap();
    let payload = protect(folder.path(), vec![]).await;
    add_key(folder.path(), vec![passphrase("correct horse")], NOW).await;
    for encryption in [vec![passphrase("Correct horse")], vec![]] {
        let mistaken = protection(folder.path(), encryption);
        let at_start = mistaken.ring().load().await;
        let asked_for = mistaken.ring().create_key(NOW, NOW + Duration::days(90)).await;
        for refusal in [at_start.unwrap_err(), asked_for.unwrap_err()] {
            let refusal = refusal.to_string();
            assert!(refusal.contains("no key is made before the key "), "{refusal}");
        }
        let opened = mistaken.protector(&["test"]).unprotect(&payload).await;
        assert_eq!(&**opened.unwrap(), b"secret");
    }
    assert_eq!(files(folder.path()).len(), 2, "nothing was written");

    // An old passphrase, in second place, is no mistake.
    let encryption = vec![passphrase("Correct horse"), passphrase("correct horse")];
    protection(folder.path(), encryption.clone())
        .ring()
        .load()
        .await
        .unwrap();
    add_key(folder.path(), encryption, NOW).await;
}

#[tokio::test]
async fn a_ring_in_use_that_meets_a_key_of_another_passphrase_makes_do_with_the_keys_that_open() {
    // The key that opens would protect, or the other one.
    for activation in [NOW - Duration::days(1), NOW + Duration::days(1)] {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(NOW));
        let running = protection_at(&clock, folder.path(), vec![]);
        let payload = running.protector(&["test"]).protect(b"secret").await.unwrap();
        add_key(folder.path(), vec![passphrase("correct horse")], activation).await;
        for days in [1, 89, 400] {
            clock.set(NOW + Duration::days(days));
            let opened = running.protector(&["test"]).unprotect(&payload).await;
            assert_eq!(&**opened.unwrap(), b"secret", "after {days} days");
            let new = running.protector(&["test"]).protect(b"").await.unwrap();
            assert_eq!(new[..20], payload[..20], "the same key protects");
            running.ring().reload().await.unwrap();
        }
        assert_eq!(files(folder.path()).len(), 2, "nothing was written");
    }
}

#[tokio::test]
async fn while_a_key_waits_for_its_passphrase_no_revoked_key_protects_in_its_place() {
    let folder = TempDir::new().unwrap();
    let clock = Arc::new(ManualClock::at(NOW));
    let running = protection_at(&clock, folder.path(), vec![]);
    let good = running.protector(&["test"]).protect(b"").await.unwrap();
    clock.set(NOW + Duration::days(1));
    let expiration = NOW + Duration::days(90);
    let stolen = running.ring().create_key(clock.now(), expiration).await.unwrap();
    running.ring().revoke_key(stolen, None).await.unwrap();
    add_key(folder.path(), vec![passphrase("correct horse")], NOW).await;
    for days in [2, 89, 400] {
        clock.set(NOW + Duration::days(days));
        running.ring().reload().await.unwrap();
        let new = running.protector(&["test"]).protect(b"").await.unwrap();
        assert_eq!(new[..20], good[..20], "after {days} days");
    }
}

#[tokio::test]
async fn revoked_keys_need_no_passphrase() {
    let folder = TempDir::new().unwrap();
    protect(folder.path(), vec![passphrase("correct horse")]).await;
    let forgotten = protection(folder.path(), vec![]);
    forgotten
        .ring()
        .revoke_all(NOW + Duration::seconds(1), None)
        .await
        .unwrap();
    forgotten.ring().load().await.unwrap();
}
