//! Tests of hashing and verifying.

use serde::Deserialize;
use wicketgate_protection::SystemRandom;

use super::*;
use crate::password::UnreadableHash;
use crate::password::argon2id::{self, Argon2idCosts, Argon2idMemory};

#[derive(Deserialize)]
struct Golden {
    about: String,
    hash: String,
    password: String,
    result: String,
}

fn goldens() -> Vec<Golden> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../conformance/goldens/password-hashes.json"
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn v3(iterations: u32) -> PasswordAlgorithm {
    PasswordAlgorithm::identity_v3(iterations.try_into().unwrap())
}

fn hasher(algorithm: PasswordAlgorithm) -> PasswordHasher {
    hasher_with(algorithm, SystemRandom)
}

fn hasher_with(algorithm: PasswordAlgorithm, random: impl Random) -> PasswordHasher {
    let options = PasswordHasherOptions {
        algorithm,
        ..PasswordHasherOptions::default()
    };
    PasswordHasher::new(options, Arc::new(random))
}

/// Hands out the same bytes each time.
#[derive(Debug)]
struct FixedRandom(Vec<u8>);

impl Random for FixedRandom {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

#[tokio::test]
async fn recorded_hashes_verify_as_recorded() {
    let hasher = Arc::new(PasswordHasher::new(
        PasswordHasherOptions::default(),
        Arc::new(SystemRandom),
    ));
    let mut verifications = Vec::new();
    for golden in goldens() {
        let hasher = hasher.clone();
        verifications.push(tokio::spawn(async move {
            let hash = PasswordHash::from_stored(golden.hash.clone());
            let result = hasher.verify(&hash, &golden.password).await.unwrap();
            let expected = match golden.result.as_str() {
                "Success" => PasswordVerification::Success,
                "SuccessRehashNeeded" => PasswordVerification::SuccessRehashNeeded,
                "Failed" | "throws FormatException" => PasswordVerification::Failed,
                other => panic!("unknown result {other}"),
            };
            assert_eq!(result, expected, "{}: {}", golden.about, golden.hash);
        }));
    }
    assert!(verifications.len() > 70);
    for verification in verifications {
        verification.await.unwrap();
    }
}

#[tokio::test]
async fn new_hashes_are_those_of_dotnet_byte_for_byte() {
    for (about, algorithm) in [
        ("version 3 default", PasswordAlgorithm::default()),
        ("version 2", PasswordAlgorithm::IdentityV2),
    ] {
        for golden in goldens().iter().filter(|golden| golden.about == about) {
            let recorded = PasswordHash::from_stored(golden.hash.clone());
            let salt = DecodedHash::decode(&recorded).unwrap().salt;
            let hasher = hasher_with(algorithm, FixedRandom(salt));
            assert_eq!(hasher.hash(&golden.password).await.unwrap().as_str(), golden.hash);
        }
    }
}

#[tokio::test]
async fn a_new_hash_has_the_rounds_of_the_option_and_verifies() {
    let hasher = hasher(v3(1_234));
    let hash = hasher.hash("Passw0rd!").await.unwrap();
    assert_eq!(
        PasswordAlgorithm::of(&hash).unwrap().to_string(),
        "version 3, HMAC-SHA512, 1234 rounds"
    );
    assert_eq!(
        hasher.verify(&hash, "Passw0rd!").await.unwrap(),
        PasswordVerification::Success
    );
    assert_eq!(
        hasher.verify(&hash, "passw0rd!").await.unwrap(),
        PasswordVerification::Failed
    );
}

#[tokio::test]
async fn the_options_decide_what_needs_a_rehash() {
    use PasswordAlgorithm::IdentityV2;
    use PasswordVerification::{Success, SuccessRehashNeeded};
    for (about, algorithm, expected) in [
        ("version 2", IdentityV2, Success),
        ("version 2", v3(1), SuccessRehashNeeded),
        ("version 3, 10000 iterations", v3(10_000), Success),
        ("version 3, 10000 iterations", v3(10_001), SuccessRehashNeeded),
        ("version 3, 1 iterations", IdentityV2, Success),
        ("version 3, HMACSHA1, 10000", v3(1), SuccessRehashNeeded),
        ("version 3, HMACSHA256, 10000", IdentityV2, SuccessRehashNeeded),
    ] {
        let golden = goldens().into_iter().find(|golden| golden.about == about).unwrap();
        let hash = PasswordHash::from_stored(golden.hash);
        let result = hasher(algorithm).verify(&hash, &golden.password).await.unwrap();
        assert_eq!(result, expected, "{about} where new hashes are {algorithm}");
    }
}

/// Of "password" with the salt "somesalt", from the tests of Argon2's reference implementation.
const REFERENCE_HASHES: [&str; 2] = [
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
];

fn argon2id_hasher(costs: &str) -> PasswordHasher {
    hasher(PasswordAlgorithm::Argon2id(costs.parse().unwrap()))
}

#[tokio::test]
async fn argon2id_of_the_reference_implementation_verifies_in_every_mode() {
    for hasher in [
        hasher(PasswordAlgorithm::IdentityV2),
        hasher(v3(1)),
        argon2id_hasher("m=8,t=1,p=1"),
    ] {
        for hash in REFERENCE_HASHES.map(PasswordHash::from_stored) {
            let right = hasher.verify(&hash, "password").await.unwrap();
            assert_eq!(right, PasswordVerification::SuccessRehashNeeded);
            let wrong = hasher.verify(&hash, "Password").await.unwrap();
            assert_eq!(wrong, PasswordVerification::Failed);
            assert_eq!(DecodedHash::decode(&hash).unwrap().encode(), hash);
        }
    }
}

#[tokio::test]
async fn a_new_argon2id_hash_is_a_phc_string_and_verifies() {
    let algorithm = PasswordAlgorithm::Argon2id(Argon2idCosts::default());
    let hasher = hasher_with(algorithm, FixedRandom(b"sixteen bytes...".to_vec()));
    let hash = hasher.hash("Passw0rd!").await.unwrap();
    let subkey = hash
        .as_str()
        .strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcy4uLg$");
    assert_eq!(subkey.map(str::len), Some(43), "32 bytes");
    for (password, expected) in [
        ("Passw0rd!", PasswordVerification::Success),
        ("passw0rd!", PasswordVerification::Failed),
    ] {
        assert_eq!(hasher.verify(&hash, password).await.unwrap(), expected);
    }
    assert!(!format!("{hash:?} {hasher:?}").contains(subkey.unwrap()));
}

#[tokio::test]
async fn argon2id_is_rehashed_if_new_hashes_are_of_other_costs_or_another_form() {
    use PasswordVerification::{Success, SuccessRehashNeeded};
    let hash = argon2id_hasher("m=16,t=2,p=1").hash("Passw0rd!").await.unwrap();
    for (hasher, expected) in [
        (argon2id_hasher("m=16,t=2,p=1"), Success),
        (argon2id_hasher("m=17,t=2,p=1"), SuccessRehashNeeded),
        (argon2id_hasher("m=16,t=3,p=1"), SuccessRehashNeeded),
        (argon2id_hasher("m=16,t=2,p=2"), SuccessRehashNeeded),
        (argon2id_hasher("m=8,t=1,p=1"), SuccessRehashNeeded),
        (hasher(PasswordAlgorithm::IdentityV2), SuccessRehashNeeded),
        (hasher(v3(1)), SuccessRehashNeeded),
    ] {
        assert_eq!(hasher.verify(&hash, "Passw0rd!").await.unwrap(), expected, "{hasher:?}");
    }
    let shorter_salt = PasswordHash::from_stored(REFERENCE_HASHES[0]);
    let result = argon2id_hasher("m=256,t=2,p=1").verify(&shorter_salt, "password").await;
    assert_eq!(result.unwrap(), SuccessRehashNeeded, "its salt is too short");
}

#[tokio::test]
async fn an_argon2id_hash_with_a_short_salt_or_subkey_works_and_is_replaced_and_a_shorter_one_fails() {
    use PasswordVerification::{Failed, Success, SuccessRehashNeeded};
    let costs: Argon2idCosts = "m=16,t=1,p=1".parse().unwrap();
    let hasher = argon2id_hasher("m=16,t=1,p=1");
    for (salt, subkey, expected) in [
        (16, 32, Success),
        (48, 64, Success),
        (15, 32, SuccessRehashNeeded),
        (16, 31, SuccessRehashNeeded),
        (8, 16, SuccessRehashNeeded),
        (49, 32, Failed),
        (16, 65, Failed),
        (16, 15, Failed),
    ] {
        let salt = vec![7; salt];
        let key = costs.derive(b"Passw0rd!", &salt, subkey, &mut Argon2idMemory::default());
        let hash = PasswordHash::from_stored(argon2id::encode(costs, &salt, &key.unwrap()));
        let result = hasher.verify(&hash, "Passw0rd!").await.unwrap();
        assert_eq!(result, expected, "salt of {}, subkey of {subkey}", salt.len());
    }
    let too_short = PasswordHash::from_stored(argon2id::encode(costs, &[7; 7], &[0; 32]));
    assert_eq!(PasswordAlgorithm::of(&too_short), Err(UnreadableHash));
}

#[tokio::test]
async fn hashes_of_dotnet_are_rehashed_where_new_ones_are_argon2id() {
    for about in ["version 2", "version 3 default", "version 3, 10000 iterations"] {
        let golden = goldens().into_iter().find(|golden| golden.about == about).unwrap();
        let hash = PasswordHash::from_stored(golden.hash);
        let result = argon2id_hasher("m=8,t=1,p=1").verify(&hash, &golden.password).await;
        assert_eq!(result.unwrap(), PasswordVerification::SuccessRehashNeeded, "{about}");
    }
}

#[tokio::test]
async fn an_argon2id_row_that_is_damaged_or_asks_for_too_much_fails() {
    let hasher = argon2id_hasher("m=256,t=2,p=1");
    let good = REFERENCE_HASHES[0];
    let rows = [
        good.replace("m=256", "m=4294967295"),
        good.replace("m=256", "m=262145"),
        good.replace("t=2", "t=4294967295"),
        good.replace("p=1", "p=16777215"),
        good.replace("t=2", "t=0"),
        good.replace("v=19", "v=16"),
        good.replace("argon2id", "argon2i"),
        good.replace("c29tZXNhbHQ", "c29tZQ"),
        good.replace("c29tZXNhbHQ", "c29tZXNhbHQ="),
        good.replace("/4", "/5"),
        good[..good.len() - 1].to_owned(),
        format!("{good}$"),
        format!("{good} "),
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$".to_owned(),
    ];
    for row in rows {
        let hash = PasswordHash::from_stored(row.clone());
        let result = hasher.verify(&hash, "password").await.unwrap();
        assert_eq!(result, PasswordVerification::Failed, "{row}");
        assert_eq!(PasswordAlgorithm::of(&hash), Err(UnreadableHash), "{row}");
    }
    assert_eq!(
        PasswordAlgorithm::of(&PasswordHash::from_stored(good))
            .unwrap()
            .to_string(),
        "argon2id, m=256,t=2,p=1, which ASP.NET Core cannot read"
    );
}

#[test]
fn an_unknown_account_costs_what_a_new_hash_costs() {
    let hasher = argon2id_hasher("m=256,t=2,p=1");
    let algorithm = hasher.new_hash(vec![0; SALT_LENGTH]).algorithm;
    assert_eq!(algorithm, PasswordAlgorithm::Argon2id("m=256,t=2,p=1".parse().unwrap()));
}

#[tokio::test]
async fn an_unknown_account_fails_whatever_the_password() {
    let hasher = hasher(v3(1));
    for password in ["", "Passw0rd!"] {
        assert_eq!(
            hasher.verify_unknown(password).await.unwrap(),
            PasswordVerification::Failed
        );
    }
}
