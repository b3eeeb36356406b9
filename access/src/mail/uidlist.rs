//! `dovecot-uidlist`: which number each mail of a Maildir has in IMAP.

use crate::body::Body;
use crate::error::{Error, LimitKind};
use crate::mail::lines::Lines;

#[cfg(test)]
mod tests;

/// Mails of one mailbox whose numbers are kept, at 16 bytes each.
const ENTRIES_MAX: usize = 4 << 20;

/// Numbers of the mails of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uidlist {
    /// Changes when the numbers do not name the same mails any more.
    pub uid_validity: u32,
    /// (first 8 bytes of the BLAKE3 of the base name, UID), sorted. A name that was made to collide
    /// gets a wrong number: its owner finds one mail less by number, nothing else.
    uids: Vec<(u64, u32)>,
}

impl Uidlist {
    /// Reads a list of version 3: `3 V<UIDVALIDITY> N<next UID> G<GUID>`, then a line
    /// `<UID> [<letter><value> ...] :<file name>` for each mail. A last line without end is still
    /// being written and left out.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for other versions, [`Error::Corrupt`] for a line that cannot be, or
    /// for numbers that do not rise; [`Error::Limit`] above 4 million mails; what reading gives.
    pub fn read<B: Body>(list: B) -> Result<Self, Error> {
        let mut lines = Lines::new(list, 0);
        let header = lines.next()?.filter(|line| line.break_len > 0);
        let uid_validity = read_header(header.ok_or(CORRUPT_HEADER)?.text)?;
        let mut uids = Vec::new();
        let mut last_uid = 0;
        while let Some(line) = lines.next()? {
            if !line.begins_line {
                return Err(CORRUPT_LINE);
            }
            if line.break_len == 0 {
                continue;
            }
            let (uid, name) = read_line(line.text).ok_or(CORRUPT_LINE)?;
            if uid <= last_uid {
                return Err(Error::Corrupt("uidlist: numbers do not rise"));
            }
            last_uid = uid;
            if uids.len() >= ENTRIES_MAX {
                return Err(Error::Limit(LimitKind::Members));
            }
            uids.push((short_hash(name), uid));
        }
        uids.sort_unstable();
        Ok(Self { uid_validity, uids })
    }

    /// The number of the mail with that base name.
    #[must_use]
    pub fn uid(&self, base: &[u8]) -> Option<u32> {
        let hash = short_hash(base);
        // Of a name that is there twice the newest number counts.
        let after = self.uids.partition_point(|&(other, _)| other <= hash);
        let (found, uid) = self.uids.get(after.checked_sub(1)?)?;
        (*found == hash).then_some(*uid)
    }

    /// How many mails the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.uids.len()
    }

    /// True if it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.uids.is_empty()
    }
}

const CORRUPT_HEADER: Error = Error::Corrupt("uidlist: first line");
const CORRUPT_LINE: Error = Error::Corrupt("uidlist: line of a mail");

/// UIDVALIDITY of the first line. Its next UID may lag behind lines that were appended since.
fn read_header(line: &[u8]) -> Result<u32, Error> {
    let line = std::str::from_utf8(line).map_err(|_| CORRUPT_HEADER)?;
    let mut fields = line.split(' ');
    match fields.next() {
        Some("3") => {}
        Some(version) if version.parse::<u32>().is_ok() => {
            return Err(Error::Unsupported("uidlist of another version"));
        }
        _ => return Err(CORRUPT_HEADER),
    }
    let uid_validity = fields.find_map(|field| field.strip_prefix('V'));
    let uid_validity = uid_validity.and_then(|digits| digits.parse().ok());
    uid_validity.filter(|&number| number > 0).ok_or(CORRUPT_HEADER)
}

/// UID and base name of a mail's line.
fn read_line(line: &[u8]) -> Option<(u32, &[u8])> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (uid, rest) = line.split_at_checked(space)?;
    let name_at = rest.windows(2).position(|pair| pair == b" :")?.checked_add(2)?;
    let uid = std::str::from_utf8(uid).ok()?.parse::<u32>().ok().filter(|&uid| uid > 0)?;
    let name = rest.get(name_at..)?;
    // Old lists have the flags too.
    let base = name.split(|&byte| byte == b':').next().filter(|base| !base.is_empty())?;
    Some((uid, base))
}

fn short_hash(name: &[u8]) -> u64 {
    let hash = blake3::hash(name);
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}
