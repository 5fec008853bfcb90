/// Whether .NET's `EmailAddressAttribute` takes `text` for an e-mail address: one `@`, neither first nor last, and no
/// line break. Whether mail arrives there is only known once a link came back.
pub fn is_email_address(text: &str) -> bool {
    !text.contains(['\r', '\n'])
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}
