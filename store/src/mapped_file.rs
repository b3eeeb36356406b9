//! Files as slices, for ingest that opts in.
#![expect(unsafe_code, reason = "the one unsafe module of this crate, see DESIGN section 3")]

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::{Advice, Mmap};

/// The promise on which [`MappedFile`] rests: until the map is dropped, nobody, in any process,
/// writes to the file or truncates it.
///
/// It is a value, not an `unsafe fn`, because the one who can promise it is the user on the command
/// line, and the crates in between forbid unsafe code. Make one only from such an option.
#[derive(Clone, Copy, Debug)]
pub struct NobodyWrites(());

impl NobodyWrites {
    /// Makes the promise.
    #[must_use]
    pub const fn promised_by_caller() -> Self {
        Self(())
    }
}

/// A large file that nobody writes while it is mapped.
///
/// Only for sources, only when the user opted in (`backup --mmap`). Truncation or an I/O error
/// under the mapping kills the process by SIGBUS, and a foreign write is undefined behaviour; that
/// is why objects of a repository are never read this way (RELIABILITY section 3.2).
#[derive(Debug)]
pub struct MappedFile {
    /// Absent for an empty file, which cannot be mapped.
    map: Option<Mmap>,
}

impl MappedFile {
    /// Maps a whole plain file, opened for reading, for one pass from front to back.
    ///
    /// # Errors
    /// `InvalidInput` if it is not a plain file or larger than the address space; others as the
    /// operating system reports them.
    pub fn open(file: &File, _promise: NobodyWrites) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() || usize::try_from(metadata.len()).is_err() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if metadata.len() == 0 {
            return Ok(Self { map: None });
        }
        // SAFETY:
        // - the file is open for reading and is a plain file, as checked above;
        // - nobody writes or truncates it while the map lives: `NobodyWrites`;
        // - the map is private to this value and is only read through `&self`.
        let map = unsafe { Mmap::map(file) }?;
        debug_assert_eq!(map.len() as u64, metadata.len(), "the length did not change in between");
        // Read-ahead is a hint; a kernel that refuses it serves the same bytes.
        drop(map.advise(Advice::Sequential));
        Ok(Self { map: Some(map) })
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "makes the files to map")]

    use std::path::Path;

    use super::*;

    fn mapped(path: &Path) -> io::Result<MappedFile> {
        // The file lies in a fresh temporary folder that only this test uses.
        MappedFile::open(&File::open(path)?, NobodyWrites::promised_by_caller())
    }

    #[test]
    fn mapped_bytes_equal_read_bytes_at_page_boundaries() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [0, 1, 4095, 4096, 4097, 1 << 20] {
            let path = folder.path().join(bytes.to_string());
            let content: Vec<u8> = (0..bytes).map(|i: u32| i.to_le_bytes()[0]).collect();
            std::fs::write(&path, &content).unwrap();
            assert_eq!(&*mapped(&path).unwrap(), content, "{bytes} bytes");
        }
    }

    #[test]
    fn folders_and_devices_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path(), Path::new("/dev/zero")] {
            assert_eq!(mapped(path).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
    }
}
