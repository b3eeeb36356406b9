//! Open folders: what the walk hands to other threads so that they can open entries by name.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use super::stat::Stat;

/// An open folder of the source.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: Vec<u8>,
    stat: Stat,
}

/// How a folder is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FolderAccess {
    /// To list it; a symbolic link is refused.
    List,
    /// To look at it only (`O_PATH`): works without read permission.
    Look,
    /// Like `Look`, but follows a symbolic link: folders above a root, which the user named.
    LookThroughLinks,
}

impl FolderAccess {
    fn flags(self) -> OFlags {
        let common = OFlags::DIRECTORY | OFlags::CLOEXEC;
        match self {
            Self::List => common | OFlags::NOFOLLOW | OFlags::NOATIME,
            Self::Look => common | OFlags::NOFOLLOW | OFlags::PATH,
            Self::LookThroughLinks => common | OFlags::PATH,
        }
    }
}

impl Folder {
    /// Opens `/` for looking at it.
    pub(crate) fn open_top(access: FolderAccess) -> Result<Self, Errno> {
        let fd = open_retrying(rustix::fs::CWD, b"/", access)?;
        let stat = Stat::of(&fd)?;
        Ok(Self { fd, path: b"/".to_vec(), stat })
    }

    /// Opens the folder `name` within this one.
    pub(crate) fn open_folder(&self, name: &[u8], access: FolderAccess) -> Result<Self, Errno> {
        let fd = open_retrying(self.fd.as_fd(), name, access)?;
        let stat = Stat::of(&fd)?;
        Ok(Self { fd, path: self.path_of(name), stat })
    }

    /// Absolute path of the folder, as bytes.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// What `statx` said when the folder was opened.
    #[must_use]
    pub fn stat(&self) -> &Stat {
        &self.stat
    }

    /// Absolute path of the entry `name` of this folder.
    #[must_use]
    pub fn path_of(&self, name: &[u8]) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.path.len() + 1 + name.len());
        path.extend_from_slice(&self.path);
        if path.last() != Some(&b'/') {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        path
    }

    /// Reads the first `bytes_max` bytes of the regular file `name` in this folder: for markers
    /// and ignore files. `None` if there is no such regular file; links are not followed.
    ///
    /// # Errors
    /// What the file system answers, but for an absent file.
    pub fn read_small(&self, name: &[u8], bytes_max: usize) -> std::io::Result<Option<Vec<u8>>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT | Errno::LOOP | Errno::NXIO) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        };
        if Stat::of(&fd)?.kind != super::stat::FileKind::File {
            return Ok(None);
        }
        let mut content = Vec::new();
        let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        std::io::Read::read_to_end(
            &mut std::io::Read::take(std::fs::File::from(fd), limit),
            &mut content,
        )?;
        Ok(Some(content))
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// `O_NOATIME` is refused to anyone but the owner and root; the folder is read all the same.
fn open_retrying(dir: BorrowedFd<'_>, name: &[u8], access: FolderAccess) -> Result<OwnedFd, Errno> {
    let flags = access.flags();
    match openat(dir, name, flags, Mode::empty()) {
        Err(Errno::PERM) if flags.contains(OFlags::NOATIME) => {
            openat(dir, name, flags - OFlags::NOATIME, Mode::empty())
        }
        opened => opened,
    }
}
