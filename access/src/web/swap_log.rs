//! What Squid's swap.state says now, followed while it grows and is written anew.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::files::access_fs::{FileStat, FsFile, FsRoot};
use crate::web::swap_state::{
    RECORD_BYTES, SwapOp, SwapRecord, SwapRecords, check_swap_state_header,
};

/// The log's name below the `cache_dir`.
const LOG_NAME: &[u8] = b"swap.state";

/// Records that are read at once.
const PIECE_RECORDS: usize = 1024;

/// A complete file, as the log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SwapRow {
    /// MD5 that the file carries too.
    pub(crate) key: [u8; 16],
    /// Bytes of the file.
    pub(crate) file_bytes: u64,
    /// Place of the record in the log.
    pub(crate) record: u64,
}

/// What an advance brought, all in all: what came and went in between is in neither list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SwapChanges {
    /// Files to look at: new, or added again.
    pub(crate) added: BTreeSet<u32>,
    /// Keys of files that went, and that no other file has.
    pub(crate) gone: BTreeSet<[u8; 16]>,
    /// Place of a record that cannot be read, told once.
    pub(crate) bad_record: Option<u64>,
    /// Files beyond the most that are remembered.
    pub(crate) left_out: u64,
    /// When the log was last changed, nanoseconds since 1970.
    pub(crate) log_mtime_ns: i64,
}

/// The log as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct SwapLog {
    /// Device and inode; `None` before the first read.
    place: Option<(u64, u64)>,
    /// The first byte that was not read.
    offset: u64,
    rows: BTreeMap<u32, SwapRow>,
    by_key: BTreeMap<[u8; 16], u32>,
    /// Rows that changed and were not told, each as it was told last.
    untold: BTreeMap<u32, Option<SwapRow>>,
    left_out: u64,
    /// Where it could not be read on, if that was told.
    told_bad_at: Option<u64>,
}

impl SwapLog {
    /// Device and inode of the log: the space in which its records are counted.
    pub(crate) fn place(&self) -> Option<(u64, u64)> {
        self.place
    }

    pub(crate) fn row(&self, file_number: u32) -> Option<SwapRow> {
        self.rows.get(&file_number).copied()
    }

    /// All files, by number.
    pub(crate) fn file_numbers(&self) -> impl Iterator<Item = u32> {
        self.rows.keys().copied()
    }

    /// The file that was last added under a key.
    pub(crate) fn number_of(&self, key: [u8; 16]) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// The file whose record stands at that place.
    pub(crate) fn number_at(&self, record: u64) -> Option<u32> {
        self.rows.iter().find(|(_, row)| row.record == record).map(|(&number, _)| number)
    }

    /// Reads what was appended, or everything where the log is another file or shorter.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if there is no log, or none that can be read; what reading gives.
    /// What was read before is told by the next advance.
    pub(crate) fn advance(
        &mut self,
        root: &dyn FsRoot,
        rows_max: usize,
    ) -> Result<SwapChanges, Error> {
        let file = root.open_file(LOG_NAME).map_err(|error| match error {
            Error::Gone => Error::Unavailable("no swap.state"),
            other => other,
        })?;
        let stat = file.stat()?;
        let place = Some((stat.dev, stat.ino));
        let mut changes = SwapChanges { log_mtime_ns: stat.mtime_ns, ..SwapChanges::default() };
        if self.place == place && self.offset <= stat.bytes {
            changes.bad_record = self.append(&*file, &stat, rows_max)?;
            self.tell(&mut changes);
            return Ok(changes);
        }
        let mut anew = Self { place, ..Self::default() };
        anew.read_header(&*file)?;
        changes.bad_record = anew.append(&*file, &stat, rows_max)?;
        anew.tell_against(&self.told_rows(), &mut changes);
        *self = anew;
        Ok(changes)
    }

    fn read_header(&mut self, file: &dyn FsFile) -> Result<(), Error> {
        let mut header = [0; RECORD_BYTES];
        let read = read_up_to(file, 0, &mut header)?;
        let checked = check_swap_state_header(header.get(..read).unwrap_or_default());
        checked.map_err(|error| match error {
            Error::Busy => Error::Unavailable("swap.state is being begun"),
            Error::Unsupported(_) => Error::Unavailable("a swap.state of another Squid"),
            other => other,
        })?;
        self.offset = RECORD_BYTES as u64;
        Ok(())
    }

    /// Applies all whole records from the offset on.
    fn append(
        &mut self,
        file: &dyn FsFile,
        stat: &FileStat,
        rows_max: usize,
    ) -> Result<Option<u64>, Error> {
        let mut piece = vec![0; PIECE_RECORDS * RECORD_BYTES];
        while self.offset < stat.bytes {
            let read = read_up_to(file, self.offset, &mut piece)?;
            let records = SwapRecords::new(piece.get(..read).unwrap_or_default());
            let begin = self.offset;
            for record in records {
                match record {
                    Ok(record) => self.apply(&record, rows_max),
                    Err(_) => return Ok(self.bad_record()),
                }
            }
            if self.offset == begin {
                // Less than a record: it is being written.
                break;
            }
        }
        Ok(None)
    }

    /// The place of the record that cannot be read, unless it was told already.
    fn bad_record(&mut self) -> Option<u64> {
        let is_new = self.told_bad_at.replace(self.offset) != Some(self.offset);
        is_new.then_some(self.next_record())
    }

    /// Records behind the header, up to the offset.
    fn next_record(&self) -> u64 {
        (self.offset / RECORD_BYTES as u64).saturating_sub(1)
    }

    fn apply(&mut self, record: &SwapRecord, rows_max: usize) {
        let number = record.file_number;
        let row =
            SwapRow { key: record.key, file_bytes: record.file_bytes, record: self.next_record() };
        let before = self.rows.remove(&number);
        self.untold.entry(number).or_insert(before);
        if let Some(before) = before
            && self.by_key.get(&before.key) == Some(&number)
        {
            self.by_key.remove(&before.key);
        }
        if record.op == SwapOp::Add && self.rows.len() < rows_max {
            self.rows.insert(number, row);
            self.by_key.insert(row.key, number);
        } else if record.op == SwapOp::Add {
            self.left_out = self.left_out.saturating_add(1);
        }
        self.offset = self.offset.saturating_add(RECORD_BYTES as u64);
    }

    /// The rows as they were told last.
    fn told_rows(&self) -> BTreeMap<u32, SwapRow> {
        let mut rows = self.rows.clone();
        for (&number, before) in &self.untold {
            match before {
                Some(row) => rows.insert(number, *row),
                None => rows.remove(&number),
            };
        }
        rows
    }

    fn tell(&mut self, changes: &mut SwapChanges) {
        changes.left_out = std::mem::take(&mut self.left_out);
        for (number, before) in std::mem::take(&mut self.untold) {
            let gone = before.filter(|before| !self.by_key.contains_key(&before.key));
            changes.gone.extend(gone.map(|before| before.key));
            if self.rows.contains_key(&number) {
                changes.added.insert(number);
            }
        }
    }

    /// The difference to the rows of the log before: by file number and key.
    fn tell_against(&mut self, before: &BTreeMap<u32, SwapRow>, changes: &mut SwapChanges) {
        self.untold.clear();
        changes.left_out = std::mem::take(&mut self.left_out);
        let keys = before.values().map(|row| row.key);
        changes.gone.extend(keys.filter(|key| !self.by_key.contains_key(key)));
        let is_known = |number: &u32, row: &SwapRow| {
            let before = before.get(number).map(|before| (before.key, before.file_bytes));
            before == Some((row.key, row.file_bytes))
        };
        let added = self.rows.iter().filter(|&(number, row)| !is_known(number, row));
        changes.added.extend(added.map(|(&number, _)| number));
    }
}

/// Reads until the buffer is full or the file ends.
fn read_up_to(file: &dyn FsFile, offset: u64, buffer: &mut [u8]) -> Result<usize, Error> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let read = file.read_at(offset.saturating_add(filled as u64), rest)?;
        if read == 0 {
            break;
        }
        filled = filled.saturating_add(read);
    }
    Ok(filled)
}
