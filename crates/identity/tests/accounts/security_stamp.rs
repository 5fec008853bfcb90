//! What a change of the security stamp ends.

use crate::world::{ADA, GRACE, World};
use wicketgate_identity::claims::{Claim, claim_types};

#[tokio::test]
async fn a_ticket_holds_until_the_security_stamp_changes() {
    let world = World::new();
    let mut ada = world.register(ADA).await;
    let principal = world.accounts.principal(&ada, None).await.unwrap();
    world.accounts.lock(&mut ada).await.unwrap().unwrap();
    let holds = async || {
        world
            .sign_in
            .validate_security_stamp(&principal)
            .await
            .unwrap()
            .is_some()
    };
    assert!(holds().await, "a lock ends no session, as in .NET");
    world.accounts.sign_out_everywhere(&mut ada).await.unwrap().unwrap();
    assert!(!holds().await);
    world.accounts.delete(ada).await.unwrap();
    assert!(!holds().await);
}

#[tokio::test]
async fn cve_2025_24070_a_ticket_holds_for_the_account_it_names_only() {
    let world = World::new();
    let (ada, grace) = (world.register(ADA).await, world.register(GRACE).await);
    let mut principal = world.accounts.principal(&ada, None).await.unwrap();
    let id = principal.identities[0]
        .claims
        .iter_mut()
        .find(|claim| claim.value == ada.id.as_str())
        .unwrap();
    *id = Claim::new(claim_types::NAME_IDENTIFIER, grace.id.as_str());
    assert_eq!(world.sign_in.validate_security_stamp(&principal).await.unwrap(), None);
    principal.identities[0]
        .claims
        .retain(|claim| claim.claim_type != claim_types::SECURITY_STAMP);
    assert_eq!(world.sign_in.validate_security_stamp(&principal).await.unwrap(), None);
}
