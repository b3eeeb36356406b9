//! Answers in batches where a chunk is stored.
//!
//! A [`ChunkIndex`] maps chunk ids to the pack and slot that hold the bytes. It is derived state:
//! every row can be rebuilt from the directories of the packs, so a damaged index is thrown away
//! and never repaired. [`MemoryIndex`] lives as long as the process; `RocksDbIndex` (feature
//! `rocksdb`, on by default) stays in the cache directory. Both pass one `conformance` suite
//! (feature `test-util`). Feature `bench` asks single layers of `RocksDbIndex`, to measure them.
//!
//! A [`SightingIndex`] is something else: a set of hints which access servers were seen to hold a
//! chunk, fed by their agents. Its two forms, [`MemorySightings`] and `RocksDbSightings`, share
//! nothing with the chunk indexes and pass a suite of their own, `sighting_conformance`.
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
mod sighting;
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
mod sighting_feed;
mod sighting_index;
mod source_quality;
mod source_state;
mod memory_sightings;
#[cfg(feature = "rocksdb")]
mod rocksdb_sightings;

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;
#[cfg(any(test, feature = "test-util"))]
pub mod sighting_conformance;

pub use chunk_index::{ChunkIndex, IndexMemory, IndexStats, Location, Lookup, LookupCounts};
pub use directories::Directories;
pub use error::{Damage, Error, Result};
pub use gleaner_chunker::ErrorKind;
pub use id_filter::{IdFilter, SnapshotDefect, SnapshotHeader};
pub use index_options::{IndexMode, IndexOptions};
pub use memory_index::MemoryIndex;
pub use memory_sightings::MemorySightings;
pub use pack_facts::{PACK_CHUNKS_MAX, PackFacts, PackKind, PackState};
#[cfg(feature = "bench")]
pub use rocksdb_index::DatabaseCounts;
#[cfg(feature = "rocksdb")]
pub use rocksdb_index::{RocksDbIndex, RocksDbView};
#[cfg(feature = "rocksdb")]
pub use rocksdb_sightings::RocksDbSightings;
pub use sighting::{
    LENGTH_MAX, OBJECT_BYTES_MAX, ObjectNumber, Place, SEQ_MAX, SeenChunk, Sighting, SourceId,
};
pub use sighting_feed::{
    Change, Delta, FeedAnswer, FeedMessage, Hello, SeenObject, SnapshotPart, SourceKind,
};
pub use sighting_index::{Outcome, SightingIndex, SightingLimits, SightingStats, SourceStats};
