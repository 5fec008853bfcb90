//! A disk that stops answering for a while: whoever needs nothing from it is answered.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{self, Command},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{Advice, fadvise, major, minor, stat},
    process::Signal,
};

use crate::{
    http::{get, post},
    process::{Place, Server},
};

const ACCOUNTS: usize = 300;
/// More than there are threads that answer requests, and connections that read.
const LOGINS: usize = 24;
/// Where a process can be kept from reading a device, in the kernel's first version of that.
const GROUPS: &str = "/sys/fs/cgroup/blkio";

/// A disk of its own, which only root can make.
struct Disk {
    at: PathBuf,
    device: String,
    group: PathBuf,
}

impl Disk {
    fn mount(place: &Path) -> Option<Self> {
        let image = place.join("image");
        File::create(&image).unwrap().set_len(64 << 20).unwrap();
        let device = printed(Command::new("losetup").args(["--find", "--show"]).arg(&image));
        let Some(device) = device.filter(|_| Path::new(GROUPS).join("blkio.throttle.read_bps_device").exists()) else {
            eprintln!("nothing was tested: this is not root's process, or it cannot slow a disk down");
            return None;
        };
        let disk = Self {
            at: place.join("disk"),
            device,
            group: Path::new(GROUPS).join(format!("wicketgate-test-{}", process::id())),
        };
        fs::create_dir(&disk.at).unwrap();
        fs::create_dir(&disk.group).unwrap();
        printed(Command::new("mkfs.ext4").arg("-q").arg(&disk.device)).unwrap();
        printed(Command::new("mount").arg(&disk.device).arg(&disk.at)).unwrap();
        Some(disk)
    }

    /// Lets this process read so many bytes a second, with nothing of the files in memory.
    fn stall(&self, server: &Server) {
        for file in fs::read_dir(&self.at).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_file() {
                let file = File::open(file).unwrap();
                file.sync_all().unwrap();
                fadvise(&file, 0, None, Advice::DontNeed).unwrap();
            }
        }
        fs::write(self.group.join("cgroup.procs"), server.id().to_string()).unwrap();
        self.limit(512);
    }

    /// In bytes a second; none with 0.
    fn limit(&self, bytes: u32) {
        let device = stat(&self.device).unwrap().st_rdev;
        let limit = format!("{}:{} {bytes}", major(device), minor(device));
        fs::write(self.group.join("blkio.throttle.read_bps_device"), limit).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.limit(0);
        let _ = Command::new("umount").arg("--lazy").arg(&self.at).status();
        let _ = Command::new("losetup").arg("--detach").arg(&self.device).status();
        let _ = fs::remove_dir(&self.group);
    }
}

/// What it prints, if it succeeds.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| text.trim().to_owned())
}

/// Until all connections are open, and statements run on the threads that answer requests.
fn warm_up(address: &str) {
    for _ in 0..10 {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| log_in(address, 0));
            }
        });
    }
}

fn log_in(address: &str, number: usize) -> String {
    let account = format!(r#"{{"email":"user-{number}@example.test","password":"Passw0rd!"}}"#);
    post(address, "/login", &account)
}

#[test]
fn a_disk_that_does_not_answer_holds_only_those_who_ask_it() {
    let place = Place::new()
        .without_rate_limits()
        .with("WICKETGATE__DATABASE__URL", "sqlite://disk/app.db")
        .with("WICKETGATE__PASSWORD_HASHER__ITERATION_COUNT", "1");
    let Some(disk) = Disk::mount(place.path()) else {
        return;
    };
    let server = place.serve(&[]);
    for number in 0..ACCOUNTS {
        let account = format!(r#"{{"email":"user-{number}@example.test","password":"Passw0rd!"}}"#);
        let answer = post(&server.address, "/register", &account);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    server.signal(Signal::TERM);
    assert!(server.end().0.success());
    let server = place.serve(&[]);
    warm_up(&server.address);
    disk.stall(&server);

    let answered = Arc::new(AtomicUsize::new(0));
    let logins: Vec<_> = (0..LOGINS)
        .map(|number| {
            let (address, answered) = (server.address.clone(), Arc::clone(&answered));
            thread::spawn(move || {
                let answer = log_in(&address, number * ACCOUNTS / LOGINS);
                answered.fetch_add(1, Ordering::Relaxed);
                answer
            })
        })
        .collect();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        let asked = Instant::now();
        let answer = get(&server.address, "/healthz");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
    assert_eq!(answered.load(Ordering::Relaxed), 0, "the disk has answered");

    disk.limit(0);
    for login in logins {
        let answer = login.join().unwrap();
        let status = &answer[..12];
        assert!(["HTTP/1.1 200", "HTTP/1.1 503"].contains(&status), "{answer}");
    }
    let answer = log_in(&server.address, 7);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.signal(Signal::KILL);
    drop(server);
}
