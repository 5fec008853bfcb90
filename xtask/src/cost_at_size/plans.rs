//! Query plans at size.

use serde_json::json;

use super::{database::Database, instance::Instance};

/// The tables that have a row or more for each account. The planner may read those whole that fit into a page, as that of
/// the roles does.
const LARGE: [&str; 4] = ["AspNetUsers", "AspNetUserClaims", "AspNetUserRoles", "AspNetUserTokens"];

/// Statements of requests, and those of them that read a large table to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plans {
    pub(super) statements: usize,
    pub(super) whole_tables: Vec<String>,
}

/// Has PostgreSQL log how it runs each statement of the requests below, with its default settings.
pub(super) fn check(database: &Database, program: &std::path::Path) -> Result<Plans, String> {
    database.explain_everything()?;
    let mut instance = Instance::start(program, &database.url())?;
    let known = "user7@example.test";
    let token = instance.log_in(known)?;
    for (path, body, status) in [
        ("/login", json!({"email": known, "password": "wrong"}), 401),
        // Forgets the failure.
        (
            "/login",
            json!({"email": known, "password": super::instance::PASSWORD}),
            200,
        ),
        (
            "/login",
            json!({"email": "nobody@nowhere.test", "password": "wrong"}),
            401,
        ),
        (
            "/register",
            json!({"email": "new@example.test", "password": super::instance::PASSWORD}),
            200,
        ),
        (
            "/register",
            json!({"email": known, "password": super::instance::PASSWORD}),
            400,
        ),
        ("/forgotPassword", json!({"email": known}), 200),
        ("/forgotPassword", json!({"email": "nobody@nowhere.test"}), 200),
    ] {
        let answer = instance.post(path, &body)?;
        if answer.status != status {
            return Err(format!("{path} {body}: {} {}", answer.status, answer.body));
        }
    }
    instance.wait_for_mail()?;
    let answer = instance.get("/manage/info", &token)?;
    if answer.status != 200 {
        return Err(format!("/manage/info: {} {}", answer.status, answer.body));
    }
    drop(instance);
    let plans = plans(&database.log()?);
    match plans.statements {
        0 => Err("the server logged no plan".to_owned()),
        _ => Ok(plans),
    }
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
