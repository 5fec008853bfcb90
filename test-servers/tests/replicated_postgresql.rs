//! A standby has what its primary acknowledged, and takes its place.

use wicketgate_test_servers::{Error, PostgreSql, Process, ReplicatedPostgreSql};

#[test]
fn what_a_primary_acknowledged_is_there_after_fail_over_and_back() {
    if let Err(missing @ Error::Missing { .. }) = PostgreSql::provide() {
        eprintln!("not run: {missing}");
        return;
    }
    let mut servers = ReplicatedPostgreSql::start().unwrap();
    let add = |servers: &ReplicatedPostgreSql, name: &str| {
        servers.query(&format!("INSERT INTO names VALUES ('{name}')")).unwrap();
    };
    servers.query("CREATE TABLE names (name text PRIMARY KEY)").unwrap();
    for (before, after, fault) in [
        ("ada", "grace", Process::kill as fn(&mut Process)),
        ("mary", "joan", Process::pause),
    ] {
        add(&servers, before);
        fault(servers.primary());
        servers.fail_over().unwrap();
        add(&servers, after);
        servers.take_back().unwrap();
    }
    let all = servers
        .query("SELECT string_agg(name, ',' ORDER BY name) FROM names")
        .unwrap();
    assert_eq!(all.trim(), "ada,grace,joan,mary");

    servers.standby().kill();
    servers.go_on_alone().unwrap();
    add(&servers, "alone");
    servers.take_back().unwrap();
}
