//! What one kind of database says in its own SQL, apart from how it is connected to.

use crate::accounts::selections::{authenticator_keys, select_users};
use crate::mails::mail_columns;
use crate::new_guids::NewGuids;
use crate::normalized_names::name_columns;
use crate::passkeys::{DocumentForm, find_passkey, find_passkeys, insert_passkey, update_passkey};
use crate::schema::dotnet::id_columns::IdColumns;
use crate::schema::dotnet::tables::{ColumnKind, Tables};
use crate::schema::own::scripts::{Script, ScriptText};
use crate::statement::{Statement, statement};

/// The columns of `AspNetUsers`, without underscores and capitals, but for the one that most tables have: who has seven of them may
/// keep accounts, by whatever names.
#[cfg(any(feature = "mssql", feature = "postgres"))]
macro_rules! columns_of_users {
    () => {
        "'username', 'normalizedusername', 'email', 'normalizedemail', 'emailconfirmed', 'passwordhash', 'securitystamp', \
         'concurrencystamp', 'phonenumber', 'phonenumberconfirmed', 'twofactorenabled', 'lockoutend', 'lockoutenabled', \
         'accessfailedcount'"
    };
}
#[cfg(any(feature = "mssql", feature = "postgres"))]
pub(crate) use columns_of_users;

/// The SQL of one kind of database, where it is not that of all.
pub(crate) trait Dialect: 'static {
    /// Identity's tables, as EF Core's provider for it creates them.
    const TABLES: Tables;
    /// How the columns for ids are defined in them.
    const ID_COLUMNS: &'static IdColumns;
    /// How Guids are made for new users and roles.
    const NEW_GUIDS: NewGuids;
    /// Makes the table for keys as EF Core's provider does.
    const CREATE_KEYS: &'static str;
    /// Adds the key with the name `$1` and the XML `$2`.
    const INSERT_KEY: Statement = statement!(
        r#"INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES ($1, $2)"#,
        [Text, Text]
    );
    /// A page of accounts in the order of the index on their names: those after `$1`, at most `$2`.
    const LIST: Statement = statement!(
        select_users!(r#"WHERE "NormalizedUserName" > $1 ORDER BY "NormalizedUserName" LIMIT $2"#),
        [Text, Integer]
    );
    /// The first page of ids and password hashes in the order of ids, at most `$1`.
    const FIRST_HASHES: Statement = statement!(
        r#"SELECT "Id", "PasswordHash" FROM "AspNetUsers" ORDER BY "Id" LIMIT $1"#,
        [Integer]
    );
    /// A later page: those after `$1`, at most `$2`.
    const HASHES: Statement = statement!(
        r#"SELECT "Id", "PasswordHash" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id" LIMIT $2"#,
        [Id, Integer]
    );
    /// The first page of accounts with their names, in the order of ids: at most `$1`.
    const FIRST_NAMES: Statement = statement!(
        concat!(
            "SELECT ",
            name_columns!(),
            r#" FROM "AspNetUsers" ORDER BY "Id" LIMIT $1"#
        ),
        [Integer]
    );
    /// A later page: those after `$1`, at most `$2`.
    const NAMES: Statement = statement!(
        concat!(
            "SELECT ",
            name_columns!(),
            r#" FROM "AspNetUsers" WHERE "Id" > $1 ORDER BY "Id" LIMIT $2"#
        ),
        [Id, Integer]
    );
    /// A page of mails in the order of when they are due, and of ids: those due at `$1`, after the mail with the id `$3`
    /// that was due at `$2`, at most `$4`.
    const DUE_MAILS: Statement = statement!(
        concat!(
            "SELECT ",
            mail_columns!(),
            " FROM wicketgate_mails WHERE due <= $1 AND due >= $2 AND (due > $2 OR id > $3) ORDER BY due, id LIMIT $4"
        ),
        [Integer, Integer, Text, Integer]
    );
    /// A page of protected mails in the order of ids: those after `$1`, at most `$2`.
    const PROTECTED_MAILS: Statement = statement!(
        "SELECT id, key_id, payload FROM wicketgate_mails WHERE id > $1 ORDER BY id LIMIT $2",
        [Text, Integer]
    );
    /// Keeps that the stateless secret with the purpose `$1` and the hash `$2`, about `$3` and until `$4`, was redeemed at `$5`,
    /// unless there is a row of it: then it meets none, also within a transaction.
    const REDEEM_STATELESS: Statement = statement!(
        "INSERT INTO wicketgate_secrets (purpose, hash, subject, expires, redeemed) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (purpose, hash) DO NOTHING",
        [Text, Text, Text, Integer, Integer]
    );
    /// One-time secrets that expired before `$1`, the oldest first, at most `$2`.
    const EXPIRED_SECRETS: Statement = statement!(
        "SELECT purpose, hash FROM wicketgate_secrets WHERE expires < $1 ORDER BY expires LIMIT $2",
        [Integer, Integer]
    );
    /// The first page of accounts with authenticator keys, in the order of ids: at most `$1`.
    const FIRST_AUTHENTICATOR_KEYS: Statement = statement!(
        concat!("SELECT ", authenticator_keys!(), r#" ORDER BY "UserId" LIMIT $1"#),
        [Integer]
    );
    /// A later page: those after `$1`, at most `$2`.
    const AUTHENTICATOR_KEYS: Statement = statement!(
        concat!(
            "SELECT ",
            authenticator_keys!(),
            r#" AND "UserId" > $1 ORDER BY "UserId" LIMIT $2"#
        ),
        [Id, Integer]
    );
    /// How EF Core's provider writes bytes and instants in a passkey's document.
    const PASSKEY_DOCUMENT: DocumentForm = DocumentForm::Common;
    /// The passkey `$2` of the user `$1`.
    const FIND_PASSKEY: Statement = find_passkey!(r#""Data""#);
    /// All passkeys of the user `$1`, at most `$2`.
    const FIND_PASSKEYS: Statement = find_passkeys!(r#""Data""#);
    /// Adds the passkey `$1` of the user `$2` with the document `$3`.
    const INSERT_PASSKEY: Statement = insert_passkey!("$3");
    /// Gives the passkey `$2` of the user `$1` the document `$3`.
    const UPDATE_PASSKEY: Statement = update_passkey!("$3");
    /// How long the columns for names and addresses let these be; `None` where columns have no length.
    const LONGEST_NAME: Option<usize> = None;
    /// The row of the account `$1`, locked until the transaction ends; made by
    /// [`lock_user`](crate::accounts::selections::lock_user).
    const LOCK_USER: Statement;
    /// Any row of `AspNetUsers`.
    const PING: Statement = statement!(r#"SELECT "Id" FROM "AspNetUsers" LIMIT 1"#);

    /// Adds one to the sign-ins of the minute `$1`, the client `$2`, the reason `$3` and the part `$4`, in one statement
    /// whether or not there are any yet.
    const COUNT_UNKNOWN: Statement = statement!(
        "INSERT INTO wicketgate_unknown_sign_ins (minute_start, client, reason, part, sign_ins)
        VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (minute_start, client, reason, part)
        DO UPDATE SET sign_ins = wicketgate_unknown_sign_ins.sign_ins + 1",
        [Integer, Text, Text, Integer]
    );

    /// Books a request with the key `$1`, in one statement: `$2` if there is no row, and otherwise `$5` more than it has, or than `$3`,
    /// which is now, if its time is past or beyond the horizon `$4`. Changes no row if it has more than `$6` already. `None` where
    /// the count of rows does not tell whether it did.
    const BOOK_LIMIT: Option<Statement> = Some(statement!(
        "INSERT INTO wicketgate_rate_limits (id, booked_until) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET booked_until = $5 + CASE
            WHEN wicketgate_rate_limits.booked_until < $3 OR wicketgate_rate_limits.booked_until > $4 THEN $3
            ELSE wicketgate_rate_limits.booked_until END
        WHERE wicketgate_rate_limits.booked_until <= $6 OR wicketgate_rate_limits.booked_until > $4",
        [Text, Integer, Integer, Integer, Integer, Integer]
    ));
    /// `Last`, the last of the keys after `$1`, of which `$2` are looked at.
    const PAGE_OF_LIMITS: Statement = statement!(
        r#"SELECT MAX(page.id) AS "Last" FROM (SELECT id FROM wicketgate_rate_limits WHERE id > $1 ORDER BY id LIMIT $2) AS page"#,
        [Text, Integer]
    );

    /// `Schema`, `Position`, `Table`, `Name`, `Type` and `IsRequired` of every column of the tables in the search path, in the
    /// schema `$1`, and in up to 100 other schemas that may have Identity's tables, those first that have a table `$2`, as settings
    /// call the one for users: a server may have thousands of schemas for other things. The position is where the schema stands in the search path, from 1, in which tables are made.
    const COLUMNS: Statement;
    /// Whether that waits for somebody who makes tables.
    const COLUMNS_WAIT: bool = false;
    /// `Schema`, `Table` and `Name` of every index in the schema `$1`, by which those are found that a migration left out because it was
    /// cut off, or because somebody ran its statements by hand. `None` where their names are not to be relied on.
    const INDEXES: Option<Statement> = None;
    /// Whether names that differ in case alone are two columns, or two tables.
    const COLUMNS_HAVE_CASE: bool = true;
    /// Where that is up to a server for tables, asks it by the column `Folds` whether they are one.
    const FOLDS: Option<Statement> = None;
    /// Counts [odd values](crate::odd_values) in a page of accounts, those behind the row `$1`, where types are advice.
    const ODD_VALUES: Option<Statement> = None;

    /// A script of our own tables in this database's SQL.
    fn script(script: &'static Script) -> &'static ScriptText;

    /// A text in a statement. It becomes what its column keeps, as the database converts it.
    fn literal(text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// Whether a column of `declared_type` can hold what is kept in one that [`TABLES`](Self::TABLES) gives this
    /// definition.
    fn suits(definition: &str, declared_type: &str) -> bool {
        ColumnKind::of(definition) == ColumnKind::of(declared_type)
    }
}
