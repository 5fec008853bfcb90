//! Who has no certificate for its name gets no password, unless it is on this machine or the URL says so.
//!
//! `0.0.0.0` stands for a server elsewhere: it is no address of the loopback's, but leads there.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use wicketgate_test_servers::{MariaDb, PostgreSql};

use crate::fake_server::FakeServer;
use crate::{assert_opens, refusal};

const ELSEWHERE: &str = "0.0.0.0";

/// An authority's certificate in a file, and a server's certificate and key.
struct Certificates {
    folder: TempDir,
    certificate: String,
    key: String,
}

impl Certificates {
    fn new() -> Self {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let own = authority.self_signed(&authority_key).unwrap();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("ca.pem"), own.pem()).unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new([ELSEWHERE.to_owned()]).unwrap();
        Self {
            folder,
            certificate: server.signed_by(&key, &issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    fn authority(&self) -> String {
        self.folder.path().join("ca.pem").display().to_string()
    }
}

/// The words for it in a URL.
struct Words {
    authority: &'static str,
    unchecked: &'static str,
    plain: &'static str,
    checked: &'static str,
}

const POSTGRESQL: Words = Words {
    authority: "sslrootcert",
    unchecked: "sslmode=require",
    plain: "sslmode=disable",
    checked: "sslmode=verify-full",
};
const MYSQL: Words = Words {
    authority: "ssl-ca",
    unchecked: "ssl-mode=REQUIRED",
    plain: "ssl-mode=DISABLED",
    checked: "ssl-mode=VERIFY_IDENTITY",
};

/// `url` is the loopback's, of a server with a certificate for [`ELSEWHERE`].
async fn with_a_certificate(url: &str, certificates: &Certificates, words: &Words) {
    let elsewhere = url.replace("127.0.0.1", ELSEWHERE);
    let authority = format!("{}={}", words.authority, certificates.authority());
    let others = Certificates::new();
    let other = format!("{}={}", words.authority, others.authority());
    assert_opens(url).await;
    for option in [&authority, words.unchecked, words.plain] {
        assert_opens(&format!("{elsewhere}?{option}")).await;
    }
    let unknown = [
        elsewhere.clone(),
        format!("{elsewhere}?{other}"),
        format!("{url}?{}", words.checked),
    ];
    for url in unknown {
        let refusal = refusal(&url).await;
        let names_remedies = [words.authority, words.unchecked, words.plain];
        let has_words = names_remedies.iter().all(|words| refusal.contains(words));
        assert!(
            refusal.contains("invalid peer certificate: ") && has_words,
            "{url}: {refusal}"
        );
    }
    // The right authority, but the certificate is for another name.
    let refusal = refusal(&format!("{url}?{authority}")).await;
    assert!(refusal.contains("not valid for name"), "{refusal}");
}

async fn without_tls(url: &str, words: &Words) {
    let elsewhere = url.replace("127.0.0.1", ELSEWHERE);
    assert_opens(url).await;
    assert_opens(&format!("{elsewhere}?{}", words.plain)).await;
    for url in [elsewhere.clone(), format!("{elsewhere}?{}", words.unchecked)] {
        let refusal = refusal(&url).await;
        assert!(refusal.contains("server does not support TLS"), "{refusal}");
        assert!(refusal.contains(words.plain), "{refusal}");
    }
}

#[tokio::test]
async fn a_postgresql_elsewhere_is_used_only_with_a_certificate_for_its_name() {
    let certificates = Certificates::new();
    let server = PostgreSql::start_with_certificate(&certificates.certificate, &certificates.key).unwrap();
    with_a_certificate(&server.url(), &certificates, &POSTGRESQL).await;
    drop(server);
    let server = PostgreSql::start().unwrap();
    without_tls(&server.url(), &POSTGRESQL).await;
}

#[tokio::test]
async fn a_mariadb_elsewhere_is_used_only_with_a_certificate_for_its_name() {
    let certificates = Certificates::new();
    let server = MariaDb::start_with_certificate(&certificates.certificate, &certificates.key).unwrap();
    server.create_database("app").unwrap();
    with_a_certificate(&format!("{}app", server.url()), &certificates, &MYSQL).await;
    drop(server);
    let server = MariaDb::start().unwrap();
    server.create_database("app").unwrap();
    without_tls(&format!("{}app", server.url()), &MYSQL).await;
}

#[tokio::test]
async fn whoever_stands_in_for_a_server_elsewhere_and_has_no_certificate_hears_nothing() {
    let server = FakeServer::postgresql();
    let refused = refusal(&format!("postgres://ada:S3cret@{ELSEWHERE}:{}/app", server.port)).await;
    assert!(refused.contains("server does not support TLS"), "{refused}");
    // The question whether there is TLS.
    assert_eq!(server.heard(), [0, 0, 0, 8, 4, 210, 22, 47]);

    let server = FakeServer::mysql();
    let refused = refusal(&format!("mysql://ada:S3cret@{ELSEWHERE}:{}/app", server.port)).await;
    assert!(refused.contains("server does not support TLS"), "{refused}");
    assert_eq!(server.heard(), b"");
}

#[tokio::test]
async fn a_file_that_is_missing_is_named() {
    for url in [
        "postgres://ada:S3cret@127.0.0.1:1/app?sslrootcert=/nowhere/ca.pem",
        "mysql://ada:S3cret@127.0.0.1:1/app?ssl-ca=/nowhere/ca.pem",
    ] {
        let refused = refusal(url).await;
        assert!(refused.contains("/nowhere/ca.pem: No such file"), "{refused}");
        assert!(
            refused.contains("InvalidUrl") && !refused.contains("S3cret"),
            "{refused}"
        );
    }
}

/// That it is this server that would hear it.
#[tokio::test]
async fn on_this_machine_the_password_goes_out_as_the_server_wants_it() {
    let server = FakeServer::postgresql();
    refusal(&format!("postgres://ada:S3cret@127.0.0.1:{}/app", server.port)).await;
    assert!(server.heard().windows(6).any(|heard| heard == b"S3cret"));
    let server = FakeServer::mysql();
    refusal(&format!("mysql://ada:S3cret@127.0.0.1:{}/app", server.port)).await;
    assert!(server.heard().windows(3).any(|heard| heard == b"ada"));
}
