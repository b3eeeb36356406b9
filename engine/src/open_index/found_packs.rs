//! Packs that are on storage and not in the index.

use std::collections::HashSet;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_index::{PackFacts, PackState};
use gleaner_store::{PackDirectory, PackKind};

use crate::error::Result;
use crate::progress::{Run, Warning, WarningKind};

/// Directories that a thread may be ahead: they are 40 bytes a chunk.
pub(super) const DIRECTORIES_AHEAD: usize = 4;

/// What reading a directory gives.
pub(crate) type Directory = gleaner_store::Result<Arc<PackDirectory>>;

/// The row that makes an index doubt for good: no listing ever has this pack.
pub(super) const NEVER_WAS: PackFacts = PackFacts {
    pack: PackId::from_bytes([0; 32]),
    kind: gleaner_index::PackKind::Data,
    state: PackState::Trash,
    chunk_count: 0,
    sealed_bytes: 0,
};

/// The row of an index in which chunks may be missing because packs were condemned, and not all
/// live packs entered once more after that. No listing ever has this pack either.
pub(super) const UNFINISHED: PackFacts =
    PackFacts { pack: PackId::from_bytes(*b"live packs are to be entered yet"), ..NEVER_WAS };

/// What became of the packs that an index was built from.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// Those whose directory cannot be read.
    pub(crate) left_out: HashSet<PackId>,
}

/// Warns of a directory that cannot be read; one of a newer format is an error.
pub(super) fn readable(directory: Directory, run: &Run<'_>) -> Result<Option<Arc<PackDirectory>>> {
    match directory {
        Ok(directory) => Ok(Some(directory)),
        Err(error) if error.kind() == gleaner_store::ErrorKind::UnsupportedVersion => {
            Err(error.into())
        }
        Err(error) => {
            run.warn(&Warning {
                path: Vec::new(),
                during: "open",
                kind: WarningKind::Damaged,
                message: error.to_string(),
            });
            Ok(None)
        }
    }
}

pub(super) fn facts_of(directory: &PackDirectory) -> PackFacts {
    PackFacts {
        pack: directory.id(),
        kind: match directory.header.kind {
            PackKind::Data => gleaner_index::PackKind::Data,
            PackKind::Tree => gleaner_index::PackKind::Tree,
        },
        state: PackState::Live,
        chunk_count: u32::try_from(directory.chunks.len()).expect("bounded by the directory"),
        sealed_bytes: directory.pack_bytes,
    }
}
