//! Refresh tokens that work once.

use time::{Duration, OffsetDateTime};

use wicketgate_identity::session::Rotation;
use wicketgate_identity::store::Presented;
use wicketgate_identity::{Event, EventKind, StoreError, User};

use super::fixture::{add, good, id};
use crate::Store;
use crate::fixture::{NOW, create, in_parallel};

const GRACE: Duration = Duration::seconds(10);

/// The token with this number is presented for the first session of the user.
async fn present(store: &Store, user: &User, number: i64, at: OffsetDateTime) -> Result<Rotation, StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(Rotation::Ended);
    };
    let event = Event::new(EventKind::RefreshTokenReused, Some(user.id.clone()), at);
    let presented = Presented { number, grace: GRACE };
    sessions.rotate(&id(0), &user.id, presented, &event).await
}

/// So many at once present it.
async fn present_at_once(
    store: &Store,
    user: &User,
    numbers: &[i64],
    at: OffsetDateTime,
) -> Result<Vec<Rotation>, StoreError> {
    in_parallel(30, |i| {
        let (store, user, number) = (store.clone(), user.clone(), numbers[i % numbers.len()]);
        async move { present(&store, &user, number, at).await }
    })
    .await
}

/// A token gives the next one, the same again within the grace, and once more for who never got it.
pub async fn a_refresh_token_gives_one_successor(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, [0, 1]).await?;
    for (seconds, number, successor) in [
        (0, 0, 1),
        (10, 0, 1),
        (11, 1, 2),
        (20, 2, 3),
        (60, 2, 4),
        (61, 2, 4),
        (90, 4, 5),
    ] {
        let rotation = present(&store, &ada, number, NOW + Duration::seconds(seconds)).await?;
        assert_eq!(rotation, Rotation::Successor(successor), "{seconds} {number}");
    }
    assert_eq!(good(sessions, &ada.id).await?, [0, 1]);
    Ok(())
}

/// Whoever it is that presents it, and the other sessions go on.
pub async fn a_refresh_token_that_comes_again_ends_its_session_alone(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    let bob = create(&store, "bob").await?;
    add(sessions, &ada, [0, 1]).await?;
    for number in 0..3 {
        present(&store, &ada, number, NOW).await?;
    }
    assert_eq!(present(&store, &bob, 0, NOW).await?, Rotation::Ended, "it is not Bob's");
    assert_eq!(good(sessions, &ada.id).await?, [0, 1]);
    // Also within the grace: it is not the last one that was seen to be good.
    assert_eq!(present(&store, &ada, 1, NOW).await?, Rotation::Reused);
    assert_eq!(good(sessions, &ada.id).await?, [1]);
    for number in [1, 3] {
        assert_eq!(present(&store, &ada, number, NOW).await?, Rotation::Ended);
    }
    Ok(())
}

/// However many tabs and instances present it, there is one leaf.
pub async fn a_session_never_has_two_live_refresh_tokens(store: Store) -> Result<(), StoreError> {
    let Some(sessions) = store.sessions() else {
        return Ok(());
    };
    let ada = create(&store, "ada").await?;
    add(sessions, &ada, [0]).await?;
    let mut leaf = 0;
    for round in 0..5 {
        let at = NOW + Duration::minutes(2 * round);
        let rotations = present_at_once(&store, &ada, &[leaf], at).await?;
        assert!(
            rotations
                .iter()
                .all(|rotation| *rotation == Rotation::Successor(leaf + 1)),
            "{rotations:?}"
        );
        // Nobody got the answer: one goes back, and all who do get the same.
        let rotations = present_at_once(&store, &ada, &[leaf], at + Duration::MINUTE).await?;
        assert!(
            rotations
                .iter()
                .all(|rotation| *rotation == Rotation::Successor(leaf + 2)),
            "{rotations:?}"
        );
        leaf += 2;
    }
    // The leaf and its parent at once, long after: two have the session's tokens, and neither has them afterwards.
    let at = NOW + Duration::HOUR;
    let rotations = present_at_once(&store, &ada, &[leaf, leaf - 2], at).await?;
    let reused = rotations
        .iter()
        .filter(|rotation| **rotation == Rotation::Reused)
        .count();
    assert_eq!(reused, 1, "{rotations:?}");
    assert!(good(sessions, &ada.id).await?.is_empty());
    assert_eq!(present(&store, &ada, leaf + 1, at).await?, Rotation::Ended);
    Ok(())
}
