//! A journal in a folder of its own, outside of every source.
#![expect(clippy::disallowed_methods, reason = "implements `JournalStorage` on files")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::journal_storage::JournalStorage;

const CURRENT: &str = "journal";
const NEXT: &str = "journal.next";

/// The files `journal` and, while it is rewritten, `journal.next`. One process may use them at a
/// time: the caller sees to that.
#[derive(Debug)]
pub struct FileJournal {
    folder: PathBuf,
    current: File,
    len: u64,
    next: Option<File>,
}

impl FileJournal {
    /// Opens the journal in a folder, or makes it there; the folder exists. A second journal that
    /// was not finished goes.
    ///
    /// # Errors
    ///
    /// What opening gives.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let current = open_file(&folder.join(CURRENT), false)?;
        let len = current.metadata()?.len();
        let mut journal = Self { folder: folder.to_owned(), current, len, next: None };
        journal.drop_next()?;
        journal.sync_folder()?;
        Ok(journal)
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

fn open_file(path: &Path, is_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(is_new);
    // Keys of objects name what subscribers fetched.
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl JournalStorage for FileJournal {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.len)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.current.read_at(buffer, offset)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.current.write_all_at(bytes, self.len)?;
        self.len = self.len.saturating_add(bytes.len() as u64);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.current.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.current.set_len(len)?;
        self.len = len;
        self.current.sync_data()
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.next = Some(open_file(&self.folder.join(NEXT), true)?);
        Ok(())
    }

    fn append_next(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.next.as_mut().ok_or(io::ErrorKind::NotFound)?.write_all(bytes)
    }

    fn drop_next(&mut self) -> io::Result<()> {
        self.next = None;
        match fs::remove_file(self.folder.join(NEXT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn replace_by_next(&mut self) -> io::Result<()> {
        let next = self.next.take().ok_or(io::ErrorKind::NotFound)?;
        next.sync_all()?;
        fs::rename(self.folder.join(NEXT), self.folder.join(CURRENT))?;
        self.sync_folder()?;
        self.len = next.metadata()?.len();
        self.current = next;
        Ok(())
    }
}
