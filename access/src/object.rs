//! What an object is called, in which state it was seen, and what is known of it.

use crate::error::{Error, LimitKind};
use crate::identifiers::Identifiers;
use crate::scope::Scope;

/// Number of a source, fixed by the configuration and never used for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u16);

impl SourceId {
    /// Wraps a number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Bytes of the longest key (ACCESS section 2).
pub const KEY_BYTES_MAX: usize = 64 << 10;

/// The name of an object in its source: bytes of its kind's own making, stable over refreshes of
/// the object, ordered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey(Box<[u8]>);

impl ObjectKey {
    /// What all keys begin with.
    pub(crate) fn empty() -> Self {
        Self(Box::default())
    }

    /// Wraps the bytes of a key.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if it is longer than [`KEY_BYTES_MAX`].
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Result<Self, Error> {
        let bytes = bytes.into();
        if bytes.len() > KEY_BYTES_MAX {
            return Err(Error::Limit(LimitKind::Key));
        }
        Ok(Self(bytes))
    }

    /// A key of several parts that keeps their order: parts are compared one after the other. A
    /// single part without NUL is the key itself.
    ///
    /// NUL becomes `00 ff`, and `00 01` stands between parts, so that no two lists give one key.
    ///
    /// # Errors
    ///
    /// [`Error::Limit`] if the key is longer than [`KEY_BYTES_MAX`].
    pub fn of_parts(parts: &[&[u8]]) -> Result<Self, Error> {
        let mut key = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            if part.len() > KEY_BYTES_MAX || key.len() > KEY_BYTES_MAX {
                return Err(Error::Limit(LimitKind::Key));
            }
            if number > 0 {
                key.extend_from_slice(&[0, 1]);
            }
            for &byte in *part {
                key.push(byte);
                if byte == 0 {
                    key.push(0xff);
                }
            }
        }
        Self::new(key)
    }

    /// The parts that [`ObjectKey::of_parts`] was given; `None` if it was made otherwise.
    #[must_use]
    pub fn parts(&self) -> Option<Vec<Vec<u8>>> {
        let mut parts = vec![Vec::new()];
        let mut bytes = self.0.iter();
        while let Some(&byte) = bytes.next() {
            match (byte, byte == 0) {
                (_, false) => parts.last_mut()?.push(byte),
                (_, true) => match bytes.next()? {
                    0xff => parts.last_mut()?.push(0),
                    1 => parts.push(Vec::new()),
                    _ => return None,
                },
            }
        }
        Some(parts)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The state in which an object was seen: equal generations may be taken for equal bytes where one
/// only looks for candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation([u8; 32]);

impl Generation {
    /// Wraps the bytes of a generation.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Hashes the tuple of a generation: which facts belong to it is said per kind of source in
/// ACCESS section 10.
#[derive(Debug, Clone)]
pub struct GenerationTuple(blake3::Hasher);

impl GenerationTuple {
    /// Begins the tuple of a kind of source; kinds never share a generation.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self(blake3::Hasher::new_derive_key("gleaner access 2026 generation"))
            .bytes(kind.as_bytes())
    }

    /// Adds bytes, behind their length.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// Adds a number that may be negative.
    #[must_use]
    pub fn signed(self, number: i64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// Adds a generation, for objects that are made of others.
    #[must_use]
    pub fn generation(self, generation: &Generation) -> Self {
        self.bytes(generation.as_bytes())
    }

    /// The generation.
    #[must_use]
    pub fn finish(&self) -> Generation {
        Generation(*self.0.finalize().as_bytes())
    }
}

/// A content coding of HTTP (RFC 9110 section 8.4.1), or the like of it in a mail store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ContentCoding {
    /// `gzip`, `x-gzip`.
    Gzip,
    /// `deflate`.
    Deflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
    /// `xz`, which mail stores know and HTTP does not.
    Xz,
    /// One that this version cannot undo.
    Unknown,
}

/// One stretch of a whole that is not held as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// Where it begins in the object's body.
    pub body_offset: u64,
    /// Where it begins in the whole.
    pub start: u64,
    /// Bytes.
    pub len: u64,
}

/// Says which parts of a whole the body is made of (slices, answers with status 206).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Partial {
    /// Stretches that do not touch, ascending; their bytes follow one another in the body.
    pub runs: Vec<Run>,
    /// Bytes of the whole, if the server says so.
    pub total: Option<u64>,
}

/// What is known of an object without reading its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Its name.
    pub key: ObjectKey,
    /// Its state.
    pub generation: Generation,
    /// What it is found by.
    pub identifiers: Identifiers,
    /// Who may learn of it.
    pub scope: Scope,
    /// Bytes of the body as it is stored; `None` if only reading tells.
    pub raw_len: Option<u64>,
    /// The media type that its server states, in lower case, without parameters; `message/rfc822`
    /// for a mail.
    pub media_type: Option<String>,
    /// Content codings of the stored body, in the order in which they were applied.
    pub encodings: Vec<ContentCoding>,
    /// Set if the body is not the whole.
    pub partial: Option<Partial>,
}

#[cfg(test)]
mod tests {
    //! Goal: two lists of parts never give one key or one generation, and keys keep their order.
    //! Method: the edges (empty parts, NUL, length limits), then a property. If it fails, one
    //! object is read for another.

    use proptest::prelude::*;

    use super::{GenerationTuple, KEY_BYTES_MAX, ObjectKey};

    fn key(parts: &[&[u8]]) -> ObjectKey {
        ObjectKey::of_parts(parts).unwrap()
    }

    #[test]
    fn key_has_at_most_64_kib() {
        assert!(ObjectKey::new(vec![7; KEY_BYTES_MAX]).is_ok());
        assert!(ObjectKey::new(vec![7; KEY_BYTES_MAX + 1]).is_err());
        assert!(ObjectKey::of_parts(&[&vec![7; KEY_BYTES_MAX]]).is_ok());
        assert!(ObjectKey::of_parts(&[&vec![0; KEY_BYTES_MAX]]).is_err());
        assert!(ObjectKey::of_parts(&[&vec![7; KEY_BYTES_MAX], b""]).is_err());
    }

    #[test]
    fn parts_do_not_flow_into_each_other() {
        assert_eq!(key(&[b"a/b"]).as_bytes(), b"a/b");
        assert_ne!(key(&[b"ab", b""]), key(&[b"a", b"b"]));
        assert_ne!(key(&[b"a\0\x01b"]), key(&[b"a", b"b"]));
        assert_ne!(key(&[b""]), key(&[b"", b""]));
        assert!(ObjectKey::new(*b"a\0b").unwrap().parts().is_none());
        assert!(ObjectKey::new(*b"a\0").unwrap().parts().is_none());
    }

    #[test]
    fn generations_differ_where_one_fact_does() {
        let tuple = || GenerationTuple::new("tree");
        let facts = [
            tuple().finish(),
            GenerationTuple::new("nginx").finish(),
            tuple().number(1).finish(),
            tuple().number(1).number(0).finish(),
            tuple().bytes(b"ab").bytes(b"").finish(),
            tuple().bytes(b"a").bytes(b"b").finish(),
            tuple().signed(-1).finish(),
        ];
        let distinct: std::collections::BTreeSet<_> = facts.iter().collect();
        assert_eq!(distinct.len(), facts.len());
        assert_eq!(tuple().number(1).finish(), tuple().number(1).finish());
    }

    proptest! {
        #[test]
        fn keys_of_parts_keep_the_order_and_give_the_parts_back(
            a in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 1..4),
            b in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 1..4),
        ) {
            let key_of = |parts: &[Vec<u8>]| {
                key(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
            };
            prop_assert_eq!(key_of(&a).parts(), Some(a.clone()));
            prop_assert_eq!(key_of(&a).cmp(&key_of(&b)), a.cmp(&b));
        }
    }
}
