//! Texts that differ, but that a database's collation may consider equal.

use wicketgate_identity::account::{Change, EmailUniqueness};
use wicketgate_identity::store::{ChangeOutcome, CreateOutcome, UserClaims};
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::claims::roles;
use crate::fixture::{
    add_claim, add_role, by_id, by_name, change, change_anyway, create, create_user, delete, join, leave, look_alikes,
    reload, remove_claim, remove_role, stamp, user,
};

/// An account is neither found nor changed by an id that only looks like its own.
pub async fn an_account_is_written_only_by_its_own_id(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    change_anyway(&store, &ada.id, add_claim("department", "engineering")).await?;
    join(&store, &ada, "Manager").await?;
    let (before, before_claims) = (
        reload(&store, &ada).await?,
        store.accounts().find_claims(&ada.id).await?,
    );
    for id in look_alikes(&ada.id) {
        assert!(!delete(&store, &id).await?, "{id}");
        let look_alike = User {
            id: id.clone(),
            ..ada.clone()
        };
        let confirmed = change(&store, &look_alike, Change::EmailConfirmed).await?;
        assert_eq!(confirmed, ChangeOutcome::Conflict, "{id}");
        for change in [
            Change::LockoutEnabled(false),
            Change::SecurityStamp(stamp("changed")),
            add_claim("department", "sales"),
            remove_claim("department", "engineering"),
            add_role("Editor"),
            remove_role("Manager"),
        ] {
            let outcome = change_anyway(&store, &id, change).await?;
            assert_eq!(outcome, ChangeOutcome::Conflict, "{id}");
        }
        assert_eq!(store.accounts().find_claims(&id).await?, UserClaims::default(), "{id}");
    }
    assert_eq!(reload(&store, &ada).await?, before);
    assert_eq!(store.accounts().find_claims(&ada.id).await?, before_claims);
    Ok(())
}

/// Names that a database considers equal belong to two accounts or, if its unique index allows only one, the second is
/// refused. They never mean the same account.
pub async fn a_look_alike_takes_nothing_over(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for (i, name) in ["ada ", "áda", "ada\u{301}", "\u{ff41}da"].into_iter().enumerate() {
        let look_alike = User {
            id: user(&format!("another-{i}")).id,
            ..user(name)
        };
        let outcome = create_user(&store, &look_alike, EmailUniqueness::NotRequired).await?;
        let expected = match outcome {
            CreateOutcome::Created(id) => Some(User {
                id,
                ..look_alike.clone()
            }),
            refused => {
                assert_eq!(refused, CreateOutcome::DuplicateUserName, "{name:?}");
                None
            }
        };
        assert_eq!(by_name(&store, &look_alike).await?, expected, "{name:?}");
        let id = expected.as_ref().map_or(&look_alike.id, |created| &created.id);
        assert_eq!(by_id(&store, id).await?, expected, "{name:?}");
        assert_eq!(by_name(&store, &ada).await?, Some(ada.clone()));
    }
    Ok(())
}

/// Even if a database considers them equal, joining or leaving `Ádmin` does not affect `Admin`. If it cannot have both
/// roles, the second is refused.
pub async fn a_role_is_joined_and_left_only_by_its_own_name(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    join(&store, &ada, "Admin").await?;
    for look_alike in ["Ádmin", "Admin ", "A\u{301}dmin", "\u{ff21}dmin", "Admin\u{200b}"] {
        match join(&store, &grace, look_alike).await? {
            ChangeOutcome::Changed => assert_eq!(roles(&store, &grace).await?, [look_alike]),
            refused => {
                assert_eq!(refused, ChangeOutcome::DuplicateRoleName, "{look_alike:?}");
                assert_eq!(roles(&store, &grace).await?, [""; 0], "{look_alike:?}");
            }
        }
        for user in [&ada, &grace] {
            assert_eq!(leave(&store, user, look_alike).await?, ChangeOutcome::Changed);
        }
        assert_eq!(roles(&store, &ada).await?, ["Admin"], "{look_alike:?}");
        assert_eq!(roles(&store, &grace).await?, [""; 0], "{look_alike:?}");
    }
    assert_eq!(join(&store, &grace, "admin").await?, ChangeOutcome::Changed);
    assert_eq!(roles(&store, &grace).await?, ["Admin"]);
    Ok(())
}
