//! The table of all settings. `--help`, flags, variables, the file, the messages and `docs/SETTINGS.md` are made of it.

use super::{Settings, passkeys, rate_limits, sessions, value::Place};

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
    all().find(|setting| setting.key == key)
}

/// The key that was probably meant: the most alike, if it is alike at all.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    all()
        .map(|setting| (strsim::jaro_winkler(key, setting.key), setting.key))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// All settings, section by section.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> {
    [SETTINGS, passkeys::SETTINGS, sessions::SETTINGS, rate_limits::SETTINGS]
        .into_iter()
        .flatten()
}

/// Rows: the key, where its value is, and what it decides.
macro_rules! settings {
    ($($key:literal at $($field:ident).+: $about:literal;)*) => {
        &[$($crate::settings::table::Setting {
            key: $key,
            about: $about,
            place: |settings| &mut settings.$($field).+,
        }),*]
    };
}
pub(super) use settings;

static SETTINGS: &[Setting] = settings! {
    "profile" at profile:
        "Which defaults the settings below have: compatible for those of ASP.NET Core, or strict for hardened ones, with which some answers differ. Each setting can still be set by itself.";
    "listen" at listen: "Address and port to listen on.";
    "prefix" at prefix: "Path prefix of the Identity endpoints, such as /api/identity.";
    "public_url" at public_url:
        "URL at which clients reach the server; mailed links start with it. Without it, a link leads to the request's host, but only if allowed_hosts lists that host, a trusted proxy names it in X-Forwarded-Host, or client and host are both this machine; otherwise the link is not mailed.";
    "allowed_hosts" at allowed_hosts:
        "Host names that the server answers to; requests for other hosts get 400. *.example.com matches every subdomain of example.com; ports are ignored. Empty allows every host. Health probes are always answered.";
    "trusted_proxies" at trusted_proxies:
        "Proxies whose X-Forwarded-For, -Proto, -Host and -Prefix headers are trusted. They must set these headers themselves, or remove the ones that clients send.";
    "shutdown_timeout" at shutdown_timeout:
        "Maximum total time for a graceful shutdown after SIGTERM or SIGINT: first for requests in flight, then for queued mail. A second signal stops the server immediately.";
    "request_headers_timeout" at request_headers_timeout: "Maximum time for a client to send a request's headers.";
    "log" at log: "Log level.";
    "log_format" at log_format: "Format of log lines: plain text, or one JSON object per line.";
    "log_client_address" at log_client_address:
        "How much of a client's address is logged: the full address, only its /24 (IPv4) or /48 (IPv6) prefix, or nothing.";

    "limits.max_connections" at limits.max_connections:
        "Maximum number of concurrent connections. Above it, only health probes are answered; other requests get 503. If not set, it is derived from the open file limit, up to 10000.";
    "limits.keep_alive_timeout" at limits.keep_alive_timeout: "How long an idle connection is kept open for its next request.";
    "limits.min_request_body_data_rate" at limits.min_request_body_data_rate:
        "Minimum rate at which a client must send a request body, in bytes per second; slower clients get 408. 0 means no limit.";
    "limits.min_response_data_rate" at limits.min_response_data_rate:
        "Minimum rate at which a client must read a response, in bytes per second; slower connections are reset. 0 means no limit.";
    "limits.min_data_rate_grace_period" at limits.min_data_rate_grace_period:
        "Grace period before the two minimum rates apply.";
    "limits.max_request_body_size" at limits.requests.max_request_body_size:
        "Maximum size of a request body at the Identity endpoints, in bytes; larger ones get 413. Your own routes keep their own limits.";
    "limits.max_running_requests" at limits.requests.max_running_requests:
        "Maximum number of requests to the Identity endpoints that run at the same time, including those whose client has disconnected: a request runs to its end once its body has been received. Above it, requests get 503.";

    "endpoints.disabled" at endpoints.disabled:
        "Identity endpoints to leave out, such as register where an administrator creates the accounts. Requests to them get 404, and the OpenAPI document does not describe them. Mailed links lead to confirmEmail: without it, your application must answer them. Those from manage/sessions to manage/account exist only with sessions.enabled, those of passkeys only with passkeys.enabled.";

    "metrics.listen" at metrics.listen:
        "Address and port at which GET /metrics shows metrics as Prometheus reads them, without a sign-in. Anybody who can connect can read them: choose an address that clients cannot reach. Without it there are none.";

    "database.url" at database.url:
        "Database for the accounts: sqlite://PATH, postgres://USER:PASSWORD@HOST/DATABASE, mysql://USER:PASSWORD@HOST/DATABASE, mssql://USER:PASSWORD@HOST/DATABASE, or memory: to keep accounts in memory until the process ends.";
    "database.url_file" at database.url_file:
        "File that holds the database URL; set it instead of database.url. It is read again when the database server rejects the user or password, so that a password can be changed while the server runs.";
    "database.max_connections" at database.max_connections:
        "Maximum number of this instance's connections to the database server, from 1 to 10000. A fifth of them is kept for reads. Keys that are stored in the database use up to two more. All instances together must stay below the server's own limit. It does not apply to SQLite, which has one connection that writes and four that read.";
    "database.pooler" at database.pooler:
        "Connection pooler that the database URL leads to. Set transaction for one that assigns server connections per transaction, such as PgBouncer with pool_mode = transaction; PostgreSQL only.";

    "keys.store" at keys.store:
        "Where the data protection keys are stored: in keys.directory, or in the database table DataProtectionKeys. auto uses keys.directory if it is set; otherwise the database if it is on a server, and else the folder data/keys.";
    "keys.directory" at keys.directory:
        "Folder of the keys that protect tokens and cookies; data/keys if the keys are in a folder and this is not set. .NET's key files work here.";
    "keys.application_name" at keys.application_name:
        "Application name that isolates protected data from other applications with the same keys (.NET's SetApplicationName).";
    "keys.certificate" at keys.certificate:
        "PEM file with the RSA certificate and private key that encrypt new keys at rest.";
    "keys.unprotect_certificates" at keys.unprotect_certificates:
        "PEM files with further certificates and their private keys, used only to decrypt existing keys.";
    "keys.passphrase_file" at keys.passphrase_file:
        "File with the passphrase that encrypts new keys at rest, if keys.certificate is not set. .NET cannot read such keys.";
    "keys.unprotect_passphrase_files" at keys.unprotect_passphrase_files:
        "Files with further passphrases, used only to decrypt existing keys.";

    "events.retention" at events.retention:
        "How long the database keeps events (sign-ins and changes of accounts), at least 1d. 0 keeps them for ever.";

    "email.smtp_url" at email.smtp_url: "URL of the mail server. Without it, mail is written to email.directory.";
    "email.from" at email.from: "Sender address.";
    "email.texts" at email.texts:
        "Wording of mails: that of ASP.NET Core 10, or that of 11, which adds a sentence for those who did not ask for the mail. An application's own sender of mail chooses its own.";
    "email.username" at email.username: "User name for the mail server, if it is not in the URL.";
    "email.password" at email.password: "Password for the mail server, if it is not in the URL.";
    "email.password_file" at email.password_file: "File that contains the password for the mail server.";
    "email.ca_file" at email.ca_file:
        "PEM file with the certificate authorities to trust for the mail server, instead of the system's.";
    "email.max_connections" at email.max_connections:
        "Maximum number of concurrent connections to the mail server. Each mail uses its own connection.";
    "email.retry_for" at email.retry_for:
        "How long a mail that could not be sent is tried again, with growing pauses, before it is dropped.";
    "email.directory" at email.directory: "Folder for mail, as .eml files, if there is no mail server.";

    "tls.certificate" at tls.certificate:
        "PEM file with the certificate and its chain; read again on SIGHUP.";
    "tls.key" at tls.key: "PEM file with the certificate's private key; read again on SIGHUP.";
    "tls.hsts_max_age" at tls.hsts_max_age:
        "How long browsers must use only HTTPS for this host (the max-age of the Strict-Transport-Security header). Not sent by default.";

    "cors.allowed_origins" at cors.allowed_origins:
        "Origins whose pages may call the API, with credentials. None by default.";

    "swagger.enabled" at swagger.enabled: "Whether /swagger and /openapi/v1.json are served.";
    "swagger.require_sign_in" at swagger.require_sign_in: "Whether /swagger and /openapi/v1.json require sign-in.";

    "user.allowed_user_name_characters" at identity.user.allowed_user_name_characters:
        "Characters allowed in user names. Empty allows all.";
    "user.require_unique_email" at identity.user.require_unique_email: "Whether each account needs an e-mail address of its own.";
    "user.max_email_length" at identity.user.max_email_length:
        "Maximum length of an e-mail address or user name, in UTF-16 code units. Longer ones are rejected, and match no account.";

    "user.conceal_existence" at identity.user.conceal_existence:
        "Whether answers and their times keep secret which addresses have accounts: /register answers 200 for a taken address, whose owner gets a mail, and a refused login is always answered Failed, not NotAllowed or LockedOut. Set sign_in.require_confirmed_email as well, as strict does: otherwise whoever registers an address can try the password, and learns from that whether the address was taken.";
    "user.deletion_grace" at identity.user.deletion_grace:
        "For how long an account whose user asked to have it deleted (DELETE /manage/account, with sessions.enabled) is only closed, and wicketgate users restore brings it back; at least 1h.";
    "user.notify_owners" at identity.user.notify_owners:
        "Whether users get a mail when their password, address or second factor was changed, when a passkey was added or removed, when a refresh token was used again that had been used before, and, with sessions.enabled, when somebody signs in with a browser or from a network that was not used lately. A change of address is mailed to the old address, too.";

    "password.required_length" at identity.password.required_length: "Minimum length of a password.";
    "password.required_length_with_second_factor" at identity.password.required_length_with_second_factor:
        "Minimum length of a password that is set while the account's second factor is on. If not set, password.required_length. If it is shorter than that, a request to /manage/2fa that turns the second factor off (also by resetSharedKey) must have the account's password in the member password. It gets 400 PasswordTooShort if that password is too short for an account without a second factor; the user then has to change it first.";
    "password.required_unique_chars" at identity.password.required_unique_chars:
        "Minimum number of distinct characters in a password.";
    "password.require_non_alphanumeric" at identity.password.require_non_alphanumeric:
        "Whether a password must contain a character that is neither a letter nor a digit.";
    "password.require_lowercase" at identity.password.require_lowercase: "Whether a password must contain a lowercase letter (a to z).";
    "password.require_uppercase" at identity.password.require_uppercase: "Whether a password must contain an uppercase letter (A to Z).";
    "password.require_digit" at identity.password.require_digit: "Whether a password must contain a digit (0 to 9).";
    "password.max_length" at identity.password.max_length:
        "Maximum length of a password, in bytes of UTF-8. Longer ones are rejected without hashing, also at sign-in.";
    "password.refuse_common" at identity.password.refuse_common:
        "Whether to reject the 100,000 most used passwords, in upper or lower case, also repeated (PasswordTooCommon).";
    "password.refuse_context_words" at identity.password.refuse_context_words:
        "Whether to reject passwords that are made of the user's name or address, or of password.context_words, with fewer than eight other characters (PasswordContainsName).";
    "password.context_words" at identity.password.context_words:
        "Names of your service and company, for password.refuse_context_words. Words of fewer than four characters do not count.";
    "password.breach_corpus" at password_files.breach_corpus:
        "File with the SHA-1 hashes of passwords from data breaches, sorted and one per line, as haveibeenpwned-downloader writes it. New passwords that are in it are rejected (PasswordBreached). It is searched on disk; if it cannot be read, setting a password gets 500.";

    "lockout.allowed_for_new_users" at identity.lockout.allowed_for_new_users:
        "Whether new accounts can be locked out.";
    "lockout.max_failed_access_attempts" at identity.lockout.max_failed_access_attempts:
        "Number of failed attempts after which an account is locked.";
    "lockout.default_lockout_time_span" at identity.lockout.default_lockout_time_span: "How long a locked account stays locked.";
    "lockout.count_old_password_failures" at identity.lockout.count_old_password_failures:
        "Whether a wrong password of a signed-in user counts as a failed attempt, too: the old one at /manage/info, and the one that /manage/2fa asks for before it turns the second factor off. If so, none is accepted there while the account is locked.";

    "sign_in.require_confirmed_email" at identity.sign_in.require_confirmed_email:
        "Whether signing in requires a confirmed e-mail address.";
    "sign_in.require_confirmed_phone_number" at identity.sign_in.require_confirmed_phone_number:
        "Whether signing in requires a confirmed telephone number.";
    "sign_in.require_confirmed_account" at identity.sign_in.require_confirmed_account:
        "Whether signing in requires a confirmed account, which means a confirmed e-mail address.";

    "stores.schema_version" at identity.stores.schema_version:
        "Version of ASP.NET Core Identity's schema for new databases, and for existing ones when `migrate` runs.";
    "stores.schema" at identity.stores.schema:
        "Database schema of ASP.NET Core Identity's tables (EF Core's HasDefaultSchema), in PostgreSQL and SQL Server. Without it, the schema that has them is used: the first in the search path, or the only one.";
    "stores.tables" at identity.stores.tables:
        "Names of ASP.NET Core Identity's tables (EF Core's ToTable), such as users = \"Users\". Names that are not set are found by the tables' columns where only one can be meant.";
    "stores.columns" at identity.stores.columns:
        "Names of columns of these tables (EF Core's HasColumnName), such as \"users.email\" = \"Mail\". Names in snake_case are found without it.";
    "stores.naming" at identity.stores.naming:
        "Names of columns that stores.columns does not set: as they are found, or normalized_user_name for NormalizedUserName (UseSnakeCaseNamingConvention), which matters for a new database.";
    "stores.column_defaults" at identity.stores.column_defaults:
        "Values that new accounts get in columns that your application added, such as Tenant = \"default\". A column without one is left to the database's default.";
    "stores.key_type" at identity.stores.key_type:
        "Type of the ids of users and roles in a new database: text (IdentityUser), guid (IdentityUser<Guid>), int or bigint (IdentityUser<int>, IdentityUser<long>). If not set, text. An existing database keeps its type, and is refused if this setting says another one. In SQLite, Guids and texts look alike while there is no account: set it for a database that has none yet.";

    "claims_identity.role_claim_type" at identity.claims_identity.role_claim_type:
        "Claim type for roles.";
    "claims_identity.user_name_claim_type" at identity.claims_identity.user_name_claim_type:
        "Claim type for the user name.";
    "claims_identity.user_id_claim_type" at identity.claims_identity.user_id_claim_type:
        "Claim type for the user id.";
    "claims_identity.email_claim_type" at identity.claims_identity.email_claim_type:
        "Claim type for the e-mail address.";
    "claims_identity.security_stamp_claim_type" at identity.claims_identity.security_stamp_claim_type:
        "Claim type for the security stamp.";

    "password_hasher.compatibility_mode" at password_hashes.compatibility_mode:
        "Format of new password hashes. Hashes in other formats are replaced at the next login. ASP.NET Core cannot read Argon2id.";
    "password_hasher.iteration_count" at password_hashes.iteration_count:
        "PBKDF2 iterations for new version 3 hashes.";
    "password_hasher.argon2id_costs" at password_hashes.argon2id_costs:
        "Cost of new argon2id hashes: memory in KiB (m) for each core that hashes, iterations (t) and lanes (p).";
    "password_hasher.pepper_file" at password_files.pepper_file:
        "File with a secret of at least 32 bytes that new password hashes depend on; the stored hash names it. Hashes without it are replaced at the next login. Without the file, nobody can log in: keep it with your keys, not with the database. ASP.NET Core cannot read such hashes.";
    "password_hasher.previous_pepper_files" at password_files.previous_pepper_files:
        "Files with earlier peppers. Hashes that depend on them are accepted, and replaced at the next login.";
    "password_hasher.rehash_keeps_security_stamp" at identity.password_hasher.rehash_keeps_security_stamp:
        "Whether replacing a hash at login leaves the security stamp as it is, so that the account stays signed in elsewhere. In ASP.NET Core it is signed out there.";
    "password_hasher.queue_length" at identity.password_hasher.queue_length:
        "Maximum number of passwords waiting to be hashed; further requests get 503.";

    "token_provider.token_lifespan" at identity.token_provider.token_lifespan: "How long mailed links and codes are valid.";
    "token_provider.reset_lifespan" at identity.token_provider.reset_lifespan:
        "How long a mailed code that sets a new password is valid. If not set, as long as token_provider.token_lifespan.";
    "token_provider.single_use" at identity.token_provider.single_use:
        "Whether a mailed link or code works once only, on all instances together. Needs Wicketgate's own tables.";

    "second_factor.window" at identity.second_factor.window:
        "How many steps of 30 seconds an authenticator's clock may be off, in either direction: at most 10.";
    "second_factor.single_use" at identity.second_factor.single_use:
        "Whether a code of an authenticator is accepted once only, on all instances together. Needs Wicketgate's own tables.";
    "second_factor.hash_recovery_codes" at identity.second_factor.hash_recovery_codes:
        "Whether new recovery codes have 117 random bits, in place of 47, and are stored as hashes, which ASP.NET Core does not accept. Existing ones work until they are replaced.";
    "second_factor.encrypt_authenticator_keys" at identity.second_factor.encrypt_authenticator_keys:
        "Whether authenticator keys are encrypted in the database, with the data protection keys; ASP.NET Core cannot read them then. Both kinds are read. wicketgate keys reprotect changes existing ones to what this says.";

    "security_stamp.validation_interval" at identity.security_stamp.validation_interval:
        "How often a cookie's security stamp is checked against the database.";

    "bearer.bearer_token_expiration" at authentication.bearer.bearer_token_expiration:
        "Lifetime of an access token.";
    "bearer.refresh_token_expiration" at authentication.bearer.refresh_token_expiration:
        "Lifetime of a refresh token.";

    "cookie.name" at authentication.cookie.cookie.name: "Name of the sign-in cookie.";
    "cookie.domain" at authentication.cookie.cookie.domain: "Domain of the cookie. Without it, only the host that set the cookie gets it.";
    "cookie.path" at authentication.cookie.cookie.path: "Path of the cookie.";
    "cookie.same_site" at authentication.cookie.cookie.same_site: "The cookie's SameSite attribute: whether requests from other sites carry it.";
    "cookie.secure_policy" at authentication.cookie.cookie.secure_policy: "When the cookie has the Secure attribute, so that it is sent over HTTPS only.";
    "cookie.http_only" at authentication.cookie.cookie.http_only: "Whether the cookie is HttpOnly, so that scripts cannot read it.";
    "cookie.max_age" at authentication.cookie.cookie.max_age: "How long browsers keep the cookie, regardless of when the sign-in expires.";
    "cookie.partitioned" at authentication.cookie.cookie.partitioned:
        "Whether the cookie has the Partitioned attribute, so that browsers keep it apart for each site that embeds your application in a frame. Browsers require cookie.secure_policy = Always with it.";
    "cookie.refuse_cross_site" at authentication.refuse_cross_site:
        "Whether requests other than GET, HEAD, OPTIONS and TRACE get 403 if a page of another site sent them, as Sec-Fetch-Site says or else Origin, and they carry a sign-in cookie or would set one. Pages of cors.allowed_origins may send them.";
    "cookie.expire_time_span" at authentication.cookie.expire_time_span: "Lifetime of a sign-in by cookie.";
    "cookie.sliding_expiration" at authentication.cookie.sliding_expiration:
        "Whether using the cookie in the second half of its lifetime renews it.";
    "cookie.login_path" at authentication.cookie.login_path:
        "Redirect target for signed-out users on cookie-only routes.";
    "cookie.access_denied_path" at authentication.cookie.access_denied_path: "Redirect target for users who lack permission on cookie-only routes.";

    "remember_machine_cookie.name" at authentication.remember_machine_cookie.cookie.name:
        "Name of the cookie that lets a remembered browser skip the second factor.";
    "remember_machine_cookie.domain" at authentication.remember_machine_cookie.cookie.domain:
        "Domain of the cookie. Without it, only the host that set the cookie gets it.";
    "remember_machine_cookie.path" at authentication.remember_machine_cookie.cookie.path: "Path of the cookie.";
    "remember_machine_cookie.same_site" at authentication.remember_machine_cookie.cookie.same_site:
        "The cookie's SameSite attribute: whether requests from other sites carry it.";
    "remember_machine_cookie.secure_policy" at authentication.remember_machine_cookie.cookie.secure_policy:
        "When the cookie has the Secure attribute, so that it is sent over HTTPS only.";
    "remember_machine_cookie.http_only" at authentication.remember_machine_cookie.cookie.http_only:
        "Whether the cookie is HttpOnly, so that scripts cannot read it.";
    "remember_machine_cookie.max_age" at authentication.remember_machine_cookie.cookie.max_age:
        "How long browsers keep the cookie.";
    "remember_machine_cookie.partitioned" at authentication.remember_machine_cookie.cookie.partitioned:
        "Whether the cookie has the Partitioned attribute; see cookie.partitioned.";
    "remember_machine_cookie.expire_time_span" at authentication.remember_machine_cookie.expire_time_span:
        "How long a browser is remembered.";
    "remember_machine_cookie.sliding_expiration" at authentication.remember_machine_cookie.sliding_expiration:
        "Whether using the cookie in the second half of its lifetime renews it.";
};
