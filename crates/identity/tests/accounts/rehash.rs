//! Hashes of an old form, which a login replaces.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::world::{ADA, PASSWORD, VERSION_2_HASH, World, logins_at_once, signed_in};
use wicketgate_identity::options::PasswordHasherOptions;
use wicketgate_identity::password::PasswordHasher;
use wicketgate_identity::{PasswordAlgorithm, PasswordHash};
use wicketgate_protection::SeededRandom;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_logins_replace_an_old_hash_once_and_all_stay_signed_in() {
    let argon2id = argon2id_hash(PASSWORD).await;
    let identity_v3 = PasswordAlgorithm::identity_v3(NonZeroU32::MIN);
    let other_costs = PasswordAlgorithm::Argon2id("m=16,t=1,p=1".parse().unwrap());
    for (new, old) in [
        (identity_v3, PasswordHash::from_stored(VERSION_2_HASH)),
        (other_costs, PasswordHash::from_stored(VERSION_2_HASH)),
        (identity_v3, argon2id.clone()),
        (other_costs, argon2id.clone()),
    ] {
        parallel_logins_replace(old, new).await;
    }
}

/// A hash that costs as little as can be.
async fn argon2id_hash(password: &str) -> PasswordHash {
    let options = PasswordHasherOptions {
        algorithm: PasswordAlgorithm::Argon2id("m=8,t=1,p=1".parse().unwrap()),
        ..PasswordHasherOptions::default()
    };
    let hasher = PasswordHasher::new(options, Arc::new(SeededRandom::new(2)));
    hasher.hash(password).await.unwrap()
}

async fn parallel_logins_replace(old: PasswordHash, new: PasswordAlgorithm) {
    let world = World::with(|options| options.password_hasher.algorithm = new);
    let mut ada = world.register(ADA).await;
    world
        .accounts
        .set_password_hash(&mut ada, old.clone())
        .await
        .unwrap()
        .unwrap();
    for result in logins_at_once(&world, 20, PASSWORD).await {
        let principal = signed_in(result).principal;
        let user = world.sign_in.validate_security_stamp(&principal).await.unwrap();
        assert_eq!(user.map(|user| user.id), Some(ada.id.clone()));
    }
    let rehashed = world.reload(&ada).await;
    assert_ne!(rehashed.password_hash, Some(old));
    assert_ne!(
        rehashed.security_stamp, ada.security_stamp,
        ".NET's rehash is a change of password"
    );
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    assert_eq!(world.reload(&ada).await, rehashed, "a good hash stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rehash_that_keeps_the_stamp_ends_no_session() {
    let world = World::with(|options| options.password_hasher.rehash_keeps_security_stamp = true);
    let mut ada = world.register(ADA).await;
    let old = PasswordHash::from_stored(VERSION_2_HASH);
    let set = world.accounts.set_password_hash(&mut ada, old.clone()).await;
    set.unwrap().unwrap();
    let earlier = world.accounts.principal(&ada, None).await.unwrap();
    for result in logins_at_once(&world, 20, PASSWORD).await {
        signed_in(result);
    }
    let rehashed = world.reload(&ada).await;
    assert_ne!(rehashed.password_hash, Some(old));
    assert_eq!(rehashed.security_stamp, ada.security_stamp);
    let still = world.sign_in.validate_security_stamp(&earlier).await.unwrap();
    assert_eq!(still.map(|user| user.id), Some(ada.id.clone()));
    assert_eq!(world.outcome(ADA, PASSWORD).await, "Succeeded");
    assert_eq!(world.reload(&ada).await, rehashed, "a good hash stays");
}
