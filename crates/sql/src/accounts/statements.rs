//! All statements that run for requests, for tests that look at each.

use super::change::{
    EMAIL, EMAIL_CONFIRMED, LOCKOUT_ENABLED, LOCKOUT_END, PASSWORD, PHONE_NUMBER_CONFIRMED, SECURITY_STAMP, TOUCH,
    TWO_FACTOR_ENABLED, USER_NAME,
};
use super::{claims, lockout, two_factor, users};

/// All statements.
pub(crate) fn all() -> Vec<&'static str> {
    let changes = [
        PASSWORD,
        SECURITY_STAMP,
        EMAIL_CONFIRMED,
        EMAIL,
        USER_NAME,
        PHONE_NUMBER_CONFIRMED,
        TWO_FACTOR_ENABLED,
        LOCKOUT_END,
        LOCKOUT_ENABLED,
        TOUCH,
    ];
    let changes = changes.iter().flat_map(|change| change.statements());
    OTHERS.iter().copied().chain(changes).collect()
}

const OTHERS: &[&str] = &[
    users::FIND_BY_ID,
    users::FIND_BY_NORMALIZED_NAME,
    users::FIND_BY_NORMALIZED_EMAIL,
    users::INSERT,
    users::DELETE,
    users::IS_NAME_OF_ANOTHER,
    users::IS_EMAIL_OF_ANOTHER,
    lockout::COUNT_FAILURE,
    lockout::LOCK_OUT,
    two_factor::FIND_TOKEN,
    two_factor::REDEEM_TOKEN,
    two_factor::UPDATE_TOKEN,
    two_factor::INSERT_TOKEN,
    claims::FIND_CLAIMS,
    claims::FIND_ROLES,
    claims::INSERT_ROLE,
    claims::FIND_USER_ROLE,
    claims::INSERT_USER_ROLE,
    claims::DELETE_USER_ROLE,
    claims::INSERT_CLAIM,
    claims::FIND_USER_CLAIMS,
    claims::DELETE_CLAIM,
];

/// The statements with values that can be null, and which these are.
pub(crate) const NULLABLE: &[(&str, &[usize])] = &[
    (users::INSERT, &[2, 3, 4, 5, 7, 8, 9, 10, 13]),
    (lockout::COUNT_FAILURE, &[3]),
    (LOCKOUT_END.statements()[0], &[3]),
    (PASSWORD.statements()[0], &[3]),
    (PASSWORD.statements()[1], &[3, 5]),
    (SECURITY_STAMP.statements()[1], &[4]),
    (EMAIL_CONFIRMED.statements()[1], &[4]),
    (EMAIL.statements()[1], &[7]),
    (USER_NAME.statements()[1], &[6]),
    (PHONE_NUMBER_CONFIRMED.statements()[1], &[4]),
    (TWO_FACTOR_ENABLED.statements()[1], &[5]),
    (LOCKOUT_END.statements()[1], &[3, 4]),
    (LOCKOUT_ENABLED.statements()[1], &[4]),
    (TOUCH.statements()[1], &[3]),
];
