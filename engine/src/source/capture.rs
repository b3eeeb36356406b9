//! Metadata of an entry, as a snapshot keeps it.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use gleaner_store::{EntryKind, Metadata};
use rustix::fs::readlinkat;
use rustix::io::Errno;

use super::folder::Folder;
use super::owner_names::OwnerNames;
use super::stat::{FileKind, Stat};
use super::walk::Found;
use super::xattrs::XattrPlace;

/// Attributes of one entry that are kept, names and values together. An item of a tree stream is
/// at most 1 MiB (FORMAT.md); the other half is for everything else in it.
const XATTRS_BYTES_MAX: usize = 512 << 10;

/// What of the metadata is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureOptions {
    /// Extended attributes, with ACLs and capabilities among them.
    pub xattrs: bool,
    /// Times of last access.
    pub atime: bool,
}

/// An attribute that could not be read; the entry is kept without it.
#[derive(Debug, thiserror::Error)]
#[error("attribute {} not readable", name.as_deref().unwrap_or(b"list").escape_ascii())]
pub struct XattrWarning {
    /// Name of the attribute; `None` if they could not even be listed.
    pub name: Option<Vec<u8>>,
    /// What the system call said.
    #[source]
    pub source: io::Error,
}

/// Metadata of one entry, and what is missing from it.
#[derive(Debug)]
pub struct Captured {
    /// All that could be read.
    pub metadata: Metadata,
    /// What could not.
    pub warnings: Vec<XattrWarning>,
}

/// Reads metadata; shared by threads.
#[derive(Debug)]
pub struct Capture {
    options: CaptureOptions,
    owners: Arc<OwnerNames>,
}

impl Capture {
    /// `owners` may be shared with other captures.
    #[must_use]
    pub fn new(options: CaptureOptions, owners: Arc<OwnerNames>) -> Self {
        Self { options, owners }
    }

    /// Metadata of a folder that the walk entered.
    #[must_use]
    pub fn folder(&self, folder: &Folder) -> Captured {
        // A folder may be open for looking only; its path in /proc serves both cases.
        self.captured(folder.stat(), || Ok(XattrPlace::magic(folder.as_fd())))
    }

    /// Metadata of an open file, with `stat` from when it was opened.
    #[must_use]
    pub fn open_file(&self, fd: BorrowedFd<'_>, stat: &Stat) -> Captured {
        self.captured(stat, || Ok(XattrPlace::Open(fd)))
    }

    /// Metadata of an entry that is not opened: a link, fifo, socket, device, or a file whose
    /// content is known. Attributes are read by name, without following a link.
    #[must_use]
    pub fn found(&self, found: &Found) -> Captured {
        self.captured(&found.stat, || XattrPlace::named(&*found.folder, &found.name))
    }

    fn captured<'fd>(
        &self,
        stat: &Stat,
        place: impl FnOnce() -> Result<XattrPlace<'fd>, Errno>,
    ) -> Captured {
        let mut metadata = stat.metadata();
        metadata.user = self.owners.user(stat.uid);
        metadata.group = self.owners.group(stat.gid);
        metadata.atime = self.options.atime.then_some(stat.atime);
        let mut warnings = Vec::new();
        if self.options.xattrs {
            metadata.xattrs = read_xattrs(place(), &mut warnings);
        }
        Captured { metadata, warnings }
    }
}

fn read_xattrs(
    place: Result<XattrPlace<'_>, Errno>,
    warnings: &mut Vec<XattrWarning>,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let listed = place.and_then(|place| Ok((place.list()?, place)));
    let (names, place) = match listed {
        Ok(listed) => listed,
        Err(errno) => {
            warnings.push(XattrWarning { name: None, source: errno.into() });
            return Vec::new();
        }
    };
    let mut xattrs = Vec::with_capacity(names.len());
    let mut bytes = 0;
    for name in names {
        match place.get(&name).and_then(|value| within_limit(&mut bytes, &name, value)) {
            Ok(value) => xattrs.push((name.into_bytes(), value)),
            // Removed since it was listed, or listed by a file system that does not hand it out.
            Err(Errno::NODATA | Errno::NOTSUP) => {}
            Err(errno) => {
                warnings.push(XattrWarning { name: Some(name.into_bytes()), source: errno.into() });
            }
        }
    }
    xattrs
}

/// Adds to the sum of an entry's attributes: `E2BIG` for one that would exceed it.
fn within_limit(sum: &mut usize, name: &CStr, value: Vec<u8>) -> Result<Vec<u8>, Errno> {
    let bytes = *sum + name.count_bytes() + value.len();
    if bytes > XATTRS_BYTES_MAX {
        return Err(Errno::TOOBIG);
    }
    *sum = bytes;
    Ok(value)
}

impl Found {
    /// What the entry is, as a snapshot says it; reads the target of a link. A regular file comes
    /// back without content.
    ///
    /// # Errors
    /// `ESTALE` for a folder, `EINVAL` for a link without a target, which only a pseudo file
    /// system or a damaged one shows; else what `readlinkat` answers.
    pub fn entry_kind(&self) -> io::Result<EntryKind> {
        let (major, minor) = (self.stat.node_major, self.stat.node_minor);
        Ok(match self.stat.kind {
            FileKind::Directory => return Err(Errno::STALE.into()),
            FileKind::File => {
                EntryKind::File { bytes: self.stat.bytes, content: Vec::new(), more: false }
            }
            FileKind::Symlink => {
                let target = readlinkat(&*self.folder, &*self.name, Vec::new())?.into_bytes();
                if target.is_empty() {
                    return Err(Errno::INVAL.into());
                }
                EntryKind::Symlink { target }
            }
            FileKind::Fifo => EntryKind::Fifo,
            FileKind::Socket => EntryKind::Socket,
            FileKind::CharDevice => EntryKind::CharDevice { major, minor },
            FileKind::BlockDevice => EntryKind::BlockDevice { major, minor },
        })
    }
}
