//! The scripts that make our own tables.

/// A step that a database goes once.
#[derive(Debug)]
pub(crate) struct Script {
    /// The first is 1, and none is left out.
    pub(crate) number: i64,
    /// What features ask for.
    pub(crate) name: &'static str,
    #[cfg(feature = "sqlite")]
    pub(crate) sqlite: ScriptText,
    #[cfg(feature = "postgres")]
    pub(crate) postgres: ScriptText,
    #[cfg(feature = "mysql")]
    pub(crate) mysql: ScriptText,
    #[cfg(feature = "mssql")]
    pub(crate) mssql: ScriptText,
}

/// A script for one kind of database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScriptText {
    /// Statements with `;` behind each. Their [effects](super::effect) can be seen in the database, so that a script that
    /// was cut off, which is possible in MySQL, goes on where it was.
    pub(crate) text: &'static str,
    /// SHA-256 of the text, in hexadecimal digits. A script that ran somewhere does not change any more.
    pub(crate) checksum: &'static str,
    /// Writes into the journal that it begins.
    pub(crate) begin: &'static str,
    /// And that it ran to its end.
    pub(crate) finish: &'static str,
}

/// `script!(1, "events", "0001_events", sqlite "CHECKSUM", postgres "CHECKSUM", mysql "CHECKSUM", mssql "CHECKSUM")`, with the
/// folder behind the name.
macro_rules! script {
    (
        $number:literal, $name:literal, $folder:literal,
        sqlite $sqlite:literal, postgres $postgres:literal, mysql $mysql:literal, mssql $mssql:literal $(,)?
    ) => {
        $crate::schema::own::scripts::Script {
            number: $number,
            name: $name,
            #[cfg(feature = "sqlite")]
            sqlite: script!(@text $number, $name, concat!($folder, "/sqlite.sql"), $sqlite),
            #[cfg(feature = "postgres")]
            postgres: script!(@text $number, $name, concat!($folder, "/postgres.sql"), $postgres),
            #[cfg(feature = "mysql")]
            mysql: script!(@text $number, $name, concat!($folder, "/mysql.sql"), $mysql),
            #[cfg(feature = "mssql")]
            mssql: script!(@text $number, $name, concat!($folder, "/mssql.sql"), $mssql),
        }
    };
    (@text $number:literal, $name:literal, $file:expr, $checksum:literal) => {
        $crate::schema::own::scripts::ScriptText {
            text: include_str!($file),
            checksum: $checksum,
            begin: concat!(
                "INSERT INTO wicketgate_scripts (number, name, checksum, finished) VALUES (",
                $number,
                ", '",
                $name,
                "', '",
                $checksum,
                "', 0)"
            ),
            finish: concat!("UPDATE wicketgate_scripts SET finished = 1 WHERE number = ", $number),
        }
    };
}
#[cfg(test)]
pub(super) use script;

/// All of them, in order.
pub(crate) const SCRIPTS: &[Script] = &[
    script!(
        1,
        "events",
        "0001_events",
        sqlite "c3418710b20f0c3205b63a9bca4305e0a726cf1ccf0dbbec5044acdfba1f4b14",
        postgres "bb62c0a5ff20316301f2f8806f748249246ad35b8d50c6b9b411f637b154228a",
        mysql "b26e06e6ef3142dac0e5b46413e7f5f492f4dff27e2f51bfda47f19eda8f42be",
        mssql "ef5d4e0a9c9054b630310a888522a31c6672c602a6e72bd1e1c6f9a337b03be8",
    ),
    script!(
        2,
        "mails",
        "0002_mails",
        sqlite "269a3f3e574cc2bd412e43295a287f3794436408cccdc4e4f4085ab4bfdcd76a",
        postgres "7372b17396f91a8999a816c2df74bdfd9920a4de3293a2af4693fdb07e2f27a8",
        mysql "0663e30cea7077ac4e241a25e4eaf1772a0f64add5eed20e5a0c424f350cbdbf",
        mssql "493dda3becf7c031fdbe807cdb33286faa688c34fe1677ff44fa7567429fca16",
    ),
    script!(
        3,
        "secrets",
        "0003_secrets",
        sqlite "b7bd09163a2260202d32a52191239cbbe26abb7a4beb73d3639eabbc8c38de9d",
        postgres "eeb3cc0138777453b5c5df0e78c180f19ab18526f0d187a80cda92ed8500586f",
        mysql "48b0bd9eaf8f10fddb2af15326b71e5892b226ca6f5735b596aa3aab9204e594",
        mssql "6b9d448d0e049be8d5af9e8ea8a010a3845ff2270cc10bfbdfdb0e086ea80df8",
    ),
    script!(
        4,
        "rate_limits",
        "0004_rate_limits",
        sqlite "490082ce8fcf97f63d93aff2d1e982182d86187586cc505f1319580ace8de97c",
        postgres "e89c8e41e8cdfcf719ab5f717c266f15e629c0f116441c1760144757a47af2e7",
        mysql "7c4d8724ae4eac11e894ffe5f04d3903ef3fb2d0be1d6359efc4a31d1618e64f",
        mssql "0e87d8eb741d4226c3d5a5f21dab56f1d898a862d7659198367102c6b037d975",
    ),
    script!(
        5,
        "sessions",
        "0005_sessions",
        sqlite "ee6c418728b9ecb5ba2a5da78e1fef720f93fb0c1d30652f2ad547b4856f5b23",
        postgres "07325e7848092ae66d28d8a6f658577527e736e3d9e78a50687f00037c824c3e",
        mysql "e2f2c2a7a8c42a0678d6c856db86455f4c0d8037a4040780510a6c6ed3635556",
        mssql "c43ce7ec62c52ed9750e15d6db0473b6eaa9c709f195bfc2b852f392fc4d372a",
    ),
    script!(
        6,
        "deletions",
        "0006_deletions",
        sqlite "1cd4c214918c586afbf00f8e7bfc9475524028772d7bc9fff202760c9968a238",
        postgres "33f8e820b3bcad885782a781e81900e66cd264bcb06660a2f4ab7b5632e8c7b0",
        mysql "a3da70078908141447fc094d24a054b2213b15f6254cda70b48e9236ce98509a",
        mssql "11150ec72512bdc774ffa15d60844a0c6f1cf539024b1b0ca886fc747ea46d6d",
    ),
];

impl ScriptText {
    pub(crate) fn statements(&self) -> impl Iterator<Item = &'static str> + use<> {
        let statements = self.text.split(';').map(str::trim);
        statements.filter(|statement| !statement.is_empty())
    }
}
