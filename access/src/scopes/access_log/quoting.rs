//! How servers write what a client sent so that it stays inside its field.

use crate::error::Error;

fn hex_value(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

fn hex_byte(high: u8, low: u8) -> Option<u8> {
    Some(hex_value(high)? << 4 | hex_value(low)?)
}

/// Undoes `%XX`. A percent sign that no two digits follow is refused: whoever wrote it quoted
/// nothing.
pub(super) fn unquote_percent(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let [high, low, after @ ..] = after else {
            return Err(Error::Corrupt("a percent sign without two digits"));
        };
        let byte = hex_byte(*high, *low);
        bytes.push(byte.ok_or(Error::Corrupt("a percent sign without two digits"))?);
        rest = after;
    }
    Ok(bytes)
}

/// Turns the escapes of Apache that JSON does not have into those that it has: `\xHH` and `\v`.
/// Bytes from 0x80 on come out as they are. A backslash and what follows it stay together, so that
/// `\\x41` remains a backslash before `x41`.
pub(super) fn apache_to_json(line: &[u8]) -> Vec<u8> {
    let mut json = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            json.push(first);
            continue;
        }
        match after {
            [b'x', high, low, after @ ..] if hex_byte(*high, *low).is_some() => {
                match hex_byte(*high, *low) {
                    Some(byte) if byte >= 0x80 => json.push(byte),
                    _ => json.extend([b'\\', b'u', b'0', b'0', *high, *low]),
                }
                rest = after;
            }
            [b'v', after @ ..] => {
                json.extend_from_slice(b"\\u000b");
                rest = after;
            }
            [escaped, after @ ..] => {
                json.extend([b'\\', *escaped]);
                rest = after;
            }
            [] => json.push(b'\\'),
        }
    }
    json
}
