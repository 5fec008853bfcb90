//! Connection strings of ADO.NET in place of a URL: what they are, and the URL to write instead.

/// What to write instead of `Server=…;Database=…` and the like; `None` where it is no connection string. Shows host, port,
/// database and file, and neither user nor password.
pub(crate) fn url_instead_of(text: &str) -> Option<String> {
    let (first, _) = text.split_once('=')?;
    let is_word = |c: char| c.is_ascii_alphabetic() || c == ' ' || c == '_';
    if first.trim().is_empty() || !first.chars().all(is_word) {
        return None;
    }
    let parts: Vec<(String, &str)> = text.split(';').filter_map(part).collect();
    let value = |names: &[&str]| {
        let mut found = parts.iter().filter(|(name, _)| names.contains(&name.as_str()));
        found.next().map(|(_, value)| *value).filter(|value| !value.is_empty())
    };
    let database = value(&["database", "initialcatalog"]);
    let server = value(&["server", "host", "datasource", "address", "addr", "networkaddress"]);
    let user = value(&[
        "user",
        "userid",
        "uid",
        "username",
        "integratedsecurity",
        "trustedconnection",
    ]);
    let file = value(&["datasource", "filename"]);
    if let (Some(file), None, None) = (file, database, user) {
        return Some(format!("sqlite://{file}"));
    }
    let is_postgres = value(&["host"]).is_some();
    let is_sql_server = value(&[
        "initialcatalog",
        "datasource",
        "trustservercertificate",
        "integratedsecurity",
    ])
    .is_some()
        || value(&["trustedconnection", "multipleactiveresultsets", "encrypt"]).is_some();
    let schemes = match (is_postgres, is_sql_server) {
        (true, _) => "postgres",
        (_, true) => "mssql",
        _ if value(&["userid"]).is_some() => "mssql",
        _ => "mysql",
    };
    let (host, port) = host_and_port(server.unwrap_or("HOST"));
    let port = port
        .or_else(|| value(&["port"]))
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let database = database.unwrap_or("DATABASE");
    Some(format!("{schemes}://USER:PASSWORD@{host}{port}/{database}"))
}

/// Names have no case, and may have spaces in them.
fn part(text: &str) -> Option<(String, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.chars().filter(|c| c.is_ascii_alphabetic());
    Some((name.map(|c| c.to_ascii_lowercase()).collect(), value.trim()))
}

/// SQL Server's `tcp:HOST,PORT`.
fn host_and_port(server: &str) -> (&str, Option<&str>) {
    let server = server.strip_prefix("tcp:").unwrap_or(server);
    match server.split_once(',') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit()) => (host, Some(port)),
        _ => (server, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_told_as_the_url_to_write() {
        for (text, url) in [
            ("Data Source=app.db", "sqlite://app.db"),
            ("DataSource=data/app.db;Cache=Shared", "sqlite://data/app.db"),
            ("Filename=app.db", "sqlite://app.db"),
            (
                "Host=db;Port=5433;Database=app;Username=ada;Password=S3:cret",
                "postgres://USER:PASSWORD@db:5433/app",
            ),
            (
                "Server=tcp:db.example.test,1433;Initial Catalog=app;User ID=ada;Password=S3cret;Encrypt=True;",
                "mssql://USER:PASSWORD@db.example.test:1433/app",
            ),
            (
                "Server=db;Database=app;Trusted_Connection=True;MultipleActiveResultSets=true",
                "mssql://USER:PASSWORD@db/app",
            ),
            (
                "server=db;port=3306;database=app;user=ada;password=S3cret",
                "mysql://USER:PASSWORD@db:3306/app",
            ),
            ("Password=S3cret", "mysql://USER:PASSWORD@HOST/DATABASE"),
        ] {
            assert_eq!(url_instead_of(text).as_deref(), Some(url), "{text}");
        }
    }

    #[test]
    fn a_url_is_no_connection_string() {
        for url in [
            "sqlite://app.db",
            "sqlite://a=b.db",
            "postgres://ada:a=b@db/app?sslmode=require",
            "app.db",
            "",
            "=",
        ] {
            assert_eq!(url_instead_of(url), None, "{url}");
        }
    }
}
