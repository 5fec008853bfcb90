//! Who is in them, and who comes after them.

use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use wicketgate_identity::account::{Change, EmailUniqueness, Expected, NormalizedName};
use wicketgate_identity::options::{LockoutOptions, StoreOptions};
use wicketgate_identity::store::{Attempt, AttemptOutcome, ChangeOutcome, CreateOutcome, RedeemOutcome};
use wicketgate_identity::{Stores, User, UserId};
use wicketgate_protection::SystemRandom;
use wicketgate_store_tests::fixture::{event, user};

use crate::{KINDS, Kind, Person};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);
const VARIANTS: [&str; 2] = ["guid-keys", "int-keys"];

fn name(name: &str) -> NormalizedName {
    NormalizedName::from_stored(name.to_uppercase())
}

async fn found(stores: &dyn Stores, person: &Person) -> User {
    let accounts = stores.accounts();
    let id = UserId::from_stored(&*person.id);
    let found = accounts.find_by_id(&id).await.unwrap().unwrap();
    assert_eq!((&found.id, found.user_name.as_ref()), (&id, Some(&person.user_name)));
    assert_eq!(found.security_stamp.as_ref().unwrap().as_str(), person.security_stamp);
    found
}

#[tokio::test]
async fn everybody_is_found_with_all_that_belongs_to_them() {
    for (kind, variant) in KINDS
        .into_iter()
        .flat_map(|kind| VARIANTS.map(|variant| (kind, variant)))
    {
        let Some((database, people)) = kind.variant(variant).await else {
            continue;
        };
        let stores = database.connect(None).await.unwrap();
        let accounts = stores.accounts();
        assert_eq!(people.len(), 4);
        for person in &people {
            let by_id = found(&*stores, person).await;
            let name = name(&person.user_name);
            let by_name = accounts.find_by_normalized_name(&name).await.unwrap();
            assert_eq!(by_name.as_ref(), Some(&by_id), "{kind:?} {variant}");
            assert_eq!(accounts.find_by_normalized_email(&name).await.unwrap(), by_name);
            let claims = accounts.find_claims(&by_id.id).await.unwrap();
            let roles: Vec<&String> = claims.roles.iter().map(|(role, _)| role).collect();
            assert_eq!(roles, person.roles.iter().collect::<Vec<_>>());
            let expected = person.claims.iter();
            let expected: Vec<_> = expected
                .map(|claim| (claim.claim_type.clone(), claim.value.clone()))
                .collect();
            assert_eq!(claims.claims, expected);
            assert_eq!(
                accounts.authenticator_key(&by_id.id).await.unwrap(),
                person.authenticator_key
            );
            let codes = accounts.recovery_codes(&by_id.id).await.unwrap();
            assert_eq!(codes, person.recovery_codes.clone().unwrap_or_default().into());
        }
        assert_eq!(accounts.list(None, 10).await.unwrap().len(), 4);
    }
}

/// Mailed links are typed and rewritten on their way; .NET finds the account as long as it can read the id.
#[tokio::test]
async fn an_id_in_another_form_is_found_as_dotnet_finds_it() {
    for (kind, variant) in KINDS
        .into_iter()
        .flat_map(|kind| VARIANTS.map(|variant| (kind, variant)))
    {
        let Some((database, people)) = kind.variant(variant).await else {
            continue;
        };
        let stores = database.connect(None).await.unwrap();
        let accounts = stores.accounts();
        let find = async |id: &str| match accounts.read_id(id) {
            Some(id) => accounts.find_by_id(&id).await.unwrap(),
            None => None,
        };
        let id = people[1].id.as_str();
        let others = match variant {
            "int-keys" => [format!("0{id}"), format!("+{id}"), format!(" {id}")],
            _ => [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}")],
        };
        for other in &others {
            let found = find(other).await;
            assert_eq!(found.unwrap().id.as_str(), id, "{kind:?} {other}");
            // What is counted or kept by its id is so by that of the account.
            let as_written = UserId::from_stored(other);
            assert_eq!(
                accounts.find_by_id(&as_written).await.unwrap(),
                None,
                "{kind:?} {other}"
            );
        }
        for nobodys in [&*(id.replace('-', "") + "0"), "x", ""] {
            assert_eq!(find(nobodys).await, None, "{kind:?} {nobodys}");
        }
    }
}

/// As those that .NET made when it wrote these databases.
#[tokio::test]
async fn a_new_guid_is_made_as_the_provider_of_ef_core_makes_it() {
    for kind in KINDS {
        let Some((database, people)) = kind.variant("guid-keys").await else {
            continue;
        };
        let stores = database.connect(None).await.unwrap();
        let of_dotnet = common_beginning(people.iter().map(|person| person.id.as_str()));
        let ours = [(); 4].map(|()| stores.accounts().new_id(NOW, &SystemRandom));
        assert!(
            ours.iter().all(|id| id.as_str().starts_with(of_dotnet)),
            "{kind:?}: {ours:?} and {of_dotnet}"
        );
        assert_eq!(of_dotnet.is_empty(), kind == Kind::Sqlite);

        let event = event();
        let change = Change::AddRole {
            name: "Editor".to_owned(),
            normalized: name("Editor"),
        };
        let id = found(&*stores, &people[0]).await.id;
        let changed = stores.accounts().change(&id, Expected::Account, &change, &event).await;
        assert_eq!(changed.unwrap(), ChangeOutcome::Changed);
        let query = match kind {
            Kind::MySql => r#"SELECT CAST("Id" AS CHAR) FROM "AspNetRoles" WHERE "Name" = 'Editor'"#,
            _ => r#"SELECT CAST("Id" AS text) FROM "AspNetRoles" WHERE "Name" = 'Editor'"#,
        };
        let [role] = &database.texts(query).await[..] else {
            panic!("one role")
        };
        let made = stores.accounts().new_id(event.at, &SystemRandom);
        let beginning = &made.as_str()[..of_dotnet.len()];
        assert!(role.starts_with(beginning), "{kind:?}: {role} and {beginning}");
    }
}

/// Ids of one moment have this in common: the time, if it is in them.
fn common_beginning<'a>(ids: impl Iterator<Item = &'a str> + Clone) -> &'a str {
    let first = ids.clone().next().unwrap();
    let is_common = |length: &usize| ids.clone().all(|id| id.starts_with(&first[..*length]));
    let length = (0..=first.len()).rev().find(is_common).unwrap();
    &first[..length]
}

#[tokio::test]
async fn they_are_changed_and_others_come_beside_them() {
    for (kind, variant) in KINDS
        .into_iter()
        .flat_map(|kind| VARIANTS.map(|variant| (kind, variant)))
    {
        let Some((database, people)) = kind.variant(variant).await else {
            continue;
        };
        let stores = database.connect(None).await.unwrap();
        let accounts = stores.accounts();
        let (plain, two_factor) = (found(&*stores, &people[0]).await, found(&*stores, &people[2]).await);

        let (options, event) = (LockoutOptions::default(), event());
        let stamp = plain.security_stamp.as_ref();
        let settled = accounts.settle_attempt(&plain.id, stamp, Attempt::Failed, NOW, &options, &event);
        assert_eq!(settled.await.unwrap(), AttemptOutcome::Counted(1), "{kind:?} {variant}");
        let code = &people[2].recovery_codes.as_ref().unwrap()[0];
        let stamp = two_factor.security_stamp.as_ref();
        for expected in [RedeemOutcome::Redeemed, RedeemOutcome::Wrong] {
            let redeemed = accounts.redeem_recovery_code(&two_factor.id, stamp, code, NOW, &event);
            assert_eq!(redeemed.await.unwrap(), expected);
        }

        let new = User {
            lockout_end: Some(NOW + Duration::DAY),
            ..user("new")
        };
        let created = accounts
            .create(&new, EmailUniqueness::Required, None, &event)
            .await
            .unwrap();
        let CreateOutcome::Created(id) = created else {
            panic!("{created:?}")
        };
        let new = User { id, ..new };
        assert_eq!(accounts.find_by_id(&new.id).await.unwrap(), Some(new.clone()));
        let in_column = match (kind, variant) {
            (_, "int-keys") => "5".to_owned(),
            (Kind::Sqlite, _) => new.id.as_str().to_uppercase(),
            _ => new.id.as_str().to_owned(),
        };
        let query = match kind {
            Kind::MySql => r#"SELECT CAST("Id" AS CHAR) FROM "AspNetUsers" WHERE "UserName" = 'new'"#,
            _ => r#"SELECT CAST("Id" AS text) FROM "AspNetUsers" WHERE "UserName" = 'new'"#,
        };
        assert_eq!(database.texts(query).await, [in_column], "{kind:?} {variant}");

        for role in ["Manager", "Editor"] {
            let change = Change::AddRole {
                name: role.to_owned(),
                normalized: name(role),
            };
            let changed = accounts.change(&new.id, Expected::Account, &change, &event).await;
            assert_eq!(changed.unwrap(), ChangeOutcome::Changed);
        }
        let claims = accounts.find_claims(&new.id).await.unwrap();
        let mut roles: Vec<&str> = claims.roles.iter().map(|(role, _)| role.as_str()).collect();
        roles.sort_unstable();
        assert_eq!(roles, ["Editor", "Manager"]);
        assert!(accounts.delete(&new.id, &event).await.unwrap());
        assert_eq!(accounts.list(None, 10).await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn their_passwords_are_counted_whatever_their_keys_are() {
    for (kind, variant) in KINDS
        .into_iter()
        .flat_map(|kind| VARIANTS.map(|variant| (kind, variant)))
    {
        let Some((database, _)) = kind.variant(variant).await else {
            continue;
        };
        let found = wicketgate_sql::inspect(&database.url, &StoreOptions::default(), NOW)
            .await
            .unwrap();
        let accounts = found.accounts.unwrap();
        assert_eq!(accounts.total, 4, "{kind:?} {variant}");
        assert_eq!(accounts.by_hash.iter().map(|(_, count)| count).sum::<u64>(), 4);
    }
}
