//! An open regular file, read so that the page cache stays as it was.

use std::io::IoSliceMut;
use std::num::NonZeroU64;
use std::os::fd::{AsFd, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::fs::{Advice, fadvise};
use rustix::io::{Errno, ReadWriteFlags, pread, preadv2};

use crate::error::Error;
use crate::files::access_fs::{EntryKind, FileStat, FsFile, RootIdentity};

use super::open::{Wanted, open_below, stat_of};

/// Bytes that are asked for at once, from one multiple of this to the next. Of such a block, only
/// how much is resident from its beginning on is told; the rest counts as absent, so a larger
/// block would drop more that was resident.
const BLOCK_BYTES: u64 = 128 << 10;

/// Pages are dropped whole, so ranges are rounded to this. Larger pages of other machines are
/// multiples of it: there the edges stay.
const PAGE_BYTES: u64 = 4096;

/// What the kernel is asked whether anybody stands in its way: a lock of all of the file, for
/// reading.
///
/// rustix asks the same, but takes the holder for a process: a lock of an open file description is
/// held by none, and has -1 in its place.
const AS_READER: libc::flock = libc::flock {
    l_type: lock_type(libc::F_RDLCK),
    l_whence: lock_type(libc::SEEK_SET),
    l_start: 0,
    l_len: 0,
    l_pid: 0,
};

/// What comes back if nobody does.
const UNLOCKED: libc::c_short = lock_type(libc::F_UNLCK);

/// The kernel's constants are wider than the fields that they stand in.
#[expect(clippy::cast_possible_truncation, reason = "they are below 8")]
const fn lock_type(constant: libc::c_int) -> libc::c_short {
    constant as libc::c_short
}

#[derive(Debug)]
pub(super) struct RootedFile {
    fd: OwnedFd,
}

impl RootedFile {
    pub(super) fn open(
        folder: impl AsFd,
        path: &[u8],
        identity: &RootIdentity,
    ) -> Result<Self, Error> {
        let fd = open_below(folder, path, Wanted::File, identity)?;
        if stat_of(&fd)?.kind != EntryKind::File {
            return Err(Error::Unsupported("not a regular file"));
        }
        // No pages beyond those asked for: the ones read ahead would be taken for resident ones
        // later, and stay. Advice: nothing is lost where it is refused.
        let _refused = fadvise(&fd, 0, None, Advice::Random).is_err();
        Ok(Self { fd })
    }

    /// Reads a block and gives up again the pages that were not resident.
    fn read_block(&self, offset: u64, block: &mut [u8]) -> Result<usize, Error> {
        let resident = match self.read_resident(offset, block) {
            Ok(resident) => resident,
            // The file system cannot say what is resident: then nothing is given up.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                return read_whole(&self.fd, offset, block);
            }
            Err(errno) => return Err(errno.into()),
        };
        let Some(rest) = block.get_mut(resident..).filter(|rest| !rest.is_empty()) else {
            return Ok(resident);
        };
        let absent_from = offset.saturating_add(resident as u64);
        let read = read_whole(&self.fd, absent_from, rest)?;
        if read > 0 {
            self.give_up(absent_from, absent_from.saturating_add(read as u64));
        }
        Ok(resident.saturating_add(read))
    }

    /// Bytes from `offset` on that are read without waiting for the disk.
    fn read_resident(&self, offset: u64, block: &mut [u8]) -> Result<usize, Errno> {
        let buffers = &mut [IoSliceMut::new(block)];
        match preadv2(&self.fd, buffers, offset, ReadWriteFlags::NOWAIT) {
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            read => read,
        }
    }

    fn give_up(&self, from: u64, to: u64) {
        let from = from - from % PAGE_BYTES;
        let to = to.checked_next_multiple_of(PAGE_BYTES).unwrap_or(to);
        if let Some(bytes) = NonZeroU64::new(to.saturating_sub(from)) {
            // Advice: nothing is lost where it is refused.
            let _refused = fadvise(&self.fd, from, Some(bytes), Advice::DontNeed).is_err();
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn read_whole(fd: &OwnedFd, mut offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match pread(fd, rest, offset) {
            Ok(0) => break,
            Ok(read) => {
                filled = filled.saturating_add(read);
                offset = offset.saturating_add(read as u64);
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(filled)
}

impl FsFile for RootedFile {
    fn stat(&self) -> Result<FileStat, Error> {
        stat_of(&self.fd)
    }

    fn is_locked(&self) -> Result<bool, Error> {
        let mut lock = AS_READER;
        fcntl(&self.fd, FcntlArg::F_GETLK(&mut lock)).map_err(std::io::Error::from)?;
        Ok(lock.l_type != UNLOCKED)
    }

    fn read_at(&self, mut offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0_usize;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let left = usize::try_from(BLOCK_BYTES - offset % BLOCK_BYTES).unwrap_or(usize::MAX);
            let wanted = left.min(rest.len());
            let read = self.read_block(offset, rest.get_mut(..wanted).unwrap_or_default())?;
            filled = filled.saturating_add(read);
            offset = offset.saturating_add(read as u64);
            if read < wanted {
                break;
            }
        }
        Ok(filled)
    }
}
