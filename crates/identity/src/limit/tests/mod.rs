//! Tests of rate limits.

mod keys;
mod quotas;
mod requests;
mod tables;
