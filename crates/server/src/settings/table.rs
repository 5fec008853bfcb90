//! The table of all settings. `--help`, flags, variables, the file, the messages and `docs/SETTINGS.md` are made of it.

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
    /// `lockout` of `lockout.max_failed_access_attempts`.
    pub(crate) fn section(&self) -> Option<&'static str> {
        self.key.split_once('.').map(|(section, _)| section)
    }
}

/// The row of a key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

macro_rules! settings {
    ($($key:literal at $($field:ident).+: $about:literal;)*) => {
        /// All settings, section by section.
        pub(crate) static SETTINGS: &[Setting] = &[$(Setting {
            key: $key,
            about: $about,
            place: |settings| &mut settings.$($field).+,
        }),*];
    };
}

settings! {
    "listen" at listen: "Address and port to listen at.";
    "prefix" at prefix: "The path in front of the Identity endpoints, such as /api/identity.";
    "public_url" at public_url:
        "Where the server is reached from outside; mailed links begin with it. Without it, links lead to the host of the request if allowed_hosts or a trusted proxy's X-Forwarded-Host names it, or client and host are this machine; other links are not mailed.";
    "allowed_hosts" at allowed_hosts:
        "Hosts that requests may be for; others get 400. *.example.com stands for all hosts below example.com; ports are not compared. Without any, requests may be for any host. Health probes are always answered.";
    "trusted_proxies" at trusted_proxies:
        "Who may say in X-Forwarded-For, -Proto, -Host and -Prefix what a request looked like outside. They must set these headers, or remove those of their clients.";
    "shutdown_timeout" at shutdown_timeout:
        "How long a stop may take in all after SIGTERM or SIGINT, for requests in flight and then for waiting mail. A second signal ends it at once.";
    "request_headers_timeout" at request_headers_timeout: "How long a client may take to send a request's headers.";
    "log" at log: "How much is logged.";
    "log_format" at log_format: "What log lines look like: for people, or one JSON object each.";
    "log_client_address" at log_client_address:
        "How much of a client's address log lines show: all of it, its /24 (IPv4) or /48 (IPv6) prefix, or nothing.";

    "limits.max_connections" at limits.max_connections:
        "How many connections are served at a time. Beyond it, only health probes are answered; other requests get 503. Without a number: as many as the limit of open files affords, up to 10000.";
    "limits.keep_alive_timeout" at limits.keep_alive_timeout: "How long a connection may wait for its next request.";
    "limits.min_request_body_data_rate" at limits.min_request_body_data_rate:
        "The fewest bytes a second that a client may send of a request's body; slower ones get 408. 0: no limit.";
    "limits.min_response_data_rate" at limits.min_response_data_rate:
        "The fewest bytes a second that a client may read of an answer; slower connections are reset. 0: no limit.";
    "limits.min_data_rate_grace_period" at limits.min_data_rate_grace_period:
        "How long a client may be slower than these two rates.";

    "database.url" at database.url:
        "Where the accounts are: sqlite://PATH, postgres://USER:PASSWORD@HOST/DATABASE, mysql://USER:PASSWORD@HOST/DATABASE, mssql://USER:PASSWORD@HOST/DATABASE, or memory: for accounts that end with the process.";

    "keys.store" at keys.store:
        "Where the keys are: in keys.directory, or in the database's table DataProtectionKeys. auto: in a server's database, otherwise in the folder.";
    "keys.directory" at keys.directory:
        "The folder of the keys that protect tokens and cookies; .NET's key files work here.";
    "keys.application_name" at keys.application_name:
        "What protected data is bound to beside the keys: .NET's SetApplicationName.";
    "keys.certificate" at keys.certificate:
        "PEM file of an RSA certificate and its private key, for which new keys are encrypted at rest.";
    "keys.unprotect_certificates" at keys.unprotect_certificates:
        "PEM files of other certificates, each with its private key, whose keys can be opened too.";
    "keys.passphrase_file" at keys.passphrase_file:
        "A file with the passphrase that new keys are encrypted with at rest, without keys.certificate; not for .NET.";
    "keys.unprotect_passphrase_files" at keys.unprotect_passphrase_files:
        "Files with other passphrases, whose keys can be opened too.";

    "email.smtp_url" at email.smtp_url: "The mail server; without one, mail goes to email.directory.";
    "email.from" at email.from: "Who mail comes from.";
    "email.username" at email.username: "Name to sign in to the mail server with, if it is not in the URL.";
    "email.password" at email.password: "Password to sign in to the mail server with, if it is not in the URL.";
    "email.password_file" at email.password_file: "A file with that password.";
    "email.ca_file" at email.ca_file:
        "PEM file with the certificate authorities that may vouch for the mail server, instead of the system's.";
    "email.max_connections" at email.max_connections:
        "The most connections to the mail server at once; each mail has one of its own.";
    "email.directory" at email.directory: "The folder that gets mail as .eml files while there is no mail server.";

    "tls.certificate" at tls.certificate:
        "PEM file of the certificate and those that vouch for it; read again on SIGHUP.";
    "tls.key" at tls.key: "PEM file of the certificate's private key; read again on SIGHUP.";
    "tls.hsts_max_age" at tls.hsts_max_age:
        "How long browsers shall use HTTPS alone for this host: the Strict-Transport-Security header. None by default.";

    "cors.allowed_origins" at cors.allowed_origins:
        "Other origins whose pages may call, with cookies; none by default.";

    "swagger.enabled" at swagger.enabled: "Whether /swagger and /openapi/v1.json are there.";
    "swagger.require_sign_in" at swagger.require_sign_in: "Whether only signed-in users see them.";

    "rate_limits.enabled" at rate_limits.enabled: "Only false can be set: rate limits are not built yet.";

    "user.allowed_user_name_characters" at identity.user.allowed_user_name_characters:
        "Characters that a user name may have; empty allows all.";
    "user.require_unique_email" at identity.user.require_unique_email: "Whether two accounts may not share an address.";

    "password.required_length" at identity.password.required_length: "The fewest characters of a password.";
    "password.required_unique_chars" at identity.password.required_unique_chars:
        "The fewest different characters of a password.";
    "password.require_non_alphanumeric" at identity.password.require_non_alphanumeric:
        "Whether a password needs a character that is neither letter nor digit.";
    "password.require_lowercase" at identity.password.require_lowercase: "Whether a password needs one of a to z.";
    "password.require_uppercase" at identity.password.require_uppercase: "Whether a password needs one of A to Z.";
    "password.require_digit" at identity.password.require_digit: "Whether a password needs one of 0 to 9.";

    "lockout.allowed_for_new_users" at identity.lockout.allowed_for_new_users:
        "Whether failures can lock new accounts.";
    "lockout.max_failed_access_attempts" at identity.lockout.max_failed_access_attempts:
        "The failure that locks an account.";
    "lockout.default_lockout_time_span" at identity.lockout.default_lockout_time_span: "How long it stays locked.";

    "sign_in.require_confirmed_email" at identity.sign_in.require_confirmed_email:
        "Whether only confirmed addresses can sign in.";
    "sign_in.require_confirmed_phone_number" at identity.sign_in.require_confirmed_phone_number:
        "Whether only confirmed telephone numbers can sign in.";
    "sign_in.require_confirmed_account" at identity.sign_in.require_confirmed_account:
        "Whether only confirmed accounts can sign in; that is, confirmed addresses.";

    "stores.schema_version" at identity.stores.schema_version:
        "The version of ASP.NET Core Identity's tables that a new database gets, and an existing one by `migrate`.";

    "claims_identity.role_claim_type" at identity.claims_identity.role_claim_type:
        "The type of the claims that name roles.";
    "claims_identity.user_name_claim_type" at identity.claims_identity.user_name_claim_type:
        "The type of the claim with the user name.";
    "claims_identity.user_id_claim_type" at identity.claims_identity.user_id_claim_type:
        "The type of the claim with the user's id.";
    "claims_identity.email_claim_type" at identity.claims_identity.email_claim_type:
        "The type of the claim with the address.";
    "claims_identity.security_stamp_claim_type" at identity.claims_identity.security_stamp_claim_type:
        "The type of the claim with the security stamp.";

    "password_hasher.compatibility_mode" at identity.password_hasher.compatibility_mode:
        "The form of new password hashes; a login replaces others. ASP.NET Core cannot read Argon2id.";
    "password_hasher.iteration_count" at identity.password_hasher.iteration_count:
        "Rounds of PBKDF2 in new hashes of version 3.";
    "password_hasher.argon2id_costs" at identity.password_hasher.argon2id_costs:
        "What a new argon2id hash costs: KiB of memory (m) for each core that hashes, passes (t) and lanes (p).";
    "password_hasher.queue_length" at identity.password_hasher.queue_length:
        "How many passwords may wait to be hashed; more are answered with 503.";

    "token_provider.token_lifespan" at identity.token_provider.token_lifespan: "How long a mailed link or code works.";

    "security_stamp.validation_interval" at identity.security_stamp.validation_interval:
        "How long a cookie is believed before its security stamp is looked up.";

    "bearer.bearer_token_expiration" at authentication.bearer.bearer_token_expiration:
        "How long an access token works.";
    "bearer.refresh_token_expiration" at authentication.bearer.refresh_token_expiration:
        "How long a refresh token works.";

    "cookie.name" at authentication.cookie.cookie.name: "The name of the sign-in cookie.";
    "cookie.domain" at authentication.cookie.cookie.domain: "Its domain; without one, the host that set it.";
    "cookie.path" at authentication.cookie.cookie.path: "Its path.";
    "cookie.same_site" at authentication.cookie.cookie.same_site: "Whether other sites' requests carry it.";
    "cookie.secure_policy" at authentication.cookie.cookie.secure_policy: "Whether it travels over HTTPS alone.";
    "cookie.http_only" at authentication.cookie.cookie.http_only: "Whether scripts cannot read it.";
    "cookie.max_age" at authentication.cookie.cookie.max_age: "How long browsers keep it, whatever the sign-in's end.";
    "cookie.expire_time_span" at authentication.cookie.expire_time_span: "How long a sign-in by cookie lasts.";
    "cookie.sliding_expiration" at authentication.cookie.sliding_expiration:
        "Whether use in the second half of that time begins it anew.";
    "cookie.login_path" at authentication.cookie.login_path:
        "Where routes that take cookies alone send who is not signed in.";
    "cookie.access_denied_path" at authentication.cookie.access_denied_path: "Where they send who is not allowed.";

    "remember_machine_cookie.name" at authentication.remember_machine_cookie.cookie.name:
        "The name of the cookie of a browser that need not show a second factor again.";
    "remember_machine_cookie.domain" at authentication.remember_machine_cookie.cookie.domain:
        "Its domain; without one, the host that set it.";
    "remember_machine_cookie.path" at authentication.remember_machine_cookie.cookie.path: "Its path.";
    "remember_machine_cookie.same_site" at authentication.remember_machine_cookie.cookie.same_site:
        "Whether other sites' requests carry it.";
    "remember_machine_cookie.secure_policy" at authentication.remember_machine_cookie.cookie.secure_policy:
        "Whether it travels over HTTPS alone.";
    "remember_machine_cookie.http_only" at authentication.remember_machine_cookie.cookie.http_only:
        "Whether scripts cannot read it.";
    "remember_machine_cookie.max_age" at authentication.remember_machine_cookie.cookie.max_age:
        "How long browsers keep it.";
    "remember_machine_cookie.expire_time_span" at authentication.remember_machine_cookie.expire_time_span:
        "How long a browser is remembered.";
    "remember_machine_cookie.sliding_expiration" at authentication.remember_machine_cookie.sliding_expiration:
        "Whether use in the second half of that time begins it anew.";
}
