//! Files that hold keys in another form than .NET's folders: UTF-16, Azure's repository, what Redis prints. They are read, or
//! refused with what to do; no key is made beside them.

use std::fs;

use tempfile::TempDir;
use time::macros::datetime;
use wicketgate_protection::{FolderKeyRepository, KeyInfo};

use crate::files::{files, golden_files, ring_in};

/// Of a revoked key and others, as .NET wrote them; without byte order mark and declaration.
fn recorded() -> Vec<String> {
    let mut files = golden_files("key-");
    files.extend(golden_files("revocation-"));
    let in_one_ring = files
        .iter()
        .filter(|file| file.parent().unwrap().ends_with("revoked-one"));
    in_one_ring
        .map(|file| {
            let text = fs::read_to_string(file).unwrap();
            text.split_once("?>").unwrap().1.trim().to_owned()
        })
        .collect()
}

/// What the same elements are in files of their own.
async fn expected() -> Vec<KeyInfo> {
    let folder = TempDir::new().unwrap();
    for (number, element) in recorded().iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.xml")), element).unwrap();
    }
    let keys = keys_in(&folder).await;
    assert_eq!(keys.len(), 5);
    assert_eq!(keys.iter().filter(|key| key.is_revoked).count(), 1);
    keys
}

async fn keys_in(folder: &TempDir) -> Vec<KeyInfo> {
    ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
        .keys()
        .await
        .unwrap()
}

pub(crate) fn folder_with(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

/// What stops a start in this folder, where nothing is written.
pub(crate) async fn refusal(folder: &TempDir) -> String {
    let before = files(folder.path());
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
    let error = ring.load().await.unwrap_err().to_string();
    assert_eq!(files(folder.path()), before);
    assert!(!error.contains('\n'), "{error}");
    error
}

fn utf16(text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.iter()
        .copied()
        .chain(text.encode_utf16().flat_map(bytes))
        .collect()
}

fn repository() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<repository>{}</repository>",
        recorded().concat()
    )
}

#[tokio::test]
async fn keys_in_utf_16_are_read() {
    let folder = TempDir::new().unwrap();
    for (number, element) in recorded().iter().enumerate() {
        let text = format!("<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n{element}\r\n");
        let bytes = match number % 4 {
            0 => utf16(&text, &[0xFF, 0xFE], u16::to_le_bytes),
            1 => utf16(&text, &[0xFE, 0xFF], u16::to_be_bytes),
            2 => utf16(&text, &[], u16::to_le_bytes),
            _ => utf16(&text, &[], u16::to_be_bytes),
        };
        // Windows does not mind case.
        fs::write(folder.path().join(format!("{number}.XML")), bytes).unwrap();
    }
    assert_eq!(keys_in(&folder).await, expected().await);
}

#[tokio::test]
async fn all_elements_of_one_file_are_read_whoever_put_them_there() {
    let elements = recorded();
    let one_a_line: Vec<String> = elements
        .iter()
        .map(|element| element.replace(['\r', '\n'], ""))
        .collect();
    let escape = |element: &String| {
        let escaped = element.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{}\"", escaped.replace('\r', "\\r").replace('\n', "\\n"))
    };
    let quoted: Vec<String> = elements.iter().map(escape).collect();
    let numbered = quoted
        .iter()
        .enumerate()
        .map(|(index, element)| format!("{}) {element}\n", index + 1));
    let in_words = elements
        .iter()
        .map(|element| format!("\u{FEFF}<?xml version=\"1.0\"?>\n{element}\n"));
    for (about, text) in [
        ("Azure's blob", repository()),
        (
            "the same under another name",
            repository().replace("repository", "keys"),
        ),
        ("redis-cli --raw", one_a_line.join("\n") + "\n"),
        ("redis-cli on a terminal", numbered.collect()),
        ("redis-cli --csv", quoted.join(",")),
        (
            "redis-cli --json",
            format!("[{}]\n", quoted.join(",").replace('/', "\\/").replace('<', "\\u003c")),
        ),
        ("cat *.xml", in_words.collect()),
    ] {
        for bytes in [text.clone().into_bytes(), utf16(&text, &[0xFF, 0xFE], u16::to_le_bytes)] {
            let folder = folder_with("export.xml", bytes);
            assert_eq!(keys_in(&folder).await, expected().await, "{about}");
        }
    }
}

#[tokio::test]
async fn a_key_in_an_export_protects_and_none_is_made_beside_it() {
    let key = fs::read_to_string(&golden_files("key-")[0]).unwrap();
    let (_, key) = key.split_once("?>").unwrap();
    let folder = folder_with("azure.xml", format!("<repository>{key}</repository>"));
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
    ring.load().await.unwrap();
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn a_copy_of_the_ring_has_each_element_in_a_file_of_its_own() {
    let folder = folder_with("azure.xml", repository());
    let copy = TempDir::new().unwrap();
    let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
    let target = FolderKeyRepository::new(copy.path());
    assert_eq!(ring.copy_to(&target).await.unwrap(), 6);
    let names: Vec<_> = files(copy.path())
        .iter()
        .map(|file| file.file_name().unwrap().to_owned())
        .collect();
    let recorded = golden_files("key-");
    let recorded = recorded
        .iter()
        .filter(|file| file.parent().unwrap().ends_with("revoked-one"));
    for file in recorded {
        assert!(names.contains(&file.file_name().unwrap().to_owned()), "{names:?}");
    }
    assert_eq!(names.len(), 6);
    assert_eq!(keys_in(&copy).await, expected().await);
}

#[tokio::test]
async fn an_empty_repository_is_an_empty_ring() {
    let folder = folder_with(
        "azure.xml",
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<repository />",
    );
    ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC))
        .load()
        .await
        .unwrap();
    assert_eq!(keys_in(&folder).await.len(), 1);
}

#[tokio::test]
async fn keys_that_cannot_be_told_apart_are_refused_with_the_way_to_split_them() {
    let [first, second, ..] = &recorded()[..] else {
        panic!("two keys")
    };
    for text in [
        // Cut off.
        repository()[..repository().len() - 200].to_owned(),
        format!("{first}\n{}", &second[..second.len() / 2]),
        // Exports of SQL databases.
        format!(
            "1,\"a\",\"{}\"\n2,\"b\",\"{}\"",
            first.replace('"', "\"\""),
            second.replace('"', "\"\"")
        ),
        format!("{first};{second}"),
        format!("1) \"{}\n2) \"{second}", first.replace('"', "\\\"")),
        // An attempt to get out of the root that is put around them.
        format!("{first}</repository><repository>{second}"),
        format!("<!DOCTYPE key [<!ENTITY a \"b\">]>{first}{second}"),
        // A prefix that only the root knows.
        format!(
            "<repository xmlns:p=\"urn:p\">{}{second}</repository>",
            first.replacen("<key ", "<key p:a=\"\" ", 1)
        ),
    ] {
        let folder = folder_with("export.xml", &text);
        let refusal = refusal(&folder).await;
        let file = folder.path().join("export.xml");
        assert!(
            refusal.contains(&format!("{} cannot be read: it holds several keys", file.display())),
            "{refusal}"
        );
        assert!(refusal.contains("redis-cli --raw LRANGE"), "{refusal}");
        // Beside keys that can be read, too.
        fs::copy(&golden_files("key-")[0], folder.path().join("key-good.xml")).unwrap();
        let ring = ring_in(folder.path(), datetime!(2026-01-02 03:04:05 UTC));
        ring.load().await.expect_err(&text);
    }
}

#[tokio::test]
async fn keys_under_another_name_than_xml_are_not_passed_over() {
    for bytes in [
        repository().into_bytes(),
        utf16(&repository(), &[0xFF, 0xFE], u16::to_le_bytes),
        format!("1) \"{}\"", recorded()[0].replace('"', "\\\"")).into_bytes(),
    ] {
        let folder = folder_with("keys.txt", bytes);
        let refusal = refusal(&folder).await;
        assert!(
            refusal.contains("keys.txt holds keys, but only files whose names end in .xml are read"),
            "{refusal}"
        );
        // Where there are other keys, it may be a copy.
        fs::copy(&golden_files("key-")[0], folder.path().join("key-good.xml")).unwrap();
        assert_eq!(keys_in(&folder).await.len(), 1);
    }
    let half_written = folder_with("key-1.xml.7.tmp", repository());
    assert_eq!(keys_in(&half_written).await, []);
}

#[tokio::test]
async fn no_key_is_made_beside_one_that_cannot_be_read() {
    let expired = datetime!(2027-01-02 03:04:05 UTC);
    for damaged in [&b"<key id=\"5\""[..], &[0xFF, 0xFE, 0x00], b"\x80", b""] {
        let folder = folder_with("key-damaged.xml", damaged);
        fs::copy(&golden_files("key-")[0], folder.path().join("key-good.xml")).unwrap();
        let before = files(folder.path());
        let error = ring_in(folder.path(), expired).load().await.unwrap_err().to_string();
        assert!(error.contains("key-damaged cannot be read"), "{error}");
        assert_eq!(files(folder.path()), before);

        fs::remove_file(folder.path().join("key-damaged.xml")).unwrap();
        ring_in(folder.path(), expired).load().await.unwrap();
        assert_eq!(files(folder.path()).len(), 2);
    }
}

#[tokio::test]
async fn elements_with_the_same_key_count_once_in_whatever_files_they_are() {
    let folder = folder_with("azure.xml", repository());
    fs::write(folder.path().join("redis.xml"), recorded().join("\n")).unwrap();
    assert_eq!(keys_in(&folder).await, expected().await);
}
