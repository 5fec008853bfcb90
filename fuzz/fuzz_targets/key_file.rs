//! Files of a key folder: one key, Azure's `<repository>`, what `redis-cli` prints, each in UTF-8 or UTF-16. A file is read as the
//! same elements in every encoding, and each element of several as itself when it has a file of its own.
#![no_main]

use std::{fs, path::PathBuf, process, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_protection::{FolderKeyRepository, KeyRepository, StoredElement};

/// roxmltree makes a node for each `<` and an attribute for each `=`, with room to grow; and the text is there in a few copies.
const PER_BYTE: usize = 512;
const FILE: &str = "seed.xml";

/// In memory where the system has such a folder.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = parent.join(format!("wicketgate-fuzz-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
});

/// The elements in a file with this content; `None` where it is refused.
fn elements(bytes: &[u8]) -> Option<Vec<StoredElement>> {
    fs::write(FOLDER.join(FILE), bytes).expect("a file");
    let folder = FolderKeyRepository::new(&*FOLDER);
    memory::bounded(bytes.len(), PER_BYTE, || block_on(folder.all_elements())).ok()
}

/// Names and texts; a byte order mark is none of the text.
fn plain(elements: &[StoredElement]) -> Vec<(&str, &str)> {
    let elements = elements.iter();
    elements
        .map(|element| (element.name.as_str(), element.xml.trim_start_matches('\u{FEFF}')))
        .collect()
}

fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = [0xFEFF].into_iter().chain(text.encode_utf16());
    units.flat_map(bytes_of).collect()
}

/// A ring in each form that files have.
fn forms() -> Vec<Vec<u8>> {
    let rings = fs::read_dir(goldens::path("key-rings")).expect("the rings");
    let files = rings.flat_map(|ring| fs::read_dir(ring.expect("a ring").path()).expect("a ring"));
    let texts = files.filter_map(|file| fs::read_to_string(file.expect("a file").path()).ok());
    let texts: Vec<String> = texts.filter(|text| text.contains("<key ") || text.contains("<revocation ")).collect();
    let bare = texts.iter().filter_map(|text| Some(text.split_once("?>")?.1.trim()));
    let bare: Vec<&str> = bare.take(3).collect();
    let line = |text: &&str| text.lines().map(str::trim).collect::<String>();
    let quoted = |text: &&str| format!("\"{}\"", line(text).replace('"', "\\\""));
    let quoted: Vec<String> = bare.iter().map(quoted).collect();
    let numbered = quoted.iter().zip(1..).map(|(text, number)| format!("{number}) {text}"));
    let several = [
        format!("<repository>{}</repository>", bare.concat()),
        bare.join("\n"),
        numbered.collect::<Vec<_>>().join("\n"),
        quoted.join(","),
        format!("[{}]", quoted.join(",")),
    ];
    let all: Vec<String> = texts.into_iter().chain(several).collect();
    let utf_8 = all.iter().map(|text| text.clone().into_bytes());
    let little = all.iter().map(|text| utf_16(text, u16::to_le_bytes));
    let big = all.iter().map(|text| utf_16(text, u16::to_be_bytes));
    utf_8.chain(little).chain(big).collect()
}

fuzz_target!(
    init: seeds::write(forms()),
    |bytes: &[u8]| {
        let Some(found) = elements(bytes) else {
            return;
        };
        let is_utf_16 = |bytes: &[u8]| bytes.iter().take(2).any(|byte| [0, 0xFE, 0xFF].contains(byte));
        if let Ok(text) = str::from_utf8(bytes)
            && !is_utf_16(bytes)
        {
            // Each encoding has its own byte order mark, and one is read.
            let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
            for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
                let again = elements(&utf_16(text, bytes_of)).expect("what UTF-8 has");
                assert_eq!(plain(&again), plain(&found));
            }
        }
        if found.len() > 1 {
            for element in &found {
                // A `<repository>` in another one is none of its elements.
                if element.xml.starts_with("<key ") {
                    let again = elements(element.xml.as_bytes()).expect("an element");
                    assert_eq!(plain(&again).first().map(|(_, xml)| *xml), Some(&**element.xml));
                    assert_eq!(again.len(), 1);
                }
            }
        }
    }
);
