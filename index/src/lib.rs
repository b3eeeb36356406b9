//! Answers in batches where a chunk is stored.
//!
//! A [`ChunkIndex`] maps chunk ids to the pack and slot that hold the bytes. It is derived state:
//! every row can be rebuilt from the directories of the packs, so a damaged index is thrown away
//! and never repaired. [`MemoryIndex`] lives as long as the process; `RocksDbIndex` (feature
//! `rocksdb`, on by default) stays in the cache directory. Both pass one `conformance` suite
//! (feature `test-util`).
//!
//! The crate reads no pack, knows no network, and serves the ids of one domain.
//!
//! ```
//! use gleaner_chunker::{ChunkId, PackId};
//! use gleaner_index::{ChunkIndex, Location, Lookup, MemoryIndex, PackFacts, PackKind, PackState};
//!
//! let stored = [ChunkId::from_bytes([1; 32]), ChunkId::from_bytes([2; 32])];
//! let novel = ChunkId::from_bytes([3; 32]);
//! let pack = PackId::from_bytes([9; 32]);
//!
//! let index = MemoryIndex::new();
//! let facts = PackFacts {
//!     pack,
//!     kind: PackKind::Data,
//!     state: PackState::Live,
//!     chunk_count: 2,
//!     sealed_bytes: 70_000,
//! };
//! index.insert_pack(facts, &stored)?;
//! assert_eq!(
//!     index.lookup_batch(&[stored[1], novel]),
//!     [Lookup::Stored(Location { pack, slot: 1 }), Lookup::Novel],
//! );
//! # Ok::<(), gleaner_index::Error>(())
//! ```

#![forbid(unsafe_code)]

mod pack_facts;
mod error;
mod row;
mod index_options;
mod directories;
mod chunk_index;
mod pack_table;
mod memory_index;
mod id_filter;
#[cfg(feature = "rocksdb")]
mod locality_cache;
#[cfg(feature = "rocksdb")]
mod locked_folder;
#[cfg(feature = "rocksdb")]
mod database_failure;
#[cfg(feature = "rocksdb")]
mod rocksdb_index;

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;

pub use chunk_index::{ChunkIndex, IndexMemory, IndexStats, Location, Lookup, LookupCounts};
pub use directories::Directories;
pub use error::{Damage, Error, Result};
pub use gleaner_chunker::ErrorKind;
pub use id_filter::{IdFilter, SnapshotDefect, SnapshotHeader};
pub use index_options::{IndexMode, IndexOptions};
pub use memory_index::MemoryIndex;
pub use pack_facts::{PACK_CHUNKS_MAX, PackFacts, PackKind, PackState};
#[cfg(feature = "rocksdb")]
pub use rocksdb_index::{RocksDbIndex, RocksDbView};
