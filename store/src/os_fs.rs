//! The file system of the operating system.

use std::ffi::CStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FallocateFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::fs::{DirEntry, DirEntryKind, Fs, uninterrupted};

/// Makes plain system calls below a root folder that it keeps open.
///
/// The root is found once: a later rename or an unmount of a path above it changes nothing. Links
/// are never followed in the last component. Not for file systems without POSIX semantics of
/// exclusive creation; it cannot report an error of `close`, which a successful `sync_data` before
/// makes meaningless.
#[derive(Debug)]
pub struct OsFs {
    root: OwnedFd,
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);

impl OsFs {
    /// Opens an existing root folder.
    ///
    /// # Errors
    /// `NotFound`, `NotADirectory`, others as they come.
    pub fn open(root: &Path) -> io::Result<Self> {
        let open = || Ok(rustix::fs::open(root, FOLDER, Mode::empty())?);
        Ok(Self { root: uninterrupted(open)? })
    }

    /// Opens a root folder after making it, durably, if it does not exist; folders above it must.
    ///
    /// # Errors
    /// As [`OsFs::open`].
    pub fn create(root: &Path) -> io::Result<Self> {
        let is_new = match rustix::fs::mkdir(root, Mode::RWXU) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(errno) => return Err(errno.into()),
        };
        let fs = Self::open(root)?;
        match fs.sync_own_name() {
            // Made by somebody else, perhaps in a folder that we may not even read.
            Err(_) if !is_new => Ok(fs),
            synced => synced.map(|()| fs),
        }
    }

    fn sync_own_name(&self) -> io::Result<()> {
        // `..` of the open root, not the parent of its path: right for relative paths and links.
        let parent = rustix::fs::openat(&self.root, c"..", FOLDER, Mode::empty())?;
        Ok(rustix::fs::fsync(&parent)?)
    }

    fn open_folder(&self, path: &str) -> io::Result<OwnedFd> {
        let path = if path.is_empty() { "." } else { path };
        let flags = FOLDER | OFlags::NOFOLLOW;
        uninterrupted(|| Ok(rustix::fs::openat(&self.root, path, flags, Mode::empty())?))
    }

    fn entry(folder: &OwnedFd, file_name: &CStr) -> io::Result<Option<DirEntry>> {
        let Ok(name) = file_name.to_str() else { return Ok(None) };
        if name == "." || name == ".." {
            return Ok(None);
        }
        let stat = match rustix::fs::statat(folder, file_name, AtFlags::SYMLINK_NOFOLLOW) {
            // Removed since the listing.
            Err(Errno::NOENT) => return Ok(None),
            stat => stat?,
        };
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => DirEntryKind::File { bytes: length(stat.st_size)? },
            FileType::Directory => DirEntryKind::Folder,
            _ => DirEntryKind::Other,
        };
        Ok(Some(DirEntry { name: name.to_owned(), kind }))
    }
}

fn length(bytes: i64) -> io::Result<u64> {
    u64::try_from(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Says `Unsupported` for the codes by which file systems refuse a flag they do not know.
fn unsupported_if_refused(errno: Errno) -> io::Error {
    match errno {
        Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP => io::ErrorKind::Unsupported.into(),
        errno => errno.into(),
    }
}

impl Fs for OsFs {
    type File = OwnedFd;

    fn create_new(&self, path: &str) -> io::Result<OwnedFd> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(rustix::fs::openat(&self.root, path, flags, Mode::RUSR | Mode::WUSR)?)
    }

    fn open(&self, path: &str) -> io::Result<OwnedFd> {
        // NONBLOCK: a pipe planted under an object's name must not hang the reader.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        Ok(rustix::fs::openat(&self.root, path, flags, Mode::empty())?)
    }

    fn write_at(&self, file: &OwnedFd, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::pwrite(file, bytes, offset)?)
    }

    fn read_at(&self, file: &OwnedFd, offset: u64, bytes: &mut [u8]) -> io::Result<usize> {
        if i64::try_from(offset).is_err() {
            // Past the largest length a file can have; the kernel would call it invalid.
            return Ok(0);
        }
        Ok(rustix::io::pread(file, bytes, offset)?)
    }

    fn bytes(&self, file: &OwnedFd) -> io::Result<u64> {
        let stat = rustix::fs::fstat(file)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => length(stat.st_size),
            _ => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn allocate(&self, file: &OwnedFd, bytes: u64) -> io::Result<()> {
        // KEEP_SIZE: the length must tell how far the writes got.
        rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes)
            .map_err(unsupported_if_refused)
    }

    fn sync_data(&self, file: &OwnedFd) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(file)?)
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.open_folder(path)?)?)
    }

    fn rename_noreplace(&self, from: &str, to: &str) -> io::Result<()> {
        rustix::fs::renameat_with(&self.root, from, &self.root, to, RenameFlags::NOREPLACE)
            .map_err(unsupported_if_refused)
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        match rustix::fs::linkat(&self.root, from, &self.root, to, AtFlags::empty()) {
            // Over NFS a lost reply makes the winner look like a loser: the second attempt of the
            // client finds our own link. The temporary name is ours alone, so two links mean us.
            Err(Errno::EXIST) if self.has_two_links(from)? => Ok(()),
            // EPERM: the file system has no links at all (link(2)).
            Err(Errno::PERM) => Err(io::ErrorKind::Unsupported.into()),
            result => result.map_err(unsupported_if_refused),
        }
    }

    fn unlink(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.root, path, AtFlags::empty())?)
    }

    fn mkdir(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.root, path, Mode::RWXU)?)
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.root, path, AtFlags::REMOVEDIR)?)
    }

    fn list(&self, path: &str) -> io::Result<Vec<DirEntry>> {
        let folder = self.open_folder(path)?;
        let mut entries = Vec::new();
        for entry in Dir::read_from(&folder)? {
            entries.extend(Self::entry(&folder, entry?.file_name())?);
        }
        Ok(entries)
    }
}

impl OsFs {
    fn has_two_links(&self, path: &str) -> io::Result<bool> {
        Ok(rustix::fs::statat(&self.root, path, AtFlags::SYMLINK_NOFOLLOW)?.st_nlink == 2)
    }
}
