//! Query plans at size.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::json;
use wicketgate_test_servers::Home;
use xtask::server::{Program, home};

use super::database::Database;
use crate::client::{Client, PASSWORD};

/// The tables that have a row or more for each account. The planner may read those whole that fit into a page, as that of
/// the roles does.
const LARGE: [&str; 4] = ["AspNetUsers", "AspNetUserClaims", "AspNetUserRoles", "AspNetUserTokens"];

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Statements of requests, and those of them that read a large table to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plans {
    pub(super) statements: usize,
    pub(super) whole_tables: Vec<String>,
}

/// Has PostgreSQL log how it runs each statement of the requests below, with its default settings.
pub(super) fn check(database: &Database, program: &Program) -> Result<Plans, String> {
    database.explain_everything()?;
    let home = home()?;
    let server = program.start(&home)?;
    let client = Client::new(server.url());
    let known = "user7@example.test";
    let token = client.log_in(known)?;
    for (path, body, status) in [
        ("/login", json!({"email": known, "password": "wrong"}), 401),
        // Forgets the failure.
        ("/login", json!({"email": known, "password": PASSWORD}), 200),
        (
            "/login",
            json!({"email": "nobody@nowhere.test", "password": "wrong"}),
            401,
        ),
        (
            "/register",
            json!({"email": "new@example.test", "password": PASSWORD}),
            200,
        ),
        ("/register", json!({"email": known, "password": PASSWORD}), 400),
        ("/forgotPassword", json!({"email": known}), 200),
        ("/forgotPassword", json!({"email": "nobody@nowhere.test"}), 200),
    ] {
        let answer = client.post(path, &body)?;
        if answer.status != status {
            return Err(format!("{path} {body}: {} {}", answer.status, answer.body));
        }
    }
    wait_for_mail(&home)?;
    let answer = client.get("/manage/info", &token)?;
    if answer.status != 200 {
        return Err(format!("/manage/info: {} {}", answer.status, answer.body));
    }
    drop(server);
    let plans = plans(&database.log()?);
    match plans.statements {
        0 => Err("the server logged no plan".to_owned()),
        _ => Ok(plans),
    }
}

/// Waits until a mail was written: mails go out after the answer.
fn wait_for_mail(home: &Home) -> Result<(), String> {
    let folder = home.folder().join("mail");
    let begin = Instant::now();
    while fs::read_dir(&folder).map_or(true, |mut mails| mails.next().is_none()) {
        if begin.elapsed() > PATIENCE {
            return Err("no mail was written".to_owned());
        }
        sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// From a log of `auto_explain`, in which a plan follows its statement, indented.
fn plans(log: &str) -> Plans {
    let mut statements = 0;
    let mut whole_tables = Vec::new();
    for entry in log.split("Query Text:").skip(1) {
        let plan = entry
            .lines()
            .take_while(|line| !line.contains(" LOG: "))
            .collect::<Vec<_>>();
        let plan = plan.join("\n");
        let is_about = |table: &&str| plan.contains(&format!("\"{table}\""));
        if !LARGE.iter().any(is_about) {
            continue;
        }
        statements += 1;
        let reads_whole = |table: &&str| plan.contains(&format!("Seq Scan on \"{table}\""));
        if LARGE.iter().any(reads_whole) {
            whole_tables.push(plan);
        }
    }
    Plans {
        statements,
        whole_tables,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-24 23:00:00.000 UTC [7] LOG:  duration: 0.1 ms  plan:
\tQuery Text: SELECT \"Id\" FROM \"AspNetUsers\" WHERE \"NormalizedUserName\" = $1
\tIndex Scan using \"UserNameIndex\" on \"AspNetUsers\"  (cost=0.43..8.45 rows=1 width=300)
2026-11-24 23:00:00.000 UTC [7] LOG:  duration: 0.1 ms  plan:
\tQuery Text: SELECT \"Id\" FROM \"AspNetUsers\" WHERE \"Email\" = $1
\tSeq Scan on \"AspNetUsers\"  (cost=0.43..8.45 rows=1 width=300)
2026-11-24 23:00:00.000 UTC [7] LOG:  duration: 0.1 ms  plan:
\tQuery Text: SELECT * FROM pg_class
\tSeq Scan on pg_class  (cost=0.43..8.45 rows=1 width=300)
";

    #[test]
    fn a_large_table_that_is_read_whole_is_found_in_the_log() {
        let plans = plans(LOG);
        assert_eq!(plans.statements, 2);
        assert_eq!(plans.whole_tables.len(), 1);
        assert!(plans.whole_tables[0].contains("\"Email\" = $1"));
    }
}
