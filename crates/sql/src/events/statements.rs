//! All statements about events, for tests that look at each.

use super::{erase, keys, list, prune, rows, seal, step, unknown, verify};
use crate::statement::Statement;

pub(crate) const ALL: &[Statement] = &[
    step::INSERT,
    keys::FIND,
    keys::INSERT,
    keys::REPLACE,
    unknown::FIND,
    unknown::DELETE,
    rows::UNDER_SEAL,
    rows::NEXT_SEAL,
    rows::NEWEST_SEAL,
    seal::UNSEALED,
    seal::COUNT_UNSEALED,
    seal::ANY_UNSEALED,
    seal::INSERT,
    seal::SET_SEAL,
    erase::FIND,
    erase::ERASE,
    erase::NEXT_USER,
    erase::IS_USER,
    list::ALL,
    list::OF_USER,
    list::NEWEST_OF_USER,
    prune::FIND,
    prune::INSERT,
    prune::UPDATE,
    prune::DELETE_WHOLE,
    prune::DELETE_ERASED,
    prune::DELETE_SEAL,
    verify::UNSEALED,
    verify::NAMED_SEAL,
];
