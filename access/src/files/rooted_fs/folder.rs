//! An open folder and its names.

use std::ops::ControlFlow;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{FileType, RawDir};

use crate::error::Error;
use crate::files::access_fs::{EntryKind, FolderEntry, RootIdentity};

use super::open::{Wanted, open_below};

/// Bytes asked of one `getdents64`: about a thousand names of 24 bytes.
const DENTS_BUFFER_BYTES: usize = 32 << 10;

#[derive(Debug)]
pub(super) struct RootedFolder {
    fd: OwnedFd,
    identity: RootIdentity,
}

impl RootedFolder {
    pub(super) fn open(
        root: impl AsFd,
        path: &[u8],
        identity: &RootIdentity,
    ) -> Result<Self, Error> {
        let fd = open_below(root, path, Wanted::Folder, identity)?;
        Ok(Self { fd, identity: *identity })
    }

    pub(super) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    pub(super) fn identity(&self) -> &RootIdentity {
        &self.identity
    }

    /// Lists through a descriptor of its own, for a position belongs to a descriptor.
    pub(super) fn read_names(
        &self,
        each: &mut dyn FnMut(FolderEntry<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let fd = open_below(&self.fd, b"", Wanted::Folder, &self.identity)?;
        let mut buffer: Vec<u8> = Vec::with_capacity(DENTS_BUFFER_BYTES);
        let mut entries = RawDir::new(&fd, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::RegularFile => EntryKind::File,
                FileType::Directory => EntryKind::Folder,
                FileType::Unknown => EntryKind::Unknown,
                _ => EntryKind::Other,
            };
            if each(FolderEntry { name, ino: entry.ino(), kind }).is_break() {
                break;
            }
        }
        Ok(())
    }
}
