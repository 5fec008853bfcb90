//! Where mailed links may lead, and what the start says of settings that decide on it.

use std::{fs, path::Path, thread, time::Instant};

use rustix::process::Signal;

use crate::{
    accounts::ADA,
    http::exchange,
    process::{PATIENCE, Place},
};

/// All mails that were written.
fn mails(place: &Path) -> String {
    let files = fs::read_dir(place.join("data/mail")).unwrap();
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    // Lines of quoted-printable text are put together again.
    texts.collect::<String>().replace("=\r\n", "")
}

/// The link in the first mail that is written.
pub(crate) fn mailed_link(place: &Place) -> String {
    let start = Instant::now();
    let mail = loop {
        let files = fs::read_dir(place.path().join("data/mail")).unwrap();
        let mut files = files.flatten().map(|file| file.path());
        if let Some(file) = files.find(|file| file.extension().is_some_and(|extension| extension == "eml")) {
            break fs::read_to_string(file).unwrap();
        }
        assert!(start.elapsed() < PATIENCE, "no mail");
        thread::yield_now();
    };
    let link = mail.split("href='").nth(1).unwrap().split('\'').next().unwrap();
    link.replace("&amp;", "&")
}

#[test]
fn a_link_to_a_stranger_s_host_is_not_mailed_and_the_log_names_the_setting() {
    let place = Place::new();
    let server = place.serve(&[]);
    let register = |host: &str, name: &str| {
        let body = ADA.replace("ada", name);
        let head = format!(
            "POST /register HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        exchange(&server.address, &(head + &body))
            .split("\r\n")
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(register("evil.test", "ada"), "HTTP/1.1 200 OK");
    assert_eq!(register("localhost.evil.test", "bea"), "HTTP/1.1 200 OK");
    assert_eq!(register("localhost:1234", "cyd"), "HTTP/1.1 200 OK");
    server.signal(Signal::TERM);
    let (_, log) = server.end();

    let mails = mails(place.path());
    assert!(!mails.contains("evil.test"), "{mails}");
    assert!(mails.contains("http://localhost:1234/confirmEmail"), "{mails}");
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 2, "{log}");
    for error in errors {
        assert!(
            error.contains("`public_url`") && error.contains("`allowed_hosts`"),
            "{error}"
        );
    }
}

#[test]
fn who_serves_others_is_told_at_start_what_links_need() {
    let warning = "mails with links will not be sent";
    for (words, is_warned) in [
        (&["--listen", "0.0.0.0:0"][..], true),
        (&["--listen", "[::]:0"], true),
        (&["--listen", "127.0.0.1:0"], false),
        (
            &["--listen", "0.0.0.0:0", "--public-url", "https://id.example.test"],
            false,
        ),
        (&["--listen", "0.0.0.0:0", "--allowed-hosts", "id.example.test"], false),
        (&["--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8"], false),
    ] {
        let server = Place::new().serve(words);
        server.signal(Signal::TERM);
        let (_, log) = server.end();
        assert_eq!(log.contains(warning), is_warned, "{words:?}: {log}");
        assert!(
            !is_warned || log.contains("WARN") && log.contains("`public_url`"),
            "{log}"
        );
    }
}

#[test]
fn who_trusts_everybody_as_a_proxy_is_warned_unless_hosts_are_named() {
    for (words, is_warned) in [
        (&["--trusted-proxies", "0.0.0.0/0"][..], true),
        (&["--trusted-proxies", "10.0.0.1, ::/0"], true),
        (&["--trusted-proxies", "::ffff:0.0.0.0/96"], true),
        (&["--trusted-proxies", "::ffff:10.0.0.0/104, fd00::/8"], false),
        (
            &["--trusted-proxies", "0.0.0.0/0", "--allowed-hosts", "id.example.test"],
            false,
        ),
    ] {
        let server = Place::new().serve(words);
        server.signal(Signal::TERM);
        let (_, log) = server.end();
        assert_eq!(log.contains("covers every address"), is_warned, "{words:?}: {log}");
    }
}

#[test]
fn the_start_refuses_hosts_and_cookies_that_would_not_work_and_says_why() {
    for (words, reason) in [
        (&["--allowed-hosts", "*"][..], "that is every host"),
        (&["--allowed-hosts", "https://id.example.test"], "a host has no scheme"),
        (
            &["--public-url", "https://user:hunter2@a"],
            "has a name or password in it",
        ),
        (&["--public-url", "https://a:99999"], "host or port"),
        (
            &["--cors-allowed-origins", "https://a/app"],
            "browsers send `https://a`",
        ),
        (
            &["--cookie-same-site", "None"],
            "`cookie.same_site` can be `None` only with",
        ),
        (&["--cookie-name", "__Host-id"], "`cookie.name` begins with `__Host-`"),
    ] {
        let refusal = Place::new().refused(&[&["serve"], words].concat());
        assert!(refusal.contains(reason), "{words:?}: {refusal}");
    }
}

#[test]
fn a_password_in_the_public_url_is_not_shown() {
    let refusal = Place::new().refused(&["serve", "--public-url", "https://user:hunter2@a"]);
    assert!(!refusal.contains("hunter2"), "{refusal}");
}
