//! All statements, for tests that look at each.

use crate::accounts::statements;
use crate::dialect::Dialect;
use crate::schema::own::journal;
use crate::statement::Statement;
use crate::{
    deletions, inspect_accounts, key_repository, limits, mails, normalized_names, passkeys, secrets, sessions,
};

/// Those that run for requests, for mails and in the background, which an index has to find rows for.
pub(crate) fn indexed<D: Dialect>() -> impl Iterator<Item = Statement> {
    let of_dialect = [
        D::LOCK_USER,
        D::LIST,
        D::HASHES,
        D::NAMES,
        D::AUTHENTICATOR_KEYS,
        normalized_names::UPDATE,
        D::COUNT_UNKNOWN,
        D::DUE_MAILS,
        D::PROTECTED_MAILS,
        D::REDEEM_STATELESS,
        D::EXPIRED_SECRETS,
        D::PAGE_OF_LIMITS,
    ];
    let of_tables = [
        statements::all(),
        mails::statements(),
        secrets::statements(),
        sessions::statements(),
        limits::statements(),
    ];
    let all = of_tables.into_iter().flatten().chain(of_dialect);
    let all = all.chain(passkeys::statements::<D>());
    all.chain(deletions::statements()).chain(D::BOOK_LIMIT)
}

/// All but [`Dialect::COLUMNS`], which is about tables of whatever name.
pub(crate) fn all<D: Dialect>() -> impl Iterator<Item = Statement> {
    let others = [
        D::FIRST_HASHES,
        D::FIRST_NAMES,
        D::FIRST_AUTHENTICATOR_KEYS,
        D::PING,
        D::INSERT_KEY,
        key_repository::FIND_ALL,
        key_repository::COUNT,
        inspect_accounts::COUNT,
        inspect_accounts::COUNT_OWN_TOKENS,
        inspect_accounts::COUNT_ROLES,
        journal::FIND,
    ];
    indexed::<D>().chain(mails::rare_statements()).chain(others)
}
