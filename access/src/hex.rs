//! Lower-case hexadecimal digits, as digests are written in names and header fields.

/// Digits of the longest digest that is read: SHA-512.
const DIGITS_MAX: usize = 128;

/// The bytes of lower-case digits; `None` for anything else, or more than 64 bytes.
pub(crate) fn bytes_of_hex(hex: &[u8]) -> Option<Vec<u8>> {
    if hex.len() > DIGITS_MAX || !hex.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| match *pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    hex.chunks(2).map(pair).collect()
}
