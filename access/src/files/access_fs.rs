//! The file system below a source's root, as much of it as reading needs.
//!
//! Two forms: the operating system's, `RootedFs`, and one in memory that fails
//! on command, for tests. Nothing here can write inside the source; the one thing that is made is a
//! hard link in a spool folder outside of it.
//!
//! Paths are bytes relative to the root, parts separated by `/`, without a leading or trailing
//! slash, without `.` and `..`; the root itself is the empty path. No link is followed anywhere
//! below the root, and no other file system is entered.

use std::fmt::Debug;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::source::RootInode;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, a pipe, a device, a socket.
    Other,
    /// The file system does not say without a stat.
    Unknown,
}

/// A name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderEntry<'a> {
    /// The name: bytes without `/` and NUL, neither `.` nor `..`.
    pub name: &'a [u8],
    /// Its inode number, as the folder has it.
    pub ino: u64,
    /// What it stands for.
    pub kind: EntryKind,
}

/// What a stat says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileStat {
    /// What it is; never [`EntryKind::Unknown`].
    pub kind: EntryKind,
    /// Device.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Names that it has.
    pub nlink: u64,
    /// Bytes.
    pub bytes: u64,
    /// Last change of the content, nanoseconds since 1970; any program may set it.
    pub mtime_ns: i64,
    /// Last change of content or inode, nanoseconds since 1970, by the kernel's clock.
    pub ctime_ns: i64,
}

/// Which root this is: if any part differs, another folder is there under the root's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootIdentity {
    /// Device.
    pub dev: u64,
    /// Inode number of the root folder.
    pub ino: u64,
    /// The mount, where the kernel says.
    pub mount_id: Option<u64>,
}

impl RootIdentity {
    /// What of it stays the same over restarts.
    #[must_use]
    pub const fn inode(&self) -> RootInode {
        RootInode { dev: self.dev, ino: self.ino }
    }
}

/// Opens the root of a source.
pub trait AccessFs: Send + Sync + Debug {
    /// Opens the root by its configured path, as it is now.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] if there is no such folder, [`Error::Denied`]; what opening gives.
    fn open_root(&self) -> Result<Arc<dyn FsRoot>, Error>;
}

/// An open root. It goes on meaning the same folder whatever happens to the name.
pub trait FsRoot: Send + Sync + Debug {
    /// Which root it is.
    fn identity(&self) -> RootIdentity;

    /// Opens a folder below the root, or the root itself.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`], [`Error::Denied`]; [`Error::Changed`] where a part of the path is a link;
    /// [`Error::Unsupported`] if it is no folder or lies in another file system.
    fn open_folder(&self, path: &[u8]) -> Result<Box<dyn FsFolder>, Error>;

    /// Opens a regular file below the root: `open_folder` and `open_file` in one.
    ///
    /// # Errors
    ///
    /// As those.
    fn open_file(&self, path: &[u8]) -> Result<Arc<dyn FsFile>, Error> {
        let (folder, name) = split_path(path);
        self.open_folder(folder)?.open_file(name)
    }

    /// Makes a watcher that watches nothing yet. With `modifications` it tells of each change of
    /// content, else only of what comes, goes and is closed.
    ///
    /// # Errors
    ///
    /// [`Error::Incapable`] where there are no events; what the kernel gives.
    fn watcher(&self, modifications: bool) -> Result<Box<dyn FsWatcher>, Error>;

    /// Links the file at `path` into the spool folder under `name`, if it is still the file with
    /// that device and inode number.
    ///
    /// # Errors
    ///
    /// [`Error::Changed`] if another file is there; [`Error::Denied`], [`Error::Io`] where links
    /// cannot be made (another file system, another owner).
    fn link(&self, path: &[u8], stat: &FileStat, spool: &Path, name: &str) -> Result<(), Error>;
}

/// An open folder.
pub trait FsFolder: Send + Sync + Debug {
    /// Hands each name to `each`, in no order, until it breaks. A name that comes or goes meanwhile
    /// may be missing, or come twice.
    ///
    /// # Errors
    ///
    /// What reading gives; names handed over before are right.
    fn read(&self, each: &mut dyn FnMut(FolderEntry<'_>) -> ControlFlow<()>) -> Result<(), Error>;

    /// What `name` is; links are not followed.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`]; what asking gives.
    fn stat(&self, name: &[u8]) -> Result<FileStat, Error>;

    /// Opens a regular file without waiting for anybody, and without touching its access time
    /// where that is allowed.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`], [`Error::Denied`], [`Error::Changed`] for a link, [`Error::Unsupported`]
    /// for what is no regular file or lies in another file system.
    fn open_file(&self, name: &[u8]) -> Result<Arc<dyn FsFile>, Error>;
}

/// An open regular file.
pub trait FsFile: Send + Sync + Debug {
    /// What a stat says now.
    ///
    /// # Errors
    ///
    /// What asking gives.
    fn stat(&self) -> Result<FileStat, Error>;

    /// True if another process holds a lock on it that keeps readers away (`fcntl`).
    ///
    /// # Errors
    ///
    /// What asking gives.
    fn is_locked(&self) -> Result<bool, Error> {
        Ok(false)
    }

    /// Fills a prefix of `buffer` from `offset` on and returns its length; 0 only at or after the
    /// end, or for an empty buffer. The page cache is afterwards as it was before, as far as can
    /// be told: what was not resident is given up again.
    ///
    /// # Errors
    ///
    /// What reading gives.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, Error>;
}

/// What happened to a name in a watched folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was made: a file that may be empty yet, or a folder.
    Created,
    /// Its content was changed, and perhaps will be further.
    Modified,
    /// Somebody who could write it has closed it.
    ClosedAfterWriting,
    /// It was renamed to this name; the cookie tells it from other moves.
    MovedTo(u32),
    /// It was renamed away from this name.
    MovedFrom(u32),
    /// It was removed.
    Removed,
    /// Its owner, mode or number of links changed.
    Attributes,
}

/// One event of a watcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FsEvent {
    /// Something happened to a name.
    Change {
        /// The folder's path, as it was given to `watch`.
        folder: Vec<u8>,
        /// The name in it.
        name: Vec<u8>,
        /// What happened.
        kind: ChangeKind,
        /// True if it is a folder.
        is_folder: bool,
    },
    /// The watched folder itself went, or was moved elsewhere; its watch is over.
    FolderGone {
        /// The folder's path, as it was given to `watch`.
        folder: Vec<u8>,
    },
    /// Events were lost.
    Overflow,
}

/// Tells what happens in folders.
pub trait FsWatcher: Send + Debug {
    /// Watches the names in one folder, not those below. What happens after this returned is told.
    /// Watching a folder again moves the watch to this path.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`]; [`Error::Incapable`] if the kernel allows no more watches; what it gives.
    fn watch(&mut self, folder: &[u8]) -> Result<(), Error>;

    /// Ends the watch of a folder, if there is one.
    fn forget(&mut self, folder: &[u8]);

    /// The next events since the last call, in order and as many as one read of the kernel gives;
    /// returns at once, with none if there are none.
    ///
    /// # Errors
    ///
    /// What reading gives.
    fn events(&mut self) -> Result<Vec<FsEvent>, Error>;
}

/// A folder for hard links that keep files of a source: on the source's file system, outside of
/// every source.
pub trait SpoolFolder: Send + Sync + Debug {
    /// Its path, for [`FsRoot::link`].
    fn path(&self) -> &Path;

    /// Opens a link.
    ///
    /// # Errors
    ///
    /// What opening gives.
    fn open_file(&self, name: &str) -> Result<Arc<dyn FsFile>, Error>;

    /// Removes a link.
    ///
    /// # Errors
    ///
    /// What removing gives.
    fn remove(&self, name: &str) -> Result<(), Error>;

    /// Removes all files in it, left behind by a process that ended, and returns their number.
    ///
    /// # Errors
    ///
    /// What listing gives; files that cannot be removed stay.
    fn sweep(&self) -> Result<u64, Error>;
}

/// The folder and the name of a path.
#[must_use]
pub fn split_path(path: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(slash) => (
            path.get(..slash).unwrap_or_default(),
            path.get(slash.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (&[], path),
    }
}

/// The path of a name in a folder.
#[must_use]
pub fn join_path(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() {
        return name.to_vec();
    }
    [folder, b"/", name].concat()
}
