//! What `statx` says about a file, in fixed widths.

use std::os::fd::AsFd;

use gleaner_store::{FileTime, Metadata};
use rustix::fs::{AtFlags, FileType, Statx, StatxFlags, StatxTimestamp, makedev, statx};
use rustix::io::Errno;

/// Type of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A folder.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character device.
    CharDevice,
    /// A block device.
    BlockDevice,
}

/// Facts about one file, from one `statx` that followed no link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Type of the file.
    pub kind: FileKind,
    /// `st_mode & 0o7777`.
    pub mode: u32,
    /// Numeric owner.
    pub uid: u32,
    /// Numeric group.
    pub gid: u32,
    /// Stated size.
    pub bytes: u64,
    /// Allocated blocks of 512 bytes.
    pub blocks: u64,
    /// Last modification.
    pub mtime: FileTime,
    /// Last status change.
    pub ctime: FileTime,
    /// Last access.
    pub atime: FileTime,
    /// Inode number.
    pub inode: u64,
    /// Device that holds the inode.
    pub device: u64,
    /// Hard links.
    pub links: u64,
    /// Major number, of a device node.
    pub node_major: u32,
    /// Minor number, of a device node.
    pub node_minor: u32,
}

impl Stat {
    /// Looks at `name` in the folder `dir`; a symbolic link is described, not followed.
    pub(crate) fn at(dir: impl AsFd, name: &[u8]) -> Result<Self, Errno> {
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        Self::from_statx(&statx(dir, name, flags, StatxFlags::BASIC_STATS)?)
    }

    /// Looks at an open file.
    pub(crate) fn of(fd: impl AsFd) -> Result<Self, Errno> {
        Self::from_statx(&statx(fd, c"", AtFlags::EMPTY_PATH, StatxFlags::BASIC_STATS)?)
    }

    fn from_statx(raw: &Statx) -> Result<Self, Errno> {
        let kind = match FileType::from_raw_mode(u32::from(raw.stx_mode)) {
            FileType::Directory => FileKind::Directory,
            FileType::RegularFile => FileKind::File,
            FileType::Symlink => FileKind::Symlink,
            FileType::Fifo => FileKind::Fifo,
            FileType::Socket => FileKind::Socket,
            FileType::CharacterDevice => FileKind::CharDevice,
            FileType::BlockDevice => FileKind::BlockDevice,
            FileType::Unknown => return Err(Errno::NOTSUP),
        };
        Ok(Self {
            kind,
            mode: u32::from(raw.stx_mode) & 0o7777,
            uid: raw.stx_uid,
            gid: raw.stx_gid,
            bytes: raw.stx_size,
            blocks: raw.stx_blocks,
            mtime: file_time(&raw.stx_mtime),
            ctime: file_time(&raw.stx_ctime),
            atime: file_time(&raw.stx_atime),
            inode: raw.stx_ino,
            device: makedev(raw.stx_dev_major, raw.stx_dev_minor),
            links: u64::from(raw.stx_nlink),
            node_major: raw.stx_rdev_major,
            node_minor: raw.stx_rdev_minor,
        })
    }

    /// True when both describe the same inode as the same type of file.
    #[must_use]
    pub fn is_same_inode(&self, other: &Self) -> bool {
        self.kind == other.kind && self.inode == other.inode && self.device == other.device
    }

    /// True when fewer bytes are allocated than stated: the file has holes, or its file system
    /// compresses. Only then is it worth asking for holes.
    #[must_use]
    pub fn may_have_holes(&self) -> bool {
        self.kind == FileKind::File && self.blocks.saturating_mul(512) < self.bytes
    }

    /// The entry's metadata as far as a stat knows it: no names, no atime, no attributes.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        Metadata {
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            user: None,
            group: None,
            mtime: self.mtime,
            ctime: self.ctime,
            atime: None,
            inode: self.inode,
            device: self.device,
            links: self.links,
            xattrs: Vec::new(),
        }
    }
}

fn file_time(raw: &StatxTimestamp) -> FileTime {
    FileTime { seconds: raw.tv_sec, nanoseconds: raw.tv_nsec }
}
