//! Open folders of the target.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use gleaner_store::{Metadata, is_legal_name};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, chmodat, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::error::TargetError;
use super::metadata::{MetadataWarning, Receiver, apply_metadata};
use super::options::Shared;
use super::overwrite::OverwritePolicy;
use crate::source::{FileKind, NameList, Stat, proc_path};

/// How often a place is tried that somebody else changes meanwhile.
pub(super) const ATTEMPTS_MAX: usize = 16;

/// Flags of every open of a folder of the target.
pub(super) const FOLDER_FLAGS: OFlags =
    OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::RDONLY);

/// An open folder of the target: one descriptor, shared by all clones. Any thread may use it.
#[derive(Debug, Clone)]
pub struct TargetFolder {
    open: Arc<OpenFolder>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct OpenFolder {
    fd: OwnedFd,
    path: Arc<[u8]>,
    is_made_here: bool,
}

impl TargetFolder {
    pub(super) fn new(fd: OwnedFd, path: Vec<u8>, is_made_here: bool, shared: Arc<Shared>) -> Self {
        Self { open: Arc::new(OpenFolder { fd, path: path.into(), is_made_here }), shared }
    }

    /// The path, shared with this handle.
    pub(super) fn shared_path(&self) -> Arc<[u8]> {
        Arc::clone(&self.open.path)
    }

    /// Sets what [`TargetFolder::is_made_here`] says, on a handle that was not cloned yet.
    pub(super) fn with_origin(self, is_made_here: bool) -> Self {
        match Arc::try_unwrap(self.open) {
            Ok(open) => Self { open: Arc::new(OpenFolder { is_made_here, ..open }), ..self },
            Err(open) => Self { open, ..self },
        }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Path for messages: the target's own, and the names below it.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.open.path
    }

    /// Path of the entry `name`, for messages.
    #[must_use]
    pub fn path_of(&self, name: &[u8]) -> Vec<u8> {
        [self.path(), b"/", name].concat()
    }

    /// True when the call that gave this handle made the folder.
    #[must_use]
    pub fn is_made_here(&self) -> bool {
        self.open.is_made_here
    }

    /// Checks a name that came from a snapshot.
    pub(super) fn check_name(&self, name: &[u8]) -> Result<(), TargetError> {
        if is_legal_name(name) {
            return Ok(());
        }
        Err(TargetError::IllegalName { folder: self.path().to_vec(), name: name.to_vec() })
    }

    pub(super) fn io_error(&self, name: &[u8], call: &'static str, errno: Errno) -> TargetError {
        TargetError::io(self.path_of(name), call, errno)
    }

    /// Makes the folder `name` with mode 0700, or takes the one that is there. A file or link in
    /// the way is removed, unless the policy is [`OverwritePolicy::Never`].
    ///
    /// The handle's [`TargetFolder::is_made_here`] tells which it was. Without root rights an
    /// existing folder of the user's own is made writable; [`TargetFolder::apply_metadata`] gives
    /// it its final mode.
    ///
    /// # Errors
    /// `IllegalName`, `Occupied`, `Contended`, or what a system call answers.
    pub fn create_folder(&self, name: &[u8]) -> Result<Self, TargetError> {
        self.check_name(name)?;
        for _ in 0..ATTEMPTS_MAX {
            let is_made_here = match mkdirat(self, name, Mode::RWXU) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(errno) => return Err(self.io_error(name, "mkdirat", errno)),
            };
            if !is_made_here && !self.shared.is_root_user() {
                self.grant_access(name);
            }
            match openat(self, name, FOLDER_FLAGS, Mode::empty()) {
                Ok(fd) => {
                    let shared = Arc::clone(&self.shared);
                    return Ok(Self::new(fd, self.path_of(name), is_made_here, shared));
                }
                Err(Errno::NOTDIR | Errno::LOOP) => self.clear_for_folder(name)?,
                Err(Errno::NOENT) => {}
                Err(errno) => return Err(self.io_error(name, "openat", errno)),
            }
        }
        Err(TargetError::Contended { path: self.path_of(name) })
    }

    /// Best effort: opening or writing fails with a clear error if it did not help.
    fn grant_access(&self, name: &[u8]) {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let Ok(fd) = openat(self, name, flags, Mode::empty()) else { return };
        let Ok(stat) = Stat::of(&fd) else { return };
        if stat.uid == self.shared.effective_uid && stat.mode & 0o700 != 0o700 {
            let mode = Mode::from_raw_mode(stat.mode | 0o700);
            let _refused = chmodat(CWD, proc_path(fd.as_fd()), mode, AtFlags::empty()).is_err();
        }
    }

    /// Removes what stands in a folder's place; not a folder, and never what a link leads to.
    fn clear_for_folder(&self, name: &[u8]) -> Result<(), TargetError> {
        if self.shared.options.overwrite == OverwritePolicy::Never {
            return match self.look(name)? {
                Some(stat) => {
                    Err(TargetError::Occupied { path: self.path_of(name), found: stat.kind })
                }
                None => Ok(()),
            };
        }
        match unlinkat(self, name, AtFlags::empty()) {
            // A folder by now: the next attempt takes it.
            Ok(()) | Err(Errno::NOENT | Errno::ISDIR) => Ok(()),
            Err(errno) => Err(self.io_error(name, "unlinkat", errno)),
        }
    }

    /// Opens the folder `name`, which has to exist. A link is refused.
    ///
    /// # Errors
    /// `IllegalName`, or what `openat` answers (`ENOTDIR` for a link).
    pub fn open_folder(&self, name: &[u8]) -> Result<Self, TargetError> {
        self.check_name(name)?;
        let fd = openat(self, name, FOLDER_FLAGS, Mode::empty())
            .map_err(|errno| self.io_error(name, "openat", errno))?;
        Ok(Self::new(fd, self.path_of(name), false, Arc::clone(&self.shared)))
    }

    /// Looks at the entry `name` without following a link; `None` if there is none.
    ///
    /// # Errors
    /// `IllegalName`, or what `statx` answers.
    pub fn look(&self, name: &[u8]) -> Result<Option<Stat>, TargetError> {
        self.check_name(name)?;
        match Stat::at(self, name) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(self.io_error(name, "statx", errno)),
        }
    }

    /// Gives the folder its metadata. To be called after all its entries were made: they change
    /// its time of modification, and its mode may forbid making them.
    #[must_use]
    pub fn apply_metadata(&self, metadata: &Metadata) -> Vec<MetadataWarning> {
        apply_metadata(&self.shared, Receiver::Open(self.as_fd()), self.path(), metadata)
    }

    /// Names of all entries, ascending, but for those that no snapshot can hold.
    ///
    /// # Errors
    /// What `getdents64` answers.
    pub fn names(&self) -> Result<NameList, TargetError> {
        // A descriptor of its own: listing moves a position, which clones would share.
        let fd = openat(self, c".", FOLDER_FLAGS, Mode::empty())
            .map_err(|errno| self.io_error(b".", "openat", errno))?;
        let listing = NameList::read(&fd);
        match listing.stopped {
            None => Ok(listing.names),
            Some(errno) => Err(self.io_error(b".", "getdents64", errno)),
        }
    }

    /// What stands at `name`, if it does not protect itself against removal by its kind: an empty
    /// folder is removed, one that is not empty is an error.
    pub(super) fn clear_empty_folder(&self, name: &[u8]) -> Result<(), TargetError> {
        match unlinkat(self, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT | Errno::NOTDIR) => Ok(()),
            Err(Errno::NOTEMPTY | Errno::EXIST) => {
                let found = FileKind::Directory;
                Err(TargetError::Occupied { path: self.path_of(name), found })
            }
            Err(errno) => Err(self.io_error(name, "unlinkat", errno)),
        }
    }
}

impl AsFd for TargetFolder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.open.fd.as_fd()
    }
}
