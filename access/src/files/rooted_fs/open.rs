//! Opening below a folder without leaving it, and what a stat says.

use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, Statx, StatxFlags, StatxTimestamp, makedev,
    openat, openat2, statx,
};
use rustix::io::Errno;

use crate::error::Error;
use crate::files::access_fs::{EntryKind, FileStat, RootIdentity, split_path};

/// What is opened: a folder, or anything else, which is looked at afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Folder,
    File,
}

impl Wanted {
    fn flags(self) -> OFlags {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        match self {
            Self::Folder => flags | OFlags::DIRECTORY,
            Self::File => flags,
        }
    }
}

/// Opens `path` below `folder`; the empty path is the folder itself.
pub(super) fn open_below(
    folder: impl AsFd,
    path: &[u8],
    wanted: Wanted,
    identity: &RootIdentity,
) -> Result<OwnedFd, Error> {
    let folder = folder.as_fd();
    let path = if path.is_empty() { b".".as_slice() } else { path };
    // Only the owner and root may leave the time of last access alone.
    let opened = match open_by_kernel(folder, path, wanted.flags() | OFlags::NOATIME) {
        Err(Errno::PERM) => open_by_kernel(folder, path, wanted.flags()),
        opened => opened,
    };
    match opened {
        Ok(fd) => Ok(fd),
        Err(Errno::NOSYS | Errno::PERM) => open_by_parts(folder, path, wanted, identity),
        Err(errno) => Err(refused(errno)),
    }
}

/// `openat2` where links and mount points end the way. The kernel asks to try again where a rename
/// went on meanwhile.
fn open_by_kernel(folder: impl AsFd, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    const TRIES: usize = 16;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    let mut opened = Err(Errno::AGAIN);
    for _ in 0..TRIES {
        opened = openat2(&folder, path, flags, Mode::empty(), resolve);
        if opened.as_ref().err() != Some(&Errno::AGAIN) {
            break;
        }
    }
    opened
}

/// The same without `openat2`: part by part, and what was reached is on the root's file system.
pub(super) fn open_by_parts(
    folder: impl AsFd,
    path: &[u8],
    wanted: Wanted,
    identity: &RootIdentity,
) -> Result<OwnedFd, Error> {
    let (above, name) = split_path(path);
    let mut parts = above.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
    let opened = match parts.next() {
        None => open_one(folder, name, wanted)?,
        Some(first) => {
            let mut fd = open_one(folder, first, Wanted::Folder)?;
            for part in parts {
                fd = open_one(&fd, part, Wanted::Folder)?;
            }
            open_one(&fd, name, wanted)?
        }
    };
    let is_same_mount = match (mount_id_of(&opened)?, identity.mount_id) {
        (Some(found), Some(root)) => found == root,
        _ => stat_of(&opened)?.dev == identity.dev,
    };
    if is_same_mount { Ok(opened) } else { Err(refused(Errno::XDEV)) }
}

fn open_one(folder: impl AsFd, name: &[u8], wanted: Wanted) -> Result<OwnedFd, Error> {
    if name == b".." {
        return Err(refused(Errno::XDEV));
    }
    let flags = wanted.flags();
    let opened = match openat(&folder, name, flags | OFlags::NOATIME, Mode::empty()) {
        Err(Errno::PERM) => openat(&folder, name, flags, Mode::empty()),
        opened => opened,
    };
    opened.map_err(refused)
}

fn refused(errno: Errno) -> Error {
    match errno {
        Errno::XDEV => Error::Unsupported("not on the root's file system"),
        Errno::NOTDIR => Error::Unsupported("not a folder"),
        // What opening a socket, or a device without a driver, gives.
        Errno::NXIO | Errno::NODEV => Error::Unsupported("not a regular file"),
        errno => errno.into(),
    }
}

/// Looks at an open file.
pub(super) fn stat_of(fd: impl AsFd) -> Result<FileStat, Error> {
    let raw = statx(fd, c"", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS)?;
    Ok(file_stat(&raw))
}

/// Looks at a name in a folder; a link is described, not followed.
pub(super) fn stat_at(folder: impl AsFd, name: &[u8]) -> Result<FileStat, Error> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    let raw = statx(folder, name, flags, StatxFlags::BASIC_STATS)?;
    Ok(file_stat(&raw))
}

/// The mount that an open file was reached through; `None` before Linux 5.8.
pub(super) fn mount_id_of(fd: impl AsFd) -> Result<Option<u64>, Error> {
    let raw = statx(fd, c"", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID)?;
    let has_id = StatxFlags::from_bits_retain(raw.stx_mask).contains(StatxFlags::MNT_ID);
    Ok(has_id.then_some(raw.stx_mnt_id))
}

fn file_stat(raw: &Statx) -> FileStat {
    let kind = match FileType::from_raw_mode(u32::from(raw.stx_mode)) {
        FileType::Directory => EntryKind::Folder,
        FileType::RegularFile => EntryKind::File,
        _ => EntryKind::Other,
    };
    FileStat {
        kind,
        dev: makedev(raw.stx_dev_major, raw.stx_dev_minor),
        ino: raw.stx_ino,
        nlink: u64::from(raw.stx_nlink),
        bytes: raw.stx_size,
        mtime_ns: nanoseconds(&raw.stx_mtime),
        ctime_ns: nanoseconds(&raw.stx_ctime),
    }
}

fn nanoseconds(time: &StatxTimestamp) -> i64 {
    time.tv_sec.saturating_mul(1_000_000_000).saturating_add(i64::from(time.tv_nsec))
}
