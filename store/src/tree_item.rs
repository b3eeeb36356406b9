//! Items of a tree stream: what one snapshot holds, as values (bytes: `tree_codec.rs`).
//!
//! A tree is one stream in depth-first order. [`TreeItem::Enter`] opens a folder, its entries
//! follow in ascending byte order of their names, [`TreeItem::Leave`] closes it.

use crate::chunk_list::Run;

/// A point in time as the file system states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileTime {
    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    pub seconds: i64,
    /// Nanoseconds within the second, 0..1e9.
    pub nanoseconds: u32,
}

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
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
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
    /// A symbolic link and its target, any bytes but NUL.
    Symlink {
        /// Target as `readlink` gave it.
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
