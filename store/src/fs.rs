//! The narrow waist between the directory backend and the operating system.

use std::fmt::Debug;
use std::io;

/// Calls of a file system below one root folder.
///
/// Paths are relative to the root and have the form of an `ObjectName`; the empty path is the root
/// itself. Each method is one call of the operating system with its weaknesses: reads and writes
/// may be short, any call may report `Interrupted`, and a change is durable only by the two sync
/// calls. `DirectoryStorage` builds the contract of `Storage` from these; tests put faulty and
/// recording implementations underneath. Errors carry the kinds of `std::io`;
/// [`io::ErrorKind::Unsupported`] means that the file system does not know the operation at all.
pub trait Fs: Send + Sync + Debug {
    /// An open file; dropping it closes it.
    type File: Send + Sync + Debug;

    /// Creates an empty file, for writing, readable by its owner only; never follows a link.
    ///
    /// # Errors
    /// `AlreadyExists` if the path exists in any form.
    fn create_new(&self, path: &str) -> io::Result<Self::File>;

    /// Opens a plain file for reading.
    ///
    /// # Errors
    /// `NotFound`; any error for a link.
    fn open(&self, path: &str) -> io::Result<Self::File>;

    /// Writes some of `bytes` at `offset` and returns how many.
    ///
    /// # Errors
    /// As they come; nothing is known of the range then.
    fn write_at(&self, file: &Self::File, offset: u64, bytes: &[u8]) -> io::Result<usize>;

    /// Reads some bytes at `offset` and returns how many; 0 at the end of the file.
    ///
    /// # Errors
    /// As they come.
    fn read_at(&self, file: &Self::File, offset: u64, bytes: &mut [u8]) -> io::Result<usize>;

    /// Length of the file.
    ///
    /// # Errors
    /// `IsADirectory` if it is not a plain file, others as they come.
    fn bytes(&self, file: &Self::File) -> io::Result<u64>;

    /// Reserves space for `bytes` bytes without changing the length.
    ///
    /// # Errors
    /// `StorageFull` and its like; `Unsupported` is harmless.
    fn allocate(&self, file: &Self::File, bytes: u64) -> io::Result<()>;

    /// Makes the written bytes and the length durable, not the name.
    ///
    /// # Errors
    /// After any error the file must not be trusted, whatever a second call says.
    fn sync_data(&self, file: &Self::File) -> io::Result<()>;

    /// Makes the creations, renames and removals directly in a folder durable.
    ///
    /// # Errors
    /// After any error the names made since the last success must not be trusted.
    fn sync_dir(&self, path: &str) -> io::Result<()>;

    /// Renames a file unless `to` exists.
    ///
    /// # Errors
    /// `AlreadyExists`; `Unsupported` where only [`Fs::link`] can do it; `NotFound` if `from` or
    /// the folder of `to` is missing.
    fn rename_noreplace(&self, from: &str, to: &str) -> io::Result<()>;

    /// Gives a file a second name unless `to` exists.
    ///
    /// # Errors
    /// As [`Fs::rename_noreplace`].
    fn link(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes the name of a file.
    ///
    /// # Errors
    /// `NotFound`, others as they come.
    fn unlink(&self, path: &str) -> io::Result<()>;

    /// Creates a folder that only its owner can enter.
    ///
    /// # Errors
    /// `AlreadyExists`; `NotFound` if the folder above is missing.
    fn mkdir(&self, path: &str) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// `NotFound`; `DirectoryNotEmpty`.
    fn remove_dir(&self, path: &str) -> io::Result<()>;

    /// What is directly in a folder, in any order, without `.` and `..`. Names that are not UTF-8
    /// are left out: none of ours is like that.
    ///
    /// # Errors
    /// `NotFound`, `NotADirectory`.
    fn list(&self, path: &str) -> io::Result<Vec<DirEntry>>;
}

/// One name in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// The name, a single component.
    pub name: String,
    /// What it names.
    pub kind: DirEntryKind,
}

/// What a name in a folder stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DirEntryKind {
    /// A plain file.
    File {
        /// Its length.
        bytes: u64,
    },
    /// A folder.
    Folder,
    /// A link, device, socket or pipe; never an object.
    Other,
}

/// Calls in a row that may make no progress (`Interrupted`, `WouldBlock`) before giving up.
const STALLS_MAX: u32 = 1000;

/// Repeats a call while it is interrupted. Not for syncs: an interrupted sync counts as failed.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut stalls = 0;
    loop {
        match call() {
            Err(error) if is_stall(&error) && stalls < STALLS_MAX => stalls += 1,
            result => return result,
        }
    }
}

/// Repeats a change while it is interrupted. The interrupted call may have made it: `made` is what
/// a later attempt reports then, and is no error; the change is as little durable as one that was
/// not interrupted.
pub(crate) fn uninterrupted_change(
    made: io::ErrorKind,
    mut call: impl FnMut() -> io::Result<()>,
) -> io::Result<()> {
    let mut stalls = 0;
    loop {
        match call() {
            Err(error) if is_stall(&error) && stalls < STALLS_MAX => stalls += 1,
            Err(error) if error.kind() == made && stalls > 0 => return Ok(()),
            result => return result,
        }
    }
}

fn is_stall(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all_at<F: Fs>(
    fs: &F,
    file: &F::File,
    mut offset: u64,
    mut bytes: &[u8],
) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = uninterrupted(|| fs.write_at(file, offset, bytes))?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(written..).unwrap_or_default();
        offset += written as u64;
    }
    Ok(())
}

/// Reads at `offset` until `bytes` is full or the file ends, and returns how many bytes it got.
pub(crate) fn read_full_at<F: Fs>(
    fs: &F,
    file: &F::File,
    offset: u64,
    bytes: &mut [u8],
) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let Some(position) = offset.checked_add(filled as u64) else { break };
        match uninterrupted(|| fs.read_at(file, position, rest))? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
