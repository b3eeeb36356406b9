//! Names of one folder: one allocation for all bytes, so that a million names cost their bytes
//! plus five each.

use std::os::fd::AsFd;

use rustix::fs::RawDir;
use rustix::io::Errno;

/// Bytes asked of one `getdents64`: about a thousand names of 24 bytes.
const DENTS_BUFFER_BYTES: usize = 32 * 1024;

/// Names of a folder in ascending byte order, without `.` and `..`.
#[derive(Debug, Default)]
pub struct NameList {
    /// Each name behind its length in one byte.
    arena: Vec<u8>,
    /// Where each name's length byte stands, in the order of the list.
    offsets: Vec<u32>,
}

impl NameList {
    /// Lists an open folder. The second value tells why listing stopped early; the names read
    /// before that are in the list.
    pub(crate) fn read(dir: impl AsFd) -> (Self, Option<Errno>) {
        let mut list = Self::default();
        let mut buffer: Vec<u8> = Vec::with_capacity(DENTS_BUFFER_BYTES);
        let mut entries = RawDir::new(dir, buffer.spare_capacity_mut());
        let mut stopped = None;
        while let Some(entry) = entries.next() {
            let added = entry.and_then(|entry| match entry.file_name().to_bytes() {
                b"." | b".." => Ok(()),
                name => list.push(name),
            });
            if let Err(errno) = added {
                stopped = Some(errno);
                break;
            }
        }
        list.sort();
        (list, stopped)
    }

    fn push(&mut self, name: &[u8]) -> Result<(), Errno> {
        let offset = u32::try_from(self.arena.len()).map_err(|_| Errno::OVERFLOW)?;
        let length = u8::try_from(name.len()).map_err(|_| Errno::NAMETOOLONG)?;
        self.arena.push(length);
        self.arena.extend_from_slice(name);
        self.offsets.push(offset);
        Ok(())
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
