//! The settings of passkeys.

use wicketgate_identity::options::{PasskeyOptions, Profile};
use wicketgate_identity::passkey::CoseAlgorithm;

use super::*;

#[test]
fn a_value_out_of_bounds_is_refused_with_what_it_must_be() {
    for (text, message) in [
        (
            "[passkeys]\nenabled = true\nserver_domain = \"https://example.com\"",
            "`passkeys.server_domain` must be a host in lower case without scheme and port, such as example.com",
        ),
        (
            "[passkeys]\nenabled = true\nserver_domain = \"Example.com\"",
            "`passkeys.server_domain` must be a host in lower case without scheme and port, such as example.com",
        ),
        (
            "[passkeys]\nenabled = true\norigins = \"https://shop.example/\"",
            "`passkeys.origins` must be origins such as https://shop.example, or of Android applications such as \
             android:apk-key-hash:...",
        ),
        (
            "[passkeys]\nenabled = true\nauthenticator_timeout = \"2h\"",
            "`passkeys.authenticator_timeout` must be from 30s to 1h",
        ),
        (
            "[passkeys]\nenabled = true\nchallenge_size = 15",
            "`passkeys.challenge_size` must be from 16 to 64",
        ),
        (
            "[passkeys]\nenabled = true\nalgorithms = \"\"",
            "`passkeys.algorithms` must name at least one algorithm",
        ),
        (
            "[passkeys]\nenabled = true\nmanage_url = \"/passkeys\"",
            "`passkeys.enroll_url` and `passkeys.manage_url` must be URLs such as https://app.example.com/passkeys",
        ),
    ] {
        let error = Settings::from_sources(file(text)).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn passkeys_are_off_in_compatible_and_on_in_strict() {
    let of = |profile| Settings::for_profile(profile).identity.passkeys;
    assert_eq!(of(Profile::Compatible), PasskeyOptions::default());
    assert!(!of(Profile::Compatible).enabled);
    let strict = of(Profile::Strict);
    assert!(strict.enabled && strict.single_use && strict.count_as_two_factors);
}

#[test]
fn all_of_them_are_read() {
    let text = "[passkeys]\nenabled = true\nserver_domain = \"example.com\"\nuser_verification = \"preferred\"\n\
                origins = \"https://shop.example, android:apk-key-hash:7d10\"\nresident_key = \"\"\n\
                attestation = \"direct\"\nauthenticator_attachment = \"cross-platform\"\n\
                algorithms = \"EdDSA,ES256\"\nauthenticator_timeout = \"2m\"\nchallenge_size = 64\n\
                enroll_url = \"https://example.com/new\"\nmanage_url = \"https://example.com/keys\"\n";
    let passkeys = Settings::from_sources(file(text)).unwrap().identity.passkeys;
    assert_eq!(passkeys.server_domain.as_deref(), Some("example.com"));
    assert_eq!(passkeys.origins, ["https://shop.example", "android:apk-key-hash:7d10"]);
    assert_eq!(passkeys.algorithms, [CoseAlgorithm::EdDsa, CoseAlgorithm::Es256]);
    assert_eq!(passkeys.resident_key_requirement, None);
    assert_eq!(passkeys.authenticator_timeout, Duration::minutes(2));
}
