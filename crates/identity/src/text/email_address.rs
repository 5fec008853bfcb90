//! .NET's check of e-mail addresses.

/// Whether .NET's `EmailAddressAttribute` takes `text` for an e-mail address: one `@`, neither first nor last, and no
/// line break; nor a NUL, which .NET takes and PostgreSQL cannot keep. Whether mail arrives there is only known once a
/// link came back.
pub fn is_email_address(text: &str) -> bool {
    !text.contains(['\r', '\n', '\0'])
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
