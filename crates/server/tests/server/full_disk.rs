//! A disk that is full for a while: nothing is acknowledged that is not there, nobody guesses uncounted, and the first
//! write after it succeeds.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};

use crate::{
    http::{get, post},
    process::{Place, Server},
};

const RIGHT: &str = r#"{"email":"ada@example.test","password":"Passw0rd!"}"#;
const WRONG: &str = r#"{"email":"ada@example.test","password":"Wr0ng-Pass!"}"#;

/// With a database in this folder, whose disk is what accounts are waited for, not hashing. Nobody is locked out.
fn place_in(folder: &str) -> Place {
    Place::new()
        .without_rate_limits()
        .with("WICKETGATE__DATABASE__URL", &format!("sqlite://{folder}/app.db"))
        .with("WICKETGATE__LOCKOUT__MAX_FAILED_ACCESS_ATTEMPTS", "1000")
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1")
}

fn status(answer: &str) -> &str {
    answer
        .get("HTTP/1.1 ".len()..)
        .and_then(|rest| rest.get(..3))
        .unwrap_or(answer)
}

fn register(server: &Server, name: &str) -> String {
    let account = format!(r#"{{"email":"{name}@example.test","password":"Passw0rd!"}}"#);
    post(&server.address, "/register", &account)
}

/// Registers until that fails, which must be said to pass.
fn register_until_full(server: &Server) -> usize {
    for number in 0..5_000 {
        let answer = register(server, &format!("user-{number}"));
        if status(&answer) != "200" {
            assert_eq!(status(&answer), "503", "{answer}");
            assert!(answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
            return number;
        }
    }
    panic!("the disk takes five thousand accounts");
}

/// Whoever guesses when a guess could not be counted is told nothing: neither that a password is wrong, nor that it is
/// right. A few guesses may still be counted: they take less room than an account.
fn refuses_to_write(server: &Server) {
    let mut statuses = (0..100).map(|_| status(&post(&server.address, "/login", WRONG)).to_owned());
    assert!(statuses.any(|status| status == "503"), "a hundred guesses");
    for (path, body) in [
        ("/login", WRONG),
        ("/login", RIGHT),
        ("/login", WRONG),
        ("/login", RIGHT),
        ("/register", r#"{"email":"late@example.test","password":"Passw0rd!"}"#),
    ] {
        let answer = post(&server.address, path, body);
        assert_eq!(status(&answer), "503", "{path} {body}: {answer}");
    }
    assert_eq!(status(&get(&server.address, "/readyz")), "503");
    assert_eq!(status(&get(&server.address, "/healthz")), "200");
}

fn writes_again(server: &Server) {
    let answer = register(server, "first-after-it");
    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!(status(&get(&server.address, "/readyz")), "200");
    assert_eq!(status(&post(&server.address, "/login", WRONG)), "401");
    assert_eq!(status(&post(&server.address, "/login", RIGHT)), "200");
}

/// Every account that was acknowledged is there after the process was killed.
fn survives(place: &Place, server: Server, accounts: usize) {
    server.signal(Signal::KILL);
    drop(server);
    let listed = place.printed(&["users", "list"]);
    for number in 0..accounts {
        assert!(
            listed.contains(&format!("user-{number}@example.test")),
            "user-{number}:\n{listed}"
        );
    }
}

/// A file system of three megabytes, which only root can make.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(at).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(at.to_owned())),
            _ => {
                eprintln!("nothing was tested: this is not root's process, or it may not mount");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_answered_503_until_there_is_room_again() {
    let place = place_in("disk");
    let Some(disk) = SmallDisk::mount(&place.path().join("disk")) else {
        return;
    };
    let other = disk.0.join("somebody-elses-file");
    fs::write(&other, vec![0; 1_500_000]).unwrap();
    let server = place.serve(&[]);
    post(&server.address, "/register", RIGHT);
    let accounts = register_until_full(&server);
    // Also what SQLite has freed since, by moving its log into the database.
    let mut other_file = File::options().append(true).open(&other).unwrap();
    while other_file.write_all(&[0; 1_024]).is_ok() {}
    refuses_to_write(&server);
    fs::remove_file(&other).unwrap();
    drop(other_file);
    writes_again(&server);
    survives(&place, server, accounts);
}

/// What a disk does that fails: the system refuses to make the process' files larger, but for its log's.
#[test]
fn a_failing_disk_is_answered_503_until_it_works_again() {
    let place = place_in("data").ignoring_file_size_signals();
    let server = place.serve(&[]);
    post(&server.address, "/register", RIGHT);
    for number in 0..10 {
        assert_eq!(status(&register(&server, &format!("user-{number}"))), "200");
    }
    let process = Pid::from_raw(i32::try_from(server.id()).unwrap());
    let limit = |current| {
        let maximum = None;
        prlimit(process, Resource::Fsize, Rlimit { current, maximum }).unwrap();
    };
    limit(Some(1_000));
    assert_eq!(status(&register(&server, "late")), "503");
    refuses_to_write(&server);
    limit(None);
    writes_again(&server);
    survives(&place, server, 10);
}

#[test]
fn a_deleted_database_is_noticed() {
    let place = place_in("data");
    let mut server = place.serve(&[]);
    post(&server.address, "/register", RIGHT);
    assert_eq!(status(&get(&server.address, "/readyz")), "200");
    fs::remove_file(place.path().join("data/app.db")).unwrap();
    assert_eq!(status(&get(&server.address, "/readyz")), "503");
    server.wait_for("data/app.db was deleted while it was open");
    assert_eq!(status(&register(&server, "grace")), "503");
    assert_eq!(status(&post(&server.address, "/login", WRONG)), "503");
    assert_eq!(status(&post(&server.address, "/login", RIGHT)), "503");
}

/// A process that closes a file gives up all its locks on that file. Without them, another process may take itself for the
/// only one and delete the log in use, and later writes are lost.
#[test]
fn two_connections_to_one_file_leave_each_other_their_locks() {
    let place = place_in("data").with("WICKETGATE__KEYS__STORE", "database");
    // From the second start on, one of accounts and keys has the log open before the other one opens the file.
    drop(place.serve(&[]));
    let server = place.serve(&[]);
    let inode = fs::metadata(place.path().join("data/app.db")).unwrap().ino();
    let (process, file) = (format!(" {} ", server.id()), format!(":{inode} "));
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let mut locks_of_server = locks.lines().filter(|lock| lock.contains(&process));
    assert!(locks_of_server.any(|lock| lock.contains(&file)), "{inode}:\n{locks}");
    assert_eq!(status(&register(&server, "user-0")), "200");
    place.printed(&["migrate"]);
    assert_eq!(status(&register(&server, "user-1")), "200");
    survives(&place, server, 2);
}
