//! What an attacker tries against limits.

use super::{NEVER, PEER, PROXY, World, login};

/// The address that a client writes itself counts for nothing.
#[tokio::test]
async fn a_spoofed_forwarded_for_gets_nobody_round_a_limit() {
    let world = World::with_one_login(NEVER, 1);
    assert_eq!(world.status(PEER, None, "/login", &login("a")).await, 401);
    for number in 0..20 {
        let spoofed = format!("192.0.2.{number}");
        assert_eq!(
            world.status(PEER, Some(&spoofed), "/login", &login("a")).await,
            429,
            "{spoofed}"
        );
    }
    // Nor what it writes in front of what a trusted proxy adds.
    let world = World::with_one_login(NEVER, 1);
    assert_eq!(
        world.status(PROXY, Some("198.51.100.1"), "/login", &login("a")).await,
        401
    );
    for spoofed in [
        "192.0.2.1, 198.51.100.1",
        "10.0.0.1,198.51.100.1",
        "::ffff:198.51.100.1",
        "198.51.100.1:99",
    ] {
        assert_eq!(
            world.status(PROXY, Some(spoofed), "/login", &login("a")).await,
            429,
            "{spoofed}"
        );
    }
    assert_eq!(
        world.status(PROXY, Some("198.51.100.2"), "/login", &login("a")).await,
        401
    );
}

/// better-auth GHSA-p6v2-xcpg-h6xw.
#[tokio::test]
async fn ghsa_p6v2_xcpg_h6xw_addresses_of_one_ipv6_network_share_a_limit() {
    let world = World::with_one_login(NEVER, 1);
    assert_eq!(
        world
            .status("[2001:db8:1:2::1]:5000", None, "/login", &login("a"))
            .await,
        401
    );
    for host in ["2", "ffff:ffff:ffff:ffff", "a:b:c:d"] {
        let peer = match host.contains(':') {
            true => format!("[2001:db8:1:2:{host}]:5000"),
            false => format!("[2001:db8:1:2::{host}]:5000"),
        };
        assert_eq!(world.status(&peer, None, "/login", &login("a")).await, 429, "{peer}");
    }
    assert_eq!(
        world
            .status("[2001:db8:1:3::1]:5000", None, "/login", &login("a"))
            .await,
        401
    );
}

#[tokio::test]
async fn no_other_spelling_of_a_path_gets_round_a_limit() {
    let world = World::with_one_login(NEVER, 1);
    assert_eq!(world.status(PEER, None, "/login", &login("a")).await, 401);
    for (path, status) in [
        ("/login", 429),
        ("/LOGIN", 429),
        ("/login/", 429),
        ("/l%6Fgin", 429),
        ("/login?useCookies=true", 429),
        ("/login?x=1", 429),
        ("/login/cookie", 429),
        ("/Login/Cookie/", 429),
        ("//login", 404),
        ("/./login", 429),
        ("/login//", 404),
        ("/login;x", 404),
    ] {
        assert_eq!(world.status(PEER, None, path, &login("a")).await, status, "{path}");
    }
}

#[tokio::test]
async fn no_other_spelling_of_a_name_gets_round_a_limit() {
    let world = World::with_one_login(1, NEVER);
    assert_eq!(
        world.status(PEER, None, "/login", &login("Ada@example.test")).await,
        401
    );
    for body in [
        login("ada@example.test"),
        login("ADA@EXAMPLE.TEST"),
        r#"{"email":"\u0061da@example.test","password":"x"}"#.to_owned(),
        r#"{"EMAIL":"ada@example.test","PassWord":"x"}"#.to_owned(),
        r#"{"email":"bob","email":"ada@example.test","password":"x","twoFactorCode":"123456"}"#.to_owned(),
    ] {
        assert_eq!(
            world.status("198.51.100.1:1", None, "/login", &body).await,
            429,
            "{body}"
        );
    }
    // Another account has a limit of its own, whether or not it exists.
    assert_eq!(
        world.status(PEER, None, "/login", &login("grace@example.test")).await,
        401
    );
}
