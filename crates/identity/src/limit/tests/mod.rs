//! Tests of rate limits.

mod events;
mod keys;
mod quotas;
mod requests;
mod sharing;
mod tables;
mod world;
