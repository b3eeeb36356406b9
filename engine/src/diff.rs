//! Compares the trees of two snapshots in one sorted pass.

use gleaner_store::{Entry, EntryKind, Run as ChunkRun, Snapshot, TreeItem};

use crate::error::Result;
use crate::progress::Run;
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// How an entry differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Absolute path.
    pub path: Vec<u8>,
    /// `+` added, `-` removed, `M` content differs, `T` type differs, `U` metadata differs.
    pub modifier: char,
    /// True for folders.
    pub is_folder: bool,
}

/// Totals of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiffStats {
    /// Entries only in the second.
    pub added: u64,
    /// Entries only in the first.
    pub removed: u64,
    /// Entries whose content, type or metadata differs.
    pub changed: u64,
    /// Bytes of added files.
    pub bytes_added: u64,
    /// Bytes of removed files.
    pub bytes_removed: u64,
}

/// One tree, flattened: entries with paths, content lists reduced to a digest-free comparison.
struct Side<'a> {
    reader: TreeReader<'a>,
    peeked: Option<TreeItem>,
    folders: Vec<Vec<u8>>,
}

/// An entry with its path as components, so that paths compare in tree order.
struct Located {
    path: Vec<Vec<u8>>,
    entry: Entry,
    content: Vec<ChunkRun>,
}

impl Side<'_> {
    fn next_entry(&mut self) -> Result<Option<Located>> {
        loop {
            let item = match self.peeked.take() {
                Some(item) => Some(item),
                None => self.reader.next_item()?,
            };
            match item {
                None => return Ok(None),
                Some(TreeItem::Leave) => {
                    self.folders.pop();
                }
                Some(TreeItem::Content { .. }) => {}
                Some(TreeItem::Enter(entry)) => {
                    self.folders.push(entry.name.clone());
                    let path = self.folders.clone();
                    return Ok(Some(Located { path, entry, content: Vec::new() }));
                }
                Some(TreeItem::Node(mut entry)) => {
                    let mut path = self.folders.clone();
                    path.push(entry.name.clone());
                    let content = self.content_of(&mut entry)?;
                    return Ok(Some(Located { path, entry, content }));
                }
            }
        }
    }

    /// The whole chunk list of a file.
    fn content_of(&mut self, entry: &mut Entry) -> Result<Vec<ChunkRun>> {
        let EntryKind::File { content, more, .. } = &mut entry.kind else { return Ok(Vec::new()) };
        let mut all = std::mem::take(content);
        let mut is_open = std::mem::replace(more, false);
        while is_open {
            match self.reader.next_item()? {
                Some(TreeItem::Content { runs, more }) => {
                    all.extend(runs);
                    is_open = more;
                }
                other => {
                    self.peeked = other;
                    break;
                }
            }
        }
        Ok(merge(all))
    }
}

/// Joins neighbouring runs, so that lists compare whatever items they were cut into.
fn merge(runs: Vec<ChunkRun>) -> Vec<ChunkRun> {
    let mut merged: Vec<ChunkRun> = Vec::new();
    for run in runs {
        match (merged.last_mut(), run) {
            (
                Some(ChunkRun::Chunks { domain: last, chunks }),
                ChunkRun::Chunks { domain, chunks: more },
            ) if *last == domain => chunks.extend(more),
            (_, run) => merged.push(run),
        }
    }
    merged
}

/// Reports every difference between two snapshots, in path order.
///
/// With `metadata` entries that differ only in metadata are reported too.
///
/// # Errors
/// Damage of tree chunks.
#[expect(clippy::too_many_arguments, reason = "two snapshots, one switch, one watcher, one sink")]
pub fn diff(
    repository: &Repository,
    first: &Snapshot,
    second: &Snapshot,
    metadata: bool,
    run: &Run<'_>,
    visit: &mut dyn FnMut(&Change),
) -> Result<DiffStats> {
    let index = repository.index(run)?;
    let side = |snapshot| -> Result<Side<'_>> {
        let reader = TreeReader::open(repository, std::sync::Arc::clone(&index), snapshot)?;
        Ok(Side { reader, peeked: None, folders: Vec::new() })
    };
    let (mut a, mut b) = (side(first)?, side(second)?);
    let (mut left, mut right) = (a.next_entry()?, b.next_entry()?);
    let mut stats = DiffStats::default();
    loop {
        run.cancel.check()?;
        let order = match (&left, &right) {
            (None, None) => return Ok(stats),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(left), Some(right)) => left.path.cmp(&right.path),
        };
        if order.is_eq() {
            if let (Some(left), Some(right)) = (&left, &right) {
                both(left, right, metadata, &mut stats, visit);
            }
        } else if order.is_lt() {
            if let Some(left) = &left {
                stats.removed += 1;
                stats.bytes_removed += bytes_of(left);
                visit(&change(left, '-'));
            }
        } else if let Some(right) = &right {
            stats.added += 1;
            stats.bytes_added += bytes_of(right);
            visit(&change(right, '+'));
        }
        if order.is_le() {
            left = a.next_entry()?;
        }
        if order.is_ge() {
            right = b.next_entry()?;
        }
    }
}

fn both(
    left: &Located,
    right: &Located,
    metadata: bool,
    stats: &mut DiffStats,
    visit: &mut dyn FnMut(&Change),
) {
    let (a, b) = (&left.entry, &right.entry);
    let modifier = if std::mem::discriminant(&a.kind) != std::mem::discriminant(&b.kind) {
        'T'
    } else if left.content != right.content || (!is_file(a) && a.kind != b.kind) {
        'M'
    } else if metadata && a.metadata != b.metadata {
        'U'
    } else {
        return;
    };
    stats.changed += 1;
    stats.bytes_removed += if modifier == 'U' { 0 } else { bytes_of(left) };
    stats.bytes_added += if modifier == 'U' { 0 } else { bytes_of(right) };
    visit(&change(right, modifier));
}

const fn is_file(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::File { .. })
}

fn bytes_of(located: &Located) -> u64 {
    located.content.iter().map(ChunkRun::bytes).sum()
}

fn change(located: &Located, modifier: char) -> Change {
    let mut path = Vec::new();
    for name in &located.path {
        path.push(b'/');
        path.extend_from_slice(name);
    }
    Change { path, modifier, is_folder: located.entry.kind == EntryKind::Directory }
}
