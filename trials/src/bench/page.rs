//! The figures in `docs/PERFORMANCE.md`.

use std::{fmt::Write, path::Path};

use super::{Figures, request::Request};
use crate::marked_page;

/// Puts the figures into `docs/PERFORMANCE.md`, between its marks.
pub(super) fn write(workspace: &Path, figures: &Figures) -> Result<(), String> {
    let path = workspace.join("docs/PERFORMANCE.md");
    marked_page::write(&path, "cargo trials bench", &tables(figures))
}

fn tables(figures: &Figures) -> String {
    let mut text = machine(figures);
    let _ = write!(text, "\n| | |\n|---|---:|\n");
    let mut line = |what: &str, value: String| {
        let _ = writeln!(text, "| {what} | {value} |");
    };
    line(
        "processor time of one PBKDF2-HMAC-SHA512 of 100,000 rounds in OpenSSL, just then",
        format!("{:.1} ms", figures.ruler),
    );
    line(
        "deriving, checking and decrypting one ticket (criterion's `unprotect`, the quickest sample)",
        format!("{:.2} µs", figures.cryptography),
    );
    line(
        "start to first answer, on an empty folder",
        format!("{:.1} ms", figures.start_on_nothing),
    );
    line(
        "start to first answer, on an existing SQLite database",
        format!("{:.1} ms", figures.start_on_existing),
    );
    line("resident memory, idle", format!("{:.1} MiB", figures.idle));
    line(
        "resident memory, after the load",
        format!("{:.1} MiB", figures.after_load),
    );
    line(
        "release binary of the sample application",
        format!("{:.1} MB", figures.binary),
    );

    let _ = write!(
        text,
        "\n| request | connections | a second | processor time | median | 99 % |\n|---|---:|---:|---:|---:|---:|\n"
    );
    for (request, measured) in &figures.requests {
        let processor_time = match measured.processor_time {
            time if time < 1000.0 => format!("{time:.1} µs"),
            time => format!("{:.2} ms", time / 1000.0),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} | {processor_time} | {:.2} ms | {:.2} ms |",
            request.title(),
            request.connections(),
            measured.per_second,
            measured.median,
            measured.p99
        );
    }
    text.push_str(&authenticated(figures));
    let _ = write!(text, "\n| bound | measured | |\n|---|---|---|\n");
    for bound in bounds(figures) {
        let verdict = if bound.measured <= bound.most {
            "met".to_owned()
        } else {
            format!("**missed** by {:.0} %", (bound.measured / bound.most - 1.0) * 100.0)
        };
        let _ = writeln!(
            text,
            "| {}: at most {} | {} | {verdict} |",
            bound.what,
            with_unit(bound.most, bound.unit),
            with_unit(bound.measured, bound.unit)
        );
    }
    if !figures.soak.is_empty() {
        let _ = write!(text, "\n| authenticated requests | resident memory |\n|---:|---:|\n");
        for (requests, memory) in &figures.soak {
            let _ = writeln!(text, "| {requests} | {memory:.1} MiB |");
        }
    }
    text
}

/// How far authenticated requests are over what they cannot do without.
fn authenticated(figures: &Figures) -> String {
    let bare = figures.of(Request::Bare).processor_time;
    let least = bare + figures.cryptography;
    let mut text = format!(
        "\nBare axum ({bare:.2} µs) and the cryptography of one ticket ({:.2} µs) are {least:.2} µs of processor time.",
        figures.cryptography
    );
    for (request, what) in [(Request::Bearer, "a token"), (Request::Cookie, "a cookie")] {
        let time = figures.of(request).processor_time;
        let percent = (time / least - 1.0) * 100.0;
        let _ = write!(text, " A GET with {what} takes {time:.2} µs, {percent:+.0} %.");
    }
    text.push('\n');
    text
}

const MILLION: u64 = 1_000_000;

struct Bound {
    what: &'static str,
    most: f64,
    measured: f64,
    unit: &'static str,
}

fn bounds(figures: &Figures) -> Vec<Bound> {
    let of = |request| figures.of(request);
    let mut bounds = Vec::new();
    let mut bound = |what, most, measured, unit| {
        bounds.push(Bound {
            what,
            most,
            measured,
            unit,
        });
    };
    let lanes = if figures.has_avx512 { 0.25 } else { 0.5 };
    bound(
        "a login among 16 connections, in OpenSSL's PBKDF2s",
        lanes,
        of(Request::Login).processor_time / 1000.0 / figures.ruler,
        "",
    );
    bound(
        "a lone login, median",
        figures.ruler + 2.0,
        of(Request::LoneLogin).median,
        " ms",
    );
    let bare = (of(Request::Bare).processor_time + figures.cryptography) * 1.15;
    bound(
        "a GET with a token (bare axum and cryptography, and 15 %)",
        bare,
        of(Request::Bearer).processor_time,
        " µs",
    );
    bound(
        "a GET with a cookie (the same)",
        bare,
        of(Request::Cookie).processor_time,
        " µs",
    );
    bound(
        "99 % of the GETs with a token while others log in (twice the quiet value)",
        2.0 * of(Request::BearerQuiet).p99,
        of(Request::BearerInStorm).p99,
        " ms",
    );
    bound(
        "a login of an unknown account, in logins with a wrong password",
        1.1,
        of(Request::UnknownAccount).processor_time / of(Request::WrongPassword).processor_time,
        "",
    );
    bound(
        "start to first answer on an existing database",
        20.0,
        figures.start_on_existing,
        " ms",
    );
    bound("resident memory, idle", 12.0, figures.idle, " MiB");
    // The disk, or whatever else is waited for, would leave the processor idle.
    let busy = |request| of(request).processor_time * of(request).per_second;
    bound(
        "processor time left idle while accounts register, beside logins: logins' over registrations'",
        1.1,
        busy(Request::Login) / busy(Request::Register),
        "",
    );
    if let Some((_, memory)) = figures.soak.last().filter(|(requests, _)| *requests >= MILLION) {
        bound("resident memory after a million requests", 40.0, *memory, " MiB");
    }
    // What caches, connections and the allocator keep is there after some hundred thousand requests.
    let settled = figures.soak.iter().find(|(requests, _)| *requests >= MILLION / 5);
    if let (Some((_, before)), Some((_, after))) = (settled, figures.soak.last()) {
        bound("growth of memory from 200,000 requests on", 1.0, after - before, " MiB");
    }
    bound("release binary", 15.0, figures.binary, " MB");
    bounds
}

fn with_unit(value: f64, unit: &str) -> String {
    format!("{value:.2}{unit}")
}

fn machine(figures: &Figures) -> String {
    let vectors = if figures.has_avx512 { "AVX-512" } else { "no AVX-512" };
    format!(
        "Machine: {} ({vectors}). Load generator (wrk) and server on the same threads. Median of {} rounds of {} s for each \
         request; `cargo trials bench --rounds {} --seconds {}` measures again.\n",
        marked_page::machine(),
        figures.rounds,
        figures.seconds,
        figures.rounds,
        figures.seconds
    )
}
