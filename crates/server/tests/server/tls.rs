//! TLS.

use std::{io::Write, net::TcpStream, sync::Arc};

use rustix::process::Signal;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::{http::read, process::Place};

fn new_certificate(place: &Place) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    place.write("certificate.pem", &pem);
    place.write("key.pem", &made.signing_key.serialize_pem());
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

fn with_tls(place: Place) -> Place {
    place
        .with("WICKETGATE__TLS__CERTIFICATE", "certificate.pem")
        .with("WICKETGATE__TLS__KEY", "key.pem")
}

/// The answer to a login with a cookie, from a server that shows `certificate`; `None` if it shows another.
fn ask(address: &str, certificate: &CertificateDer<'static>) -> Option<String> {
    let mut stream = connect(address, certificate, &[]);
    let body = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    let request = format!(
        "POST /login?useCookies=true HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    Some(read(&mut stream))
}

/// A connection to who shows `certificate`; the handshake comes with the first byte.
fn connect(
    address: &str,
    certificate: &CertificateDer<'static>,
    protocols: &[&str],
) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    StreamOwned::new(connection, TcpStream::connect(address).unwrap())
}

#[test]
fn a_certificate_makes_the_server_secure_and_is_read_again_on_sighup() {
    let place = with_tls(Place::new());
    let first = new_certificate(&place);
    let made = place.run_with_input(&["users", "create", "ada@example.test"], "Passw0rd!\n");
    assert!(made.status.success());
    let mut server = place.serve(&[]);
    let answer = ask(&server.address, &first).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("; secure;"), "the cookie is for HTTPS alone: {answer}");
    assert_eq!(place.printed(&["healthcheck", "--listen", &server.address]), "alive\n");

    let second = new_certificate(&place);
    assert!(
        ask(&server.address, &second).is_none(),
        "nothing changes before the signal"
    );
    server.signal(Signal::HUP);
    server.wait_for("certificate reloaded");
    assert!(ask(&server.address, &second).is_some());

    place.write("certificate.pem", "not a certificate");
    server.signal(Signal::HUP);
    server.wait_for("certificate not reloaded: the current one stays in use");
    assert!(ask(&server.address, &second).is_some());
}

#[test]
fn a_secure_connection_speaks_http_2_with_who_can() {
    let place = with_tls(Place::new());
    let certificate = new_certificate(&place);
    let server = place.serve(&[]);
    for protocols in [["h2", "http/1.1"], ["http/1.1", "h2"]] {
        let mut stream = connect(&server.address, &certificate, &protocols);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).unwrap();
        }
        assert_eq!(stream.conn.alpn_protocol(), Some(b"h2".as_slice()), "{protocols:?}");
    }
}

#[test]
fn a_certificate_that_cannot_be_used_keeps_the_server_from_starting() {
    let place = with_tls(Place::new());
    let refusal = place.refused(&["serve"]);
    assert!(
        refusal.starts_with("cannot read `tls.certificate` certificate.pem: "),
        "{refusal}"
    );

    new_certificate(&place);
    place.write("key.pem", "");
    let refusal = place.refused(&["serve"]);
    assert!(refusal.starts_with("cannot read `tls.key` key.pem: "), "{refusal}");
}

#[test]
fn browsers_are_told_to_use_https_alone_where_a_setting_says_so() {
    let place = with_tls(Place::new());
    let certificate = new_certificate(&place);
    let told = |words: &[&str]| {
        let answer = ask(&place.serve(words).address, &certificate).unwrap();
        let mut lines = answer.lines();
        lines
            .find(|line| line.starts_with("strict-transport-security"))
            .map(str::to_owned)
    };
    assert_eq!(told(&[]), None);
    assert_eq!(
        told(&["--tls-hsts-max-age", "365d"]).as_deref(),
        Some("strict-transport-security: max-age=31536000")
    );
    let refusal = Place::new().refused(&["serve", "--tls-hsts-max-age", "365d"]);
    assert!(
        refusal.starts_with("`tls.hsts_max_age` needs `tls.certificate`"),
        "{refusal}"
    );
}
