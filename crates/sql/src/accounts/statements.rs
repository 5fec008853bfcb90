//! All statements that run for requests, for tests that look at each.

use super::{claims, credentials, lockout, two_factor, users};

pub(crate) const STATEMENTS: &[&str] = &[
    users::FIND_BY_ID,
    users::FIND_BY_NORMALIZED_NAME,
    users::FIND_BY_NORMALIZED_EMAIL,
    users::INSERT,
    users::DELETE,
    users::IS_NAME_OF_ANOTHER,
    users::IS_EMAIL_OF_ANOTHER,
    users::TOUCH,
    lockout::COUNT_FAILURE,
    lockout::LOCK_OUT,
    lockout::SET_LOCKOUT_END,
    lockout::SET_LOCKOUT_ENABLED,
    credentials::REHASH_PASSWORD,
    credentials::REPLACE_PASSWORD,
    credentials::REPLACE_SECURITY_STAMP,
    credentials::CONFIRM_EMAIL,
    credentials::CHANGE_EMAIL,
    credentials::SET_USER_NAME,
    credentials::SET_PHONE_NUMBER_CONFIRMED,
    two_factor::SET_TWO_FACTOR_ENABLED,
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
    (lockout::SET_LOCKOUT_END, &[2]),
    (lockout::COUNT_FAILURE, &[3]),
    (two_factor::SET_TWO_FACTOR_ENABLED, &[2]),
    (credentials::REPLACE_PASSWORD, &[2, 3]),
    (credentials::CONFIRM_EMAIL, &[2]),
    (credentials::CHANGE_EMAIL, &[2]),
];
