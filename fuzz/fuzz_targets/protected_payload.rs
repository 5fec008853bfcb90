//! `Protector::unprotect` and `unprotect_text`, with keys of both kinds of algorithm: what they accept was protected.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wicketgate_fuzz::{block_on, goldens, memory, seeds};
use wicketgate_protection::Protector;

const RINGS: [&str; 2] = ["aes-256-cbc-hmacsha256", "aes-256-gcm-hmacsha256"];
const PURPOSES: [&str; 2] = ["a", "b"];

static PROTECTORS: LazyLock<Vec<Protector>> = LazyLock::new(|| {
    let golden = goldens::json("data-protection.json");
    let rings = golden["rings"].as_array().expect("rings").iter();
    rings
        .filter(|ring| RINGS.iter().any(|name| ring["name"] == *name))
        .map(|ring| {
            let name = ring["name"].as_str().expect("a name");
            let application = ring["application"].as_str().expect("an application");
            goldens::protection(&format!("key-rings/{name}"), application).protector(&PURPOSES)
        })
        .collect()
});

fuzz_target!(
    init: {
        assert_eq!(PROTECTORS.len(), RINGS.len());
        let golden = goldens::json("data-protection.json");
        let rings = golden["rings"].as_array().expect("rings");
        let payloads = rings.iter().flat_map(|ring| [&ring["payloads"], &ring["bad"]]);
        let texts = payloads.flat_map(|payloads| goldens::texts(payloads, "protected"));
        seeds::write(texts.flat_map(|text| {
            let bytes = wicketgate_protection::base64_text::decode_url(text).unwrap_or_default();
            [text.as_bytes().to_vec(), bytes]
        }));
    },
    |bytes: &[u8]| {
        for protector in PROTECTORS.iter() {
            let opened = memory::bounded(bytes.len(), 4, || block_on(protector.unprotect(bytes)));
            if let Ok(plaintext) = opened {
                let again = block_on(protector.protect(&plaintext)).expect("a key");
                assert_eq!(*block_on(protector.unprotect(&again)).expect("our own"), *plaintext);
                assert_eq!(again.len(), bytes.len());
            }
            if let Ok(text) = str::from_utf8(bytes) {
                let _ = memory::bounded(text.len(), 8, || block_on(protector.unprotect_text(text)));
            }
        }
    }
);
