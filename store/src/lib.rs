//! Writes and reads packs, snapshots and keys on a storage backend, sealed and verified.
//!
//! Bytes on storage are described by `FORMAT.md` beside this crate; that page is normative.
//! The crate never looks at an index and never cuts chunks: it is told ids and bytes.
//!
//! Modules, in the order in which they build on each other:
#![doc = "traits for the outside world (`clock`, `random`, `fs`, `storage`), their backends,"]
#![doc = "codecs (`block`, `pack_format`, `tree_item`, `snapshot`, `lease`), readers and writers."]
#![deny(unsafe_code)]

mod object_name;
mod storage_error;

mod clock;
mod random;

mod storage;
mod rate_limit;

mod fs;
mod os_fs;
mod folder_syncs;
#[cfg(any(test, feature = "test-util"))]
mod memory_fs;

mod directory_storage;
mod memory_storage;

mod mapped_file;

mod defect;
mod error;
mod le;
mod cbor;
mod chunk_list;
mod tree_item;
mod tree_codec;
mod seal;
mod object;
mod snapshot;
mod coordination;
mod condemnation;
pub mod layout;
mod paced_storage;
mod block;
mod pack_format;
mod keys;
mod key_slot;
mod key_epoch;
mod pack_reader;
mod commission;
mod pack_writer;
mod pack_salvage;
mod parity;
mod config;
#[cfg(test)]
mod vectors;

pub use block::{
    BLOCK_RAW_BYTES_MAX, BLOCK_RAW_BYTES_TARGET, Block, BlockEncoding, EncodedBlock, decode_block,
    encode_block,
};
pub use chunk_list::{CHUNK_BYTES_MAX, ChunkRef, Domain, INCREMENT_BYTES_MAX, Run};
pub use clock::{Clock, SystemClock};
pub use commission::{COMMISSION_BYTES, Commission};
pub use condemnation::{
    CONDEMNED_PACKS_MAX, CONDEMNED_SNAPSHOTS_MAX, CondemnedList, MarkFacts, Outcome,
    decode_condemned, decode_gone, decode_outcome, encode_condemned, encode_gone, encode_outcome,
};
pub use config::{
    ConfigHead, PACK_TARGET_BYTES, RepositoryConfig, decode_config, encode_config, read_config_head,
};
pub use coordination::{
    Epoch, LEASE_ROOTS_MAX, Lease, LeaseKind, LeaseState, SessionId, decode_epoch,
    decode_fence_marker, decode_lease, decode_tombstone, encode_epoch, encode_fence_marker,
    encode_lease, encode_tombstone,
};
pub use defect::Defect;
pub use directory_storage::DirectoryStorage;
pub use error::{Error, Result};
pub use fs::{DirEntry, DirEntryKind, Fs};
pub use gleaner_chunker::ErrorKind;
pub use key_epoch::{decode_key_epoch, encode_key_epoch};
pub use key_slot::{
    KdfCost, KeySlotInfo, LABEL_BYTES_MAX, NewSlot, create_key_slot, open_key_slot, read_key_slot,
};
pub use keys::Keys;
pub use mapped_file::{MappedFile, NobodyWrites};
pub use memory_storage::MemoryStorage;
pub use object::{FORMAT_VERSION, OBJECT_BYTES_MAX};
pub use object_name::{InvalidName, NameDefect, ObjectName};
pub use os_fs::OsFs;
pub use paced_storage::PacedStorage;
pub use pack_format::{
    BlockEntry, DIRECTORY_BYTES_MAX, FRAME_BYTES, Frame, NewPack, PACK_BYTES_MAX,
    PACK_HEADER_BYTES, PackHeader, PackKind, TRAILER_BYTES, Trailer, decode_directory,
    encode_directory,
};
pub use pack_reader::{PackDirectory, read_pack_directory, read_pack_header};
pub use pack_salvage::{HeaderGuess, PackSalvage, SalvagedBlock};
pub use pack_writer::{PackWriter, SealedPack};
pub use parity::{
    PARITY_HEAD_BYTES, PARITY_PERCENT, ParityHead, ParitySidecar, encode_parity, parity_bytes_max,
};
pub use random::{OsRandom, RandomSource};
pub use rate_limit::{PacedRead, RateLimit};
pub use seal::{Suite, TAG_BYTES};
pub use snapshot::{
    ProvenanceSummary, SNAPSHOT_ROOTS_MAX, SNAPSHOT_TAGS_MAX, Snapshot, SnapshotId, SnapshotObject,
    SnapshotState, SnapshotStats, TREE_REF_LEVEL_MAX, TREE_REF_RUNS_MAX, TreeRef, decode_runs,
    decode_snapshot, encode_runs, encode_snapshot,
};
pub use storage::{
    LAYOUT_FOLDERS, Listed, Put, Storage, Update, VERSIONED_BYTES_MAX, VERSIONS_KEPT, Version,
};
pub use storage_error::StorageError;
pub use tree_codec::{
    ITEM_CHUNKS_MAX, TREE_DEPTH_MAX, TREE_ITEM_BYTES_MAX, TreeDecoder, decode_tree_item,
    encode_tree_item,
};
pub use tree_item::{
    Entry, EntryKind, FileTime, Metadata, TreeItem, XATTR_BYTES_MAX, is_legal_name,
};
#[cfg(any(test, feature = "test-util"))]
pub use {
    clock::ManualClock,
    memory_fs::{MemoryFs, MemoryNode, NodeId},
    random::SeededRandom,
};

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;
