//! Passwords that are known from data breaches, in a file on this machine.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

/// Length of a hash, in bytes.
const DIGEST_LENGTH: usize = 20;
/// Length of a hash in hexadecimal.
const HASH_LENGTH: usize = 2 * DIGEST_LENGTH;
/// Longest line: a hash, a colon and a count.
const LONGEST_LINE: usize = 128;
/// How many searches read at a time; others wait.
const AT_A_TIME: usize = 4;

/// A file of SHA-1 hashes of passwords, one a line and sorted, as `haveibeenpwned-downloader` writes it: `HASH:COUNT`. A search
/// reads some forty times a hundred bytes; nothing is kept in memory.
#[derive(Debug, Clone)]
pub struct BreachCorpus {
    path: Arc<Path>,
    turns: Arc<Semaphore>,
}

impl BreachCorpus {
    /// The corpus in this file.
    ///
    /// # Errors
    /// The file cannot be read, or does not begin and end as one.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path: Arc<Path> = Arc::from(path.into());
        let mut lines = Lines::open(&path)?;
        lines.start_after(0)?;
        let last = lines.start_after(lines.length.saturating_sub(LONGEST_LINE as u64))?;
        let last = if last < lines.length { last } else { 0 };
        if lines.hash_at(0)? > lines.hash_at(last)? {
            return Err(invalid("its lines are not sorted"));
        }
        let turns = Arc::new(Semaphore::new(AT_A_TIME));
        Ok(Self { path, turns })
    }

    /// Whether the password is in it. Reads on a thread of its own.
    ///
    /// # Errors
    /// The file cannot be read, or is none of this form.
    pub async fn contains(&self, password: &str) -> io::Result<bool> {
        let hash = hash_of(password);
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let path = Arc::clone(&self.path);
        let search = spawn_blocking(move || {
            let _turn = turn;
            Lines::open(&path)?.contains(&*hash)
        });
        search.await.map_err(io::Error::other)?
    }
}

/// The password's hash as the lines have it. It is nearly as good as the password: neither it nor its digest stays in memory.
fn hash_of(password: &str) -> Zeroizing<[u8; HASH_LENGTH]> {
    let digest: Zeroizing<[u8; DIGEST_LENGTH]> = Zeroizing::new(Sha1::digest(password.as_bytes()).into());
    let mut hash = Zeroizing::new([0; HASH_LENGTH]);
    HEXUPPER.encode_mut(&*digest, &mut *hash);
    hash
}

/// An open corpus.
struct Lines {
    file: File,
    length: u64,
}

impl Lines {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// Halves the part of the file where the hash's line may begin. `first` is always the beginning of a line.
    fn contains(&mut self, hash: &[u8]) -> io::Result<bool> {
        let (mut first, mut end) = (0, self.length);
        while first < end {
            let middle = first + (end - first) / 2;
            let line = if middle == first {
                first
            } else {
                self.start_after(middle - 1)?
            };
            if line >= end {
                end = middle;
                continue;
            }
            match self.hash_at(line)?.as_slice().cmp(hash) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => first = self.start_after(line)?,
                Ordering::Greater => end = middle,
            }
        }
        Ok(false)
    }

    /// Where the first line begins after this byte.
    fn start_after(&mut self, byte: u64) -> io::Result<u64> {
        let mut bytes = [0; LONGEST_LINE];
        let read = self.read(byte, &mut bytes)?;
        match read.iter().position(|byte| *byte == b'\n') {
            Some(end) => Ok(byte + end as u64 + 1),
            None if read.len() < LONGEST_LINE => Ok(self.length),
            None => Err(invalid("a line is too long")),
        }
    }

    fn hash_at(&mut self, line: u64) -> io::Result<[u8; HASH_LENGTH]> {
        let mut bytes = [0; HASH_LENGTH];
        let is_whole = self.read(line, &mut bytes)?.len() == HASH_LENGTH;
        if !is_whole || !bytes.iter().all(u8::is_ascii_hexdigit) {
            return Err(invalid("a line does not begin with a SHA-1 hash"));
        }
        bytes.make_ascii_uppercase();
        Ok(bytes)
    }

    /// As many bytes as there are from here, and fit.
    fn read<'a>(&mut self, at: u64, bytes: &'a mut [u8]) -> io::Result<&'a [u8]> {
        self.file.seek(SeekFrom::Start(at))?;
        let mut filled = 0;
        while filled < bytes.len() {
            match self.file.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&bytes[..filled])
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("no sorted file of SHA-1 hashes: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that goes away with this value.
    struct Corpus(PathBuf);

    impl Corpus {
        fn new(name: &str, content: &str) -> Self {
            let path = std::env::temp_dir().join(format!("wicketgate-corpus-{}-{name}", std::process::id()));
            std::fs::write(&path, content).unwrap();
            Self(path)
        }

        fn open(&self) -> io::Result<BreachCorpus> {
            BreachCorpus::open(&self.0)
        }
    }

    impl Drop for Corpus {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn line(password: &str) -> String {
        HEXUPPER.encode(&Sha1::digest(password.as_bytes()))
    }

    #[tokio::test]
    async fn every_password_of_a_corpus_is_found_and_no_other() {
        for (count, end) in [(1, "\n"), (2, ""), (3, "\r\n"), (100, "\r\n"), (1_001, "\n")] {
            let mut lines: Vec<_> = (0..count)
                .map(|number: u32| format!("{}:{}{end}", line(&format!("p{number}")), 10_u64.pow(number % 9)))
                .collect();
            lines.sort_unstable();
            if end.is_empty() {
                lines.insert(1, "\n".to_owned());
            }
            let corpus = Corpus::new(&format!("found-{count}"), &lines.concat());
            let corpus = corpus.open().unwrap();
            for number in 0..count {
                assert!(
                    corpus.contains(&format!("p{number}")).await.unwrap(),
                    "{number} of {count}"
                );
            }
            for number in 0..200 {
                assert!(
                    !corpus.contains(&format!("q{number}")).await.unwrap(),
                    "{number} of {count}"
                );
            }
        }
    }

    #[tokio::test]
    async fn lower_case_is_read_and_a_file_that_is_gone_is_an_error_and_not_an_answer() {
        let corpus = Corpus::new("lower", &line("x").to_lowercase());
        let opened = corpus.open().unwrap();
        assert!(opened.contains("x").await.unwrap());
        drop(corpus);
        assert_eq!(opened.contains("x").await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_is_no_corpus_is_not_opened() {
        let two = [line("x"), line("y")];
        let (low, high) = (two.iter().min().unwrap(), two.iter().max().unwrap());
        for (name, content) in [
            ("empty", String::new()),
            ("words", "password\n123456\n".to_owned()),
            ("short", low[..39].to_owned()),
            ("long", format!("{low}:{}\n", "1".repeat(400))),
            ("unsorted", format!("{high}:1\n{low}:1\n")),
        ] {
            assert!(Corpus::new(name, &content).open().is_err(), "{name}");
        }
        assert!(BreachCorpus::open("/nowhere/corpus").is_err());
    }
}
