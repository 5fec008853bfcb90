//! The server with parts of its own, run as a process.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up has failed it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = command(folder, &["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let listening = lines.find(|line| line.contains("\"listening\"")).unwrap();
        // What else it logs is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let (_, rest) = listening.split_once("http://").unwrap();
        let address = rest.split('"').next().unwrap().to_owned();
        Self { process, address }
    }

    fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_library-example"));
    command.current_dir(folder).args(arguments);
    command
}

#[test]
fn a_server_uses_the_parts_that_an_application_brings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("greeting.txt"), "Good morning").unwrap();
    let mut server = Server::start(folder.path());
    assert!(server.send("GET /greeting", "").ends_with("Good morning"));
    let account = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
    let registered = server.send("POST /register", account);
    assert!(registered.starts_with("HTTP/1.1 200"), "{registered}");
    let mut mail = String::new();
    BufReader::new(server.process.stdout.as_mut().unwrap())
        .read_line(&mut mail)
        .unwrap();
    assert_eq!(mail, "mail: Confirm your email\n");
    assert!(server.send("POST /resetPassword", "{}").starts_with("HTTP/1.1 404"));
    assert!(!folder.path().join("data/wicketgate.db").exists() && !folder.path().join("data/mail").exists());
}

#[test]
fn what_an_application_fails_to_load_ends_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let ended = command(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--log", "off"])
        .output()
        .unwrap();
    assert!(!ended.status.success());
    let error = String::from_utf8(ended.stderr).unwrap();
    assert!(
        error.starts_with("error: the application failed to start: No such file"),
        "{error}"
    );
}

#[test]
fn an_endpoint_that_is_left_out_is_not_described() {
    let folder = tempfile::tempdir().unwrap();
    let document = command(folder.path(), &["openapi"]).output().unwrap().stdout;
    let document = String::from_utf8(document).unwrap();
    assert!(document.contains("\"/forgotPassword\"") && !document.contains("\"/resetPassword\""));
}
