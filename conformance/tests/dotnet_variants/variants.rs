//! Which variants there are, and what each needs to be told.

use std::{collections::BTreeMap, fs, path::PathBuf};

use wicketgate_conformance::Store;

/// A shape of Identity's tables in one kind of database.
#[derive(Debug)]
pub(crate) struct Variant {
    /// Its folder's name.
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    /// Settings without which it could not be served.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// What is otherwise than .NET left it.
    pub(crate) alteration: Option<Alteration>,
}

/// What somebody did to a database that .NET left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alteration {
    /// `users` with `normalized_user_name`, in SQLite.
    SnakeCase,
    /// From `public` to `accounts`, in PostgreSQL.
    Schema,
    /// Guids as 16 bytes.
    Bytes,
}

/// Every dump that was recorded, and some combinations.
pub(crate) const VARIANTS: &[Variant] = &[
    served("plain", Store::PostgreSql, &[]),
    served("plain", Store::MySql, &[]),
    served("guid-keys", Store::PostgreSql, &[]),
    served("guid-keys", Store::MySql, &[]),
    served("guid-keys", Store::Sqlite, &[]),
    served("int-keys", Store::PostgreSql, &[]),
    served("int-keys", Store::MySql, &[]),
    served("int-keys", Store::Sqlite, &[]),
    served("schema", Store::PostgreSql, SCHEMA),
    served("schema", Store::Sqlite, &[]),
    served("renamed-tables", Store::PostgreSql, TABLES),
    served("renamed-tables", Store::MySql, TABLES),
    served("renamed-tables", Store::Sqlite, TABLES),
    served("snake-case", Store::PostgreSql, SNAKE_CASE),
    served("snake-case", Store::Sqlite, SNAKE_CASE),
    served("snake-case-tables", Store::PostgreSql, SNAKE_CASE_TABLES),
    served("snake-case-tables", Store::Sqlite, SNAKE_CASE_TABLES),
    served("own-columns", Store::PostgreSql, OWN_COLUMNS),
    served("own-columns", Store::MySql, OWN_COLUMNS),
    served("own-columns", Store::Sqlite, OWN_COLUMNS),
    altered("int-keys", Store::Sqlite, &[], Alteration::SnakeCase),
    altered("guid-keys", Store::Sqlite, &[], Alteration::SnakeCase),
    altered("guid-keys", Store::PostgreSql, &[], Alteration::Schema),
    altered("int-keys", Store::PostgreSql, &[], Alteration::Schema),
    altered("guid-keys", Store::Sqlite, &[], Alteration::Bytes),
    altered("guid-keys", Store::MySql, &[], Alteration::Bytes),
];

const SCHEMA: &[(&str, &str)] = &[("stores.schema", "identity")];
const TABLES: &[(&str, &str)] = &[(
    "stores.tables",
    r#"{"users":"Users","roles":"Roles","user_roles":"UserRoles","user_claims":"UserClaims","user_logins":"UserLogins","role_claims":"RoleClaims","user_tokens":"UserTokens","user_passkeys":"UserPasskeys"}"#,
)];
const SNAKE_CASE: &[(&str, &str)] = &[("stores.naming", "snake_case")];
const SNAKE_CASE_TABLES: &[(&str, &str)] = &[
    ("stores.naming", "snake_case"),
    (
        "stores.tables",
        r#"{"users":"users","roles":"roles","user_roles":"user_roles","user_claims":"user_claims","user_logins":"user_logins","role_claims":"role_claims","user_tokens":"user_tokens","user_passkeys":"user_passkeys"}"#,
    ),
];
const OWN_COLUMNS: &[(&str, &str)] = &[(
    "stores.column_defaults",
    r#"{"Points":"7","Subscribed":"false","Tenant":"default"}"#,
)];

const fn served(name: &'static str, store: Store, settings: &'static [(&'static str, &'static str)]) -> Variant {
    Variant {
        name,
        store,
        settings,
        alteration: None,
    }
}

/// One that was not recorded: what .NET left, with other names as a migration of EF Core's gives them, or with ids in another form.
const fn altered(
    name: &'static str,
    store: Store,
    settings: &'static [(&'static str, &'static str)],
    alteration: Alteration,
) -> Variant {
    Variant {
        alteration: Some(alteration),
        ..served(name, store, settings)
    }
}

impl Variant {
    /// Where its database, keys and people are.
    pub(crate) fn folder(&self) -> PathBuf {
        goldens().join(self.name).join(self.store.to_string())
    }

    /// The name of its test.
    pub(crate) fn title(&self) -> String {
        let renamed = self.alteration.map(|alteration| format!("+{alteration:?}"));
        format!("{}{}::{}", self.name, renamed.unwrap_or_default(), self.store)
    }

    /// Its settings as the application's options.
    pub(crate) fn options(&self) -> BTreeMap<String, String> {
        let settings = self.settings.iter();
        let settings = settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        // As many rounds as .NET's, so that what is written here has the form of what it wrote.
        let rounds = ("PasswordHasher:IterationCount".to_owned(), "100000".to_owned());
        settings.chain([rounds]).collect()
    }
}

fn goldens() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/goldens/variants"))
}

pub(crate) fn every_dump_is_listed() {
    let mut recorded = Vec::new();
    for variant in fs::read_dir(goldens()).unwrap() {
        for store in fs::read_dir(variant.unwrap().path()).unwrap() {
            let folder = store.unwrap().path();
            if folder.join("people.json").exists() {
                recorded.push(folder);
            }
        }
    }
    recorded.sort();
    let listed = VARIANTS.iter().filter(|variant| variant.alteration.is_none());
    let mut listed: Vec<_> = listed.map(Variant::folder).collect();
    listed.sort();
    assert_eq!(listed, recorded);
}
