//! A Galera cluster keeps working without one of its nodes, and takes it back.

use wicketgate_test_servers::{Error, Galera};

#[test]
fn a_cluster_of_three_works_without_one_and_takes_it_back() {
    if let Err(missing @ Error::Missing { .. }) = Galera::provide() {
        eprintln!("not run: {missing}");
        return;
    }
    let mut cluster = Galera::start(3).unwrap();
    cluster.create_database("accounts").unwrap();
    cluster
        .query(0, "CREATE TABLE accounts.names (name VARCHAR(9) PRIMARY KEY)")
        .unwrap();
    let add = |cluster: &Galera, name: &str| {
        cluster
            .query(0, &format!("INSERT INTO accounts.names VALUES ('{name}')"))
            .unwrap();
    };
    let all = "SELECT GROUP_CONCAT(name ORDER BY name) FROM accounts.names";
    add(&cluster, "ada");
    assert_eq!(cluster.query(2, all).unwrap().trim(), "ada");

    cluster.process(2).kill();
    cluster.wait_for(0, 2).unwrap();
    add(&cluster, "grace");
    cluster.restart(2).unwrap();
    cluster.wait_for_all().unwrap();
    assert_eq!(cluster.query(2, all).unwrap().trim(), "ada,grace");

    cluster.isolate(2, true).unwrap();
    cluster.wait_for(0, 2).unwrap();
    add(&cluster, "mary");
    assert!(cluster.query(2, all).is_err(), "a node that is cut off answers nothing");
    cluster.isolate(2, false).unwrap();
    cluster.wait_for_all().unwrap();
    assert_eq!(cluster.query(2, all).unwrap().trim(), "ada,grace,mary");

    cluster.process(2).pause();
    cluster.wait_for(0, 2).unwrap();
    add(&cluster, "zoe");
    cluster.process(2).resume();
    cluster.wait_for_all().unwrap();
    assert_eq!(cluster.query(2, all).unwrap().trim(), "ada,grace,mary,zoe");
}
