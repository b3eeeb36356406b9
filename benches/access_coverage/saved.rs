//! The files that the subscriber saved, cut into chunks of the public domain.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use gleaner_chunker::{ChunkId, ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};

use crate::treatment::Treatment;
use crate::via::Via;

const BUFFER_BYTES: usize = 4 << 20;

/// One file.
#[derive(Debug)]
pub(crate) struct SavedFile {
    pub(crate) via: Via,
    pub(crate) treatment: Treatment,
    path: PathBuf,
    /// Its chunks in order, with their bytes.
    pub(crate) chunks: Vec<(ChunkId, u32)>,
}

/// Cuts all files below `root`, as a backup in the public domain does, in the order of their paths.
pub(crate) fn cut_all(root: &Path) -> Result<Vec<SavedFile>> {
    let chunker = Arc::new(Chunker::new(ChunkerParams::DEFAULT, GearTable::public())?);
    let id_hasher = Arc::new(IdHasher::plain());
    let mut files = Vec::new();
    for via in Via::ALL {
        for treatment in Treatment::ALL {
            let mut paths = Vec::new();
            paths_below(&root.join(via.folder()).join(treatment.folder()), &mut paths)?;
            for path in paths {
                let file = File::open(&path)?;
                let (chunker, id_hasher) = (Arc::clone(&chunker), Arc::clone(&id_hasher));
                let mut stream = ChunkStream::new(file, chunker, id_hasher, BUFFER_BYTES);
                let mut chunks = Vec::new();
                while let Some(batch) = stream.next_batch()? {
                    for (id, chunk) in batch.iter() {
                        chunks.push((id, u32::try_from(chunk.len())?));
                    }
                    stream.recycle(batch.into_buffer());
                }
                files.push(SavedFile { via, treatment, path, chunks });
            }
        }
    }
    Ok(files)
}

fn paths_below(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            paths_below(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}

impl SavedFile {
    pub(crate) fn bytes(&self) -> u64 {
        self.chunks.iter().map(|&(_, bytes)| u64::from(bytes)).sum()
    }

    /// The bytes of the first chunk of that id.
    pub(crate) fn read_chunk(&self, id: ChunkId) -> Result<Vec<u8>> {
        let place = self.chunks.iter().position(|&(found, _)| found == id);
        let place = place.context("a chunk of the file")?;
        let (before, rest) = self.chunks.split_at(place);
        let offset = before.iter().map(|&(_, bytes)| u64::from(bytes)).sum();
        let bytes = rest.first().map_or(0, |&(_, bytes)| bytes);
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut chunk = vec![0; usize::try_from(bytes)?];
        file.read_exact(&mut chunk)?;
        Ok(chunk)
    }
}
