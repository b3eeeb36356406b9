//! A regular file, open for reading: its data, its holes, and whether it changed meanwhile.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Advice, Mode, OFlags, SeekFrom, fadvise, openat, seek};
use rustix::io::{Errno, pread};

use super::failure::SourceFailure;
use super::stat::{FileKind, Stat};
use super::walk::Found;

/// From here on the kernel is told that the file is read in order. A guess: the call costs about
/// as much as reading 4 KiB that are in memory, and read-ahead starts by itself.
const SEQUENTIAL_BYTES_MIN: u64 = 1024 * 1024;

/// An open regular file. Reading does not move a shared position: extents are asked with `lseek`,
/// data is read with `pread`.
#[derive(Debug)]
pub struct OpenFile {
    fd: OwnedFd,
    stat: Stat,
    /// End of the extent given last.
    next_offset: u64,
}

/// A stretch of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Bytes to read.
    Data {
        /// Where they begin.
        offset: u64,
        /// How many the file stated.
        bytes: u64,
    },
    /// Zeros that occupy nothing.
    Hole {
        /// Where the hole begins.
        offset: u64,
        /// Its length.
        bytes: u64,
    },
}

/// How a file differs from what it was when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// At opening.
    pub before: Stat,
    /// Now.
    pub after: Stat,
}

impl OpenFile {
    /// Opens a file that a walk found, without following a link, without blocking, and without
    /// touching its time of last access where the system permits that.
    ///
    /// # Errors
    /// The failure is of kind `Replaced` if the name no longer leads to the same regular file.
    pub fn open(found: &Found) -> Result<Self, SourceFailure> {
        Self::open_errno(found).map_err(|errno| SourceFailure::of_listed(found.path(), errno))
    }

    /// The open file, for others to read.
    #[must_use]
    pub fn into_file(self) -> std::fs::File {
        self.fd.into()
    }

    fn open_errno(found: &Found) -> Result<Self, Errno> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let open = |flags| openat(&*found.folder, &*found.name, flags, Mode::empty());
        // Only the owner and root may leave the time of last access alone.
        let fd = match open(flags | OFlags::NOATIME) {
            Err(Errno::PERM) => open(flags)?,
            opened => opened?,
        };
        let stat = Stat::of(&fd)?;
        if stat.kind != FileKind::File || !stat.is_same_inode(&found.stat) {
            return Err(Errno::STALE);
        }
        if stat.bytes >= SEQUENTIAL_BYTES_MIN {
            // Advice: nothing is lost where it is refused.
            let _refused = fadvise(&fd, 0, None, Advice::Sequential).is_err();
        }
        Ok(Self { fd, stat, next_offset: 0 })
    }

    /// What the file system said when the file was opened.
    #[must_use]
    pub fn stat(&self) -> &Stat {
        &self.stat
    }

    /// The next extent of the file, in order, without gaps, up to the size stated at opening;
    /// `None` at its end. Asks for holes only if the file occupies less than it states. A file
    /// of size 0 has one extent of 0 bytes, for pseudo files state no size.
    ///
    /// # Errors
    /// What `lseek` answers. A file system that knows no holes reports none.
    pub fn next_extent(&mut self) -> io::Result<Option<Extent>> {
        let offset = self.next_offset;
        let end = self.stat.bytes;
        if offset >= end && (offset > 0 || end > 0) {
            return Ok(None);
        }
        if !self.stat.may_have_holes() {
            // One step past the end also closes the list for an empty file.
            self.next_offset = end.max(1);
            return Ok(Some(Extent::Data { offset, bytes: end }));
        }
        let data = self.seek_from(offset, SeekFrom::Data)?;
        let extent = if data > offset {
            Extent::Hole { offset, bytes: data - offset }
        } else {
            let hole = self.seek_from(offset, SeekFrom::Hole)?;
            // A hole at the very place where there was data a moment ago: the file changes.
            let hole = if hole > offset { hole } else { end };
            Extent::Data { offset, bytes: hole - offset }
        };
        let (Extent::Data { bytes, .. } | Extent::Hole { bytes, .. }) = extent;
        self.next_offset = offset + bytes;
        Ok(Some(extent))
    }

    /// Where the next data or hole begins, at most at the stated end.
    fn seek_from(&self, offset: u64, whence: fn(u64) -> SeekFrom) -> io::Result<u64> {
        match seek(&self.fd, whence(offset)) {
            Ok(found) => Ok(found.clamp(offset, self.stat.bytes)),
            // Nothing but a hole follows, or the file became shorter.
            Err(Errno::NXIO) => Ok(self.stat.bytes),
            // Not known here: all is data. The first answer decides the whole file.
            Err(Errno::INVAL) => Ok(match whence(0) {
                SeekFrom::Data(_) => offset,
                _ => self.stat.bytes,
            }),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Reads the bytes of a data extent. A reader ends early if the file became shorter, and does
    /// not see what was appended since opening; a file that stated no size is read to its end.
    #[must_use]
    pub fn data(&self, offset: u64, bytes: u64) -> DataReader<'_> {
        let left = if self.stat.bytes == 0 { u64::MAX } else { bytes };
        DataReader { fd: self.fd.as_fd(), offset, left }
    }

    /// Compares with the state at opening: size, time of modification, time of status change.
    /// Ask after the last byte was read; `None` means that what was read is one state of the
    /// file, as far as times can tell (a mapped file may be written without any of the three).
    ///
    /// # Errors
    /// What `statx` answers.
    pub fn change(&self) -> io::Result<Option<Change>> {
        let after = Stat::of(&self.fd)?;
        let before = &self.stat;
        let is_same = after.bytes == before.bytes
            && after.mtime == before.mtime
            && after.ctime == before.ctime;
        Ok((!is_same).then(|| Change { before: before.clone(), after }))
    }
}

impl AsFd for OpenFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Reads one extent.
#[derive(Debug)]
pub struct DataReader<'file> {
    fd: BorrowedFd<'file>,
    offset: u64,
    left: u64,
}

impl io::Read for DataReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(buffer) = buffer.get_mut(..wanted) else { return Ok(0) };
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = rustix::io::retry_on_intr(|| pread(self.fd, &mut *buffer, self.offset))?;
        let count_u64 = count as u64;
        self.offset += count_u64;
        self.left = self.left.saturating_sub(count_u64);
        Ok(count)
    }
}
