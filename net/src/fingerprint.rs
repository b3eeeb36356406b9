//! Names of certificates by their content.

use std::fmt;
use std::str::FromStr;

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a certificate's DER encoding, as `openssl x509 -fingerprint -sha256` gives it.
///
/// Shown as 64 lower-case hex digits; read with capitals and colons as well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// The digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A digest that came in another form than text.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// A text that is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate's SHA-256 fingerprint: 64 hex digits")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        parse(text).map(Self).ok_or(NotAFingerprint)
    }
}

/// 64 hex digits; colons between bytes, if any, between all of them.
fn parse(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let is_spaced = text.contains(':');
    let mut rest = text;
    for (number, byte) in digest.iter_mut().enumerate() {
        if is_spaced && number > 0 {
            rest = rest.strip_prefix(':')?;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(digits, 16).ok()?;
        rest = behind;
    }
    rest.is_empty().then_some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_and_without_colons_and_capitals_is_the_same_fingerprint() {
        let plain: Fingerprint = "00ff".repeat(16).parse().unwrap();
        let spaced = vec!["00:FF"; 16].join(":");
        assert_eq!(spaced.parse::<Fingerprint>().unwrap(), plain);
        assert_eq!(plain.to_string(), "00ff".repeat(16));
    }

    #[test]
    fn other_texts_are_refused() {
        let hex = "ab".repeat(32);
        let long = format!("{hex}a");
        let half_spaced = format!("ab:{}", "ab".repeat(31));
        let signed = format!("+a{}", "ab".repeat(31));
        let wide = "\u{e4}".repeat(32);
        for text in ["", &hex[..63], &long, &half_spaced, &signed, &wide, &format!("{hex}:")] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }
}
