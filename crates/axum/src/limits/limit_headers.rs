//! What the headers of a refusal say of the limit that it is about.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{InvalidHeaderValue, RETRY_AFTER},
};
use wicketgate_identity::limit::LimitExceeded;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// `Retry-After`, and the two fields of draft-ietf-httpapi-ratelimit-headers-10: the name of the policy with its quota `q` in the
/// window of `w` seconds, and that nothing remains (`r`) for the next `t` seconds.
pub(crate) fn limit_headers(exceeded: &LimitExceeded) -> Result<HeaderMap, InvalidHeaderValue> {
    let (policy, seconds) = (policy(exceeded), retry_after(exceeded));
    let (quota, window) = (exceeded.quota.requests(), rounded_up(exceeded.quota.window()));
    Ok(HeaderMap::from_iter([
        (RETRY_AFTER, HeaderValue::from(seconds)),
        (
            RATE_LIMIT_POLICY,
            format!(r#""{policy}";q={quota};w={window}"#).parse()?,
        ),
        (RATE_LIMIT, format!(r#""{policy}";r=0;t={seconds}"#).parse()?),
    ]))
}

/// How many seconds until another request may pass.
pub(crate) fn retry_after(exceeded: &LimitExceeded) -> u64 {
    rounded_up(exceeded.retry_after)
}

/// The limit's name, such as `login-account`.
fn policy(exceeded: &LimitExceeded) -> String {
    format!("{}-{}", exceeded.action.name().replace('_', "-"), exceeded.scope.name())
}

/// At least one, so that nobody tries again at once.
fn rounded_up(duration: std::time::Duration) -> u64 {
    duration
        .as_nanos()
        .div_ceil(1_000_000_000)
        .try_into()
        .unwrap_or(u64::MAX)
        .max(1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wicketgate_identity::limit::{LimitScope, LimitedAction, Quota};

    use super::*;

    #[test]
    fn headers_name_the_limit_its_quota_and_when_to_come_back() {
        let exceeded = LimitExceeded {
            action: LimitedAction::ForgotPassword,
            scope: LimitScope::Client,
            quota: Quota::per_minute(30, 4).unwrap(),
            retry_after: Duration::from_millis(1_001),
        };
        let headers = limit_headers(&exceeded).unwrap();
        for (name, value) in [
            ("retry-after", "2"),
            ("ratelimit-policy", r#""forgot-password-client";q=120;w=240"#),
            ("ratelimit", r#""forgot-password-client";r=0;t=2"#),
        ] {
            assert_eq!(headers[name], value);
        }
        let soon = LimitExceeded {
            retry_after: Duration::from_micros(1),
            ..exceeded
        };
        assert_eq!(retry_after(&soon), 1);
    }
}
