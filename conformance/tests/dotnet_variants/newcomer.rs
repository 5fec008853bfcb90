//! Somebody who registers beside those who were there, and everything that they get.

use serde_json::json;
use wicketgate_conformance::{MailField, Subject, field_of_mail};

use crate::client::{bearer, post, text};
use crate::form::{form_of_id, forms};
use crate::journey::Journey;
use crate::rows::{Row, Rows, plain};

const NEW: &str = "new@example.test";
const PASSWORD: &str = "Passw0rd!";
/// Columns of an application's own that need no value.
const OWN_COLUMNS: [&str; 2] = ["displayname", "born"];

pub(crate) async fn is_kept_as_dotnet_would(journey: &mut Journey<'_>) {
    let taken = json!({ "email": "PLAIN@example.test", "password": PASSWORD });
    let refused = post(&journey.application, "/register", "", &taken).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    journey.expect_changes(&[]).await;

    let (id, code) = register(journey).await;
    assert_eq!(form_of_id(&id), form_of_id(&journey.people.named("plain").id));
    // .NET wrote this one when it registered somebody.
    has_the_form(journey, "users", ("username", NEW), "plain@example.test").await;
    // By a link that was rewritten on its way.
    let rewritten = match journey.variant_name() {
        "guid-keys" => format!("%7B{}%7D", id.to_uppercase()),
        "int-keys" => format!("%20%2B0{id}"),
        _ => id.clone(),
    };
    let confirmed = journey.confirm(&rewritten, &code).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");
    for words in [
        &["add-role", NEW, "Manager"][..],
        &["add-role", NEW, "Editor"],
        &["add-claim", NEW, "department", "engineering"],
    ] {
        administer(journey, words).await;
    }
    let login = journey.login(NEW, PASSWORD, None).await;
    let token = bearer(&text(&login, "accessToken"));
    journey.is_signed_in_as(&token, NEW, &id, true).await;
    let key = post(&journey.application, "/manage/2fa", &token, &json!({})).await;
    let key = text(&key, "sharedKey");

    has_the_form(journey, "roles", ("name", "Editor"), "Manager").await;
    has_the_form(journey, "usertokens", ("value", &key), "AuthenticatorKey").await;
    let came = [
        "+roles",
        "+userclaims",
        "+userroles",
        "+userroles",
        "+users",
        "+usertokens",
    ];
    journey.expect_changes(&came).await;
    administer(journey, &["delete", NEW]).await;
    let gone = ["-userclaims", "-userroles", "-userroles", "-users", "-usertokens"];
    journey.expect_changes(&gone).await;
}

/// Gives the id and the code in the mail.
async fn register(journey: &Journey<'_>) -> (String, String) {
    let body = json!({ "email": NEW, "password": PASSWORD });
    journey.application.take_mail();
    let registered = post(&journey.application, "/register", "", &body).await;
    assert_eq!(registered.status, 200, "{registered:?}");
    let [mail] = &journey.application.take_mail()[..] else {
        panic!("one mail")
    };
    let field = |field| field_of_mail(&mail.text.html(), field).unwrap();
    (field(MailField::UserId), field(MailField::Code))
}

async fn administer(journey: &Journey<'_>, words: &[&str]) {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    journey.application.administer(words).await.unwrap();
}

/// Row by row as the one that .NET wrote, which has this value somewhere.
async fn has_the_form(journey: &Journey<'_>, table: &str, (column, value): (&str, &str), dotnets: &str) {
    let rows = journey.rows().await;
    let new = row(&rows, table, |name, text| name == column && text == value);
    let old = row(&journey.left, table, |_, text| text == dotnets);
    let (mut new, mut old) = (forms(new), forms(old));
    for forms in [&mut new, &mut old] {
        forms.retain(|(column, _)| !OWN_COLUMNS.contains(&column.as_str()));
    }
    assert_eq!(new, old, "{table}");
}

fn row<'r>(rows: &'r Rows, table: &str, is_meant: impl Fn(&str, &str) -> bool) -> &'r Row {
    let mut rows = rows.table(table).iter();
    let found = rows.find(|row| {
        let mut values = row.iter();
        values.any(|(column, value)| {
            let value = value.as_deref().unwrap_or_default();
            is_meant(&plain(column), value.trim_matches('\''))
        })
    });
    found.unwrap_or_else(|| panic!("no such row in {table}"))
}
