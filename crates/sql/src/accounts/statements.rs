//! All statements that run for requests, for tests that look at each.

use super::update::{
    CLOSED, EMAIL, EMAIL_CONFIRMED, LOCKOUT_ENABLED, LOCKOUT_END, PASSWORD, PASSWORD_HASH, PHONE_NUMBER_CONFIRMED,
    RESTORED, SECURITY_STAMP, TOUCH, TWO_FACTOR_ENABLED, UNLOCK, USER_NAME,
};
use super::{claims, create, lockout, roles, tokens, users};
use crate::events;
use crate::statement::Statement;

/// All statements.
pub(crate) fn all() -> Vec<Statement> {
    let changes = [
        PASSWORD,
        PASSWORD_HASH,
        SECURITY_STAMP,
        EMAIL_CONFIRMED,
        EMAIL,
        USER_NAME,
        PHONE_NUMBER_CONFIRMED,
        TWO_FACTOR_ENABLED,
        LOCKOUT_END,
        UNLOCK,
        RESTORED,
        LOCKOUT_ENABLED,
        CLOSED,
        TOUCH,
    ];
    let changes = changes.iter().flat_map(|change| change.statements());
    let events = events::statements::ALL.iter().copied();
    OTHERS.iter().copied().chain(changes).chain(events).collect()
}

const OTHERS: &[Statement] = &[
    users::FIND_BY_ID,
    users::FIND_BY_NORMALIZED_NAME,
    users::FIND_BY_NORMALIZED_EMAIL,
    create::INSERT,
    create::INSERT_NUMBERED,
    create::FIND_ID,
    create::FORGET_NAME,
    users::DELETE,
    users::IS_NAME_TAKEN,
    users::IS_NAME_OF_ANOTHER,
    users::IS_EMAIL_TAKEN,
    users::IS_EMAIL_OF_ANOTHER,
    lockout::COUNT_FAILURE,
    lockout::LOCK_OUT,
    tokens::FIND_TOKEN,
    tokens::REDEEM_TOKEN,
    tokens::UPDATE_TOKEN,
    tokens::INSERT_TOKEN,
    claims::FIND_CLAIMS,
    claims::FIND_CLAIMS_WITHOUT_ROLES,
    roles::FIND_ROLES,
    roles::INSERT_ROLE,
    roles::INSERT_NUMBERED_ROLE,
    roles::FIND_USER_ROLE,
    roles::INSERT_USER_ROLE,
    roles::DELETE_USER_ROLE,
    claims::INSERT_CLAIM,
    claims::FIND_USER_CLAIMS,
    claims::DELETE_CLAIM,
];
