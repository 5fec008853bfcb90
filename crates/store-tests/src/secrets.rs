//! One-time secrets, by themselves and with what they are for. Stores that keep none pass every check here.

use time::{Duration, OffsetDateTime};

use wicketgate_identity::account::{Change, EmailChange, EmailUniqueness, Expected};
use wicketgate_identity::secret::{
    AuthenticatorStep, EmailConfirmation, PasswordReset, Redemption, Secret, SecretPurpose, StatelessSecret,
};
use wicketgate_identity::store::{Attempt, AttemptOutcome, ChangeOutcome, SecretStore};
use wicketgate_identity::{StoreError, User};

use crate::Store;
use crate::fixture::{
    FIVE_MINUTES, NOW, by_id, change_if, changed, create, in_parallel, new_name, normalized, reload, set_password,
    settle, stamp,
};

const LATER: OffsetDateTime = NOW.saturating_add(FIVE_MINUTES);

/// Keeps a secret with this text, about Ada.
async fn issue<P: SecretPurpose>(secrets: &dyn SecretStore, text: &str) -> Result<Secret<P>, StoreError> {
    let secret = Secret::from_text(text);
    secrets.issue(&secret.issued("ada", LATER)).await?;
    Ok(secret)
}

fn stateless<P: SecretPurpose>(subject: &str, text: &str) -> Redemption {
    let secret = StatelessSecret {
        subject: subject.to_owned(),
        expires: LATER,
    };
    Redemption::of_stateless::<P>(secret, &[text.as_bytes()], NOW)
}

fn ada() -> Option<String> {
    Some("ada".to_owned())
}

/// Whoever redeems it learns whom it is about, and nobody does so twice.
pub async fn a_secret_is_redeemed_once_and_tells_whom_it_is_about(store: Store) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let issued = Redemption::of_issued(&issue::<PasswordReset>(secrets, "a").await?, NOW);
    let other = Redemption::of_issued(&issue::<PasswordReset>(secrets, "b").await?, NOW);
    let stateless = stateless::<AuthenticatorStep>("ada", "a");
    for redemption in [&issued, &other, &stateless] {
        assert_eq!(secrets.redeem(redemption).await?, ada());
        assert_eq!(secrets.redeem(redemption).await?, None);
    }
    let unknown = Redemption::of_issued(&Secret::<PasswordReset>::from_text("unknown"), NOW);
    assert_eq!(secrets.redeem(&unknown).await?, None);
    Ok(())
}

/// Its last instant is the one before it expires.
pub async fn a_secret_is_redeemed_until_it_expires(store: Store) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let secret = issue::<PasswordReset>(secrets, "a").await?;
    assert_eq!(secrets.redeem(&Redemption::of_issued(&secret, LATER)).await?, None);
    let in_time = Redemption::of_issued(&secret, LATER - Duration::MICROSECOND);
    assert_eq!(secrets.redeem(&in_time).await?, ada());
    Ok(())
}

/// The OAuth state of better-auth could be redeemed as a magic link (CVE-2026-114607): one table, and no purpose in it.
pub async fn ghsa_965c_763c_88jm_a_secret_of_one_purpose_is_not_accepted_for_another(
    store: Store,
) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let secret = issue::<EmailConfirmation>(secrets, "a").await?;
    // The same text, as whoever got it by mail would send it elsewhere.
    let elsewhere = Secret::<PasswordReset>::from_text(secret.as_str());
    assert_eq!(secrets.redeem(&Redemption::of_issued(&elsewhere, NOW)).await?, None);
    // It was not used up by that, and using it up uses up no other.
    assert_eq!(secrets.redeem(&Redemption::of_issued(&secret, NOW)).await?, ada());
    issue::<PasswordReset>(secrets, "a").await?;
    assert_eq!(secrets.redeem(&Redemption::of_issued(&elsewhere, NOW)).await?, ada());

    assert_eq!(
        secrets.redeem(&stateless::<EmailConfirmation>("ada", "s")).await?,
        ada()
    );
    assert_eq!(secrets.redeem(&stateless::<PasswordReset>("ada", "s")).await?, ada());
    assert!(
        secrets
            .redeem(&stateless::<PasswordReset>("grace", "s"))
            .await?
            .is_some()
    );
    Ok(())
}

/// A hundred at once, of whom one gets it.
async fn race(store: &Store, redemption: Redemption) -> Result<usize, StoreError> {
    let subjects = in_parallel(100, |_| {
        let (store, redemption) = (store.clone(), redemption.clone());
        async move {
            match store.secrets() {
                Some(secrets) => secrets.redeem(&redemption).await,
                None => Ok(None),
            }
        }
    });
    Ok(subjects.await?.into_iter().flatten().count())
}

/// However many ask at once.
pub async fn one_of_a_hundred_redeems_an_issued_secret(store: Store) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let secret = issue::<PasswordReset>(secrets, "a").await?;
    assert_eq!(race(&store, Redemption::of_issued(&secret, NOW)).await?, 1);
    Ok(())
}

/// However many ask at once.
pub async fn one_of_a_hundred_redeems_a_stateless_secret(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    assert_eq!(race(&store, stateless::<AuthenticatorStep>("ada", "a")).await?, 1);
    Ok(())
}

/// Those that can still be presented stay, redeemed or not.
pub async fn expired_secrets_are_removed_in_steps(store: Store) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let kept = issue::<EmailConfirmation>(secrets, "kept").await?;
    let redeemed = stateless::<EmailConfirmation>("ada", "redeemed");
    secrets.redeem(&redeemed).await?;
    for text in ["a", "b", "c"] {
        let secret = Secret::<PasswordReset>::from_text(text);
        secrets.issue(&secret.issued("ada", NOW)).await?;
    }
    assert_eq!(secrets.remove_expired(NOW, 2).await?, 0);
    assert_eq!(secrets.remove_expired(LATER, 2).await?, 2);
    assert_eq!(secrets.remove_expired(LATER, 2).await?, 1);
    assert_eq!(secrets.remove_expired(LATER, 2).await?, 0);
    assert_eq!(secrets.redeem(&redeemed).await?, None);
    assert_eq!(secrets.redeem(&Redemption::of_issued(&kept, NOW)).await?, ada());
    Ok(())
}

async fn confirm(store: &Store, user: &User, secret: &Redemption) -> Result<ChangeOutcome, StoreError> {
    redeeming(store, user, secret, &Change::EmailConfirmed).await
}

async fn redeeming(
    store: &Store,
    user: &User,
    secret: &Redemption,
    change: &Change,
) -> Result<ChangeOutcome, StoreError> {
    let stamp = user.security_stamp.as_ref();
    change_if(store, &user.id, Expected::Redeeming { stamp, secret }, change).await
}

/// The change is made if the secret can be redeemed, and the secret is used up if the change is made.
pub async fn a_change_and_its_secret_happen_together(store: Store) -> Result<(), StoreError> {
    let Some(secrets) = store.secrets() else { return Ok(()) };
    let ada = create(&store, "ada").await?;
    let secret = stateless::<EmailConfirmation>("ada", "a");
    assert_eq!(confirm(&store, &ada, &secret).await?, ChangeOutcome::Changed);
    let confirmed = reload(&store, &ada).await?;
    assert!(confirmed.email_confirmed);
    assert_eq!(secrets.redeem(&secret).await?, None);

    let rename = new_name("countess", "renamed");
    assert_eq!(
        redeeming(&store, &ada, &secret, &rename).await?,
        ChangeOutcome::AlreadyRedeemed
    );
    // Who acts on an old stamp need not learn that.
    let mut other = ada.clone();
    other.security_stamp = Some(stamp("other"));
    assert_eq!(
        redeeming(&store, &other, &secret, &rename).await?,
        ChangeOutcome::Conflict
    );
    assert_eq!(reload(&store, &ada).await?, confirmed);

    let issued = Redemption::of_issued(&issue::<PasswordReset>(secrets, "b").await?, NOW);
    assert_eq!(redeeming(&store, &ada, &issued, &rename).await?, ChangeOutcome::Changed);
    assert_eq!(secrets.redeem(&issued).await?, None);
    Ok(())
}

/// However many ask at once, also where the change itself could be made again and again.
pub async fn one_of_a_hundred_changes_redeems_its_secret(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    let ada = create(&store, "ada").await?;
    let secret = stateless::<EmailConfirmation>("ada", "a");
    let outcomes = in_parallel(100, |_| {
        let (store, ada, secret) = (store.clone(), ada.clone(), secret.clone());
        async move { confirm(&store, &ada, &secret).await }
    })
    .await?;
    assert_eq!(changed(&outcomes), 1);
    let late = outcomes
        .iter()
        .filter(|outcome| **outcome == ChangeOutcome::AlreadyRedeemed);
    assert_eq!(late.count(), 99);
    Ok(())
}

/// A name that is taken, another stamp, or no account: none of that uses up the secret.
pub async fn a_change_that_is_refused_leaves_its_secret(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    let ada = create(&store, "ada").await?;
    create(&store, "grace").await?;
    let secret = stateless::<EmailConfirmation>("ada", "a");
    let taken = redeeming(&store, &ada, &secret, &new_name("grace", "late")).await?;
    assert_eq!(taken, ChangeOutcome::DuplicateUserName);
    let mut other = ada.clone();
    other.security_stamp = Some(stamp("other"));
    for change in [
        Change::EmailConfirmed,
        set_password(None, "late"),
        new_name("x", "late"),
    ] {
        let late = redeeming(&store, &other, &secret, &change).await?;
        assert_eq!(late, ChangeOutcome::Conflict, "{change:?}");
    }
    assert_eq!(by_id(&store, &ada.id).await?, Some(ada.clone()));
    let address = Change::Email {
        email: EmailChange {
            email: "grace@example.test".to_owned(),
            normalized_email: normalized("GRACE@EXAMPLE.TEST"),
            user_name: None,
        },
        uniqueness: EmailUniqueness::Required,
        stamp: stamp("late"),
    };
    let taken = redeeming(&store, &ada, &secret, &address).await?;
    assert_eq!(taken, ChangeOutcome::DuplicateEmail);
    assert_eq!(confirm(&store, &ada, &secret).await?, ChangeOutcome::Changed);
    Ok(())
}

/// It is counted, and locks the account as any other.
pub async fn an_attempt_whose_secret_was_redeemed_is_a_failure(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    let ada = create(&store, "ada").await?;
    let secret = stateless::<AuthenticatorStep>("ada", "a");
    let attempt = Attempt::Redeeming(&secret);
    settle(&store, &ada, Attempt::Failed, 5, NOW).await?;
    assert_eq!(settle(&store, &ada, attempt, 5, NOW).await?, AttemptOutcome::Accepted);
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 0);
    assert_eq!(settle(&store, &ada, attempt, 2, NOW).await?, AttemptOutcome::Counted(1));
    let locked = settle(&store, &ada, attempt, 2, NOW).await?;
    assert_eq!(locked, AttemptOutcome::LockedOut(LATER));
    Ok(())
}

/// Neither at a locked account nor against an old stamp.
pub async fn an_attempt_that_is_not_settled_leaves_its_secret(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    let ada = create(&store, "ada").await?;
    let secret = stateless::<AuthenticatorStep>("ada", "a");
    let attempt = Attempt::Redeeming(&secret);
    let mut other = ada.clone();
    other.security_stamp = Some(stamp("other"));
    assert_eq!(settle(&store, &other, attempt, 5, NOW).await?, AttemptOutcome::Conflict);
    settle(&store, &ada, Attempt::Failed, 1, NOW).await?;
    assert_eq!(settle(&store, &ada, attempt, 5, NOW).await?, AttemptOutcome::Refused);
    let after = LATER + Duration::SECOND;
    assert_eq!(settle(&store, &ada, attempt, 5, after).await?, AttemptOutcome::Accepted);
    Ok(())
}

/// However many sign in with one code at once.
pub async fn one_of_a_hundred_attempts_redeems_its_secret(store: Store) -> Result<(), StoreError> {
    if store.secrets().is_none() {
        return Ok(());
    }
    let ada = create(&store, "ada").await?;
    let secret = stateless::<AuthenticatorStep>("ada", "a");
    let outcomes = in_parallel(100, |_| {
        let (store, ada, secret) = (store.clone(), ada.clone(), secret.clone());
        async move { settle(&store, &ada, Attempt::Redeeming(&secret), 1_000, NOW).await }
    })
    .await?;
    let accepted = |outcome: &&AttemptOutcome| **outcome == AttemptOutcome::Accepted;
    assert_eq!(outcomes.iter().filter(accepted).count(), 1);
    assert_eq!(reload(&store, &ada).await?.access_failed_count, 99);
    Ok(())
}
