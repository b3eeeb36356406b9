//! Finds objects by their identifiers.
//!
//! A checksum, a URL, a Message-ID or a sequence number finds. Source address and date find
//! nothing: they choose among several that were found. What is found is a candidate, whose bytes
//! are still to be proved.

use std::collections::HashMap;

use crate::identifiers::{ChecksumAlgorithm, DateKind, DateStamp, Identifiers};

use super::feed::ObjectNumber;

#[cfg(test)]
mod tests;

/// Identifiers of one object that find it; more are left out.
const FINDING_MAX: usize = 64;

/// Dates and addresses of one object that choose; more are left out.
const CHOOSING_MAX: usize = 16;

/// 128 bits of a hash of an identifier's kind and value.
type Digest = [u8; 16];

#[derive(Debug)]
struct Choosing {
    dates: Box<[i64]>,
    addresses: Box<[Digest]>,
    finding: Box<[Digest]>,
}

/// Identifiers of the objects of one source. Memory: about 60 bytes an identifier, and 100 an
/// object.
#[derive(Debug, Default)]
pub struct IdentifierIndex {
    found_by: HashMap<Digest, Vec<ObjectNumber>>,
    objects: HashMap<ObjectNumber, Choosing>,
}

impl IdentifierIndex {
    /// Knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the identifiers of an object, in the place of what it had.
    pub fn put(&mut self, number: ObjectNumber, identifiers: &Identifiers) {
        self.remove(number);
        let mut finding: Vec<Digest> = finding(identifiers).take(FINDING_MAX).collect();
        finding.sort_unstable();
        finding.dedup();
        for digest in &finding {
            self.found_by.entry(*digest).or_default().push(number);
        }
        let dates = identifiers.dates.iter().map(|date| date.seconds);
        let addresses = identifiers.source_addresses.iter().map(|it| address_digest(it));
        let choosing = Choosing {
            dates: dates.take(CHOOSING_MAX).collect(),
            addresses: addresses.take(CHOOSING_MAX).collect(),
            finding: finding.into(),
        };
        self.objects.insert(number, choosing);
    }

    /// Forgets an object.
    pub fn remove(&mut self, number: ObjectNumber) {
        let Some(choosing) = self.objects.remove(&number) else { return };
        for digest in &choosing.finding {
            if let Some(numbers) = self.found_by.get_mut(digest) {
                numbers.retain(|&found| found != number);
                if numbers.is_empty() {
                    self.found_by.remove(digest);
                }
            }
        }
    }

    /// The objects that `wanted` finds, in order of their numbers. If they are several, and some
    /// have a source address of `wanted`, those alone; then, likewise, those with a date of it.
    #[must_use]
    pub fn find(&self, wanted: &Identifiers) -> Vec<ObjectNumber> {
        let mut found: Vec<ObjectNumber> = finding(wanted)
            .filter_map(|digest| self.found_by.get(&digest))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        let addresses: Vec<Digest> =
            wanted.source_addresses.iter().map(|address| address_digest(address)).collect();
        let dates: Vec<i64> = wanted.dates.iter().map(|date| date.seconds).collect();
        self.choose(&mut found, |object| object.addresses.iter().any(|it| addresses.contains(it)));
        self.choose(&mut found, |object| object.dates.iter().any(|it| dates.contains(it)));
        found
    }

    /// Keeps those that agree, if there are any and more than one were found.
    fn choose(&self, found: &mut Vec<ObjectNumber>, agrees: impl Fn(&Choosing) -> bool) {
        if found.len() < 2 {
            return;
        }
        let agreeing =
            found.iter().copied().filter(|number| self.objects.get(number).is_some_and(&agrees));
        let agreeing: Vec<ObjectNumber> = agreeing.collect();
        if !agreeing.is_empty() {
            *found = agreeing;
        }
    }
}

/// Whether an increment with these identifiers is offered at all: its content or its inode changed
/// after `since`, or nothing is known of when it did.
#[must_use]
pub fn is_offered(identifiers: &Identifiers, since: DateStamp) -> bool {
    let later =
        |date: DateStamp| (date.seconds, date.nanoseconds) > (since.seconds, since.nanoseconds);
    let stamps = [DateKind::Modified, DateKind::Changed].map(|kind| identifiers.date(kind));
    let mut known = stamps.into_iter().flatten().peekable();
    known.peek().is_none() || known.any(later)
}

fn finding(identifiers: &Identifiers) -> impl Iterator<Item = Digest> {
    let checksums = identifiers.checksums.iter().map(|checksum| {
        let algorithm = algorithm_number(checksum.algorithm);
        digest(&[b"checksum", &[algorithm], &checksum.value])
    });
    let urls = identifiers.urls.iter().map(|url| digest(&[b"url", url]));
    let message_ids = identifiers.message_ids.iter().map(|id| digest(&[b"message-id", id]));
    let numbers = identifiers
        .sequence_numbers
        .iter()
        .map(|sequence| digest(&[b"sequence", &sequence.space, &sequence.number.to_le_bytes()]));
    checksums.chain(urls).chain(message_ids).chain(numbers)
}

fn address_digest(address: &str) -> Digest {
    digest(&[b"address", address.to_ascii_lowercase().as_bytes()])
}

/// Only within this process: numbers need not stay.
fn algorithm_number(algorithm: ChecksumAlgorithm) -> u8 {
    match algorithm {
        ChecksumAlgorithm::Blake3 => 0,
        ChecksumAlgorithm::Sha256 => 1,
        ChecksumAlgorithm::Sha512 => 2,
        ChecksumAlgorithm::Sha1 => 3,
        ChecksumAlgorithm::Md5 => 4,
        ChecksumAlgorithm::Crc32c => 5,
        ChecksumAlgorithm::StrongEntityTag => 6,
        ChecksumAlgorithm::DovecotGuid => 7,
    }
}

/// Parts behind their lengths, so that none flows into the next.
fn digest(parts: &[&[u8]]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    digest
}
