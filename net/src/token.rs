//! Secrets that stand for rights.

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize as _, Zeroizing};

use crate::error::Error;

/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 32;
/// How a token's text begins, so that whoever looks for leaked secrets can tell what it is.
const PREFIX: &str = "gleaner_token_";
/// What keeps hashes of tokens apart from all other hashes.
const HASH_CONTEXT: &str = "gleaner 2026-11-30 token at rest";

/// A secret of 256 random bits: who has it may do what it was made for.
///
/// Its text is `gleaner_token_` and 64 hex digits. It is wiped when dropped; `Debug` shows nothing.
#[derive(Clone)]
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    /// Makes a token of bytes of a random source.
    #[must_use]
    pub const fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// What is to be shown once, to whom it is for.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        use fmt::Write as _;
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 2 * TOKEN_BYTES));
        text.push_str(PREFIX);
        for byte in self.0 {
            // Writing to a string does not fail.
            let _infallible = write!(text, "{byte:02x}");
        }
        text
    }

    /// What is kept in its place. A token has 256 random bits: nobody finds it by its hash, however
    /// fast that is computed, so it needs no salt and no slow function.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(blake3::derive_key(HASH_CONTEXT, &self.0))
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl FromStr for Token {
    type Err = Error;

    /// Reads a token's text, white space around it left out.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text.trim().strip_prefix(PREFIX)).map(Self).ok_or(Error::BadText { what: "token" })
    }
}

/// What a server keeps of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Takes what was kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What is to be kept.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({self})")
    }
}

impl FromStr for TokenHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(Some(text)).map(Self).ok_or(Error::BadText { what: "token's hash" })
    }
}

/// 64 lower-case hex digits.
fn parse(text: Option<&str>) -> Option<[u8; 32]> {
    let text = text.filter(|text| text.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        let [high, low] = digits.map(|digit| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        });
        *byte = high? << 4 | low?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_comes_back_from_its_text_and_says_nothing_in_debug_output() {
        let token = Token::from_random([0xa7; 32]);
        let text = token.to_text();
        assert_eq!(*text, format!("gleaner_token_{}", "a7".repeat(32)));
        let read: Token = format!(" {}\n", *text).parse().unwrap();
        assert_eq!(read.hash(), token.hash());
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    #[test]
    fn hash_is_what_the_format_says() {
        // b3sum --derive-key "gleaner 2026-11-30 token at rest" over 32 zero bytes.
        let expected = blake3::Hasher::new_derive_key("gleaner 2026-11-30 token at rest")
            .update(&[0; 32])
            .finalize();
        assert_eq!(Token::from_random([0; 32]).hash().as_bytes(), expected.as_bytes());
        let text = Token::from_random([0; 32]).hash().to_string();
        assert_eq!(text.parse::<TokenHash>().unwrap().to_string(), text);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let hex = "a7".repeat(32);
        for text in [
            String::new(),
            hex.clone(),
            format!("gleaner_token_{}", &hex[1..]),
            format!("gleaner_token_{hex}0"),
            format!("gleaner_token_{}", hex.to_uppercase()),
            format!("gleaner_token_{}\u{e4}", &hex[2..]),
            format!("Gleaner_token_{hex}"),
        ] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }
}
