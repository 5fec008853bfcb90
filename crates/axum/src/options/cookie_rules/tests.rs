//! Tests of the rules for a cookie's name and attributes.

use time::Duration;

use super::*;

fn checked(change: impl FnOnce(&mut CookieOptions)) -> Result<(), CookieOptionsError> {
    let mut options = CookieOptions::named("n");
    change(&mut options);
    options.check()
}

/// With this name and all that `__Host-Http-` requires, apart from one change.
fn strict(name: &str, change: impl FnOnce(&mut CookieOptions)) -> Result<(), CookieOptionsError> {
    checked(|options| {
        options.name = name.to_owned();
        options.secure_policy = CookieSecurePolicy::Always;
        change(options);
    })
}

#[test]
fn a_cookie_that_browsers_keep_is_taken() {
    assert_eq!(checked(|_| {}), Ok(()));
    assert_eq!(checked(|options| options.path.clear()), Ok(()));
    for domain in [
        "",
        "example.test",
        ".example.test",
        "localhost",
        "127.0.0.1",
        "A_b-c.test",
    ] {
        assert_eq!(
            checked(|options| options.domain = Some(domain.to_owned())),
            Ok(()),
            "{domain}"
        );
    }
    for name in ["__Host-Http-n", "__Host-n", "__Http-n", "__Secure-n", "__HOST-n"] {
        assert_eq!(strict(name, |_| {}), Ok(()), "{name}");
    }
    assert_eq!(strict("n", |options| options.same_site = SameSite::None), Ok(()));
    assert_eq!(
        strict("__Secure-n", |options| options.domain = Some("a.test".to_owned())),
        Ok(())
    );
    assert_eq!(strict("__Host-n", |options| options.http_only = false), Ok(()));
}

#[test]
fn a_cookie_without_a_proper_name_domain_path_or_age_is_refused() {
    for name in ["", "a b", "a;b", "a=b", "a,b", "ä", "\"a\"", &"n".repeat(257)] {
        let error = Err(CookieOptionsError::Name);
        assert_eq!(checked(|options| options.name = name.to_owned()), error, "{name}");
    }
    for domain in [
        "https://example.test",
        "example.test/",
        "example.test:443",
        "*.example.test",
        "..example.test",
        "example.test.",
        "a b",
        "a;b",
        "[::1]",
        "bücher.test",
    ] {
        let error = Err(CookieOptionsError::Domain);
        assert_eq!(
            checked(|options| options.domain = Some(domain.to_owned())),
            error,
            "{domain}"
        );
    }
    for path in [
        "app",
        "https://a/",
        "/a;b",
        "/a b",
        "/ä",
        "/\n",
        &format!("/{}", "a".repeat(1024)),
    ] {
        let error = Err(CookieOptionsError::Path);
        assert_eq!(checked(|options| options.path = path.to_owned()), error, "{path}");
    }
    for age in [Duration::ZERO, Duration::milliseconds(999), Duration::seconds(-1)] {
        let error = Err(CookieOptionsError::MaxAge);
        assert_eq!(checked(|options| options.max_age = Some(age)), error, "{age}");
    }
}

#[test]
fn a_cookie_for_other_sites_must_be_secure() {
    for policy in [CookieSecurePolicy::SameAsRequest, CookieSecurePolicy::None] {
        let refused = checked(|options| {
            options.same_site = SameSite::None;
            options.secure_policy = policy;
        });
        assert_eq!(refused, Err(CookieOptionsError::SameSiteNone), "{policy:?}");
    }
}

#[test]
fn a_partitioned_cookie_must_be_secure() {
    let partitioned = |policy| {
        checked(|options| {
            options.partitioned = true;
            options.secure_policy = policy;
        })
    };
    assert_eq!(partitioned(CookieSecurePolicy::Always), Ok(()));
    for policy in [CookieSecurePolicy::SameAsRequest, CookieSecurePolicy::None] {
        assert_eq!(
            partitioned(policy),
            Err(CookieOptionsError::PartitionedNotSecure),
            "{policy:?}"
        );
    }
}

#[test]
fn a_name_with_a_prefix_must_meet_the_conditions_of_the_prefix() {
    use CookieOptionsError::{PrefixNotBoundToHost, PrefixNotHttpOnly, PrefixNotSecure};
    for (name, prefix) in [
        ("__Host-Http-n", "__Host-Http-"),
        ("__host-n", "__Host-"),
        ("__Http-n", "__Http-"),
        ("__SECURE-n", "__Secure-"),
    ] {
        let refused = strict(name, |options| {
            options.secure_policy = CookieSecurePolicy::SameAsRequest
        });
        assert_eq!(refused, Err(PrefixNotSecure(prefix)), "{name}");
    }
    for name in ["__Host-n", "__Host-Http-n"] {
        let prefix = &name[..name.len() - 1];
        for refused in [
            strict(name, |options| options.path = "/app".to_owned()),
            strict(name, |options| options.path.clear()),
            strict(name, |options| options.domain = Some("a.test".to_owned())),
        ] {
            assert!(
                matches!(refused, Err(PrefixNotBoundToHost(text)) if text == prefix),
                "{refused:?}"
            );
        }
    }
    for name in ["__Http-n", "__Host-Http-n"] {
        let refused = strict(name, |options| options.http_only = false);
        assert!(matches!(refused, Err(PrefixNotHttpOnly(_))), "{refused:?}");
    }
}
