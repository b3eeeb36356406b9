//! The transfer encodings of MIME (RFC 2045, section 6).
//!
//! What they decode to is fixed here for ever:
//! - base64: CR, LF, space and tab are passed over, every other byte outside the alphabet is an
//!   error. The last group is padded, and nothing follows its padding. Bits of the last group that
//!   stand for no byte may be set.
//! - quoted-printable: white space at the end of a line or of the part is dropped, `=` at the end
//!   of a line joins it with the next; line breaks stay as the mail has them. `=` before anything
//!   but two hexadecimal digits, of either case, stands for itself, as in mail programs.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use memchr::{memchr, memchr2};

use super::transform::Transform;
use crate::error::Error;

#[cfg(test)]
mod tests;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

const NOT_BASE64: Error = Error::Corrupt("base64");

/// Decodes base64.
#[derive(Debug, Default)]
pub(crate) struct Base64 {
    /// The letters of a group that is not complete, and while a piece is decoded all of its
    /// letters.
    letters: Vec<u8>,
    has_padding: bool,
}

impl Transform for Base64 {
    fn piece(&mut self, mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while !piece.is_empty() {
            let feed = memchr(b'\n', piece).unwrap_or(piece.len());
            let (line, rest) = piece.split_at_checked(feed).unwrap_or((piece, &[]));
            piece = rest.get(1..).unwrap_or_default();
            self.add_line(line);
        }
        let padding = memchr(b'=', &self.letters);
        let groups = match padding {
            None => self.letters.len() / 4 * 4,
            Some(padding) => match self.letters.len().saturating_sub(padding / 4 * 4) {
                ..4 => padding / 4 * 4,
                4 => self.letters.len(),
                _ => return Err(NOT_BASE64),
            },
        };
        let whole = self.letters.get(..groups).unwrap_or_default();
        if whole.is_empty() {
            return Ok(());
        }
        if self.has_padding {
            return Err(NOT_BASE64);
        }
        self.has_padding = padding.is_some_and(|padding| padding < groups);
        ENGINE.decode_vec(whole, out).map_err(|_| NOT_BASE64)?;
        self.letters.drain(..groups);
        Ok(())
    }

    fn end(&mut self, _out: &mut Vec<u8>) -> Result<(), Error> {
        self.letters.is_empty().then_some(()).ok_or(Error::Corrupt("base64 ends within a group"))
    }
}

impl Base64 {
    fn add_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if memchr2(b' ', b'\t', line).is_none() && memchr(b'\r', line).is_none() {
            self.letters.extend_from_slice(line);
            return;
        }
        self.letters.extend(line.iter().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r')));
    }
}

/// Bytes that may be held back before it is clear what they are. RFC 2045 allows lines of 76.
const HELD_BYTES_MAX: usize = 1000;

/// Where in a quoted-printable text the decoder is.
#[derive(Debug, Default, Clone, Copy)]
enum Place {
    #[default]
    Text,
    /// Behind white space, which is held.
    Space,
    /// Behind white space and a CR, which are held.
    Return,
    /// Behind `=` and white space; the latter is held.
    Escape,
    /// Behind `=`, white space and a CR; the latter two are held.
    EscapeReturn,
    /// Behind `=` and this digit.
    Digit(u8),
}

/// Decodes quoted-printable.
#[derive(Debug, Default)]
pub(crate) struct QuotedPrintable {
    place: Place,
    held: Vec<u8>,
}

impl Transform for QuotedPrintable {
    fn piece(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        for &byte in piece {
            self.byte(byte, out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        match self.place {
            Place::Text | Place::Space | Place::Escape | Place::EscapeReturn => Ok(()),
            // `=` and one digit at the end are no byte.
            Place::Return | Place::Digit(_) => {
                self.give_up(out);
                Ok(())
            }
        }
    }
}

impl QuotedPrintable {
    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), Error> {
        match (self.place, byte) {
            (Place::Text | Place::Space, b'\n') => {
                self.held.clear();
                out.push(b'\n');
                self.place = Place::Text;
            }
            (Place::Text | Place::Space, b' ' | b'\t') => return self.hold(byte, Place::Space),
            (Place::Text | Place::Space, b'\r') => return self.hold(byte, Place::Return),
            (Place::Text | Place::Space, b'=') => {
                out.append(&mut self.held);
                self.place = Place::Escape;
            }
            (Place::Text | Place::Space, _) => {
                out.append(&mut self.held);
                out.push(byte);
                self.place = Place::Text;
            }
            (Place::Return, b'\n') => {
                self.held.clear();
                out.extend_from_slice(b"\r\n");
                self.place = Place::Text;
            }
            (Place::Escape | Place::EscapeReturn, b'\n') => {
                self.held.clear();
                self.place = Place::Text;
            }
            (Place::Escape, b' ' | b'\t') => return self.hold(byte, Place::Escape),
            (Place::Escape, b'\r') => return self.hold(byte, Place::EscapeReturn),
            (Place::Escape, _) if self.held.is_empty() && byte.is_ascii_hexdigit() => {
                self.place = Place::Digit(byte);
            }
            (Place::Digit(first), _) if byte.is_ascii_hexdigit() => {
                out.push(digit(first) << 4 | digit(byte));
                self.place = Place::Text;
            }
            (Place::Return | Place::Escape | Place::EscapeReturn | Place::Digit(_), _) => {
                self.give_up(out);
                return self.byte(byte, out);
            }
        }
        Ok(())
    }

    fn hold(&mut self, byte: u8, place: Place) -> Result<(), Error> {
        if self.held.len() >= HELD_BYTES_MAX {
            return Err(Error::Corrupt("quoted-printable with endless white space"));
        }
        self.held.push(byte);
        self.place = place;
        Ok(())
    }

    /// What was held stands for itself.
    fn give_up(&mut self, out: &mut Vec<u8>) {
        match self.place {
            Place::Escape | Place::EscapeReturn => out.push(b'='),
            Place::Digit(first) => out.extend_from_slice(&[b'=', first]),
            Place::Text | Place::Space | Place::Return => {}
        }
        out.append(&mut self.held);
        self.place = Place::Text;
    }
}

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter.wrapping_sub(b'0'),
        b'a'..=b'f' => letter.wrapping_sub(b'a').wrapping_add(10),
        _ => letter.wrapping_sub(b'A').wrapping_add(10),
    }
}
