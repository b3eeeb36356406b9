//! Partitions become tables, by several threads.

use std::collections::HashSet;
use std::ops::Range;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rocksdb::{Options, SstFileWriter};

use super::entry::Entry;
use super::sorted_rows::{sort, visit_rows};
use super::spill::Partitions;
use crate::database_failure::failure;
use crate::error::{Error, Result};
use crate::id_filter::IdFilter;
use crate::index_options::IndexMode;
use crate::rocksdb_index::key::{PREFIX_BYTES, PrefixWidth};
use crate::rocksdb_index::options::threads;
use crate::rocksdb_index::tables::{HOOK_RATE, is_hook};
use crate::row::Ordinal;

/// A table takes partitions until it has so many entries, 8 MiB of rows: a sync for each partition
/// would be most of the time of a small index. From 7 x 10^7 entries on each is one partition.
const TABLE_ENTRIES_MIN: u64 = 1 << 18;

/// Keys that are told to the filter at a time.
const FILTER_KEYS: usize = 4096;

/// Everything that the threads share.
pub(super) struct TableBuild<'a> {
    pub(super) partitions: &'a Partitions,
    /// Packs that are not live.
    pub(super) idle: &'a HashSet<Ordinal>,
    pub(super) width: PrefixWidth,
    pub(super) mode: IndexMode,
    pub(super) options: &'a Options,
    pub(super) folder: &'a Path,
}

impl TableBuild<'_> {
    /// Writes all tables, durably, and the filter of their rows.
    pub(super) fn run(&self) -> Result<(Vec<PathBuf>, IdFilter)> {
        let entries: u64 = self.partitions.counts().sum();
        let filter = Mutex::new(IdFilter::for_keys(match self.mode {
            IndexMode::Exact => entries,
            IndexMode::Sparse => entries / HOOK_RATE,
        }));
        let groups = groups(self.partitions.counts());
        let next = AtomicUsize::new(0);
        let tables = thread::scope(|scope| {
            let threads = threads().min(groups.len());
            let workers: Vec<_> = (0..threads)
                .map(|_| scope.spawn(|| self.write_groups(&groups, &next, &filter)))
                .collect();
            let mut tables = Vec::new();
            let mut failed = None;
            for worker in workers {
                match worker.join().unwrap_or_else(|panic| resume_unwind(panic)) {
                    Ok(written) => tables.extend(written),
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            failed.map_or(Ok(tables), Err)
        })?;
        Ok((tables, filter.into_inner().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Writes groups that nobody has taken yet, until there are none or one fails.
    fn write_groups(
        &self,
        groups: &[Range<usize>],
        next: &AtomicUsize,
        filter: &Mutex<IdFilter>,
    ) -> Result<Vec<PathBuf>> {
        let (mut tables, mut entries) = (Vec::new(), Vec::new());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(group) = groups.get(number) else { return Ok(tables) };
            let path = self.folder.join(format!("table-{number:02x}"));
            let written = self.write_table(&path, group.clone(), &mut entries, filter);
            // The other threads need not go on.
            written.inspect_err(|_| next.store(groups.len(), Ordering::Relaxed))?;
            tables.push(path);
        }
    }

    fn write_table(
        &self,
        path: &Path,
        group: Range<usize>,
        entries: &mut Vec<Entry>,
        filter: &Mutex<IdFilter>,
    ) -> Result<()> {
        let mut table = SstFileWriter::create(self.options);
        table.open(path).map_err(failure)?;
        let mut keys = Vec::with_capacity(FILTER_KEYS);
        for number in group {
            self.partitions.take(number, entries)?;
            sort(entries);
            visit_rows(entries, self.width, self.idle, |key, row, is_first| {
                table.put(key, row.to_bytes()).map_err(failure)?;
                if is_first {
                    self.note_key(key, &mut keys, filter);
                }
                Ok::<_, Error>(())
            })?;
        }
        tell(filter, &mut keys);
        // Syncs the file.
        table.finish().map_err(failure)
    }

    fn note_key(&self, key: &[u8], keys: &mut Vec<[u8; PREFIX_BYTES]>, filter: &Mutex<IdFilter>) {
        let key = self.width.filter_key_of(key);
        if self.mode == IndexMode::Exact || is_hook(&key) {
            keys.push(key);
            if keys.len() == FILTER_KEYS {
                tell(filter, keys);
            }
        }
    }
}

fn tell(filter: &Mutex<IdFilter>, keys: &mut Vec<[u8; PREFIX_BYTES]>) {
    filter.lock().unwrap_or_else(PoisonError::into_inner).insert_batch(keys);
    keys.clear();
}

/// Neighbouring partitions that go into one table; none is empty.
fn groups(counts: impl Iterator<Item = u64>) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut entries) = (0, 0);
    let mut end = 0;
    for (number, count) in counts.enumerate() {
        entries += count;
        end = number + 1;
        if entries >= TABLE_ENTRIES_MIN {
            groups.push(start..end);
            (start, entries) = (end, 0);
        }
    }
    if entries > 0 {
        groups.push(start..end);
    }
    groups
}

#[cfg(test)]
mod tests {
    //! Goal: every entry is in exactly one table, and no table is empty, which RocksDB refuses.

    use super::{TABLE_ENTRIES_MIN, groups};

    /// Entries of the partitions, and where each table begins and ends.
    type Case<'a> = (&'a [u64], &'a [(usize, usize)]);

    #[test]
    fn groups_cover_all_partitions_with_entries_and_none_is_empty() {
        const FULL: u64 = TABLE_ENTRIES_MIN;
        let cases: [Case<'_>; 7] = [
            (&[0, 0, 0], &[]),
            (&[1, 0, 0], &[(0, 3)]),
            (&[0, 0, 1], &[(0, 3)]),
            (&[FULL, 0, 0], &[(0, 1)]),
            (&[FULL, FULL + 1, 1], &[(0, 1), (1, 2), (2, 3)]),
            (&[FULL - 1, 1, 0, 5, FULL], &[(0, 2), (2, 5)]),
            (&[FULL - 1, 0, 0], &[(0, 3)]),
        ];
        for (counts, expected) in cases {
            let groups = groups(counts.iter().copied());
            let ends: Vec<_> = groups.iter().map(|group| (group.start, group.end)).collect();
            assert_eq!(ends, expected, "{counts:?}");
        }
    }
}
