//! Entries without content: symbolic links, fifos, sockets, devices, further hard links.

use std::os::fd::{AsFd, OwnedFd};

use gleaner_store::{EntryKind, Metadata};
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, linkat, makedev, mknodat, openat, symlinkat,
};
use rustix::io::Errno;

use super::error::TargetError;
use super::folder::{ATTEMPTS_MAX, TargetFolder};
use super::metadata::{Receiver, apply_metadata};
use super::overwrite::Wanted;
use super::place::{MadeFile, Placed, Waiting};
use crate::source::{FileKind, Stat, proc_path};

/// Opens anything for looking at it, a link itself and not what it leads to.
const LOOK_FLAGS: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl TargetFolder {
    /// Makes a symbolic link, fifo, socket or device, gives it its metadata and then its name.
    /// An existing entry is replaced if the policy allows it.
    ///
    /// # Errors
    /// `IllegalName`, `NotANode`, `DeviceNumbers`, the errors of [`super::TempFile::publish`], or
    /// what a system call answers (`EPERM` for a device without root rights).
    pub fn create_node(
        &self,
        name: &[u8],
        kind: &EntryKind,
        metadata: &Metadata,
    ) -> Result<Placed, TargetError> {
        self.check_name(name)?;
        let is_special = !matches!(kind, EntryKind::Symlink { .. });
        if is_special && !self.shared().options.special_files {
            return Ok(Placed::SkippedSpecial);
        }
        let temp_name = self.make_temp_node(name, kind)?;
        let placed = self.finish_node(&temp_name, name, kind, metadata);
        if !matches!(placed, Ok(Placed::Made { .. })) {
            self.unlink_temp(&temp_name);
        }
        placed
    }

    /// Returns the temporary name.
    fn make_temp_node(&self, name: &[u8], kind: &EntryKind) -> Result<Vec<u8>, TargetError> {
        for _ in 0..ATTEMPTS_MAX {
            let temp = self.shared().next_temp_name();
            let made = match kind {
                EntryKind::Symlink { target } => symlinkat(&**target, self, &*temp),
                EntryKind::Fifo => self.make_special(&temp, FileType::Fifo, 0, 0),
                EntryKind::Socket => self.make_special(&temp, FileType::Socket, 0, 0),
                EntryKind::CharDevice { major, minor } => {
                    self.make_special(&temp, FileType::CharacterDevice, *major, *minor)
                }
                EntryKind::BlockDevice { major, minor } => {
                    self.make_special(&temp, FileType::BlockDevice, *major, *minor)
                }
                EntryKind::Directory | EntryKind::File { .. } => {
                    return Err(TargetError::NotANode { path: self.path_of(name) });
                }
            };
            match made {
                Ok(()) => return Ok(temp),
                Err(Errno::EXIST) => {}
                Err(errno) => {
                    let is_link = matches!(kind, EntryKind::Symlink { .. });
                    let call = if is_link { "symlinkat" } else { "mknodat" };
                    return Err(self.io_error(name, call, errno));
                }
            }
        }
        Err(TargetError::Contended { path: self.path_of(name) })
    }

    /// Nobody may open the node before it has its metadata.
    fn make_special(
        &self,
        temp_name: &[u8],
        file_type: FileType,
        major: u32,
        minor: u32,
    ) -> Result<(), Errno> {
        mknodat(self, temp_name, file_type, Mode::empty(), makedev(major, minor))
    }

    fn finish_node(
        &self,
        temp_name: &[u8],
        name: &[u8],
        kind: &EntryKind,
        metadata: &Metadata,
    ) -> Result<Placed, TargetError> {
        let (fd, stat) = self.look_at_temp(temp_name, name)?;
        if let EntryKind::CharDevice { major, minor } | EntryKind::BlockDevice { major, minor } =
            *kind
        {
            // The call takes 32 bits for both numbers and cuts what does not fit.
            if (stat.node_major, stat.node_minor) != (major, minor) {
                return Err(TargetError::DeviceNumbers { path: self.path_of(name), major, minor });
            }
        }
        if stat.kind != node_kind(kind) {
            return Err(TargetError::NotMadeHere { path: self.path_of(name) });
        }
        let path = self.path_of(name);
        let warnings = apply_metadata(self.shared(), Receiver::Looked(fd.as_fd()), &path, metadata);
        let made = MadeFile::of(&stat);
        let wanted = Wanted { kind: stat.kind, bytes: 0, mtime: metadata.mtime };
        let is_placed = self.place(Waiting { temp_name, made, wanted }, name)?;
        Ok(if is_placed { Placed::Made { made, warnings } } else { Placed::Kept })
    }

    fn look_at_temp(&self, temp: &[u8], name: &[u8]) -> Result<(OwnedFd, Stat), TargetError> {
        let fd = openat(self, temp, LOOK_FLAGS, Mode::empty())
            .map_err(|errno| self.io_error(name, "openat", errno))?;
        let stat = Stat::of(&fd).map_err(|errno| self.io_error(name, "statx", errno))?;
        Ok((fd, stat))
    }

    /// Makes `name` a further name of the file that this run made as `from_name` in `from`. The
    /// link leads to the very inode that was checked, whoever holds the name by now.
    ///
    /// # Errors
    /// `IllegalName`, `NotMadeHere` if `from_name` no longer leads to `made`, the errors of
    /// [`super::TempFile::publish`], or what a system call answers.
    pub fn hard_link(
        &self,
        name: &[u8],
        from: &Self,
        from_name: &[u8],
        made: MadeFile,
    ) -> Result<Placed, TargetError> {
        self.check_name(name)?;
        from.check_name(from_name)?;
        let (fd, stat) = from.look_at_temp(from_name, from_name)?;
        if MadeFile::of(&stat) != made || stat.kind == FileKind::Directory {
            return Err(TargetError::NotMadeHere { path: from.path_of(from_name) });
        }
        let temp_name = self.link_under_temp_name(&fd, name)?;
        let wanted = Wanted { kind: stat.kind, bytes: stat.bytes, mtime: stat.mtime };
        let placed = self.place(Waiting { temp_name: &temp_name, made, wanted }, name);
        if !matches!(placed, Ok(true)) {
            self.unlink_temp(&temp_name);
        }
        Ok(if placed? { Placed::Made { made, warnings: Vec::new() } } else { Placed::Kept })
    }

    fn link_under_temp_name(&self, fd: &OwnedFd, name: &[u8]) -> Result<Vec<u8>, TargetError> {
        let origin = proc_path(fd.as_fd());
        for _ in 0..ATTEMPTS_MAX {
            let temp_name = self.shared().next_temp_name();
            match linkat(CWD, &*origin, self, &*temp_name, AtFlags::SYMLINK_FOLLOW) {
                Ok(()) => return Ok(temp_name),
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(self.io_error(name, "linkat", errno)),
            }
        }
        Err(TargetError::Contended { path: self.path_of(name) })
    }
}

fn node_kind(kind: &EntryKind) -> FileKind {
    match kind {
        EntryKind::Directory => FileKind::Directory,
        EntryKind::File { .. } => FileKind::File,
        EntryKind::Symlink { .. } => FileKind::Symlink,
        EntryKind::Fifo => FileKind::Fifo,
        EntryKind::Socket => FileKind::Socket,
        EntryKind::CharDevice { .. } => FileKind::CharDevice,
        EntryKind::BlockDevice { .. } => FileKind::BlockDevice,
    }
}
