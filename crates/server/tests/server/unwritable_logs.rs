//! Standard error that takes no log lines: its reader is gone or reads nothing, or its volume is full.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Command,
    sync::mpsc::channel,
    thread,
    time::Instant,
};

use crate::{
    accounts::ADA,
    http::{get, post},
    process::{PATIENCE, Place, UnreadServer},
};

impl UnreadServer {
    fn assert_that_it_serves(&self) {
        for _ in 0..20 {
            assert!(get(&self.address, "/healthz").ends_with("alive"));
        }
        assert!(post(&self.address, "/register", ADA).starts_with("HTTP/1.1 200"));
        assert!(post(&self.address, "/login", ADA).starts_with("HTTP/1.1 200"));
        let wrong = ADA.replace("Passw0rd!", "wrong");
        assert!(post(&self.address, "/login", &wrong).starts_with("HTTP/1.1 401"));
    }

    /// On one connection, all sent before any is answered.
    fn answers(&self, requests: usize) -> usize {
        let path = "x".repeat(190);
        let request = format!("GET /{path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut sender = connection.try_clone().unwrap();
        let last = format!("GET /{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let sent = thread::spawn(move || sender.write_all((request.repeat(requests - 1) + &last).as_bytes()));
        let mut answers = String::new();
        connection.read_to_string(&mut answers).unwrap();
        sent.join().unwrap().unwrap();
        answers.matches("HTTP/1.1 404").count()
    }
}

/// More lines than the pipe and the server hold.
const TOO_MANY: usize = 6_000;

#[test]
fn a_full_log_volume_fails_no_request() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut server = Place::new().serve_unread(full);
    server.assert_that_it_serves();
    assert!(server.stop().success());
}

#[test]
fn a_log_whose_reader_is_gone_fails_no_request() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut server = Place::new().serve_unread(writer);
    server.assert_that_it_serves();
    assert!(server.stop().success());
}

#[test]
fn a_log_that_nobody_reads_holds_up_neither_requests_nor_the_end() {
    let (_reader, writer) = std::io::pipe().unwrap();
    let mut server = Place::new().serve_unread(writer);
    assert_eq!(server.answers(TOO_MANY), TOO_MANY);
    server.assert_that_it_serves();
    assert!(server.stop().success());
}

#[test]
fn lines_that_a_slow_reader_missed_are_counted_in_their_place() {
    let (reader, writer) = std::io::pipe().unwrap();
    let server = Place::new().serve_unread(writer);
    assert_eq!(server.answers(TOO_MANY), TOO_MANY);

    // Only now is the log read.
    let (sender, lines) = channel();
    thread::spawn(move || {
        BufReader::new(reader)
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    let next = || lines.recv_timeout(PATIENCE).unwrap();
    let mut answered = 0;
    let dropped = loop {
        let line = next();
        if line.contains("answered") {
            answered += 1;
        } else if line.contains("ERROR log lines were dropped") {
            break line.rsplit("lines=").next().unwrap().parse::<usize>().unwrap();
        }
    };
    assert!(dropped > 0);
    assert_eq!(answered + dropped, TOO_MANY);
    get(&server.address, "/after");
    assert!(next().contains("path=\"/after\""));
}

#[test]
fn lines_that_could_not_be_written_are_told_of_as_soon_as_others_can() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("log");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let open = |fifo: &std::path::Path| BufReader::new(File::open(fifo).unwrap());
    // Reading and writing, since opening it for one of both waits for somebody who opens it for the other.
    let both = OpenOptions::new().read(true).write(true).open(&fifo).unwrap();
    let writer = OpenOptions::new().write(true).open(&fifo).unwrap();
    let server = Place::new().serve_unread(writer);
    drop(both);
    // The log's thread may be slower than these requests, so that their lines find a reader after all.
    for _ in 0..100 {
        for _ in 0..10 {
            assert!(get(&server.address, "/healthz").ends_with("alive"));
        }
        let mut reader = open(&fifo);
        get(&server.address, "/readable");
        let mut line = String::new();
        while !line.contains("/readable") {
            if line.contains("ERROR log lines were dropped") {
                return;
            }
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
    }
    panic!("nothing was told");
}

#[test]
fn a_command_whose_output_cannot_be_written_fails() {
    let place = Place::new();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command(&["--help"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: cannot write to standard output: "), "{error}");

    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = place.command(&["--help"]).stdout(writer).status().unwrap();
    assert!(status.success(), "who has read enough may go");
}

#[test]
fn a_refused_command_ends_although_nobody_reads_why() {
    let (_reader, mut writer) = std::io::pipe().unwrap();
    let place = Place::new();
    fill(&mut writer);
    let start = Instant::now();
    let mut child = place.command(&["frobnicate"]).stderr(writer).spawn().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(start.elapsed() < PATIENCE / 2);
}

/// Until not a byte more fits.
fn fill(pipe: &mut std::io::PipeWriter) {
    use rustix::io::ioctl_fionbio;
    ioctl_fionbio(&*pipe, true).unwrap();
    while pipe.write(&[b'x'; 4096]).is_ok() {}
    while pipe.write(b"x").is_ok() {}
    ioctl_fionbio(&*pipe, false).unwrap();
}
