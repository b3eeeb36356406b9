//! The folder below which a restore writes.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::error::TargetError;
use super::folder::{FOLDER_FLAGS, TargetFolder};
use super::options::{FolderLookup, Shared, TargetOptions};
use crate::source::OwnerNames;

/// Longest path given to one `openat2`: `PATH_MAX` with its NUL is 4096.
const PATH_BYTES_MAX: usize = 4000;

/// How often a lookup is repeated that a rename elsewhere disturbed (`EAGAIN`).
const LOOKUPS_MAX: usize = 64;

/// The open target folder. Clones share it; any thread may use it.
#[derive(Debug, Clone)]
pub struct RestoreTarget {
    root: TargetFolder,
    lookup: FolderLookup,
}

impl RestoreTarget {
    /// Opens the folder `path`, made if it is missing, with those above it. Links in `path` are
    /// followed: the user named it.
    ///
    /// # Errors
    /// What making or opening it answers.
    pub fn open(
        path: &Path,
        options: TargetOptions,
        owner_names: Arc<OwnerNames>,
    ) -> Result<Self, TargetError> {
        let path_bytes = path.as_os_str().as_bytes().to_vec();
        let is_made_here = make_folder(path).map_err(|source| TargetError::Io {
            path: path_bytes.clone(),
            call: "mkdir",
            source,
        })?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = openat(CWD, path, flags, Mode::empty())
            .map_err(|errno| TargetError::io(path_bytes.clone(), "open", errno))?;
        let lookup = match options.lookup {
            FolderLookup::Openat2 if knows_openat2(&fd) => FolderLookup::Openat2,
            _ => FolderLookup::PerComponent,
        };
        let shared = Arc::new(Shared::new(options, owner_names));
        Ok(Self { root: TargetFolder::new(fd, path_bytes, is_made_here, shared), lookup })
    }

    /// The target folder itself.
    #[must_use]
    pub fn root(&self) -> TargetFolder {
        self.root.clone()
    }

    /// True when the restore runs with root rights (effective user 0), so that owners, devices
    /// and trusted attributes can be restored.
    #[must_use]
    pub fn is_root_user(&self) -> bool {
        self.root.shared().is_root_user()
    }

    /// Opens an existing folder below the target by the names that lead to it, none for the
    /// target itself. Costs one system call for about 4000 bytes of path; a link on the way is
    /// refused.
    ///
    /// # Errors
    /// `IllegalName`, or what opening answers (`ELOOP` or `ENOTDIR` for a link).
    pub fn open_folder<N: AsRef<[u8]>>(&self, names: &[N]) -> Result<TargetFolder, TargetError> {
        let mut folder = self.root();
        if self.lookup == FolderLookup::PerComponent {
            for name in names {
                folder = folder.open_folder(name.as_ref())?;
            }
            return Ok(folder);
        }
        let mut piece = Vec::new();
        for name in names {
            let name = name.as_ref();
            self.root.check_name(name)?;
            if piece.len() + 1 + name.len() > PATH_BYTES_MAX {
                folder = open_beneath(&folder, &piece)?;
                piece.clear();
            }
            if !piece.is_empty() {
                piece.push(b'/');
            }
            piece.extend_from_slice(name);
        }
        if piece.is_empty() { Ok(folder) } else { open_beneath(&folder, &piece) }
    }
}

fn open_beneath(folder: &TargetFolder, path: &[u8]) -> Result<TargetFolder, TargetError> {
    let mut opened = openat2_beneath(folder, path);
    for _ in 1..LOOKUPS_MAX {
        if !matches!(opened, Err(Errno::AGAIN)) {
            break;
        }
        opened = openat2_beneath(folder, path);
    }
    let fd = opened.map_err(|errno| folder.io_error(path, "openat2", errno))?;
    let shared = Arc::clone(folder.shared());
    Ok(TargetFolder::new(fd, folder.path_of(path), false, shared))
}

/// Makes a folder and those above it; false if it was there.
fn make_folder(path: &Path) -> std::io::Result<bool> {
    if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
        std::fs::create_dir_all(above)?;
    }
    match std::fs::create_dir(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn openat2_beneath(dir: impl AsFd, path: &[u8]) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    openat2(dir, path, FOLDER_FLAGS, Mode::empty(), resolve)
}

/// Kernels before 5.6 do not know the call, and some sandboxes forbid it.
fn knows_openat2(dir: &OwnedFd) -> bool {
    openat2_beneath(dir, b".").is_ok()
}
