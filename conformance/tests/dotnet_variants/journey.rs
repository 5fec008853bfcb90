//! What the people of a variant do after the move, and what that changes in their database.

use serde_json::json;
use tempfile::TempDir;
use wicketgate_conformance::{Application, ReceivedResponse, one_time_code};

use crate::client::{bearer, cookie, get, post, text};
use crate::left::{self, WRITTEN};
use crate::newcomer;
use crate::people::{People, Person};
use crate::rows::Rows;
use crate::variants::Variant;

const NEW_PASSWORD: &str = "N3w passw0rd!";
/// More guesses at a link than may come at once.
const LIMIT_OF_LINKS: usize = 21;

pub(crate) async fn journey(variant: &Variant) {
    let people = People::of(variant);
    let database = left::database(variant).await;
    let before = Rows::of(variant.store, &database).await;
    let (application, keys) = left::application(variant, database, &people).await;
    let mut journey = Journey {
        variant,
        people,
        application,
        left: before.clone(),
        before,
        _keys: keys,
    };
    journey.what_dotnet_gave_out_goes_on().await;
    journey.everybody_logs_in_or_is_refused().await;
    journey.expect_changes(&[]).await;
    journey.a_wrong_password_is_counted_and_forgotten().await;
    journey.a_recovery_code_works_once().await;
    journey.mailed_codes_work().await;
    journey.spellings_share_one_limit().await;
    newcomer::is_kept_as_dotnet_would(&mut journey).await;
}

pub(crate) struct Journey<'v> {
    variant: &'v Variant,
    pub(crate) people: People,
    pub(crate) application: Application,
    /// What .NET left.
    pub(crate) left: Rows,
    /// What was there at the last look.
    before: Rows,
    _keys: TempDir,
}

impl Journey<'_> {
    async fn what_dotnet_gave_out_goes_on(&self) {
        for person in self.people.all() {
            let name = person.name();
            self.is_signed_in(&bearer(&person.access_token), person).await;
            self.is_signed_in(&cookie(&person.cookie), person).await;
            let refreshed = self.refresh(&person.refresh_token).await;
            assert_eq!(refreshed.status, 200, "{name}: {refreshed:?}");
            self.is_signed_in(&bearer(&text(&refreshed, "accessToken")), person)
                .await;
        }
    }

    async fn everybody_logs_in_or_is_refused(&self) {
        for person in self.people.all() {
            let name = person.name();
            let answer = self.login(&person.user_name, &person.password, None).await;
            match name {
                "locked" => is_refused(&answer, "LockedOut"),
                "twofactor" => {
                    is_refused(&answer, "RequiresTwoFactor");
                    let key = person.authenticator_key.as_deref().unwrap();
                    let code = one_time_code(key, WRITTEN, 0).unwrap();
                    let code = Some(("twoFactorCode", code.as_str()));
                    let answer = self.login(&person.user_name, &person.password, code).await;
                    self.is_signed_in(&bearer(&text(&answer, "accessToken")), person).await;
                }
                _ => self.is_signed_in(&bearer(&text(&answer, "accessToken")), person).await,
            }
        }
    }

    /// As who, with their roles and claims.
    async fn is_signed_in(&self, header: &str, person: &Person) {
        let has_role = person.roles.iter().any(|role| role == "Manager");
        let mut claims = person.claims.iter();
        let has_claim = claims.any(|claim| claim.claim_type == "department" && claim.value == "engineering");
        let is_manager = person.name() == "manager";
        assert_eq!((has_role, has_claim), (is_manager, is_manager));
        self.is_signed_in_as(header, &person.user_name, &person.id, is_manager)
            .await;
    }

    /// With this address and id, as a manager of the engineers or as somebody without rights.
    pub(crate) async fn is_signed_in_as(&self, header: &str, email: &str, id: &str, is_manager: bool) {
        let info = get(&self.application, "/manage/info", header).await;
        assert_eq!(text(&info, "email"), email);
        for path in ["/probe/manager", "/probe/department"] {
            let answer = get(&self.application, path, header).await;
            // A cookie without the right sends to a page.
            let expected: &[u16] = if is_manager { &[200] } else { &[403, 302] };
            assert!(expected.contains(&answer.status), "{email} {path}: {answer:?}");
        }
        let claims = get(&self.application, "/probe/claims", header).await;
        let id = format!(r#""value":"{id}""#);
        assert!(claims.body.contains(&id), "{email}: {claims:?}");
    }

    async fn a_wrong_password_is_counted_and_forgotten(&mut self) {
        let plain = self.people.named("plain").user_name.clone();
        is_refused(&self.login(&plain, "passw0rd!", None).await, "Failed");
        let counted = "users of plain@example.test: accessfailedcount concurrencystamp";
        self.expect_changes(&[counted]).await;
        assert_eq!(self.login(&plain, "Passw0rd!", None).await.status, 200);
        self.expect_changes(&[counted]).await;
    }

    async fn a_recovery_code_works_once(&mut self) {
        let person = self.people.named("twofactor");
        let codes = person.recovery_codes.clone().unwrap();
        let code = Some(("twoFactorRecoveryCode", codes[3].as_str()));
        let answer = self.login(&person.user_name, &person.password, code).await;
        self.is_signed_in(&bearer(&text(&answer, "accessToken")), person).await;
        let again = self.login(&person.user_name, &person.password, code).await;
        is_refused(&again, "Failed");

        let rest: Vec<_> = codes.iter().filter(|rest| **rest != codes[3]).cloned().collect();
        let now = self.rows().await;
        let mut values = now.table("usertokens").iter().flat_map(|row| row.values().flatten());
        assert!(
            values.any(|value| value.trim_matches('\'') == rest.join(";")),
            "{now:?}"
        );
        self.expect_changes(&["users of twofactor@example.test: concurrencystamp", "usertokens: value"])
            .await;
    }

    async fn mailed_codes_work(&mut self) {
        for person in self.people.all() {
            for id in self.spellings(&person.id) {
                let answer = self.confirm(&id, &person.confirm_email).await;
                assert_eq!(answer.status, 200, "{} as {id}: {answer:?}", person.name());
            }
        }
        let confirmed = self.changes().await;
        let mut others = confirmed.iter().filter(|change| !change.contains("plain@"));
        assert!(
            others.all(|change| change.ends_with(": concurrencystamp")),
            "{confirmed:?}"
        );
        assert!(
            confirmed.contains(&"users of plain@example.test: concurrencystamp emailconfirmed".to_owned()),
            "{confirmed:?}"
        );

        let person = self.people.named("manager");
        let reset = |code: &str| json!({ "email": person.user_name, "resetCode": code, "newPassword": NEW_PASSWORD });
        let other = &self.people.named("plain").reset_password;
        for (code, status) in [
            (other, 400),
            (&person.reset_password, 200),
            (&person.reset_password, 400),
        ] {
            let answer = post(&self.application, "/resetPassword", "", &reset(code)).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
        assert_eq!(self.refresh(&person.refresh_token).await.status, 401);
        let answer = self.login(&person.user_name, NEW_PASSWORD, None).await;
        self.is_signed_in(&bearer(&text(&answer, "accessToken")), person).await;
        let reset = "users of manager@example.test: concurrencystamp passwordhash securitystamp";
        self.expect_changes(&[reset]).await;
    }

    pub(crate) async fn login(&self, email: &str, password: &str, factor: Option<(&str, &str)>) -> ReceivedResponse {
        let mut body = json!({ "email": email, "password": password });
        if let Some((name, code)) = factor {
            body[name] = code.into();
        }
        post(&self.application, "/login", "", &body).await
    }

    /// How a link may write an id, percent-encoded: beside what .NET writes, what it reads of a Guid or a number.
    fn spellings(&self, id: &str) -> Vec<String> {
        let others = match self.variant.name {
            "int-keys" => vec![format!("0{id}"), format!("%2B{id}"), format!("%20{id}")],
            "guid-keys" => vec![id.to_uppercase(), id.replace('-', ""), format!("%7B{id}%7D")],
            _ => Vec::new(),
        };
        [vec![id.to_owned()], others].concat()
    }

    /// Guesses at a link's code are counted together, in whatever way they spell its id.
    async fn spellings_share_one_limit(&self) {
        if self.variant.name != "int-keys" {
            return;
        }
        let id = &self.people.named("locked").id;
        let mut statuses = Vec::new();
        for zeros in 0..LIMIT_OF_LINKS {
            let id = format!("{}{id}", "0".repeat(zeros));
            statuses.push(self.confirm(&id, "x").await.status);
        }
        assert_eq!(statuses.pop(), Some(429));
        assert!(statuses.starts_with(&[401]), "{statuses:?}");
    }

    async fn refresh(&self, token: &str) -> ReceivedResponse {
        post(&self.application, "/refresh", "", &json!({ "refreshToken": token })).await
    }

    pub(crate) async fn confirm(&self, id: &str, code: &str) -> ReceivedResponse {
        get(&self.application, &format!("/confirmEmail?userId={id}&code={code}"), "").await
    }

    pub(crate) fn variant_name(&self) -> &str {
        self.variant.name
    }

    pub(crate) async fn rows(&self) -> Rows {
        Rows::of(self.variant.store, self.application.database()).await
    }

    /// Since the last call nothing else has changed in any table.
    pub(crate) async fn expect_changes(&mut self, expected: &[&str]) {
        assert_eq!(self.changes().await, expected, "{:?}", self.variant);
    }

    /// What has changed since the last call.
    async fn changes(&mut self) -> Vec<String> {
        let now = self.rows().await;
        let changes = self.before.changes(&now);
        self.before = now;
        changes
    }
}

fn is_refused(answer: &ReceivedResponse, why: &str) {
    assert_eq!((answer.status, text(answer, "detail").as_str()), (401, why));
}
