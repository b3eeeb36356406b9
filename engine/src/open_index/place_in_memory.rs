//! An index in its place, in a build without RocksDB: every place is memory.

use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_index::{ChunkIndex, MemoryIndex};
use gleaner_store::Keys;

use super::directory_cache::SharedDirectories;
use super::found_packs::Built;
use crate::environment::Environment;
use crate::error::Result;
use crate::progress::Run;

/// What an index is opened for.
#[expect(dead_code, reason = "the other build needs it all")]
pub(crate) struct Place<'a> {
    pub(crate) env: &'a Environment,
    pub(crate) repository: [u8; 32],
    pub(crate) keys: &'a Arc<Keys>,
    pub(crate) packs: &'a [(PackId, u64)],
    pub(crate) kept: &'a SharedDirectories,
}

impl Place<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "the other build can fail")]
    #[expect(clippy::unused_self, reason = "the other build needs it")]
    pub(crate) fn open(&self, _run: &Run<'_>) -> Result<(Box<dyn ChunkIndex>, Built)> {
        Ok((Box::new(MemoryIndex::new()), Built::default()))
    }
}
