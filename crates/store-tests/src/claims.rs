//! Roles and claims.

use wicketgate_identity::store::ChangeOutcome;
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{
    add_claim, change_anyway, changed, claims, create, in_parallel, join, leave, pair, reload, remove_claim,
};

/// Joining or leaving a role twice does no harm and does not affect other roles and users.
pub async fn roles_are_joined_and_left(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    let grace = create(&store, "grace").await?;
    for role in ["Writer", "Editor", "Writer"] {
        assert_eq!(join(&store, &ada, role).await?, ChangeOutcome::Changed);
    }
    join(&store, &grace, "Writer").await?;
    assert_eq!(roles(&store, &ada).await?, ["Editor", "Writer"]);
    for _ in 0..2 {
        assert_eq!(leave(&store, &ada, "Writer").await?, ChangeOutcome::Changed);
        assert_eq!(roles(&store, &ada).await?, ["Editor"]);
    }
    assert_eq!(leave(&store, &ada, "No such role").await?, ChangeOutcome::Changed);
    assert_eq!(roles(&store, &grace).await?, ["Writer"]);
    Ok(())
}

/// A role is created once. Joining it under another spelling joins the same role, even after all members have left.
pub async fn a_role_keeps_its_first_name(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    join(&store, &ada, "Manager").await?;
    leave(&store, &ada, "Manager").await?;
    join(&store, &ada, "manager").await?;
    assert_eq!(roles(&store, &ada).await?, ["Manager"]);
    Ok(())
}

/// Concurrent requests create one role, and all of them join it.
pub async fn many_tasks_make_one_role(store: Store) -> Result<(), StoreError> {
    let mut accounts = Vec::new();
    for i in 0..20 {
        accounts.push(create(&store, &format!("user-{i}")).await?);
    }
    let outcomes = in_parallel(accounts.len(), |i| {
        let (store, user) = (store.clone(), accounts[i].clone());
        async move { join(&store, &user, "Manager").await }
    })
    .await?;
    assert_eq!(changed(&outcomes), accounts.len());
    for user in &accounts {
        assert_eq!(roles(&store, user).await?, ["Manager"]);
    }
    Ok(())
}

/// Claims are returned in the order in which they were added, including duplicates. Removal removes all equal ones.
pub async fn claims_are_kept_in_order(store: Store) -> Result<(), StoreError> {
    let ada = create(&store, "ada").await?;
    for (claim_type, value) in [("b", "2"), ("a", "1"), ("b", "2"), ("B", "2"), ("b", "3")] {
        let outcome = change_anyway(&store, &ada.id, add_claim(claim_type, value)).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
    }
    let all = [
        pair("b", "2"),
        pair("a", "1"),
        pair("b", "2"),
        pair("B", "2"),
        pair("b", "3"),
    ];
    assert_eq!(claims(&store, &ada.id).await?, all);
    for _ in 0..2 {
        let outcome = change_anyway(&store, &ada.id, remove_claim("b", "2")).await?;
        assert_eq!(outcome, ChangeOutcome::Changed);
        assert_eq!(
            claims(&store, &ada.id).await?,
            [pair("a", "1"), pair("B", "2"), pair("b", "3")]
        );
    }
    assert_eq!(reload(&store, &ada).await?.security_stamp, ada.security_stamp);
    Ok(())
}

pub(crate) async fn roles(store: &Store, user: &User) -> Result<Vec<String>, StoreError> {
    let claims = store.accounts().find_claims(&user.id).await?;
    let mut names: Vec<_> = claims.roles.into_iter().map(|(name, _)| name).collect();
    names.sort();
    Ok(names)
}
