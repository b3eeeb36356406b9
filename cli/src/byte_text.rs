//! Paths are bytes: how they look on a terminal and in JSON (CLI.md section 6.6), and how amounts
//! look to people.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// For people: control characters and bytes that are not UTF-8 as `\xNN`, backslashes untouched.
pub(crate) fn printable(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len());
    for piece in bytes.utf8_chunks() {
        for letter in piece.valid().chars() {
            if letter.is_control() {
                let mut encoded = [0; 4];
                for byte in letter.encode_utf8(&mut encoded).bytes() {
                    write!(text, "\\x{byte:02x}").expect("writing to a String cannot fail");
                }
            } else {
                text.push(letter);
            }
        }
        for byte in piece.invalid() {
            write!(text, "\\x{byte:02x}").expect("writing to a String cannot fail");
        }
    }
    text
}

/// For JSON: the text with U+FFFD for what is not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// For JSON: the exact bytes in base64, only where [`lossy`] lost something.
pub(crate) fn twin(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).is_err().then(|| STANDARD.encode(bytes))
}

/// [`lossy`] for an array.
pub(crate) fn lossy_all(paths: &[Vec<u8>]) -> Vec<String> {
    paths.iter().map(|path| lossy(path)).collect()
}

/// [`twin`] for an array: of equal length, `null` for clean entries, absent if all are clean.
pub(crate) fn twin_all(paths: &[Vec<u8>]) -> Option<Vec<Option<String>>> {
    let twins: Vec<_> = paths.iter().map(|path| twin(path)).collect();
    twins.iter().any(Option::is_some).then_some(twins)
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

/// `1.5 GiB`.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(crate) fn amount(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next().unwrap_or(&"KiB");
    for larger in units {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    format!("{value:.1} {unit}")
}

/// `1 file`, `41 233 files`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    if number == 1 { format!("{grouped} {noun}") } else { format!("{grouped} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::{amount, count, lossy, printable, twin, twin_all};

    #[test]
    fn bytes_that_are_not_text_are_shown_by_number() {
        assert_eq!(printable(b"a\xffb\n\x1b[0m"), "a\\xffb\\x0a\\x1b[0m");
        assert_eq!(printable("\u{e9}".as_bytes()), "\u{e9}");
        assert_eq!(printable("\u{85}".as_bytes()), "\\xc2\\x85");
    }

    #[test]
    fn a_twin_holds_the_exact_bytes_and_only_where_they_are_needed() {
        assert_eq!(
            (lossy(b"a\xff"), twin(b"a\xff").as_deref()),
            ("a\u{fffd}".into(), Some("Yf8="))
        );
        assert_eq!(twin(b"plain"), None);
        assert_eq!(twin_all(&[b"a".to_vec()]), None);
        let twins = twin_all(&[b"a".to_vec(), b"\xff".to_vec()]);
        assert_eq!(twins, Some(vec![None, Some("/w==".to_owned())]));
    }

    #[test]
    fn amounts_and_counts_read_well() {
        let amounts = [0, 1023, 1024, 1536, 1 << 20, 3 << 30].map(amount);
        assert_eq!(amounts, ["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "3.0 GiB"]);
        let counts = [0, 1, 999, 1000, 41_233, 1_234_567].map(|number| count(number, "file"));
        let expected =
            ["0 files", "1 file", "999 files", "1 000 files", "41 233 files", "1 234 567 files"];
        assert_eq!(counts, expected);
    }
}
