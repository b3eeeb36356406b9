//! The two ids that every crate above shares. 32 bytes each, written as 64 lower-case hex digits.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

macro_rules! id_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Ordered by its bytes. Read from and shown as 64 lower-case hex digits; other spellings
        /// are refused, so that a name on disk has one form.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Bytes of an id.
            pub const BYTES: usize = 32;

            /// Takes the bytes as they are; any 32 bytes are an id.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes as they go to disk and over the wire.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hex(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                read_hex(text).map(Self)
            }
        }
    };
}

id_newtype! {
    /// Names a chunk by its bytes: BLAKE3-256, keyed in a private domain, plain in the public one.
    ///
    /// It does not say in which domain it was made; ids of different domains must not be mixed.
    ChunkId
}

id_newtype! {
    /// Names a pack: 256 random bits chosen by its writer.
    ///
    /// It says nothing about what the pack holds.
    PackId
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

fn write_hex(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0u8; 64];
    let (pairs, _) = text.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [hex_digit(byte >> 4), hex_digit(byte & 15)];
    }
    f.pad(str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

#[expect(clippy::indexing_slicing, reason = "a nibble is below 16")]
fn hex_digit(nibble: u8) -> u8 {
    HEX_DIGITS[usize::from(nibble & 15)]
}

fn read_hex(text: &str) -> Result<[u8; 32], Error> {
    let mut bytes = [0u8; 32];
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !odd.is_empty() {
        return Err(Error::IdLength { expected: 2 * bytes.len(), found: text.len() });
    }
    for (at, (byte, [high, low])) in bytes.iter_mut().zip(pairs).enumerate() {
        let high = hex_value(*high).ok_or(Error::IdDigit { offset: 2 * at })?;
        let low = hex_value(*low).ok_or(Error::IdDigit { offset: 2 * at + 1 })?;
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    //! Goal: one spelling per id. Method: round trips and every way to misspell. A second spelling
    //! would let one pack have two names.

    use super::*;

    #[test]
    fn id_round_trips_through_hex() {
        let id = ChunkId::from_bytes(std::array::from_fn(|at| u8::try_from(at * 8).unwrap_or(0)));
        let text = id.to_string();
        assert_eq!(text, "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8");
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(format!("{id:?}"), text);
    }

    #[test]
    fn id_refuses_other_spellings() {
        let text = "ab".repeat(32);
        assert!(text.parse::<PackId>().is_ok());
        let wrong_length = |found| Err::<PackId, _>(Error::IdLength { expected: 64, found });
        assert_eq!("".parse(), wrong_length(0));
        assert_eq!(text[..63].parse(), wrong_length(63));
        assert_eq!(format!("{text}a").parse(), wrong_length(65));
        for offset in 0..64 {
            for wrong in ["A", "g", "/", ":", "`", " ", "+"] {
                let mut changed = text.clone();
                changed.replace_range(offset..=offset, wrong);
                assert_eq!(changed.parse::<PackId>(), Err(Error::IdDigit { offset }));
            }
        }
    }
}
