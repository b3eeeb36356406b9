//! Backs up a stream (`--stdin`) as a snapshot with one file.

use std::io::Read;

use gleaner_chunker::{ChunkId, ChunkStream};
use gleaner_store::{
    ChunkRef, Domain, Entry, EntryKind, FileTime, ITEM_CHUNKS_MAX, Metadata, PackKind,
    Run as ChunkRun, TreeItem,
};

use super::stream_pool::{Ahead, StreamPool};
use super::{BackupOptions, BackupStats, snapshot_of};
use crate::error::{Error, Result};
use crate::ingest::Ingest;
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::tree_writer::{TreeWriter, WrittenTree};

/// Backs up what `reader` yields as the file `path` (absolute, as bytes) of a snapshot.
///
/// # Errors
/// [`Error::Input`] if the reader fails: no snapshot is written. [`Error::NoSuchPath`] for a
/// path that is not absolute or has illegal components. Others as [`super::backup`].
pub fn backup_stream(
    repository: &Repository,
    options: &BackupOptions,
    path: &[u8],
    reader: &mut (dyn Read + Send),
    run: &Run<'_>,
) -> Result<BackupStats> {
    let names: Vec<Vec<u8>> = path
        .strip_prefix(b"/")
        .unwrap_or_default()
        .split(|&byte| byte == b'/')
        .map(<[u8]>::to_vec)
        .collect();
    if !names.iter().all(|name| gleaner_store::is_legal_name(name)) {
        return Err(Error::NoSuchPath { path: path.to_vec() });
    }
    snapshot_of(repository, options, run, vec![path.to_vec()], |ingest, parent, stats| {
        stats.files_new = u64::from(parent.is_none());
        stats.files_changed = u64::from(parent.is_some());
        write_tree(ingest, &names, reader, stats)
    })
}

fn write_tree(
    ingest: &mut Ingest<'_>,
    names: &[Vec<u8>],
    reader: &mut (dyn Read + Send),
    stats: &mut BackupStats,
) -> Result<WrittenTree> {
    let content = read_stream(ingest, reader, stats)?;
    let repository = ingest.repository;
    let seconds = stats.start_ns.div_euclid(1_000_000_000);
    let nanoseconds = u32::try_from(stats.start_ns.rem_euclid(1_000_000_000)).unwrap_or(0);
    let time = FileTime { seconds, nanoseconds };
    let metadata = |mode| Metadata {
        mode,
        uid: rustix::process::geteuid().as_raw(),
        gid: rustix::process::getegid().as_raw(),
        mtime: time,
        ctime: time,
        links: 1,
        ..Metadata::default()
    };
    let mut tree = TreeWriter::new(repository.tree_chunker(), repository.id_hasher());
    let (file, folders) = names.split_last().ok_or(Error::NothingToBackUp)?;
    for name in folders {
        let (name, metadata) = (name.clone(), metadata(0o755));
        stats.dirs_new += 1;
        let entry = Entry { name, metadata, kind: EntryKind::Directory };
        tree.push(ingest, &TreeItem::Enter(entry))?;
    }
    let (bytes, more) = (stats.total_bytes_processed, content.rest.is_some());
    let kind = EntryKind::File { bytes, content: runs_of(content.first), more };
    let entry = Entry { name: file.clone(), metadata: metadata(0o600), kind };
    tree.push(ingest, &TreeItem::Node(entry))?;
    if let Some(rest) = content.rest {
        tree.append(ingest, rest)?;
    }
    for _ in folders {
        tree.push(ingest, &TreeItem::Leave)?;
    }
    tree.finish(ingest)
}

/// The chunk list of a stream. Its length is not known before its end, and the entry that comes
/// first states the size: so only the first item of the list stays in memory, and the others are
/// stored as they fill up, as the part of the tree stream that follows the entry.
#[derive(Default)]
struct Content {
    first: Vec<ChunkRef>,
    /// The item that is being filled: the last one, unless more comes.
    last: Vec<ChunkRef>,
    rest: Option<TreeWriter>,
}

impl Content {
    fn push(&mut self, ingest: &mut Ingest<'_>, chunk: ChunkRef) -> Result<()> {
        if self.first.len() < ITEM_CHUNKS_MAX {
            self.first.push(chunk);
            return Ok(());
        }
        if self.last.len() == ITEM_CHUNKS_MAX {
            self.flush(ingest, true)?;
        }
        self.last.push(chunk);
        Ok(())
    }

    fn flush(&mut self, ingest: &mut Ingest<'_>, more: bool) -> Result<()> {
        let runs = runs_of(std::mem::take(&mut self.last));
        if runs.is_empty() {
            return Ok(());
        }
        let repository = ingest.repository;
        let new = || TreeWriter::new(repository.tree_chunker(), repository.id_hasher());
        let rest = self.rest.get_or_insert_with(new);
        rest.push(ingest, &TreeItem::Content { runs, more })
    }
}

fn runs_of(chunks: Vec<ChunkRef>) -> Vec<ChunkRun> {
    if chunks.is_empty() {
        return Vec::new();
    }
    vec![ChunkRun::Chunks { domain: Domain::Private, chunks }]
}

fn read_stream(
    ingest: &mut Ingest<'_>,
    reader: &mut (dyn Read + Send),
    stats: &mut BackupStats,
) -> Result<Content> {
    let repository = ingest.repository;
    let (chunker, hasher) = (repository.chunker(), repository.id_hasher());
    let pool = StreamPool::new(repository.env.threads.max(1));
    let ahead = pool.begin_ahead(u64::MAX, chunker.bytes_max());
    let batch_bytes = StreamPool::batch_bytes(u64::MAX);
    let mut stream = ChunkStream::new(reader, chunker, hasher, batch_bytes);
    if let Some(threads) = pool.threads() {
        stream = stream.with_pool(threads);
    }
    stream.set_read_ahead(ahead.as_ref().map_or(0, Ahead::batches));
    let mut content = Content::default();
    while let Some(batch) = stream.next_batch().map_err(Error::Input)? {
        ingest.run.cancel.check()?;
        let chunks: Vec<(ChunkId, &[u8])> = batch.iter().collect();
        let novel = ingest.offer(PackKind::Data, &chunks)?;
        for ((id, bytes), is_novel) in chunks.iter().zip(novel) {
            let length = u32::try_from(bytes.len()).expect("chunks are at most 8 MiB");
            content.push(ingest, ChunkRef { id: *id, bytes: length })?;
            stats.total_bytes_processed += u64::from(length);
            if is_novel {
                stats.chunks_novel += 1;
                stats.bytes_novel += u64::from(length);
            } else {
                stats.chunks_known += 1;
                stats.bytes_known += u64::from(length);
            }
        }
        Counters::add(&ingest.run.counters.bytes_done, batch.bytes().len() as u64);
        stream.recycle(batch.into_buffer());
    }
    stats.bytes_read = stats.total_bytes_processed;
    stats.total_files_processed = 1;
    content.flush(ingest, false)?;
    Ok(content)
}
