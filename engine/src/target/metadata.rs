//! Metadata onto an open inode: owner, attributes, mode, times, in this order.
//!
//! The owner comes first because a change of owner clears set-id bits and capabilities; attributes
//! before the mode because a read-only mode forbids `user.*` attributes to anyone but root; times
//! last because everything else may touch them.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use gleaner_store::{FileTime, Metadata};
use rustix::fs::{
    AtFlags, CWD, Gid, Mode, Timespec, Timestamps, UTIME_OMIT, Uid, chmodat, chownat, fchmod,
    futimens, utimensat,
};
use rustix::io::Errno;

use super::options::{OwnerMode, Shared};
use crate::source::{FileKind, Stat, XattrPlace, proc_path};

/// Attributes that decide who may do what. If the snapshot has none, one that a parent folder
/// passed down, or that an existing entry had, must go. Other foreign attributes stay.
const RIGHTS_XATTRS: [&[u8]; 3] =
    [b"system.posix_acl_access", b"system.posix_acl_default", b"security.capability"];

const SET_ID_BITS: u32 = 0o6000;

/// A part of the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MetadataPart {
    /// User and group.
    Owner,
    /// Permission bits.
    Mode,
    /// Set-user-id and set-group-id, dropped because the owner is another one.
    SetId,
    /// An extended attribute (its name), or their list (empty).
    Xattr(Vec<u8>),
    /// Times of modification and access.
    Times,
}

/// A part of the metadata that was not restored.
#[derive(Debug, thiserror::Error)]
#[error("{}: {part:?} not restored", path.escape_ascii())]
pub struct MetadataWarning {
    /// The entry.
    pub path: Vec<u8>,
    /// What is missing.
    pub part: MetadataPart,
    /// What the system call said.
    #[source]
    pub source: io::Error,
}

/// An open inode that receives metadata.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Receiver<'fd> {
    /// A file or folder that is open for reading or writing.
    Open(BorrowedFd<'fd>),
    /// Anything behind an `O_PATH` descriptor.
    Looked(BorrowedFd<'fd>),
}

struct Applier<'a> {
    shared: &'a Shared,
    receiver: Receiver<'a>,
    path: &'a [u8],
    warnings: Vec<MetadataWarning>,
}

/// Applies `metadata` as far as the options want it and the system allows it.
pub(crate) fn apply_metadata(
    shared: &Shared,
    receiver: Receiver<'_>,
    path: &[u8],
    metadata: &Metadata,
) -> Vec<MetadataWarning> {
    let mut applier = Applier { shared, receiver, path, warnings: Vec::new() };
    match Stat::of(receiver.fd()) {
        Ok(stat) => applier.apply(&stat, metadata),
        Err(errno) => applier.warn(MetadataPart::Owner, errno),
    }
    applier.warnings
}

impl<'fd> Receiver<'fd> {
    fn fd(self) -> BorrowedFd<'fd> {
        match self {
            Self::Open(fd) | Self::Looked(fd) => fd,
        }
    }

    fn xattrs(self) -> XattrPlace<'fd> {
        match self {
            Self::Open(fd) => XattrPlace::Open(fd),
            Self::Looked(fd) => XattrPlace::magic(fd),
        }
    }
}

impl Applier<'_> {
    fn warn(&mut self, part: MetadataPart, errno: Errno) {
        let path = self.path.to_vec();
        self.warnings.push(MetadataWarning { path, part, source: errno.into() });
    }

    fn apply(&mut self, stat: &Stat, metadata: &Metadata) {
        let has_owner = self.apply_owner(stat, metadata);
        if self.shared.options.xattrs {
            self.apply_xattrs(metadata);
        }
        if stat.kind != FileKind::Symlink {
            self.apply_mode(metadata, has_owner);
        }
        if let Err(errno) = self.set_times(metadata) {
            self.warn(MetadataPart::Times, errno);
        }
    }

    /// Returns whether user and group are now those of the snapshot.
    fn apply_owner(&mut self, stat: &Stat, metadata: &Metadata) -> bool {
        let (uid, gid) = self.wanted_owner(metadata);
        if self.shared.options.owners == OwnerMode::Restorer {
            return stat.uid == uid && stat.gid == gid;
        }
        if stat.uid == uid && stat.gid == gid {
            return true;
        }
        let Err(errno) = self.set_owner(Some(uid), Some(gid)) else { return true };
        // Without root rights the group can still be one of the user's own.
        if errno == Errno::PERM && stat.gid != gid {
            let has_group = self.set_owner(None, Some(gid)).is_ok();
            if has_group && stat.uid == uid {
                return true;
            }
        }
        self.warn(MetadataPart::Owner, errno);
        false
    }

    fn wanted_owner(&self, metadata: &Metadata) -> (u32, u32) {
        if self.shared.options.owners == OwnerMode::Numeric {
            return (metadata.uid, metadata.gid);
        }
        let names = &self.shared.owner_names;
        let uid = metadata.user.as_deref().and_then(|name| names.user_id(name));
        let gid = metadata.group.as_deref().and_then(|name| names.group_id(name));
        (uid.unwrap_or(metadata.uid), gid.unwrap_or(metadata.gid))
    }

    fn set_owner(&self, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
        // All ones means "leave as it is" to the kernel; nobody has that id.
        if uid == Some(u32::MAX) || gid == Some(u32::MAX) {
            return Err(Errno::INVAL);
        }
        let (uid, gid) = (uid.map(Uid::from_raw), gid.map(Gid::from_raw));
        chownat(self.receiver.fd(), c"", uid, gid, AtFlags::EMPTY_PATH)
    }

    fn apply_xattrs(&mut self, metadata: &Metadata) {
        let place = self.receiver.xattrs();
        for (name, value) in &metadata.xattrs {
            let is_special = name.starts_with(b"security.") || name.starts_with(b"trusted.");
            if is_special && !self.shared.options.special_files {
                continue;
            }
            let set = match CString::new(name.as_slice()) {
                Ok(c_name) => place.set(&c_name, value),
                Err(_) => Err(Errno::INVAL),
            };
            if let Err(errno) = set {
                self.warn(MetadataPart::Xattr(name.clone()), errno);
            }
        }
        self.remove_foreign_rights(&place, metadata);
    }

    fn remove_foreign_rights(&mut self, place: &XattrPlace<'_>, metadata: &Metadata) {
        let present = match place.list() {
            Ok(present) => present,
            Err(errno) => return self.warn(MetadataPart::Xattr(Vec::new()), errno),
        };
        for name in present {
            let is_right = RIGHTS_XATTRS.contains(&name.to_bytes());
            if !is_right || metadata.xattrs.iter().any(|(wanted, _)| wanted == name.to_bytes()) {
                continue;
            }
            match place.remove(&name) {
                Ok(()) | Err(Errno::NODATA) => {}
                Err(errno) => self.warn(MetadataPart::Xattr(name.into_bytes()), errno),
            }
        }
    }

    fn apply_mode(&mut self, metadata: &Metadata, has_owner: bool) {
        let mut mode = metadata.mode & 0o7777;
        if !self.shared.options.special_files {
            mode &= !SET_ID_BITS;
        }
        // A program that becomes its owner must not become somebody else instead.
        if !has_owner && mode & SET_ID_BITS != 0 {
            mode &= !SET_ID_BITS;
            self.warn(MetadataPart::SetId, Errno::PERM);
        }
        let mode = Mode::from_raw_mode(mode);
        let set = match self.receiver {
            Receiver::Open(fd) => fchmod(fd, mode),
            Receiver::Looked(fd) => chmodat(CWD, proc_path(fd), mode, AtFlags::empty()),
        };
        if let Err(errno) = set {
            self.warn(MetadataPart::Mode, errno);
        }
    }

    fn set_times(&self, metadata: &Metadata) -> Result<(), Errno> {
        let omitted = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
        let times = Timestamps {
            last_access: metadata.atime.map_or(Ok(omitted), timespec)?,
            last_modification: timespec(metadata.mtime)?,
        };
        match self.receiver {
            Receiver::Open(fd) => futimens(fd, &times),
            Receiver::Looked(fd) => utimensat(fd.as_fd(), c"", &times, AtFlags::EMPTY_PATH),
        }
    }
}

/// Nanoseconds beyond a second are refused: the kernel gives some of them a meaning of their own.
fn timespec(time: FileTime) -> Result<Timespec, Errno> {
    if time.nanoseconds >= 1_000_000_000 {
        return Err(Errno::INVAL);
    }
    Ok(Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() })
}
