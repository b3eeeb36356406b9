//! Files while they are written: under a temporary name, in the folder where they belong.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use gleaner_store::Metadata;
use rustix::fs::{FallocateFlags, Mode, OFlags, fallocate, fdatasync, ftruncate, openat, renameat};
use rustix::io::{Errno, pread, pwrite, retry_on_intr};

use super::error::TargetError;
use super::folder::{ATTEMPTS_MAX, TargetFolder};
use super::metadata::{Receiver, apply_metadata};
use super::overwrite::Wanted;
use super::place::{MadeFile, Placed, Waiting};
use crate::source::{FileKind, Stat};

/// Ending of a file whose content could not be restored in full.
const INCOMPLETE_SUFFIX: &[u8] = b".gleaner-incomplete";

const NAME_BYTES_MAX: usize = 255;

/// A new file, mode 0600, that has no name of its own yet. Dropped, it disappears.
#[derive(Debug)]
pub struct TempFile {
    folder: TargetFolder,
    fd: OwnedFd,
    made: MadeFile,
    /// `None` once the file has another name, or was handed on.
    temp_name: Option<Vec<u8>>,
}

/// A temporary file without a descriptor: many files may be half written at a time. Give it back
/// to [`TargetFolder::resume_file`] or [`TargetFolder::discard_file`]; dropped, it stays behind.
#[derive(Debug)]
#[must_use]
pub struct ParkedFile {
    temp_name: Vec<u8>,
    made: MadeFile,
}

impl TargetFolder {
    /// Makes a new file in this folder, open for reading and writing.
    ///
    /// # Errors
    /// `Contended` if every name is taken, which nobody can arrange without knowing the seed, or
    /// what `openat` answers.
    pub fn create_file(&self) -> Result<TempFile, TargetError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        for _ in 0..ATTEMPTS_MAX {
            let temp_name = self.shared().next_temp_name();
            let fd = match openat(self, &*temp_name, flags, Mode::RUSR | Mode::WUSR) {
                Ok(fd) => fd,
                Err(Errno::EXIST) => continue,
                Err(errno) => return Err(self.io_error(&temp_name, "openat", errno)),
            };
            let stat = Stat::of(&fd).map_err(|errno| self.io_error(&temp_name, "statx", errno))?;
            let made = MadeFile::of(&stat);
            let folder = self.clone();
            return Ok(TempFile { folder, fd, made, temp_name: Some(temp_name) });
        }
        Err(TargetError::Contended { path: self.path().to_vec() })
    }

    /// Opens a parked file again.
    ///
    /// # Errors
    /// `NotMadeHere` if somebody else took its name, or what `openat` answers.
    pub fn resume_file(&self, parked: ParkedFile) -> Result<TempFile, TargetError> {
        let name = parked.temp_name;
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(self, &*name, flags, Mode::empty())
            .map_err(|errno| self.io_error(&name, "openat", errno))?;
        let stat = Stat::of(&fd).map_err(|errno| self.io_error(&name, "statx", errno))?;
        if stat.kind != FileKind::File || MadeFile::of(&stat) != parked.made {
            return Err(TargetError::NotMadeHere { path: self.path_of(&name) });
        }
        let folder = self.clone();
        Ok(TempFile { folder, fd, made: parked.made, temp_name: Some(name) })
    }

    /// Removes a parked file.
    pub fn discard_file(&self, parked: ParkedFile) {
        let ParkedFile { temp_name, .. } = parked;
        self.unlink_temp(&temp_name);
    }
}

impl TempFile {
    fn error(&self, call: &'static str, errno: Errno) -> TargetError {
        self.folder.io_error(self.temp_name.as_deref().unwrap_or_default(), call, errno)
    }

    /// Asks the file system to reserve room for `bytes` without changing the size. Best effort:
    /// where it is refused, writing tells. Not for files with holes.
    pub fn preallocate(&self, bytes: u64) {
        if bytes > 0 {
            let _refused = fallocate(&self.fd, FallocateFlags::KEEP_SIZE, 0, bytes).is_err();
        }
    }

    /// Writes all of `bytes` at `offset`. Several threads may write to one file at a time.
    ///
    /// # Errors
    /// What `pwrite` answers; some of the bytes may have been written.
    pub fn write_at(&self, mut bytes: &[u8], mut offset: u64) -> Result<(), TargetError> {
        while !bytes.is_empty() {
            let count = retry_on_intr(|| pwrite(&self.fd, bytes, offset))
                .map_err(|errno| self.error("pwrite", errno))?;
            if count == 0 {
                return Err(self.error("pwrite", Errno::IO));
            }
            bytes = bytes.get(count..).unwrap_or_default();
            offset += count as u64;
        }
        Ok(())
    }

    /// Reads what was written, or zeros from a hole; 0 at the end of the file.
    ///
    /// # Errors
    /// What `pread` answers.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, TargetError> {
        retry_on_intr(|| pread(&self.fd, &mut *buffer, offset))
            .map_err(|errno| self.error("pread", errno))
    }

    /// Sets the size. What was never written below it is a hole.
    ///
    /// # Errors
    /// What `ftruncate` answers.
    pub fn set_bytes(&self, bytes: u64) -> Result<(), TargetError> {
        ftruncate(&self.fd, bytes).map_err(|errno| self.error("ftruncate", errno))
    }

    /// Makes the content durable. The name is durable only after a sync of the folder.
    ///
    /// # Errors
    /// What `fdatasync` answers.
    pub fn sync(&self) -> Result<(), TargetError> {
        fdatasync(&self.fd).map_err(|errno| self.error("fdatasync", errno))
    }

    /// Closes the descriptor and keeps the file under its temporary name.
    pub fn park(mut self) -> ParkedFile {
        ParkedFile { temp_name: self.temp_name.take().unwrap_or_default(), made: self.made }
    }

    /// Gives the file its metadata and then its name. What stands there is replaced in one step
    /// if the policy allows; it is never written to.
    ///
    /// # Errors
    /// `IllegalName`, `Occupied`, `Collision`, `Contended`, or what a system call answers. The
    /// file is gone then.
    pub fn publish(mut self, name: &[u8], metadata: &Metadata) -> Result<Placed, TargetError> {
        self.folder.check_name(name)?;
        let path = self.folder.path_of(name);
        let receiver = Receiver::Open(self.fd.as_fd());
        let warnings = apply_metadata(self.folder.shared(), receiver, &path, metadata);
        let stat = Stat::of(&self.fd).map_err(|errno| self.error("statx", errno))?;
        let wanted = Wanted { kind: FileKind::File, bytes: stat.bytes, mtime: metadata.mtime };
        let temp_name = self.temp_name.as_deref().unwrap_or_default();
        let waiting = Waiting { temp_name, made: self.made, wanted };
        let is_placed = self.folder.place(waiting, name)?;
        if !is_placed {
            return Ok(Placed::Kept);
        }
        self.temp_name = None;
        Ok(Placed::Made { made: self.made, warnings })
    }

    /// Keeps a file whose content is not complete as `<name>.gleaner-incomplete`, mode 0600, and
    /// returns the name that it got: a long `name` is cut so that it fits. An older incomplete
    /// file of that name is replaced.
    ///
    /// # Errors
    /// `IllegalName`, or what `renameat` answers.
    pub fn keep_incomplete(mut self, name: &[u8]) -> Result<Vec<u8>, TargetError> {
        self.folder.check_name(name)?;
        let kept_bytes = name.len().min(NAME_BYTES_MAX - INCOMPLETE_SUFFIX.len());
        let mut full = name.get(..kept_bytes).unwrap_or_default().to_vec();
        full.extend_from_slice(INCOMPLETE_SUFFIX);
        let temp_name = self.temp_name.as_deref().unwrap_or_default();
        renameat(&self.folder, temp_name, &self.folder, &*full)
            .map_err(|errno| self.folder.io_error(&full, "renameat", errno))?;
        self.temp_name = None;
        Ok(full)
    }
}

impl AsFd for TempFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if let Some(temp_name) = &self.temp_name {
            self.folder.unlink_temp(temp_name);
        }
    }
}
