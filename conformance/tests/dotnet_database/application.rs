//! The application after its move.

use std::{fs, path::PathBuf, sync::Arc};

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tower::ServiceExt;
use wicketgate_axum::Identity;
use wicketgate_identity::options::StoreOptions;
use wicketgate_identity::{Accounts, User};
use wicketgate_protection::{
    Clock, DataProtection, FolderKeyRepository, KeyRing, KeyRingOptions, ManualClock, Random, SeededRandom,
};

/// When .NET wrote everything.
pub(crate) const WRITTEN: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

/// A copy of what .NET left, served at the goldens' time until the clock is set.
pub(crate) struct Application {
    pub(crate) accounts: Accounts,
    pub(crate) clock: Arc<ManualClock>,
    router: Router,
    _folder: TempDir,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Application {
    pub(crate) async fn moved() -> Self {
        let folder = TempDir::new().unwrap();
        let database = folder.path().join("app.db");
        fs::copy(golden("app.db"), &database).unwrap();
        let keys = folder.path().join("keys");
        fs::create_dir(&keys).unwrap();
        for key in fs::read_dir(golden("keys")).unwrap() {
            let key = key.unwrap();
            fs::copy(key.path(), keys.join(key.file_name())).unwrap();
        }

        let clock = Arc::new(ManualClock::at(WRITTEN));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        let url = format!("sqlite://{}", database.display());
        let store = wicketgate_sql::connect(&url, &StoreOptions::default(), Arc::clone(&random))
            .await
            .unwrap();
        let ring = KeyRing::new(
            Arc::new(FolderKeyRepository::new(keys)),
            KeyRingOptions::default(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&random),
        );
        let identity = Identity::builder(store)
            .keys(DataProtection::new(Arc::new(ring), Some("wicketgate-goldens")))
            .clock(Arc::clone(&clock) as Arc<dyn Clock>)
            .random(random)
            .build()
            .unwrap();
        Self {
            accounts: identity.accounts().clone(),
            clock,
            router: identity.wrap(Router::new().merge(identity.api()).merge(identity.logout())),
            _folder: folder,
        }
    }

    /// The account with this user name as it is now.
    pub(crate) async fn user(&self, name: &str) -> User {
        self.accounts.find_by_name(name).await.unwrap().unwrap()
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&'static str, String)]) -> Answer {
        self.send(Request::get(path), headers, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&'static str, String)], body: &Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request, headers, Body::from(body.to_string())).await
    }

    async fn send(&self, request: http::request::Builder, headers: &[(&'static str, String)], body: Body) -> Answer {
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, value));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }
}

impl Answer {
    /// The names of the cookies that it sets or takes away.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter();
        cookies
            .filter_map(|cookie| cookie.to_str().unwrap().split('=').next())
            .collect()
    }
}

/// A golden file of the application, read.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&fs::read(golden(name)).unwrap()).unwrap()
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/goldens/database")).join(name)
}
