//! What EF Core wrote, read here.

use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use wicketgate_identity::account::{Change, Expected, NormalizedName};
use wicketgate_identity::store::RedeemOutcome;
use wicketgate_store_tests::fixture::event;

use crate::{ef_core, name, open_copy, people, second_factor};

#[tokio::test]
async fn everybody_reads_back_as_ef_core_wrote_them() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let people = people();
    assert_eq!(people.len(), 13);
    for person in people {
        let name = NormalizedName::from_stored(person.normalized_user_name);
        let user = store.accounts().find_by_normalized_name(&name).await.unwrap().unwrap();
        assert_eq!(user.id.as_str(), person.id);
        assert_eq!(user.user_name, Some(person.user_name));
        assert_eq!(user.normalized_user_name, Some(name));
        assert_eq!(user.email, Some(person.email));
        assert_eq!(
            user.normalized_email,
            Some(NormalizedName::from_stored(person.normalized_email))
        );
        assert_eq!(user.email_confirmed, person.email_confirmed);
        assert_eq!(
            user.password_hash.as_ref().map(|hash| hash.as_str()),
            person.password_hash.as_deref()
        );
        assert_eq!(user.security_stamp.as_ref().unwrap().as_str(), person.security_stamp);
        assert_eq!(
            user.concurrency_stamp.as_ref().unwrap().as_str(),
            person.concurrency_stamp
        );
        assert_eq!(user.phone_number, None);
        assert!(!user.phone_number_confirmed);
        assert_eq!(user.two_factor_enabled, person.two_factor_enabled);
        let lockout_end = person
            .lockout_end
            .map(|text| OffsetDateTime::parse(&text, &Rfc3339).unwrap());
        assert_eq!(user.lockout_end, lockout_end);
        assert_eq!(user.lockout_enabled, person.lockout_enabled);
        assert_eq!(user.access_failed_count, person.access_failed_count);

        let claims = store.accounts().find_claims(&user.id).await.unwrap();
        let roles: Vec<String> = claims.roles.into_iter().map(|(name, _)| name).collect();
        assert_eq!(roles, person.roles);
        let expected: Vec<_> = person
            .claims
            .into_iter()
            .map(|claim| (claim.claim_type, claim.value))
            .collect();
        assert_eq!(claims.claims, expected);
    }
}

#[tokio::test]
async fn the_claims_of_a_role_are_found_with_it() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let manager = store
        .accounts()
        .find_by_normalized_name(&name("MANAGER@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let roles = store.accounts().find_claims(&manager.id).await.unwrap().roles;
    let permission = ("permission".to_owned(), "approve".to_owned());
    assert_eq!(
        roles,
        [("Auditor".to_owned(), vec![]), ("Manager".to_owned(), vec![permission])]
    );
}

/// EF Core asks for no order; here it is always the same.
#[tokio::test]
async fn roles_are_found_by_name_order() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let manager = store
        .accounts()
        .find_by_normalized_name(&name("MANAGER@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    for role in ["Zookeeper", "Clerk", "Baker", "Porter", "Nurse"] {
        store
            .accounts()
            .change(
                &manager.id,
                Expected::Account,
                &Change::AddRole {
                    name: role.to_owned(),
                    normalized: name(&role.to_uppercase()),
                },
                &event(),
            )
            .await
            .unwrap();
    }
    let roles = store.accounts().find_claims(&manager.id).await.unwrap().roles;
    let names: Vec<&str> = roles.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Auditor", "Baker", "Clerk", "Manager", "Nurse", "Porter", "Zookeeper"]
    );
}

#[tokio::test]
async fn the_second_factor_of_an_ef_core_account_works_on() {
    let folder = TempDir::new().unwrap();
    let store = open_copy(&folder).await;
    let user = store
        .accounts()
        .find_by_normalized_name(&name("TWOFACTOR@EXAMPLE.TEST"))
        .await
        .unwrap()
        .unwrap();
    let second_factor = second_factor();
    assert_eq!(
        store.accounts().authenticator_key(&user.id).await.unwrap().unwrap(),
        second_factor.authenticator_key
    );

    let codes = &second_factor.recovery_codes;
    assert_eq!(
        store.accounts().recovery_codes(&user.id).await.unwrap().len(),
        codes.len()
    );
    for expected in [RedeemOutcome::Redeemed, RedeemOutcome::Wrong] {
        let (stamp, now) = (user.security_stamp.as_ref(), OffsetDateTime::UNIX_EPOCH);
        let outcome = store
            .accounts()
            .redeem_recovery_code(&user.id, stamp, &codes[3], now, &event())
            .await;
        assert_eq!(outcome.unwrap(), expected);
    }

    let after = store.accounts().find_by_id(&user.id).await.unwrap().unwrap();
    assert_ne!(after.concurrency_stamp, user.concurrency_stamp, "EF Core has to notice");
    let left: Vec<&str> = codes
        .iter()
        .filter(|code| **code != codes[3])
        .map(String::as_str)
        .collect();
    let query = "SELECT Value FROM AspNetUserTokens WHERE Name = 'RecoveryCodes'";
    let stored = ef_core(&folder).query_row(query, [], |row| row.get::<_, String>(0));
    assert_eq!(stored.unwrap(), left.join(";"));
}
