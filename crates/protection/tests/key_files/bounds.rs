//! Files that would take more than a file of keys may: of memory, or of time.

use std::fs;

use tempfile::TempDir;

use crate::exports::{folder_with, refusal};

#[tokio::test]
async fn what_is_no_file_of_keys_by_its_size_is_refused_before_it_is_read() {
    let folder = TempDir::new().unwrap();
    let huge = fs::File::create(folder.path().join("key-huge.xml")).unwrap();
    // Takes no space on the disk.
    huge.set_len(1 << 40).unwrap();
    let refused = refusal(&folder).await;
    assert!(
        refused.contains("key-huge.xml cannot be read: it is larger than 4194304 bytes"),
        "{refused}"
    );

    let folder = TempDir::new().unwrap();
    for number in 0..9 {
        let file = fs::File::create(folder.path().join(format!("key-{number}.xml"))).unwrap();
        file.set_len(4 * 1024 * 1024).unwrap();
    }
    let refused = refusal(&folder).await;
    assert!(refused.contains("larger than 33554432 bytes in all"), "{refused}");
}

#[tokio::test]
async fn a_document_that_would_take_much_time_or_memory_is_refused() {
    let laughs = (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)));
    let laughs = format!(
        "<!DOCTYPE key [<!ENTITY l0 \"lol\">{}]><key id=\"&l9;\"/>",
        laughs.collect::<String>()
    );
    let attributes: String = (0..300_000).map(|number| format!(" a{number}=\"\"")).collect();
    for (text, reason) in [
        (laughs, "DTD"),
        (format!("<key id=\"a\"{attributes}/>"), "a tag is longer"),
        (format!("<key id=\"a\">{}</key>", "<a/>".repeat(500_000)), "nodes limit"),
        ("<key id=\"a\">".to_owned() + &"<a>".repeat(500_000), "nodes limit"),
    ] {
        let folder = folder_with("key-1.xml", &text);
        let refusal = refusal(&folder).await;
        assert!(refusal.contains("key-1 cannot be read"), "{reason}: {refusal}");
    }
}
