//! Walks the tree of a snapshot: listing, finding a path, reading files.

use std::io::Write;

use gleaner_store::{ChunkRef, Entry, EntryKind, Run as ChunkRun, Snapshot, TreeItem};

use crate::chunk_reader::ChunkReader;
use crate::error::{Error, Result};
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// What a visitor wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// Go on.
    Continue,
    /// Leave out what is in the folder just visited.
    SkipFolder,
    /// End the walk.
    Stop,
}

/// Visits the entries of a snapshot in tree order, folders before what is in them.
///
/// `visit` gets the absolute path and the entry; a file with a long list shows only its first
/// part, where [`read_files`] shows all. With a `subpath` only that entry and what is below it is
/// visited.
///
/// # Errors
/// [`Error::NoSuchPath`]; damage of tree chunks.
pub fn walk_tree(
    repository: &Repository,
    snapshot: &Snapshot,
    subpath: &[u8],
    run: &Run<'_>,
    visit: &mut dyn FnMut(&[u8], &Entry) -> Visit,
) -> Result<()> {
    let index = repository.index(run)?;
    let mut tree = TreeReader::open(repository, index, snapshot)?;
    let top = normalised(subpath);
    let mut found = top.is_empty();
    let mut path = Vec::new();
    let mut lengths = Vec::new();
    // Depth of the folder whose content is left out.
    let mut skipped = None;
    while let Some(item) = tree.next_item()? {
        run.cancel.check()?;
        let (entry, is_folder) = match item {
            TreeItem::Enter(entry) => (entry, true),
            TreeItem::Node(entry) => (entry, false),
            TreeItem::Content { .. } => continue,
            TreeItem::Leave => {
                path.truncate(lengths.pop().unwrap_or(0));
                if skipped == Some(lengths.len()) {
                    skipped = None;
                }
                continue;
            }
        };
        let length = path.len();
        path.push(b'/');
        path.extend_from_slice(&entry.name);
        let verdict = if skipped.is_none() && is_at_or_below(&path, &top) {
            found = true;
            visit(&path, &entry)
        } else {
            Visit::Continue
        };
        if is_folder {
            if verdict == Visit::SkipFolder {
                skipped = Some(lengths.len());
            }
            lengths.push(length);
        } else {
            path.truncate(length);
        }
        if verdict == Visit::Stop {
            return Ok(());
        }
    }
    if found { Ok(()) } else { Err(Error::NoSuchPath { path: subpath.to_vec() }) }
}

/// A path with one leading slash and no empty components; the root is empty.
pub(crate) fn normalised(path: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(path.len() + 1);
    for name in path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
        normal.push(b'/');
        normal.extend_from_slice(name);
    }
    normal
}

fn is_at_or_below(path: &[u8], top: &[u8]) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Writes the content of one regular file to `out`; returns its length.
///
/// # Errors
/// [`Error::NoSuchPath`], [`Error::NotAFile`], [`Error::Output`]; damage, with part of the file
/// written.
pub fn dump_file(
    repository: &Repository,
    snapshot: &Snapshot,
    path: &[u8],
    out: &mut dyn Write,
    run: &Run<'_>,
) -> Result<u64> {
    let wanted = normalised(path);
    let mut bytes = 0;
    let mut found = None;
    read_files(repository, snapshot, path, run, &mut |at, entry, content| {
        if at == wanted.as_slice() {
            found = Some(matches!(entry.kind, EntryKind::File { .. }));
            bytes += content.write_to(out)?;
        }
        Ok(())
    })?;
    match found {
        Some(true) => Ok(bytes),
        Some(false) => Err(Error::NotAFile { path: path.to_vec() }),
        None => Err(Error::NoSuchPath { path: path.to_vec() }),
    }
}

/// A part of a file's content, to be written in order.
pub struct Content<'c, 'r> {
    runs: &'c [ChunkRun],
    /// True for every part but the last.
    pub more: bool,
    /// True for every part but the first.
    pub is_continued: bool,
    chunks: &'c mut ChunkReader<'r>,
    run: &'c Run<'c>,
}

impl Content<'_, '_> {
    /// Length of this part in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.runs.iter().map(ChunkRun::bytes).sum()
    }

    /// The runs of this part, in order.
    pub(crate) fn runs(&self) -> &[ChunkRun] {
        self.runs
    }

    /// The chunks of this part, in order.
    pub fn chunks(&self) -> impl Iterator<Item = &ChunkRef> {
        self.runs.iter().flat_map(|run| match run {
            ChunkRun::Chunks { chunks, .. } => chunks.as_slice(),
            ChunkRun::Hole { .. } => &[],
        })
    }

    /// Writes this part; holes as zeros. Every chunk is checked against its id first.
    ///
    /// # Errors
    /// [`Error::Output`]; damage.
    pub fn write_to(self, out: &mut dyn Write) -> Result<u64> {
        let mut written = 0;
        let mut buffer = Vec::new();
        for run in self.runs {
            match run {
                ChunkRun::Chunks { domain, chunks } => {
                    for chunk in chunks {
                        self.run.cancel.check()?;
                        buffer.clear();
                        self.chunks.read(*domain, chunk, &mut buffer)?;
                        out.write_all(&buffer).map_err(Error::Output)?;
                        written += buffer.len() as u64;
                        Counters::add(&self.run.counters.bytes_done, buffer.len() as u64);
                    }
                }
                ChunkRun::Hole { bytes } => {
                    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), *bytes), out)
                        .map_err(Error::Output)?;
                    written += bytes;
                }
            }
        }
        Ok(written)
    }
}

/// Receives an entry, its absolute path and a part of its content.
pub type VisitFile<'v> = dyn FnMut(&[u8], &Entry, Content<'_, '_>) -> Result<()> + 'v;

/// Calls `visit` with every entry at or below `subpath` and its content; a long file comes in
/// several parts with the same entry.
///
/// # Errors
/// As [`walk_tree`], and what `visit` returns.
pub fn read_files(
    repository: &Repository,
    snapshot: &Snapshot,
    subpath: &[u8],
    run: &Run<'_>,
    visit: &mut VisitFile<'_>,
) -> Result<()> {
    let index = repository.index(run)?;
    let mut tree = TreeReader::open(repository, std::sync::Arc::clone(&index), snapshot)?;
    let mut chunks = ChunkReader::new(repository, index);
    let top = normalised(subpath);
    let mut found = top.is_empty();
    let mut path = Vec::new();
    let mut lengths = Vec::new();
    let mut current: Option<(Vec<u8>, Entry)> = None;
    while let Some(item) = tree.next_item()? {
        run.cancel.check()?;
        let (entry, runs, more, is_continued) = match item {
            TreeItem::Leave => {
                path.truncate(lengths.pop().unwrap_or(0));
                continue;
            }
            TreeItem::Enter(entry) => {
                lengths.push(path.len());
                path.push(b'/');
                path.extend_from_slice(&entry.name);
                current = Some((path.clone(), entry.clone()));
                (entry, Vec::new(), false, false)
            }
            TreeItem::Node(mut entry) => {
                let mut at = path.clone();
                at.push(b'/');
                at.extend_from_slice(&entry.name);
                let (runs, more) = match &mut entry.kind {
                    EntryKind::File { content, more, .. } => (std::mem::take(content), *more),
                    _ => (Vec::new(), false),
                };
                current = Some((at, entry.clone()));
                (entry, runs, more, false)
            }
            TreeItem::Content { runs, more } => {
                let Some((_, entry)) = &current else { continue };
                (entry.clone(), runs, more, true)
            }
        };
        let Some((at, _)) = &current else { continue };
        if is_at_or_below(at, &top) {
            found = true;
            let content = Content { runs: &runs, more, is_continued, chunks: &mut chunks, run };
            visit(at, &entry, content)?;
        }
    }
    if found { Ok(()) } else { Err(Error::NoSuchPath { path: subpath.to_vec() }) }
}
