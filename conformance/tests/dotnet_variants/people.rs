//! Who is in a variant, and what .NET gave them.

use std::fs;

use serde::Deserialize;

use crate::variants::Variant;

#[derive(Deserialize)]
pub(crate) struct People {
    /// The name of the application that their keys are bound to.
    pub(crate) application: String,
    people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    /// As it stands in tickets and links.
    pub(crate) id: String,
    #[serde(rename = "UserName")]
    pub(crate) user_name: String,
    pub(crate) password: String,
    pub(crate) roles: Vec<String>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) authenticator_key: Option<String>,
    pub(crate) recovery_codes: Option<Vec<String>>,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) cookie: String,
    pub(crate) confirm_email: String,
    pub(crate) reset_password: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Claim {
    #[serde(rename = "Type")]
    pub(crate) claim_type: String,
    pub(crate) value: String,
}

impl People {
    pub(crate) fn of(variant: &Variant) -> Self {
        let json = fs::read(variant.folder().join("people.json")).unwrap();
        let people: Self = serde_json::from_slice(&json).unwrap();
        assert_eq!(people.people.len(), 4);
        people
    }

    pub(crate) fn all(&self) -> &[Person] {
        &self.people
    }

    /// The one whose address begins so.
    pub(crate) fn named(&self, name: &str) -> &Person {
        let mut people = self.people.iter();
        people.find(|person| person.name() == name).unwrap()
    }
}

impl Person {
    /// `plain`, `manager`, `twofactor` or `locked`.
    pub(crate) fn name(&self) -> &str {
        self.user_name.split('@').next().unwrap()
    }
}
