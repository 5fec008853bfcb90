//! CBOR that is read, and CBOR that is not.

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// Whether the hexadecimal text is one value in this form.
fn is_value(text: &str, form: CborForm) -> bool {
    let bytes = HEXLOWER.decode(text.as_bytes()).unwrap();
    let mut reader = CborReader::new(&bytes, form);
    reader.skip().is_ok() && reader.position() == bytes.len()
}

#[test]
fn canonical_values_are_read_in_both_forms() {
    for text in [
        "00",
        "17",
        "1818",
        "190100",
        "1a00010000",
        "1b0000000100000000",
        "20",
        "3818",
        "40",
        "4101",
        "60",
        "6161",
        "80",
        "820102",
        "a0",
        "a10102",
        "a201022003",
        "a2616101626262 02",
        "f4",
        "f6",
        "f7",
        "f97e00",
        "fa7f7fffff",
        "fb7fefffffffffffff",
        "e0",
        "f820",
        "a2636162630164616263 6402",
    ] {
        let text = text.replace(' ', "");
        assert!(is_value(&text, CborForm::Strict), "{text}");
        assert!(is_value(&text, CborForm::Ctap2Canonical), "{text}");
    }
}

#[test]
fn other_valid_values_are_not_canonical() {
    for text in [
        "1817",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5800",
        "7800",
        "9800",
        "b800",
        "9fff",
        "bfff",
        "5f4101ff",
        "7f6161ff",
        "9f01ff",
        "bf0102ff",
        "a220030102",
        "a2616202616101",
        "c001",
        "c101",
    ] {
        assert!(is_value(text, CborForm::Strict), "{text}");
        assert!(!is_value(text, CborForm::Ctap2Canonical), "{text}");
    }
}

#[test]
fn what_is_no_cbor_is_no_value() {
    for text in [
        "",
        "18",
        "19",
        "1901",
        "1c",
        "1d",
        "1e",
        "1f",
        "3f",
        "41",
        "61",
        "61ff",
        "81",
        "a1",
        "a101",
        "a2010101 02",
        "ff",
        "f800",
        "f81f",
        "f8",
        "f97e",
        "fa7f7fff",
        "fc",
        "9f",
        "bf",
        "bf01ff",
        "5f",
        "5f6161ff",
        "7f4101ff",
        "c0",
        "a2616101616102",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "5bffffffffffffffff",
    ] {
        let text = text.replace(' ', "");
        assert!(!is_value(&text, CborForm::Strict), "{text}");
        assert!(!is_value(&text, CborForm::Ctap2Canonical), "{text}");
    }
}

#[test]
fn nesting_ends_at_sixteen() {
    let nested = |depth: usize| format!("{}00", "81".repeat(depth));
    assert!(is_value(&nested(15), CborForm::Strict));
    assert!(!is_value(&nested(16), CborForm::Strict));
    assert!(!is_value(&nested(20_000), CborForm::Strict));
    assert!(!is_value(&format!("{}00", "c0".repeat(20_000)), CborForm::Strict));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        for form in [CborForm::Strict, CborForm::Ctap2Canonical] {
            let mut reader = CborReader::new(&bytes, form);
            if reader.skip().is_ok() {
                prop_assert!(reader.position() <= bytes.len());
            }
        }
    }
}
