//! What takes too long, or needs too quiet a machine, for every change: `cargo trials NAME`.

mod bench;
mod chaos;
mod client;
mod cost_at_size;
mod generated_clients;
mod login_times;
mod mail_kills;
mod marked_page;
mod measured_server;
mod model;
mod mutants;
mod samples;
mod shuffle;
mod timing;

use std::process::ExitCode;

use clap::Parser;
use xtask::tools::workspace;

/// Measurements and endurance tests of the server; `cargo xtask test` runs two short samples of them
#[derive(Debug, Parser)]
#[command(bin_name = "cargo trials")]
enum Trial {
    /// Measure the sample server beside bare axum, and write docs/PERFORMANCE.md
    Bench(bench::Choice),
    /// Have instances and database nodes fail under load
    Chaos(chaos::Choice),
    /// Measure logins with few and with many accounts in PostgreSQL, and write docs/DATABASES.md
    CostAtSize(cost_at_size::Choice),
    /// Generate clients from the OpenAPI description, and run them
    GeneratedClients(generated_clients::Choice),
    /// Find out whether the time of a refused login tells why it was refused, or which accounts there are
    LoginTimes(login_times::Choice),
    /// Kill the server under registrations, and find out whether each has its mail
    MailKills(mail_kills::Choice),
    /// Compare the application with a model of it, in long random sequences
    Model(model::Choice),
    /// Break sign-in, sessions, secrets and limits in small ways, and find out whether a test notices
    Mutants(mutants::Choice),
    /// Find out whether times tell secrets, or which addresses have accounts in the strict profile
    Timing(timing::Choice),
}

fn main() -> ExitCode {
    let workspace = workspace();
    let report = match Trial::parse() {
        Trial::Bench(choice) => bench::bench(&workspace, choice),
        Trial::Chaos(choice) => chaos::chaos(&workspace, choice),
        Trial::CostAtSize(choice) => cost_at_size::cost_at_size(&workspace, choice),
        Trial::GeneratedClients(choice) => generated_clients::generated_clients(&workspace, choice),
        Trial::LoginTimes(choice) => login_times::login_times(&workspace, &choice),
        Trial::MailKills(choice) => mail_kills::mail_kills(&workspace, &choice),
        Trial::Model(choice) => model::model(&workspace, &choice),
        Trial::Mutants(choice) => mutants::mutants(&workspace, &choice),
        Trial::Timing(choice) => timing::timing(&workspace, &choice),
    };
    report.print();
    report.exit_code()
}
