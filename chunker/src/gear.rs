//! The table that turns bytes into a rolling hash: the public one, or one of a private domain.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Context of the key derivation; part of format version 1.
const CONTEXT: &str = "gleaner v1 gear table";

/// Bytes after which a rolling hash has forgotten what came before: each byte shifts its 64 bits by
/// one.
pub(crate) const WINDOW_BYTES: usize = 64;

/// 256 words of 64 bits that decide, with [`ChunkerParams`](crate::ChunkerParams), where chunks
/// end.
///
/// A derived table is a secret of its domain: it is wiped on drop and never shown. It makes cut
/// points hard to guess but is no proof against someone who sees many chunk lengths.
#[derive(Clone)]
pub struct GearTable {
    words: Box<[u64; 256]>,
}

impl GearTable {
    /// The table of the public domain: that of `fastcdc` 5.0.0, for ever.
    #[must_use]
    pub fn public() -> Self {
        let (words, _) = fastcdc::v2020::get_gear_with_seed(0);
        Self::from_words(|at| words.get(at).copied().unwrap_or_default())
    }

    /// The table of a private domain: the first 2,048 bytes of BLAKE3's extendable output in
    /// key-derivation mode, read as 256 little-endian words.
    #[must_use]
    pub fn derive(domain_key: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(domain_key);
        let mut output = hasher.finalize_xof();
        let mut bytes = Zeroizing::new([0u8; 2048]);
        output.fill(bytes.as_mut_slice());
        hasher.zeroize();
        output.zeroize();
        let (words, _) = bytes.as_chunks::<8>();
        Self::from_words(|at| words.get(at).map_or(0, |word| u64::from_le_bytes(*word)))
    }

    /// Any words, for tests and comparisons; no repository has such a table.
    #[must_use]
    pub fn custom(words: &[u64; 256]) -> Self {
        Self::from_words(|at| words.get(at).copied().unwrap_or_default())
    }

    fn from_words(word: impl Fn(usize) -> u64) -> Self {
        let mut table = Self { words: Box::new([0; 256]) };
        for (at, slot) in table.words.iter_mut().enumerate() {
            *slot = word(at);
        }
        table
    }

    /// BLAKE3 of the words, little-endian: tells whether two tables are the same.
    ///
    /// Reveals nothing about a derived table, yet links repositories that share one.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for word in self.words.iter() {
            hasher.update(&word.to_le_bytes());
        }
        let digest = hasher.finalize().into();
        hasher.zeroize();
        digest
    }

    pub(crate) fn words(&self) -> &[u64; 256] {
        &self.words
    }
}

impl Drop for GearTable {
    fn drop(&mut self) {
        self.words.zeroize();
    }
}

impl fmt::Debug for GearTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GearTable([redacted])")
    }
}

#[cfg(test)]
mod tests {
    //! Goal: both tables are fixed for ever. Method: the crate's own tables, digests written down
    //! here. A changed table ends deduplication against everything stored before.

    use super::*;

    fn hex(digest: [u8; 32]) -> String {
        blake3::Hash::from(digest).to_string()
    }

    #[test]
    fn public_table_is_that_of_the_crate() {
        let (words, _) = fastcdc::v2020::get_gear_with_seed(0);
        let table = GearTable::public();
        assert_eq!(table.words().as_slice(), &*words);
        assert_eq!(
            hex(table.digest()),
            "9af822d1e10df25d0157a43ccd0a73b56d1c1d0a5d77acb4e6e979522d0fe149"
        );
    }

    /// The answer was confirmed by a second implementation, written from the paper.
    #[test]
    fn derived_table_is_fixed_by_its_key() {
        let table = GearTable::derive(&[7; 32]);
        assert_eq!(
            hex(table.digest()),
            "4725fc4d60fe1cb463ef8e45e74ce2166d1563cec30ff503a5845acc908b5dba"
        );
        assert_ne!(table.digest(), GearTable::derive(&[8; 32]).digest());
    }

    #[test]
    fn table_is_not_shown() {
        assert_eq!(format!("{:?}", GearTable::derive(&[7; 32])), "GearTable([redacted])");
    }
}
