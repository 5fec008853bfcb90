//! Files that hold a secret.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use zeroize::Zeroizing;

/// Longer ones are no passwords, passphrases, peppers or certificates. In bytes.
const LONGEST: usize = 64 * 1024;

/// What is in the file, without the line end that most editors add and that is no part of the secret.
pub(crate) fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // Room for all of it, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * LONGEST));
    File::open(path)?.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST {
        return Err(invalid("it is too long for a secret"));
    }
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    bytes.truncate(end.map_or(0, |last| last + 1));
    Ok(bytes)
}

/// The same as text.
pub(crate) fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let bytes = read(path)?;
    let text = str::from_utf8(&bytes).map_err(|_| invalid("it is not UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_behind_a_secret_are_no_part_of_it_and_what_is_too_long_or_no_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read_text = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            read_text(&path).map_err(|error| error.to_string())
        };
        for (content, secret) in [
            (&b"hunter2"[..], "hunter2"),
            (b"hunter2\n", "hunter2"),
            (b" two\nlines \r\n\r\n", " two\nlines "),
            (b"\n", ""),
            (b"", ""),
        ] {
            assert_eq!(read_text(content).unwrap().as_str(), secret);
        }
        assert_eq!(read_text(&[b'a'; LONGEST]).unwrap().len(), LONGEST);
        assert_eq!(
            read_text(&[b'a'; LONGEST + 1]).unwrap_err(),
            "it is too long for a secret"
        );
        assert_eq!(read_text(b"\xff\xff").unwrap_err(), "it is not UTF-8");
        assert_eq!(*read(&path).unwrap(), [0xff, 0xff]);
        assert!(read(&folder.path().join("nowhere")).is_err());
    }
}
