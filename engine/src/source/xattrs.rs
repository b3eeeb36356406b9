//! Extended attributes of anything that has a name or a descriptor, as raw bytes.

use std::ffi::{CStr, CString};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use rustix::buffer::spare_capacity;
use rustix::fs::{
    XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr, getxattr, lgetxattr, listxattr,
    llistxattr, removexattr, setxattr,
};
use rustix::io::Errno;

/// What the kernel's file system layer allows for a value and for the list of names
/// (`XATTR_SIZE_MAX`, `XATTR_LIST_MAX`).
const XATTR_BYTES_MAX: usize = 64 * 1024;

/// Most files have no attribute, and most attributes are small.
const FIRST_BUFFER_BYTES: usize = 512;

/// How the attributes of a file are reached.
#[derive(Debug, Clone)]
pub(crate) enum XattrPlace<'fd> {
    /// By a descriptor that is open for reading or writing.
    Open(BorrowedFd<'fd>),
    /// By the path of an `O_PATH` descriptor in `/proc`: the f*xattr calls refuse those.
    Magic(CString),
    /// By name in an open folder, through the folder's path in `/proc`; a link is not followed.
    Named(CString),
}

impl<'fd> XattrPlace<'fd> {
    /// The file behind an `O_PATH` descriptor.
    pub(crate) fn magic(fd: BorrowedFd<'fd>) -> Self {
        Self::Magic(proc_path(fd))
    }

    /// The file `name` in the folder `dir`. `name` is a single component; `EINVAL` if there is a
    /// NUL in it.
    pub(crate) fn named(dir: impl AsFd, name: &[u8]) -> Result<Self, Errno> {
        let mut path = proc_path(dir.as_fd()).into_bytes();
        path.push(b'/');
        path.extend_from_slice(name);
        CString::new(path).map(Self::Named).map_err(|_| Errno::INVAL)
    }

    /// Names of all attributes, ascending; empty where the file system has none.
    pub(crate) fn list(&self) -> Result<Vec<CString>, Errno> {
        let read = |buffer: &mut Vec<u8>| match self {
            Self::Open(fd) => flistxattr(fd, spare_capacity(buffer)),
            Self::Magic(path) => listxattr(path, spare_capacity(buffer)),
            Self::Named(path) => llistxattr(path, spare_capacity(buffer)),
        };
        let list = match read_growing(read) {
            Ok(list) => list,
            Err(Errno::NOTSUP) => return Ok(Vec::new()),
            Err(errno) => return Err(errno),
        };
        let mut names: Vec<CString> = list
            .split_inclusive(|&byte| byte == 0)
            .filter_map(|name| CStr::from_bytes_with_nul(name).ok())
            .map(CStr::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Value of the attribute `name`.
    pub(crate) fn get(&self, name: &CStr) -> Result<Vec<u8>, Errno> {
        read_growing(|buffer| match self {
            Self::Open(fd) => fgetxattr(fd, name, spare_capacity(buffer)),
            Self::Magic(path) => getxattr(path, name, spare_capacity(buffer)),
            Self::Named(path) => lgetxattr(path, name, spare_capacity(buffer)),
        })
    }

    /// Sets the attribute `name`, new or not. Not offered for names in a folder: what is written
    /// must not depend on who holds a name.
    pub(crate) fn set(&self, name: &CStr, value: &[u8]) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fsetxattr(fd, name, value, XattrFlags::empty()),
            Self::Magic(path) => setxattr(path, name, value, XattrFlags::empty()),
            Self::Named(_) => Err(Errno::NOTSUP),
        }
    }

    /// Removes the attribute `name`.
    pub(crate) fn remove(&self, name: &CStr) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fremovexattr(fd, name),
            Self::Magic(path) => removexattr(path, name),
            Self::Named(_) => Err(Errno::NOTSUP),
        }
    }
}

/// Path of an open descriptor in `/proc`; following it leads to that very file, whatever its
/// name is by now, and never through a further link.
pub(crate) fn proc_path(fd: BorrowedFd<'_>) -> CString {
    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    // Digits and slashes: there is no NUL in it.
    CString::new(path).unwrap_or_default()
}

/// Calls `read` with a small buffer, then with the largest one that can be needed.
fn read_growing(
    mut read: impl FnMut(&mut Vec<u8>) -> Result<usize, Errno>,
) -> Result<Vec<u8>, Errno> {
    let mut buffer = Vec::with_capacity(FIRST_BUFFER_BYTES);
    match read(&mut buffer) {
        Err(Errno::RANGE) => {}
        answer => return answer.map(|_| buffer),
    }
    let mut buffer = Vec::with_capacity(XATTR_BYTES_MAX);
    read(&mut buffer)?;
    buffer.shrink_to_fit();
    Ok(buffer)
}
