//! Names of one folder: one allocation for all bytes, so that a million names cost their bytes
//! plus five each.

use std::os::fd::AsFd;

use rustix::fs::RawDir;
use rustix::io::Errno;

use super::failure::{FailureKind, SourceFailure};
use super::folder::Folder;

/// Bytes asked of one `getdents64`: about a thousand names of 24 bytes.
const DENTS_BUFFER_BYTES: usize = 32 * 1024;

/// What listing a folder gave.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) names: NameList,
    /// Names that no tree can hold (FORMAT.md section 7.1: 255 bytes), in no order. Most kernels'
    /// file systems have none; some behind FUSE or NFS do.
    pub(crate) overlong: Vec<Vec<u8>>,
    /// Why listing ended early; the names read before that are in the list.
    pub(crate) stopped: Option<Errno>,
}

/// Names of a folder in ascending byte order, without `.` and `..`.
#[derive(Debug, Default)]
pub struct NameList {
    /// Each name behind its length in one byte.
    arena: Vec<u8>,
    /// Where each name's length byte stands, in the order of the list.
    offsets: Vec<u32>,
}

impl Listing {
    fn add(&mut self, name: &[u8]) -> Result<(), Errno> {
        if matches!(name, b"." | b"..") {
            return Ok(());
        }
        let Ok(length) = u8::try_from(name.len()) else {
            self.overlong.push(name.to_vec());
            return Ok(());
        };
        let NameList { arena, offsets } = &mut self.names;
        offsets.push(u32::try_from(arena.len()).map_err(|_| Errno::OVERFLOW)?);
        arena.push(length);
        arena.extend_from_slice(name);
        Ok(())
    }

    /// What the list lacks of `folder`: the names that no tree can hold, and the rest if listing
    /// ended early.
    pub(crate) fn failures(&self, folder: &Folder) -> impl Iterator<Item = SourceFailure> {
        let kind = FailureKind::Unreadable;
        let overlong = self.overlong.iter().map(move |name| {
            let (path, source) = (folder.path_of(name), Errno::NAMETOOLONG.into());
            SourceFailure { kind, path, source }
        });
        overlong.chain(self.stopped.map(|errno| {
            let (path, source) = (folder.path().to_vec(), errno.into());
            SourceFailure { kind, path, source }
        }))
    }

    /// The names, unless some are missing.
    pub(crate) fn complete(self) -> Result<NameList, Errno> {
        match self.stopped {
            Some(errno) => Err(errno),
            None if !self.overlong.is_empty() => Err(Errno::NAMETOOLONG),
            None => Ok(self.names),
        }
    }
}

impl NameList {
    /// Lists an open folder.
    pub(crate) fn read(dir: impl AsFd) -> Listing {
        let mut listing = Listing::default();
        let mut buffer: Vec<u8> = Vec::with_capacity(DENTS_BUFFER_BYTES);
        let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let added = entry.and_then(|entry| listing.add(entry.file_name().to_bytes()));
            if let Err(errno) = added {
                listing.stopped = Some(errno);
                break;
            }
        }
        listing.names.sort();
        listing
    }

    fn sort(&mut self) {
        let arena = &self.arena;
        self.offsets.sort_unstable_by(|&a, &b| name_at(arena, a).cmp(name_at(arena, b)));
        // A folder that is written while it is listed may state a name twice.
        self.offsets.dedup_by(|a, b| name_at(arena, *a) == name_at(arena, *b));
    }

    /// Number of names.
    #[must_use]
    pub fn count(&self) -> usize {
        self.offsets.len()
    }

    /// The name at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        self.offsets.get(index).map(|&offset| name_at(&self.arena, offset))
    }

    /// All names, ascending.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.offsets.iter().map(|&offset| name_at(&self.arena, offset))
    }
}

fn name_at(arena: &[u8], offset: u32) -> &[u8] {
    let rest = usize::try_from(offset).ok().and_then(|offset| arena.get(offset..));
    match rest.and_then(<[u8]>::split_first) {
        Some((&length, rest)) => rest.get(..usize::from(length)).unwrap_or(&[]),
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    //! Goal: one name that a tree cannot hold costs that entry, not the rest of its folder.
    //! Method: names as some file systems give them, which the one below the tests refuses.

    use super::super::folder::FolderAccess;
    use super::*;

    fn listed(names: &[&[u8]]) -> Listing {
        let mut listing = Listing::default();
        for name in names {
            listing.add(name).unwrap();
        }
        listing.names.sort();
        listing
    }

    fn slash() -> Folder {
        Folder::open_top(FolderAccess::Look).unwrap()
    }

    fn facts(failure: SourceFailure) -> (Vec<u8>, Errno) {
        assert_eq!(failure.kind, FailureKind::Unreadable);
        (failure.path, Errno::from_io_error(&failure.source).unwrap())
    }

    #[test]
    fn names_of_255_bytes_are_listed_and_longer_ones_set_apart() {
        let (longest, overlong, huge) = (vec![b'm'; 255], vec![b'b'; 256], vec![b'c'; 1023]);
        let listing = listed(&[b"z", b".", &overlong, &longest, b"..", &huge, b"a"]);
        assert_eq!(listing.names.iter().collect::<Vec<_>>(), [b"a", &longest[..], b"z"]);
        assert_eq!(listing.overlong, [&overlong[..], &huge]);
        assert_eq!(listing.stopped, None);
        let failures: Vec<_> = listing.failures(&slash()).map(facts).collect();
        let unreadable = |name: &[u8]| ([b"/", name].concat(), Errno::NAMETOOLONG);
        assert_eq!(failures, [unreadable(&overlong), unreadable(&huge)]);
        assert_eq!(listing.complete().unwrap_err(), Errno::NAMETOOLONG);
    }

    #[test]
    fn listing_is_complete_without_overlong_names_only() {
        assert_eq!(listed(&[b"b", b"a", b"b"]).complete().unwrap().count(), 2);
        let stopped = Listing { stopped: Some(Errno::IO), ..Listing::default() };
        let failures: Vec<_> = stopped.failures(&slash()).map(facts).collect();
        assert_eq!(failures, [(b"/".to_vec(), Errno::IO)]);
        assert_eq!(stopped.complete().unwrap_err(), Errno::IO);
    }
}
