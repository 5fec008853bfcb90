//! Values that are not of the kind that their column is for. Types are advice to SQLite, so that only a look tells.

use std::fmt;
use std::time::{Duration, Instant};

use crate::database::{Connection, Row};
use crate::database_error::DatabaseError;
use crate::dialect::Dialect;
use crate::layout::key_form::KeyForm;
use crate::statement::values;

/// For how long a start looks. Half a second is enough for some hundred thousand accounts.
pub(crate) const PATIENCE_OF_A_START: Duration = Duration::from_secs(2);

/// Rows with a value that is odd for its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddValues {
    /// `TABLE.COLUMN`.
    pub column: &'static str,
    /// What is odd about them.
    pub oddity: Oddity,
    /// How many rows there are.
    pub rows: u64,
}

/// What is odd about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// No date, nor a number that is a Julian day.
    NoDate,
    /// Null where yes or no belongs.
    NoBoolean,
    /// Bytes in a key: nothing that refers to the account by its id as a text finds it.
    BytesInKey,
    /// A text in place of a number: `True`, as `False`, is read as false, here as in .NET.
    TextInBoolean,
    /// Bytes in place of a text. They are read, but the account is not found by them, nor changed, here as in .NET.
    BytesInText,
}

impl OddValues {
    /// Whether such a row cannot be read, so that a start on it is refused.
    #[must_use]
    pub fn are_unreadable(&self) -> bool {
        match self.oddity {
            Oddity::NoDate | Oddity::NoBoolean | Oddity::BytesInKey => true,
            Oddity::TextInBoolean | Oddity::BytesInText => false,
        }
    }
}

impl fmt::Display for OddValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, oddity, rows } = self;
        let what = match oddity {
            Oddity::NoDate => "no date",
            Oddity::NoBoolean => "null instead of 0 or 1",
            Oddity::BytesInKey => "bytes instead of a text",
            Oddity::TextInBoolean => "a text instead of 0 or 1, which is read as false, as in .NET",
            Oddity::BytesInText => {
                "bytes instead of a text: the account cannot be found by it or changed, in .NET neither; \
                 CAST(… AS TEXT) makes it a text"
            }
        };
        write!(f, "{column} holds {what} (rows: {rows})")
    }
}

/// The columns of [`Dialect::ODD_VALUES`], and what each counts.
const COUNTS: [(&str, &str, Oddity); 15] = [
    ("NoDate", "AspNetUsers.LockoutEnd", Oddity::NoDate),
    ("NoBoolean1", "AspNetUsers.EmailConfirmed", Oddity::NoBoolean),
    ("NoBoolean2", "AspNetUsers.PhoneNumberConfirmed", Oddity::NoBoolean),
    ("NoBoolean3", "AspNetUsers.TwoFactorEnabled", Oddity::NoBoolean),
    ("NoBoolean4", "AspNetUsers.LockoutEnabled", Oddity::NoBoolean),
    ("BytesInKey", "AspNetUsers.Id", Oddity::BytesInKey),
    ("TextInBoolean1", "AspNetUsers.EmailConfirmed", Oddity::TextInBoolean),
    (
        "TextInBoolean2",
        "AspNetUsers.PhoneNumberConfirmed",
        Oddity::TextInBoolean,
    ),
    ("TextInBoolean3", "AspNetUsers.TwoFactorEnabled", Oddity::TextInBoolean),
    ("TextInBoolean4", "AspNetUsers.LockoutEnabled", Oddity::TextInBoolean),
    ("BytesInText1", "AspNetUsers.NormalizedUserName", Oddity::BytesInText),
    ("BytesInText2", "AspNetUsers.NormalizedEmail", Oddity::BytesInText),
    ("BytesInText3", "AspNetUsers.PasswordHash", Oddity::BytesInText),
    ("BytesInText4", "AspNetUsers.SecurityStamp", Oddity::BytesInText),
    ("BytesInText5", "AspNetUsers.ConcurrencyStamp", Oddity::BytesInText),
];

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) odd_values: Vec<OddValues>,
    /// Whether every row was looked at.
    pub(crate) is_all: bool,
}

/// Looks at a page of accounts after the other, until `patience` ends; without it, at all.
pub(crate) async fn find<C: Connection>(
    connection: &mut C,
    keys: KeyForm,
    patience: Option<Duration>,
) -> Result<Found, DatabaseError> {
    let mut counts = [0; COUNTS.len()];
    let mut is_all = true;
    if let Some(statement) = C::Dialect::ODD_VALUES {
        let begun = Instant::now();
        let mut last = i64::MIN;
        loop {
            let row = match connection.fetch_optional(statement, values![last]).await {
                // A start is not refused because somebody made the table without numbers of rows.
                Err(DatabaseError::Failed(_)) if patience.is_some() => None,
                outcome => outcome?,
            };
            let Some(row) = row else {
                is_all = false;
                break;
            };
            // Without rows there is no last one.
            let Some(next) = row.integer("Last")? else { break };
            last = next;
            for (count, (name, ..)) in counts.iter_mut().zip(COUNTS) {
                *count += row.integer(name)?.unwrap_or_default().unsigned_abs();
            }
            if patience.is_some_and(|patience| begun.elapsed() >= patience) {
                is_all = false;
                break;
            }
        }
    }
    let is_odd = |oddity| oddity != Oddity::BytesInKey || keys != KeyForm::GuidInDotnetOrder;
    let odd = counts
        .into_iter()
        .zip(COUNTS)
        .filter(|(rows, (.., oddity))| *rows > 0 && is_odd(*oddity));
    let odd_values = odd.map(|(rows, (_, column, oddity))| OddValues { column, oddity, rows });
    Ok(Found {
        odd_values: odd_values.collect(),
        is_all,
    })
}
