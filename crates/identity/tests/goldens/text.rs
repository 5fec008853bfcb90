//! Normalization and encoding as in .NET.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use wicketgate_identity::text::{
    encode_html, encode_json, encode_json_relaxed, encode_url, is_email_address, normalize,
};

use crate::read;

#[derive(Deserialize)]
struct Normalization {
    /// Hexadecimal code points, those that change only.
    upper: HashMap<String, String>,
    names: Vec<Name>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
    normalized: String,
}

#[derive(Deserialize)]
struct EmailAddress {
    address: String,
    valid: bool,
}

#[derive(Deserialize)]
struct Encoders {
    json_safe: String,
    html_safe: String,
    url_safe: String,
    samples: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    text: String,
    json: String,
    html: String,
    url: String,
    query: String,
}

fn every_character() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

#[test]
fn every_code_point_is_normalized_as_dotnet_does() {
    let golden: Normalization = read("normalization.json");
    let mut changed = 0;
    for c in every_character() {
        // The record is of the upper case alone; here form C comes first.
        let composed = normalized_form_c(c);
        let expected: String = composed.chars().map(|c| golden_upper_case(&golden, c)).collect();
        assert_eq!(normalize(&c.to_string()).as_str(), expected, "U+{:04X}", u32::from(c));
        changed += usize::from(golden_upper_case(&golden, c) != c);
    }
    assert_eq!(changed, golden.upper.len());
}

#[test]
fn names_are_normalized_as_dotnet_does() {
    let golden: Normalization = read("normalization.json");
    for Name { name, normalized } in &golden.names {
        // Text that is no Unicode cannot be in a `str`.
        if name != "lone surrogate" {
            assert_eq!(normalize(name).as_str(), normalized, "{name:?}");
        }
    }
}

fn golden_upper_case(golden: &Normalization, c: char) -> char {
    match golden.upper.get(&format!("{:04X}", u32::from(c))) {
        Some(upper) => u32::from_str_radix(upper, 16).ok().and_then(char::from_u32).unwrap(),
        None => c,
    }
}

fn normalized_form_c(c: char) -> String {
    unicode_normalization::UnicodeNormalization::nfc(std::iter::once(c)).collect()
}

#[test]
fn addresses_are_taken_as_dotnet_takes_them() {
    let golden: Vec<EmailAddress> = read("email-addresses.json");
    for EmailAddress { address, valid } in golden {
        assert_eq!(is_email_address(&address), valid, "{address:?}");
    }
}

#[test]
fn exactly_the_recorded_code_points_pass_the_encoders() {
    let golden: Encoders = read("encoders.json");
    let [json, html, url] = [&golden.json_safe, &golden.html_safe, &golden.url_safe].map(|safe| code_points(safe));
    for c in every_character() {
        let text = c.to_string();
        for (encoder, encoded, safe) in [
            ("json", encode_json(&text), &json),
            ("html", encode_html(&text), &html),
            ("url", encode_url(&text), &url),
        ] {
            assert_eq!(encoded == text, safe.contains(&c), "{encoder} U+{:04X}", u32::from(c));
        }
    }
}

/// The samples show the forms; every code point that does not pass has one of them.
#[test]
fn every_other_code_point_is_written_by_its_number_unless_it_has_a_short_form() {
    let golden: Encoders = read("encoders.json");
    let [json, html, url] = [&golden.json_safe, &golden.html_safe, &golden.url_safe].map(|safe| code_points(safe));
    for c in every_character() {
        let text = c.to_string();
        if !json.contains(&c) {
            let units = |c: char| {
                c.encode_utf16(&mut [0; 2])
                    .iter()
                    .map(|unit| format!("\\u{unit:04X}"))
                    .collect()
            };
            let expected: String = match c {
                '\u{8}' => r"\b".to_owned(),
                '\t' => r"\t".to_owned(),
                '\n' => r"\n".to_owned(),
                '\u{C}' => r"\f".to_owned(),
                '\r' => r"\r".to_owned(),
                '\\' => r"\\".to_owned(),
                other => units(other),
            };
            assert_eq!(encode_json(&text), expected);
        }
        if !html.contains(&c) {
            let expected = match c {
                '<' => "&lt;".to_owned(),
                '>' => "&gt;".to_owned(),
                '&' => "&amp;".to_owned(),
                '"' => "&quot;".to_owned(),
                other => format!("&#x{:X};", u32::from(other)),
            };
            assert_eq!(encode_html(&text), expected);
        }
        if !url.contains(&c) {
            let expected: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            assert_eq!(encode_url(&text), expected);
        }
    }
}

#[test]
fn the_samples_are_encoded_as_dotnet_does() {
    let golden: Encoders = read("encoders.json");
    for sample in golden.samples {
        let text = &sample.text;
        assert_eq!(encode_json(text), sample.json, "{text:?}");
        assert_eq!(encode_html(text), sample.html, "{text:?}");
        assert_eq!(encode_url(text), sample.url, "{text:?}");
        assert_eq!(format!("/x?k={}", encode_url(text)), sample.query, "{text:?}");
    }
}

/// `20-21 7E` as characters.
fn code_points(ranges: &str) -> HashSet<char> {
    let number = |text| u32::from_str_radix(text, 16).unwrap();
    ranges
        .split(' ')
        .map(|range| range.split_once('-').unwrap_or((range, range)))
        .flat_map(|(first, last)| number(first)..=number(last))
        .filter_map(char::from_u32)
        .collect()
}

#[test]
fn json_in_answers_reads_as_the_text_it_came_from() {
    for c in every_character() {
        let json = format!("\"{}\"", encode_json_relaxed(&c.to_string()));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), c.to_string(), "{json}");
    }
}

#[test]
fn json_in_answers_escapes_what_cannot_be_seen_and_what_lies_beyond_the_first_plane() {
    for (text, expected) in [
        ("<b>&'+`/", "<b>&'+`/"),
        ("ünï 日本 ß \u{301}", "ünï 日本 ß \u{301}"),
        ("\"\\", r#"\"\\"#),
        ("\u{8}\t\n\u{C}\r\0\u{7F}\u{80}", r"\b\t\n\f\r\u0000\u007F\u0080"),
        // Formatting characters pass, spaces and separators do not.
        ("\u{AD}\u{200D}\u{FEFF}", "\u{AD}\u{200D}\u{FEFF}"),
        ("\u{A0}\u{2003}\u{2028}\u{3000}", r"\u00A0\u2003\u2028\u3000"),
        // For private use, not assigned (in Unicode 16), never to be assigned.
        (
            "\u{E000}\u{378}\u{A7CE}\u{FDD0}\u{FFFF}",
            r"\uE000\u0378\uA7CE\uFDD0\uFFFF",
        ),
        ("😀\u{10FFFF}", r"\uD83D\uDE00\uDBFF\uDFFF"),
    ] {
        assert_eq!(encode_json_relaxed(text), expected, "{text:?}");
    }
}
