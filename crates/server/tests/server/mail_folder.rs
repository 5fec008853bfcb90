//! Mail in a folder, where there is no mail server.

use std::{
    fs::{self, File},
    thread,
    time::Instant,
};

use rustix::process::Signal;

use crate::{
    accounts::register,
    process::{PATIENCE, Place},
};

#[test]
fn what_a_killed_server_left_half_written_is_removed_at_the_next_start() {
    let place = Place::new();
    drop(place.serve(&[]));
    let folder = place.path().join("data/mail");
    fs::write(folder.join(".1700000000-0123456789abcdef.part"), "half a mail").unwrap();
    // Of another server that is writing it now.
    let other = folder.join(".1700000000-fedcba9876543210.part");
    let writing = File::create(&other).unwrap();
    writing.lock().unwrap();
    drop(place.serve(&[]));
    let left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(left, [other]);
}

#[test]
fn a_mail_folder_that_is_gone_for_a_while_fails_no_request_and_gets_its_mail_later() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let folder = place.path().join("data/mail");
    let away = place.path().join("data/away");
    fs::rename(&folder, &away).unwrap();
    register(&server, "ada@example.test");
    server.wait_for("mail not sent, will retry");
    fs::rename(&away, &folder).unwrap();
    let start = Instant::now();
    while fs::read_dir(&folder).unwrap().count() == 0 {
        assert!(start.elapsed() < PATIENCE, "{}", server.log());
        thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn without_a_mail_server_mail_is_a_file_that_only_the_owner_reads() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let server = place.serve(&["--email-directory", "post"]);
    register(&server, "ada@example.test");
    server.signal(Signal::TERM);
    server.end();

    let folder = place.path().join("post");
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "eml");
    assert!(
        fs::read_to_string(&files[0])
            .unwrap()
            .contains("\r\nTo: ada@example.test\r\n")
    );
    assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}
