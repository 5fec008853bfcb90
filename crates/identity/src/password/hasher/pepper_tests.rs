//! Tests of hashes with a pepper.

use wicketgate_protection::SystemRandom;

use super::*;
use crate::password::StoredForm;

fn pepper(byte: u8) -> Pepper {
    Pepper::new(Zeroizing::new(vec![byte; Pepper::SHORTEST])).unwrap()
}

fn hasher(algorithm: &str, pepper: Option<Pepper>, previous_peppers: Vec<Pepper>) -> PasswordHasher {
    let algorithm = match algorithm {
        "v2" => PasswordAlgorithm::IdentityV2,
        "v3" => PasswordAlgorithm::identity_v3(2.try_into().unwrap()),
        costs => PasswordAlgorithm::Argon2id(costs.parse().unwrap()),
    };
    let options = PasswordHasherOptions {
        algorithm,
        pepper,
        previous_peppers,
        ..PasswordHasherOptions::default()
    };
    PasswordHasher::new(options, Arc::new(SystemRandom))
}

async fn verified(hasher: &PasswordHasher, hash: &PasswordHash, password: &str) -> PasswordVerification {
    hasher.verify(hash, password).await.unwrap()
}

#[tokio::test]
async fn a_hash_names_its_pepper_and_verifies_with_no_other() {
    use PasswordVerification::{Failed, Success};
    for algorithm in ["v2", "v3", "m=8,t=1,p=1"] {
        let peppered = hasher(algorithm, Some(pepper(1)), Vec::new());
        let hash = peppered.hash("Passw0rd!").await.unwrap();
        let start = format!("$pepper${}$", pepper(1).id());
        assert!(hash.as_str().starts_with(&start), "{algorithm}");
        assert_eq!(StoredForm::of(&hash).unwrap().pepper, Some(pepper(1).id()));
        assert_eq!(verified(&peppered, &hash, "Passw0rd!").await, Success);
        assert_eq!(verified(&peppered, &hash, "passw0rd!").await, Failed);

        // A copy of the database without the pepper, or with another one, tells nothing.
        let without = hasher(algorithm, None, Vec::new());
        let other = hasher(algorithm, Some(pepper(2)), vec![pepper(3)]);
        let stripped = PasswordHash::from_stored(hash.as_str().strip_prefix(&start).unwrap());
        for hasher in [&without, &other] {
            assert_eq!(verified(hasher, &hash, "Passw0rd!").await, Failed);
            assert_eq!(verified(hasher, &stripped, "Passw0rd!").await, Failed);
        }
        assert_eq!(verified(&peppered, &stripped, "Passw0rd!").await, Failed);
    }
}

#[tokio::test]
async fn peppers_rotate_and_go_by_rehashing() {
    use PasswordVerification::{Success, SuccessRehashNeeded};
    let plain = hasher("v3", None, Vec::new()).hash("Passw0rd!").await.unwrap();
    let first = hasher("v3", Some(pepper(1)), Vec::new());
    assert_eq!(verified(&first, &plain, "Passw0rd!").await, SuccessRehashNeeded);
    let old = first.hash("Passw0rd!").await.unwrap();

    let rotated = hasher("v3", Some(pepper(2)), vec![pepper(1)]);
    assert_eq!(verified(&rotated, &old, "Passw0rd!").await, SuccessRehashNeeded);
    let new = rotated.hash("Passw0rd!").await.unwrap();
    assert_eq!(verified(&rotated, &new, "Passw0rd!").await, Success);

    let going = hasher("v3", None, vec![pepper(2), pepper(1)]);
    assert_eq!(verified(&going, &new, "Passw0rd!").await, SuccessRehashNeeded);
    assert_eq!(
        StoredForm::of(&going.hash("Passw0rd!").await.unwrap()).unwrap().pepper,
        None
    );
}

#[tokio::test]
async fn a_damaged_form_matches_no_password() {
    let peppered = hasher("v3", Some(pepper(1)), Vec::new());
    let good = peppered.hash("Passw0rd!").await.unwrap();
    let id = pepper(1).id().to_string();
    for damaged in [
        good.as_str().replace(&id, &id[1..]),
        good.as_str()
            .replace(&id, &id.to_uppercase().replace(char::is_numeric, "G")),
        good.as_str().replace("$pepper$", "$salt$"),
        format!("$pepper${id}${}", good.as_str()),
        format!("$pepper${id}$"),
        format!("$pepper${id}"),
        "$pepper$".to_owned(),
    ] {
        let hash = PasswordHash::from_stored(damaged.clone());
        assert!(StoredForm::of(&hash).is_err(), "{damaged}");
        assert_eq!(
            verified(&peppered, &hash, "Passw0rd!").await,
            PasswordVerification::Failed,
            "{damaged}"
        );
    }
}
