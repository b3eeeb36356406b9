//! Items of a tree stream: what one snapshot holds, as values (bytes: `tree_codec.rs`).
//!
//! A tree is one stream in depth-first order. [`TreeItem::Enter`] opens a folder, its entries
//! follow in ascending byte order of their names, [`TreeItem::Leave`] closes it.

use crate::chunk_list::{INCREMENT_BYTES_MAX, Run};
use crate::defect::Defect;

/// Bytes of the value of an extended attribute, at most (the limit of Linux).
pub const XATTR_BYTES_MAX: usize = 64 << 10;
/// Bytes of the name of an extended attribute, at most (the limit of Linux).
const XATTR_NAME_BYTES_MAX: usize = 255;

/// A point in time as the file system states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileTime {
    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    pub seconds: i64,
    /// Nanoseconds within the second, 0..1e9.
    pub nanoseconds: u32,
}

/// Name and value of an extended attribute, as raw bytes.
pub(crate) type Xattr = (Vec<u8>, Vec<u8>);

/// What every entry has beside its name and kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// Permission bits with setuid, setgid and sticky: `st_mode & 0o7777`.
    pub mode: u32,
    /// Numeric owner.
    pub uid: u32,
    /// Numeric group.
    pub gid: u32,
    /// Owner's name where the source system had one.
    pub user: Option<String>,
    /// Group's name where the source system had one.
    pub group: Option<String>,
    /// Last modification.
    pub mtime: FileTime,
    /// Last status change: compared by the unchanged-file fast path, never restored.
    pub ctime: FileTime,
    /// Last access, only with `--with-atime`.
    pub atime: Option<FileTime>,
    /// Inode number on the source, with `device` the identity for hard links.
    pub inode: u64,
    /// Device number on the source.
    pub device: u64,
    /// Number of hard links on the source.
    pub links: u64,
    /// Extended attributes (POSIX ACLs and capabilities included) as raw bytes, ascending by name.
    pub xattrs: Vec<Xattr>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder (only in [`TreeItem::Enter`]).
    Directory,
    /// A regular file.
    File {
        /// Size that the file system stated when the file was opened. What is restored is the
        /// sum of the runs, which differs only if the file changed while it was read.
        bytes: u64,
        /// Content, or its first part.
        content: Vec<Run>,
        /// True when [`TreeItem::Content`] items follow.
        more: bool,
    },
    /// A symbolic link and its target.
    Symlink {
        /// Target as `readlink` gave it: not empty, any bytes but NUL.
        target: Vec<u8>,
    },
    /// A named pipe.
    Fifo,
    /// A socket: restored as an empty socket node.
    Socket,
    /// A character device.
    CharDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
    /// A block device.
    BlockDevice {
        /// Major number.
        major: u32,
        /// Minor number.
        minor: u32,
    },
}

/// One named thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// A single path component: 1 to 255 bytes, not `.` or `..`, no `/`, no NUL.
    pub name: Vec<u8>,
    /// Mode, owner, times, attributes.
    pub metadata: Metadata,
    /// What it is.
    pub kind: EntryKind,
}

/// One item of a tree stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TreeItem {
    /// Opens a folder; its entries follow until the matching [`TreeItem::Leave`].
    Enter(Entry),
    /// An entry that is not a folder.
    Node(Entry),
    /// Further content of the file that came before.
    Content {
        /// Next runs of the file.
        runs: Vec<Run>,
        /// True when more content follows.
        more: bool,
    },
    /// Closes the folder that was opened last.
    Leave,
}

/// True for a legal single path component.
#[must_use]
pub fn is_legal_name(name: &[u8]) -> bool {
    (1..=255).contains(&name.len())
        && name != b"."
        && name != b".."
        && !name.iter().any(|&b| b == b'/' || b == 0)
}

/// What must hold of an item beyond its encoding, for the writer and for the reader.
pub(crate) fn check_item(item: &TreeItem) -> Result<(), Defect> {
    match item {
        TreeItem::Enter(entry) if entry.kind == EntryKind::Directory => check_entry(entry),
        TreeItem::Node(entry) if entry.kind != EntryKind::Directory => check_entry(entry),
        TreeItem::Enter(_) | TreeItem::Node(_) => {
            Err(Defect::Inconsistent { what: "kind of an entry" })
        }
        TreeItem::Content { runs, .. } => check_runs(runs),
        TreeItem::Leave => Ok(()),
    }
}

fn check_entry(entry: &Entry) -> Result<(), Defect> {
    if !is_legal_name(&entry.name) {
        return Err(Defect::Name);
    }
    let m = &entry.metadata;
    let times = [Some(m.mtime), Some(m.ctime), m.atime];
    if times.into_iter().flatten().any(|time| time.nanoseconds >= 1_000_000_000) {
        return Err(Defect::Inconsistent { what: "nanoseconds of a time" });
    }
    if m.mode > 0o7777 {
        return Err(Defect::Inconsistent { what: "mode of an entry" });
    }
    check_xattrs(&m.xattrs)?;
    match &entry.kind {
        EntryKind::File { content, .. } => check_runs(content),
        EntryKind::Symlink { target } if target.is_empty() || target.contains(&0) => {
            Err(Defect::Inconsistent { what: "target of a symbolic link" })
        }
        _ => Ok(()),
    }
}

fn check_xattrs(xattrs: &[Xattr]) -> Result<(), Defect> {
    for (name, value) in xattrs {
        if !(1..=XATTR_NAME_BYTES_MAX).contains(&name.len()) || name.contains(&0) {
            return Err(Defect::Inconsistent { what: "name of an extended attribute" });
        }
        if value.len() > XATTR_BYTES_MAX {
            let (value, max) = (value.len() as u64, XATTR_BYTES_MAX as u64);
            return Err(Defect::Limit { what: "bytes of an extended attribute", value, max });
        }
    }
    if xattrs.is_sorted_by(|a, b| a.0 < b.0) {
        Ok(())
    } else {
        Err(Defect::Inconsistent { what: "order of extended attributes" })
    }
}

fn check_runs(runs: &[Run]) -> Result<(), Defect> {
    runs.iter().try_for_each(Run::check)?;
    add_content(0, runs).map(drop)
}

/// Bytes of a file's content so far plus those of `runs`, at most [`INCREMENT_BYTES_MAX`].
pub(crate) fn add_content(bytes: u64, runs: &[Run]) -> Result<u64, Defect> {
    let add = |sum: u64, run: &Run| sum.checked_add(run.bytes());
    match runs.iter().try_fold(bytes, add) {
        Some(bytes @ 0..=INCREMENT_BYTES_MAX) => Ok(bytes),
        sum => {
            let (value, max) = (sum.unwrap_or(u64::MAX), INCREMENT_BYTES_MAX);
            Err(Defect::Limit { what: "bytes of a file", value, max })
        }
    }
}
