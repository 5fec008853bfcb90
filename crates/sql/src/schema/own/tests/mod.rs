//! The lane for tables of our own, with scripts that only these tests have.

mod cut_off;
mod sql_server;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wicketgate_identity::options::{SchemaVersion, StoreOptions};
use wicketgate_protection::SystemRandom;

use super::effect::Effect;
use super::journal::{self, Entry};
use super::scripts::{SCRIPTS, Script, script};
use crate::backend::mysql::MySqlDatabase;
use crate::backend::postgres::PostgresDatabase;
use crate::backend::sqlite::SqliteDatabase;
use crate::database::{Connection, Database, Purpose};
use crate::database_error::DatabaseError;
use crate::database_url::DatabaseUrl;
use crate::dialect::Dialect;
use crate::schema::first_start::create_if_empty;
use crate::schema::found::Schema;
use crate::schema::migrations::{Refusal, Wanted, migrate, plan};
use crate::schema::own::tables::OwnTables;
use crate::schema::state::SchemaState;
use crate::test_databases::new_database;

const POSTGRES: &str = "WICKETGATE_TEST_POSTGRES_URL";
const MYSQL: &str = "WICKETGATE_TEST_MYSQL_URL";
const NOTES_AND_AUTHORS: &[Script] = &[
    script!(
        1,
        "notes",
        "0001_notes",
        sqlite "81fd9c3d2a43c436718f26bd326aa37ea3eb578855b0d0aec5a5c90de0473efb",
        postgres "a1b74afeea4aa2aa52c6173d4170cc3b38b2f7bcf3c3de06621adecca349c077",
        mysql "faaf4b79cac07cac149cf25601fb7f405dd58cd4ca6c5eed36777eb2b32bbd1b",
        mssql "b2e818d76e893d514b94c03d0ec835cd925cbfd90ee43304dcda9e80adfa2e8a",
    ),
    script!(
        2,
        "authors",
        "0002_authors",
        sqlite "ffa26f48923009867c91179904ac6c7cfbca57a71270dbd463a006a30cbb38c7",
        postgres "3260d9c982416acb2d1e0d20fb59b9730c5c8bb2eda163bdb396ee326f62dc9e",
        mysql "8af4920145914d16153aaf63c59afba9b98c3db1f769fdef1e1dff82d6ca58f3",
        mssql "d6f69507b0cc95ca6384073927317d85da1971bb4603d6b978e1cca2304ae7e5",
    ),
];

const WANTED: Wanted<'_> = Wanted {
    identity: &StoreOptions::DEFAULT,
    scripts: NOTES_AND_AUTHORS,
};
/// As of a version of Wicketgate that has the first script only.
const OLDER: Wanted<'_> = Wanted {
    scripts: NOTES_AND_AUTHORS.split_at(1).0,
    ..WANTED
};

/// A database of its own, for as long as this is kept.
struct Tested<D> {
    database: D,
    _folder: Option<TempDir>,
}

impl<D: Database> Tested<D> {
    /// On the server that the variable names, or a file. `None` where there is no server.
    async fn new(server: Option<&str>) -> Option<Self> {
        let (url, folder) = match server {
            Some(server) => (new_database(server).await?, None),
            None => {
                let folder = TempDir::new().unwrap();
                (format!("sqlite://{}/app.db", folder.path().display()), Some(folder))
            }
        };
        Some(Self {
            database: D::open(&DatabaseUrl::from(&url), Purpose::Use).await.unwrap(),
            _folder: folder,
        })
    }

    /// With Identity's tables, as .NET makes them.
    async fn of_dotnet(server: Option<&str>) -> Option<Self> {
        let tested = Self::new(server).await?;
        let definitions = D::Dialect::TABLES.definitions(SchemaVersion::V3);
        tested.run(definitions.map(|definition| definition.0)).await;
        Some(tested)
    }

    /// Each by itself.
    async fn run(&self, statements: impl IntoIterator<Item = &'static str>) {
        for statement in statements {
            self.database.writer().await.unwrap().define(statement).await.unwrap();
        }
    }

    async fn start(&self, wanted: Wanted<'_>) -> Result<Schema, DatabaseError> {
        create_if_empty(&self.database, wanted, &SystemRandom).await
    }

    async fn migrate(&self, wanted: Wanted<'_>) -> Result<Result<Vec<&'static str>, Refusal>, DatabaseError> {
        let migrated = migrate(&self.database, wanted, &SystemRandom).await?;
        Ok(migrated.map(|plan| plan.statements()))
    }

    async fn plan(&self, wanted: Wanted<'_>) -> Vec<&'static str> {
        let mut reader = self.database.reader().await.unwrap();
        plan(&mut reader, wanted).await.unwrap().unwrap().statements()
    }

    async fn found(&self) -> Schema {
        let mut reader = self.database.reader().await.unwrap();
        Schema::find(&mut reader, &StoreOptions::DEFAULT).await.unwrap()
    }

    /// That both scripts ran to their end, as the journal and the tables say.
    async fn assert_whole(&self) {
        let found = self.found().await;
        assert_eq!(found.own.tables(NOTES_AND_AUTHORS), OwnTables::Present);
        let entry = |script: &'static Script| Entry {
            number: script.number,
            name: script.name.to_owned(),
            checksum: D::Dialect::script(script).checksum.to_owned(),
            is_finished: true,
        };
        let expected: Vec<Entry> = NOTES_AND_AUTHORS.iter().map(entry).collect();
        assert_eq!(found.own.journal, Some(expected));
        for (table, column) in [
            ("wicketgate_notes", "text"),
            ("wicketgate_notes", "author"),
            ("wicketgate_authors", "id"),
        ] {
            let mut columns = found.own.columns.iter();
            assert!(
                columns.any(|found| found.table == table && found.name == column),
                "{table}.{column}"
            );
        }
        let insert = "INSERT INTO wicketgate_notes (text, author) VALUES ('text', 1)";
        self.run([insert]).await;
    }
}

/// Calls a test for each kind of database that there is here.
macro_rules! on_each {
    ($test:ident) => {
        $test::<SqliteDatabase>(None).await;
        $test::<PostgresDatabase>(Some(POSTGRES)).await;
        $test::<MySqlDatabase>(Some(MYSQL)).await;
    };
}
use on_each;

#[test]
fn the_effect_of_every_statement_is_known_and_no_script_has_changed() {
    for (number, script) in (1..).zip(SCRIPTS).chain((1..).zip(NOTES_AND_AUTHORS)) {
        assert_eq!(script.number, number);
        assert!(
            script.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "{}",
            script.name
        );
        for text in [script.sqlite, script.postgres, script.mysql, script.mssql] {
            let checksum = data_encoding::HEXLOWER.encode(&Sha256::digest(text.text));
            assert_eq!(checksum, text.checksum, "{}", text.text);
            assert!(text.statements().next().is_some());
            for statement in text.statements() {
                let effect = Effect::of(statement);
                let (Effect::Table(table) | Effect::Index { table, .. } | Effect::Column { table, .. }) =
                    effect.unwrap();
                assert!(table.starts_with("wicketgate_"), "{statement}");
            }
        }
    }
}

async fn new_databases<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::new(server).await else {
        return;
    };
    let found = tested.start(WANTED).await.unwrap();
    assert_eq!(found.state(WANTED.scripts), SchemaState::Complete(SchemaVersion::V3));
    tested.assert_whole().await;
    assert_eq!(tested.migrate(WANTED).await.unwrap().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_new_database_gets_identitys_tables_and_ours() {
    on_each!(new_databases);
}

async fn databases_of_dotnet<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::of_dotnet(server).await else {
        return;
    };
    let found = tested.start(WANTED).await.unwrap();
    let absent = OwnTables::Absent(vec!["notes", "authors"]);
    assert_eq!(found.own.tables(WANTED.scripts), absent);
    assert!(!absent.has("notes") && absent.has("another"));
    let planned = tested.plan(WANTED).await;
    assert_eq!(
        tested.found().await.own.tables(WANTED.scripts),
        absent,
        "planning changes nothing"
    );
    for name in ["notes", "authors"] {
        let names_it = |statement: &&str| statement.starts_with("INSERT") && statement.contains(&format!("'{name}'"));
        assert!(planned.iter().any(names_it), "{planned:#?}");
    }
    assert!(
        !planned.iter().any(|statement| statement.contains("AspNet")),
        "{planned:#?}"
    );
    assert_eq!(tested.migrate(WANTED).await.unwrap().unwrap(), planned);
    tested.assert_whole().await;
    assert_eq!(
        tested.found().await.state(WANTED.scripts),
        SchemaState::Complete(SchemaVersion::V3)
    );
}

#[tokio::test]
async fn a_database_of_dotnets_gets_ours_by_a_migration_alone() {
    on_each!(databases_of_dotnet);
}

async fn older_databases<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::new(server).await else {
        return;
    };
    tested.start(OLDER).await.unwrap();
    let found = tested.start(WANTED).await.unwrap();
    let absent = OwnTables::Absent(vec!["authors"]);
    assert_eq!(found.own.tables(WANTED.scripts), absent);
    assert!(absent.has("notes") && !absent.has("authors"));
    let ran = tested.migrate(WANTED).await.unwrap().unwrap();
    assert!(!ran.iter().any(|statement| statement.contains("'notes'")), "{ran:#?}");
    tested.assert_whole().await;
}

#[tokio::test]
async fn a_script_that_ran_does_not_run_again() {
    on_each!(older_databases);
}

async fn refusals<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::new(server).await else {
        return;
    };
    tested.start(WANTED).await.unwrap();
    let newer = SchemaState::NewerScript { found: 2, known: 1 };
    assert_eq!(tested.start(OLDER).await.unwrap().state(OLDER.scripts), newer);
    let refused = tested.migrate(OLDER).await.unwrap().unwrap_err();
    assert!(matches!(refused, Refusal::State(state) if state == newer));

    tested
        .run(["UPDATE wicketgate_scripts SET checksum = 'another' WHERE number = 1"])
        .await;
    let other = SchemaState::OtherScript {
        number: 1,
        name: "notes",
    };
    assert_eq!(tested.start(WANTED).await.unwrap().state(WANTED.scripts), other);
    let refused = tested.migrate(WANTED).await.unwrap().unwrap_err();
    assert!(matches!(refused, Refusal::State(state) if state == other));
}

#[tokio::test]
async fn what_a_newer_version_or_another_script_did_is_refused() {
    on_each!(refusals);
    let newer = SchemaState::NewerScript { found: 2, known: 1 }.to_string();
    assert!(
        newer.ends_with("this version knows none after 1; run the newer version"),
        "{newer}"
    );
}

async fn crowds<D: Database>(server: Option<&str>) {
    let Some(tested) = Tested::<D>::of_dotnet(server).await else {
        return;
    };
    let migrations = (0..5).map(|_| tested.migrate(WANTED));
    let mut ran: Vec<_> = futures_util::future::try_join_all(migrations).await.unwrap();
    ran.retain(|planned| !planned.as_ref().unwrap().is_empty());
    assert_eq!(ran.len(), 1);
    tested.assert_whole().await;
}

#[tokio::test]
async fn of_many_migrations_at_once_one_makes_our_tables() {
    on_each!(crowds);
}

#[tokio::test]
async fn the_journal_is_no_mark_of_identitys() {
    let tested = Tested::<SqliteDatabase>::new(None).await.unwrap();
    tested.run([journal::CREATE_TABLE]).await;
    assert_eq!(tested.found().await.state(WANTED.scripts), SchemaState::Empty);
}
