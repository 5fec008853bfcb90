//! The `wicketgate` binary as its operators meet it: a process with settings, signals, files, sockets and exit codes.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up has failed it"
)]

mod accounts;
mod argon2id;
mod away_database;
mod behind_nginx;
mod check_dotnet;
mod client_addresses;
mod command_line;
mod connection_limit;
mod disabled_endpoints;
mod durability;
mod encrypted_authenticators;
mod encrypted_keys;
mod events;
mod fix_normalized_names;
mod framing;
#[cfg(target_os = "linux")]
mod full_disk;
mod full_queue;
mod host;
mod http;
mod http2;
mod key_places;
mod keys;
mod logs;
mod mail;
mod mail_folder;
mod mail_instances;
mod mail_kills;
mod mail_sink;
mod mailed_links;
mod metrics;
mod migrating_page;
mod password_files;
mod process;
mod rate_limits;
mod serving;
mod slow_clients;
mod smuggling;
#[cfg(target_os = "linux")]
mod stalled_disk;
mod stopping;
mod swagger;
mod tls;
mod tour;
#[cfg(target_os = "linux")]
mod unwritable_logs;
mod users;
