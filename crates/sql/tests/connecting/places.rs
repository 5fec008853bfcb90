//! Sockets, and addresses of IPv6.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use wicketgate_test_servers::{MariaDb, PostgreSql};

use crate::assert_opens;

/// A port of IPv6's loopback that leads to this one of IPv4's; `None` on a machine without IPv6.
fn in_ipv6(port: u16) -> Option<u16> {
    let listener = TcpListener::bind("[::1]:0").ok()?;
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        while let Ok((client, _)) = listener.accept() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                return;
            };
            for (mut from, mut to) in [
                (client.try_clone().unwrap(), server.try_clone().unwrap()),
                (server, client),
            ] {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    Some(own)
}

async fn assert_opens_in_ipv6(url: &str) {
    let (scheme, rest) = url.split_once("127.0.0.1:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    if let Some(own) = in_ipv6(port.parse().unwrap()) {
        assert_opens(&format!("{scheme}[::1]:{own}/{path}")).await;
        // Beside others.
        assert_opens(&format!("{scheme}127.0.0.1:1,[::1]:{own}/{path}")).await;
    }
}

#[tokio::test]
async fn a_postgresql_is_reached_by_its_socket_and_by_ipv6() {
    let server = PostgreSql::start().unwrap();
    let folder = server.socket_folder().display().to_string();
    let port = server.port();
    let user = "postgres://wicketgate:wicketgate@";
    for url in [
        format!("{user}/postgres?host={folder}&port={port}"),
        format!("{user}:{port}/postgres?host={folder}"),
        format!("{user}{}:{port}/postgres", folder.replace('/', "%2F")),
        format!("postgres:///postgres?user=wicketgate&password=wicketgate&host={folder}&port={port}"),
    ] {
        assert_opens(&url).await;
    }
    assert_opens_in_ipv6(&server.url()).await;
}

#[tokio::test]
async fn a_mariadb_is_reached_by_its_socket_and_by_ipv6() {
    let server = MariaDb::start().unwrap();
    server.create_database("app").unwrap();
    server
        .query("CREATE USER ada@localhost IDENTIFIED BY 'ada'; GRANT ALL ON app.* TO ada@localhost")
        .unwrap();
    let socket = server.socket().display().to_string();
    for url in [
        format!("mysql://ada:ada@/app?socket={socket}"),
        format!("mysql://ada:ada@localhost/app?socket={socket}"),
        format!("mariadb://ada:ada@{}/app", socket.replace('/', "%2F")),
    ] {
        assert_opens(&url).await;
    }
    assert_opens_in_ipv6(&format!("{}app", server.url())).await;
}
