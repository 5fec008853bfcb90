//! The table of all settings: what `--help`, flags, variables, the file and the messages are made of.

use super::{Settings, value::Place};

/// A row of the table.
pub(crate) struct Setting {
    /// As in the file, with the section in front: `lockout.max_failed_access_attempts`.
    pub(crate) key: &'static str,
    /// What it decides, as a sentence.
    pub(crate) about: &'static str,
    /// Where its value is.
    pub(crate) place: fn(&mut Settings) -> &mut dyn Place,
}

impl Setting {
    const fn new(key: &'static str, about: &'static str, place: fn(&mut Settings) -> &mut dyn Place) -> Self {
        Self { key, about, place }
    }

    /// `lockout` of `lockout.max_failed_access_attempts`.
    pub(crate) fn section(&self) -> Option<&'static str> {
        self.key.split_once('.').map(|(section, _)| section)
    }
}

/// The row of a key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// All settings, section by section.
#[rustfmt::skip]
pub(crate) static SETTINGS: &[Setting] = &[
    Setting::new("listen", "Address and port to listen at.", |s| &mut s.listen),
    Setting::new("prefix", "The path in front of the Identity endpoints, such as /api/identity.", |s| &mut s.prefix),
    Setting::new("public_url", "Where the server is reached from outside; mailed links begin with it, otherwise as the request did.", |s| &mut s.public_url),
    Setting::new("trusted_proxies", "Who may say in X-Forwarded-For, -Proto and -Host what a request looked like outside.", |s| &mut s.trusted_proxies),
    Setting::new("shutdown_timeout", "How long requests in flight may take after SIGTERM or SIGINT.", |s| &mut s.shutdown_timeout),
    Setting::new("request_headers_timeout", "How long a client may take to send a request's headers.", |s| &mut s.request_headers_timeout),
    Setting::new("log", "How much is logged.", |s| &mut s.log),
    Setting::new("log_format", "What log lines look like: for people, or one JSON object each.", |s| &mut s.log_format),

    Setting::new("database.url", "Where the accounts are: sqlite://PATH, or memory: for accounts that end with the process.", |s| &mut s.database.url),

    Setting::new("keys.directory", "The folder of the keys that protect tokens and cookies; .NET's key files work here.", |s| &mut s.keys.directory),
    Setting::new("keys.application_name", "What protected data is bound to beside the keys: .NET's SetApplicationName.", |s| &mut s.keys.application_name),

    Setting::new("email.smtp_url", "The mail server; without one, mail goes to email.directory.", |s| &mut s.email.smtp_url),
    Setting::new("email.from", "Who mail comes from.", |s| &mut s.email.from),
    Setting::new("email.username", "Name to sign in to the mail server with, if it is not in the URL.", |s| &mut s.email.username),
    Setting::new("email.password", "Password to sign in to the mail server with, if it is not in the URL.", |s| &mut s.email.password),
    Setting::new("email.password_file", "A file with that password.", |s| &mut s.email.password_file),
    Setting::new("email.directory", "The folder that gets mail as .eml files while there is no mail server.", |s| &mut s.email.directory),

    Setting::new("tls.certificate", "PEM file of the certificate and those that vouch for it; read again on SIGHUP.", |s| &mut s.tls.certificate),
    Setting::new("tls.key", "PEM file of the certificate's private key; read again on SIGHUP.", |s| &mut s.tls.key),

    Setting::new("cors.allowed_origins", "Other origins whose pages may call, with cookies; none by default.", |s| &mut s.cors.allowed_origins),

    Setting::new("swagger.enabled", "Whether /swagger and /openapi/v1.json are there.", |s| &mut s.swagger.enabled),
    Setting::new("swagger.require_sign_in", "Whether only signed-in users see them.", |s| &mut s.swagger.require_sign_in),

    Setting::new("rate_limits.enabled", "Only false can be set: rate limits are not built yet.", |s| &mut s.rate_limits.enabled),

    Setting::new("user.allowed_user_name_characters", "Characters that a user name may have; empty allows all.", |s| &mut s.identity.user.allowed_user_name_characters),
    Setting::new("user.require_unique_email", "Whether two accounts may not share an address.", |s| &mut s.identity.user.require_unique_email),

    Setting::new("password.required_length", "The fewest characters of a password.", |s| &mut s.identity.password.required_length),
    Setting::new("password.required_unique_chars", "The fewest different characters of a password.", |s| &mut s.identity.password.required_unique_chars),
    Setting::new("password.require_non_alphanumeric", "Whether a password needs a character that is neither letter nor digit.", |s| &mut s.identity.password.require_non_alphanumeric),
    Setting::new("password.require_lowercase", "Whether a password needs one of a to z.", |s| &mut s.identity.password.require_lowercase),
    Setting::new("password.require_uppercase", "Whether a password needs one of A to Z.", |s| &mut s.identity.password.require_uppercase),
    Setting::new("password.require_digit", "Whether a password needs one of 0 to 9.", |s| &mut s.identity.password.require_digit),

    Setting::new("lockout.allowed_for_new_users", "Whether failures can lock new accounts.", |s| &mut s.identity.lockout.allowed_for_new_users),
    Setting::new("lockout.max_failed_access_attempts", "The failure that locks an account.", |s| &mut s.identity.lockout.max_failed_access_attempts),
    Setting::new("lockout.default_lockout_time_span", "How long it stays locked.", |s| &mut s.identity.lockout.default_lockout_time_span),

    Setting::new("sign_in.require_confirmed_email", "Whether only confirmed addresses can sign in.", |s| &mut s.identity.sign_in.require_confirmed_email),
    Setting::new("sign_in.require_confirmed_phone_number", "Whether only confirmed telephone numbers can sign in.", |s| &mut s.identity.sign_in.require_confirmed_phone_number),
    Setting::new("sign_in.require_confirmed_account", "Whether only confirmed accounts can sign in; that is, confirmed addresses.", |s| &mut s.identity.sign_in.require_confirmed_account),

    Setting::new("stores.schema_version", "The version of ASP.NET Core Identity's tables that a new database gets.", |s| &mut s.identity.stores.schema_version),

    Setting::new("claims_identity.role_claim_type", "The type of the claims that name roles.", |s| &mut s.identity.claims_identity.role_claim_type),
    Setting::new("claims_identity.user_name_claim_type", "The type of the claim with the user name.", |s| &mut s.identity.claims_identity.user_name_claim_type),
    Setting::new("claims_identity.user_id_claim_type", "The type of the claim with the user's id.", |s| &mut s.identity.claims_identity.user_id_claim_type),
    Setting::new("claims_identity.email_claim_type", "The type of the claim with the address.", |s| &mut s.identity.claims_identity.email_claim_type),
    Setting::new("claims_identity.security_stamp_claim_type", "The type of the claim with the security stamp.", |s| &mut s.identity.claims_identity.security_stamp_claim_type),

    Setting::new("password_hasher.compatibility_mode", "The form of new password hashes.", |s| &mut s.identity.password_hasher.compatibility_mode),
    Setting::new("password_hasher.iteration_count", "Rounds of PBKDF2 in new hashes of version 3.", |s| &mut s.identity.password_hasher.iteration_count),
    Setting::new("password_hasher.queue_length", "How many passwords may wait to be hashed; more are answered with 503.", |s| &mut s.identity.password_hasher.queue_length),

    Setting::new("token_provider.token_lifespan", "How long a mailed link or code works.", |s| &mut s.identity.token_provider.token_lifespan),

    Setting::new("security_stamp.validation_interval", "How long a cookie is believed before its security stamp is looked up.", |s| &mut s.identity.security_stamp.validation_interval),

    Setting::new("bearer.bearer_token_expiration", "How long an access token works.", |s| &mut s.authentication.bearer.bearer_token_expiration),
    Setting::new("bearer.refresh_token_expiration", "How long a refresh token works.", |s| &mut s.authentication.bearer.refresh_token_expiration),

    Setting::new("cookie.name", "The name of the sign-in cookie.", |s| &mut s.authentication.cookie.cookie.name),
    Setting::new("cookie.domain", "Its domain; without one, the host that set it.", |s| &mut s.authentication.cookie.cookie.domain),
    Setting::new("cookie.path", "Its path.", |s| &mut s.authentication.cookie.cookie.path),
    Setting::new("cookie.same_site", "Whether other sites' requests carry it.", |s| &mut s.authentication.cookie.cookie.same_site),
    Setting::new("cookie.secure_policy", "Whether it travels over HTTPS alone.", |s| &mut s.authentication.cookie.cookie.secure_policy),
    Setting::new("cookie.http_only", "Whether scripts cannot read it.", |s| &mut s.authentication.cookie.cookie.http_only),
    Setting::new("cookie.max_age", "How long browsers keep it, whatever the sign-in's end.", |s| &mut s.authentication.cookie.cookie.max_age),
    Setting::new("cookie.expire_time_span", "How long a sign-in by cookie lasts.", |s| &mut s.authentication.cookie.expire_time_span),
    Setting::new("cookie.sliding_expiration", "Whether use in the second half of that time begins it anew.", |s| &mut s.authentication.cookie.sliding_expiration),
    Setting::new("cookie.login_path", "Where routes that take cookies alone send who is not signed in.", |s| &mut s.authentication.cookie.login_path),
    Setting::new("cookie.access_denied_path", "Where they send who is not allowed.", |s| &mut s.authentication.cookie.access_denied_path),

    Setting::new("remember_machine_cookie.name", "The name of the cookie of a browser that need not show a second factor again.", |s| &mut s.authentication.remember_machine_cookie.cookie.name),
    Setting::new("remember_machine_cookie.domain", "Its domain; without one, the host that set it.", |s| &mut s.authentication.remember_machine_cookie.cookie.domain),
    Setting::new("remember_machine_cookie.path", "Its path.", |s| &mut s.authentication.remember_machine_cookie.cookie.path),
    Setting::new("remember_machine_cookie.same_site", "Whether other sites' requests carry it.", |s| &mut s.authentication.remember_machine_cookie.cookie.same_site),
    Setting::new("remember_machine_cookie.secure_policy", "Whether it travels over HTTPS alone.", |s| &mut s.authentication.remember_machine_cookie.cookie.secure_policy),
    Setting::new("remember_machine_cookie.http_only", "Whether scripts cannot read it.", |s| &mut s.authentication.remember_machine_cookie.cookie.http_only),
    Setting::new("remember_machine_cookie.max_age", "How long browsers keep it.", |s| &mut s.authentication.remember_machine_cookie.cookie.max_age),
    Setting::new("remember_machine_cookie.expire_time_span", "How long a browser is remembered.", |s| &mut s.authentication.remember_machine_cookie.expire_time_span),
    Setting::new("remember_machine_cookie.sliding_expiration", "Whether use in the second half of that time begins it anew.", |s| &mut s.authentication.remember_machine_cookie.sliding_expiration),
];
