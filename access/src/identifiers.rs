//! What an object is found by: date and time stamps, sequence numbers, source addresses, URLs and
//! checksums.
//!
//! Identifiers only find candidates, at the server and at the subscriber alike; that bytes are
//! equal is shown by their BLAKE3 and by nothing here.

/// Which sum, tag or name a [`Checksum`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// BLAKE3 of the whole object, 32 bytes.
    Blake3,
    /// SHA-256, 32 bytes (`Repr-Digest`, OCI digests, package indexes).
    Sha256,
    /// SHA-512, 64 bytes.
    Sha512,
    /// SHA-1, 20 bytes.
    Sha1,
    /// MD5, 16 bytes (`Content-MD5`, `x-goog-hash`).
    Md5,
    /// CRC-32C, 4 bytes, big-endian as `x-goog-hash` has it.
    Crc32c,
    /// A strong `ETag`, with its quotes; names a version at one server.
    StrongEntityTag,
    /// Dovecot's GUID of a mail, 16 bytes; names a mail and hashes nothing.
    DovecotGuid,
}

/// A sum that somebody stated for an object: a key to look it up by, never a proof.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum {
    /// What it is.
    pub algorithm: ChecksumAlgorithm,
    /// Its bytes; hexadecimal and Base64 are decoded.
    pub value: Vec<u8>,
}

/// What happened at the time that a [`DateStamp`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DateKind {
    /// The content was last changed: `Last-Modified`, mtime, MDTM.
    Modified,
    /// The file or its inode was last changed: ctime.
    Changed,
    /// The origin answered: the `Date` of a response.
    Served,
    /// The access server stored or revalidated it.
    Stored,
    /// A mail was delivered: INTERNALDATE, the seconds in a Maildir name.
    Received,
    /// A mail was sent: its `Date` field.
    Sent,
}

/// One date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateStamp {
    /// What happened then.
    pub kind: DateKind,
    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    pub seconds: i64,
    /// Nanoseconds of that second; 0 where the server knows seconds only.
    pub nanoseconds: u32,
}

impl DateStamp {
    /// A stamp of whole seconds.
    #[must_use]
    pub const fn of_seconds(kind: DateKind, seconds: i64) -> Self {
        Self { kind, seconds, nanoseconds: 0 }
    }
}

/// A number that a server counts in a space of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SequenceNumber {
    /// What the number counts in: bytes that two sources do not share by accident, for example
    /// `imap` NUL mailbox NUL UIDVALIDITY, or `xferlog` NUL path.
    pub space: Vec<u8>,
    /// The number: a UID, a record, a line.
    pub number: u64,
}

/// All by which one object is found; each may be missing, and each may be there several times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Identifiers {
    /// URLs, as the server writes them: bytes, for no server checks them.
    pub urls: Vec<Vec<u8>>,
    /// Host names and IP addresses that it came from, in lower case, without a port.
    pub source_addresses: Vec<String>,
    /// Dates and times.
    pub dates: Vec<DateStamp>,
    /// Sequence numbers.
    pub sequence_numbers: Vec<SequenceNumber>,
    /// Sums and tags.
    pub checksums: Vec<Checksum>,
    /// Message-IDs of mails, without the angle brackets.
    pub message_ids: Vec<Vec<u8>>,
}

impl Identifiers {
    /// True if there is nothing to find an object by.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a checksum.
    pub fn add_checksum(&mut self, algorithm: ChecksumAlgorithm, value: impl Into<Vec<u8>>) {
        self.checksums.push(Checksum { algorithm, value: value.into() });
    }

    /// Adds a date of whole seconds.
    pub fn add_date(&mut self, kind: DateKind, seconds: i64) {
        self.dates.push(DateStamp::of_seconds(kind, seconds));
    }

    /// The first stamp of a kind.
    #[must_use]
    pub fn date(&self, kind: DateKind) -> Option<DateStamp> {
        self.dates.iter().copied().find(|date| date.kind == kind)
    }

    /// True if both name one thing by what *finds*: a checksum, a URL, a Message-ID or a sequence
    /// number. Addresses and dates narrow a choice and find nothing.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        fn share<T: PartialEq>(these: &[T], those: &[T]) -> bool {
            these.iter().any(|this| those.contains(this))
        }
        share(&self.checksums, &other.checksums)
            || share(&self.urls, &other.urls)
            || share(&self.message_ids, &other.message_ids)
            || share(&self.sequence_numbers, &other.sequence_numbers)
    }
}
