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
    /// Whether it is served yet. Those that are not are ignored, and can be tried with `--ignored`.
    pub(crate) is_served: bool,
}

/// Every dump that was recorded.
pub(crate) const VARIANTS: &[Variant] = &[
    served("plain", Store::PostgreSql, &[]),
    served("plain", Store::MySql, &[]),
    served("guid-keys", Store::PostgreSql, &[]),
    served("guid-keys", Store::MySql, &[]),
    served("guid-keys", Store::Sqlite, &[]),
    not_yet("int-keys", Store::PostgreSql, &[]),
    not_yet("int-keys", Store::MySql, &[]),
    not_yet("int-keys", Store::Sqlite, &[]),
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
        is_served: true,
    }
}

const fn not_yet(name: &'static str, store: Store, settings: &'static [(&'static str, &'static str)]) -> Variant {
    Variant {
        is_served: false,
        ..served(name, store, settings)
    }
}

impl Variant {
    /// Where its database, keys and people are.
    pub(crate) fn folder(&self) -> PathBuf {
        goldens().join(self.name).join(self.store.to_string())
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
    let mut listed: Vec<_> = VARIANTS.iter().map(Variant::folder).collect();
    listed.sort();
    assert_eq!(listed, recorded);
}
