//! Rate limits, which instances count together in their database.

use libtest_mimic::Failed;
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};
use wicketgate_conformance::Store;

use crate::{
    client::{Credential, post},
    deployment::Deployment,
    sessions::Test,
};

pub(crate) const TESTS: [(&str, Test); 1] = [(
    "of_logins_at_once_over_all_instances_no_more_pass_than_one_account_may_have",
    |store| Box::pin(logins(store)),
)];

/// As many as pass at once, and the time in which one more may.
const BURST: usize = 40;
const SECONDS_PER_LOGIN: u64 = 6;

async fn logins(store: Store) -> Result<(), Failed> {
    // Who shares a file counts alone.
    if store == Store::Sqlite {
        return Ok(());
    }
    let options = [
        ("RateLimits:Enabled", "true"),
        ("Identity:Lockout:MaxFailedAccessAttempts", "1000000"),
    ];
    let deployment = Deployment::new(store, &options).await;
    let start = Instant::now();
    let mut requests = JoinSet::new();
    for &instance in deployment.instances().iter().cycle().take(150) {
        let wrong = json!({"email": "ada@example.test", "password": "wrong"});
        requests.spawn(async move { post(instance, "/login", &Credential::None, &wrong).await });
    }
    let answers = requests.join_all().await;
    let passed = answers.iter().filter(|answer| answer.status == 401).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(passed + refused, answers.len(), "{store}");
    let later = usize::try_from(start.elapsed().as_secs() / SECONDS_PER_LOGIN)?;
    assert!(
        (BURST..=BURST + 1 + later).contains(&passed),
        "{store}: {passed} passed"
    );
    Ok(())
}
