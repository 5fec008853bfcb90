//! Behind a real nginx with the configuration that README.md gives, word for word.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
};

use wicketgate_test_servers::Nginx;

use crate::{
    accounts::ADA,
    http::{exchange, get, post},
    mailed_links::mailed_link,
    process::{Place, Server},
};

/// Wicketgate and an application behind nginx.
struct Site {
    place: Place,
    server: Server,
    _nginx: Nginx,
    address: String,
}

/// `None` where nginx is not installed.
fn site(variables: &[(&str, &str)]) -> Option<Site> {
    if let Err(missing) = Nginx::provide() {
        eprintln!("not run: {missing}");
        return None;
    }
    let place = Place::new()
        .with("WICKETGATE__TRUSTED_PROXIES", "127.0.0.0/8")
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1000");
    let place = variables
        .iter()
        .fold(place, |place, (name, value)| place.with(name, value));
    let server = place.serve(&[]);
    let nginx = Nginx::of_readme(server.address.parse().unwrap(), application()).unwrap();
    Some(Site {
        address: nginx.address().to_string(),
        place,
        server,
        _nginx: nginx,
    })
}

/// An application that answers every request with 200.
fn application() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 65_536];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(b"HTTP/1.0 200 OK\r\ncontent-length: 11\r\n\r\napplication");
        }
    });
    address
}

/// Names and values of the cookies that an answer sets, as a browser would send them back.
fn cookies(answer: &str) -> String {
    let cookies = answer.lines().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.split(';').next())?
    });
    cookies.collect::<Vec<_>>().join("; ")
}

fn get_with(address: &str, path: &str, cookies: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: {cookies}\r\n\r\n");
    exchange(address, &request)
}

#[test]
fn strangers_get_401_and_a_session_that_is_used_goes_on() {
    // With this interval every request renews its cookie, as one in the second half of the cookie's life would.
    let Some(site) = site(&[("WICKETGATE__SECURITY_STAMP__VALIDATION_INTERVAL", "0s")]) else {
        return;
    };
    let stranger = get(&site.address, "/api/orders");
    assert!(stranger.starts_with("HTTP/1.1 401 "), "{stranger}");

    post(&site.address, "/account/register", ADA);
    let login = post(&site.address, "/account/login?useCookies=true", ADA);
    let answer = get_with(&site.address, "/api/orders", &cookies(&login));
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("application"),
        "{answer}"
    );
    let renewed = cookies(&answer);
    assert!(
        renewed.starts_with(".AspNetCore.Identity.Application=CfDJ8"),
        "{answer}"
    );
    assert_ne!(renewed, cookies(&login));
    let answer = get_with(&site.address, "/account/manage/info", &renewed);
    assert!(answer.contains("ada@example.test"), "{answer}");
}

#[test]
fn the_cookie_of_an_account_with_many_roles_goes_through() {
    let Some(site) = site(&[]) else { return };
    post(&site.address, "/account/register", ADA);
    for number in 0..40 {
        let role = format!("{number:0>200}");
        site.place.printed(&["users", "add-role", "ada@example.test", &role]);
    }
    let login = post(&site.address, "/account/login?useCookies=true", ADA);
    let cookies = cookies(&login);
    assert!(cookies.len() > 8 * 1024, "{login}");
    for path in ["/account/manage/info", "/api/orders"] {
        let answer = get_with(&site.address, path, &cookies);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {answer}");
    }
}

#[test]
fn mailed_links_lead_through_the_path_that_nginx_takes_off() {
    let Some(site) = site(&[]) else { return };
    post(&site.address, "/account/register", ADA);
    let link = mailed_link(&site.place);
    let path = link.strip_prefix(&format!("http://{}", site.address)).unwrap();
    assert!(path.starts_with("/account/confirmEmail?"), "{link}");
    let answer = get(&site.address, path);
    assert!(answer.ends_with("Thank you for confirming your email."), "{answer}");
}

#[test]
fn a_client_cannot_name_host_or_prefix_of_mailed_links() {
    let Some(site) = site(&[]) else { return };
    let request = format!(
        "POST /account/register HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-forwarded-host: evil.test\r\n\
         x-forwarded-prefix: /evil\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ADA}",
        site.address,
        ADA.len()
    );
    assert!(exchange(&site.address, &request).starts_with("HTTP/1.1 200 OK\r\n"));
    let mut server = site.server;
    server.signal(rustix::process::Signal::TERM);
    server.wait_for("stopped");
    let files = fs::read_dir(site.place.path().join("data/mail")).unwrap();
    for file in files.flatten() {
        let mail = fs::read_to_string(file.path()).unwrap();
        assert!(
            mail.contains("/account/confirmEmail?") && !mail.contains("evil"),
            "{mail}"
        );
    }
}
