//! Files that stand in the target already: their bytes may be right.

use std::os::fd::{AsFd, OwnedFd};

use gleaner_store::Metadata;
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, pread, retry_on_intr};

use super::error::TargetError;
use super::folder::TargetFolder;
use super::metadata::{MetadataWarning, Receiver, apply_metadata};
use super::place::MadeFile;
use crate::source::{FileKind, Stat};

/// A regular file of the target, open for reading. It is never written to.
#[derive(Debug)]
pub struct ExistingFile {
    folder: TargetFolder,
    name: Vec<u8>,
    fd: OwnedFd,
    stat: Stat,
}

impl TargetFolder {
    /// Opens the regular file `name` for comparing it; `None` if there is none, or if it may not
    /// be read. Links are not followed, and a fifo does not block.
    ///
    /// # Errors
    /// `IllegalName`, or what `openat` answers.
    pub fn open_existing(&self, name: &[u8]) -> Result<Option<ExistingFile>, TargetError> {
        self.check_name(name)?;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match openat(self, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO | Errno::ACCESS) => return Ok(None),
            Err(errno) => return Err(self.io_error(name, "openat", errno)),
        };
        let stat = Stat::of(&fd).map_err(|errno| self.io_error(name, "statx", errno))?;
        if stat.kind != FileKind::File {
            return Ok(None);
        }
        Ok(Some(ExistingFile { folder: self.clone(), name: name.to_vec(), fd, stat }))
    }
}

impl ExistingFile {
    /// What the file system said when the file was opened.
    #[must_use]
    pub fn stat(&self) -> &Stat {
        &self.stat
    }

    /// Reads at `offset`; 0 at the end of the file.
    ///
    /// # Errors
    /// What `pread` answers.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, TargetError> {
        retry_on_intr(|| pread(&self.fd, &mut *buffer, offset))
            .map_err(|errno| self.folder.io_error(&self.name, "pread", errno))
    }

    /// Keeps the file, all of whose bytes the caller found right, and gives it its metadata.
    /// `None` if the inode has further names, which may lie outside the target, or is no longer
    /// what the name leads to: then a new file has to be written.
    #[must_use]
    pub fn keep(self, metadata: &Metadata) -> Option<(MadeFile, Vec<MetadataWarning>)> {
        let now = Stat::of(&self.fd).ok()?;
        let named = Stat::at(&self.folder, &self.name).ok()?;
        if now.links != 1 || !named.is_same_inode(&now) {
            return None;
        }
        let path = self.folder.path_of(&self.name);
        let receiver = Receiver::Open(self.fd.as_fd());
        let warnings = apply_metadata(self.folder.shared(), receiver, &path, metadata);
        Some((MadeFile::of(&now), warnings))
    }
}
