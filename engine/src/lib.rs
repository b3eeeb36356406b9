//! The pipelines and the embeddable API: ingest, restore, check.
//!
//! A library: it prints nothing, reads no environment variable and opens no socket. Storage,
//! clock, randomness and the place of the index come in through [`Environment`].

#![forbid(unsafe_code)]

pub mod source;
pub mod target;

mod error;
mod progress;
mod environment;
mod condemned;
mod session;
mod byte_budget;
mod work_ahead;
mod chunk_filter;
mod open_index;
mod spare_copies;
mod reserve;
mod repository;
#[cfg(feature = "rocksdb")]
mod index_repair;
mod key_epoch;
mod parity;
mod chunk_reader;
mod tree_reader;
mod parent_cursor;
mod ingest;
mod copy_forward;
mod nearby;
mod tree_writer;
mod backup;
mod copy;
mod restore;
mod selection;
mod tree_walk;
mod diff;
mod maintenance;
mod migration;
mod other_sessions;
mod survivors;
mod quarantine;
mod prune;
mod check;
mod repair;
mod retention;
mod statistics;

pub use backup::{
    BackupOptions, BackupStats, BackupTuning, Parent, ParentGroup, backup, backup_stream,
};
pub use check::{
    CheckOptions, CheckStats, DataRead, FINDING_PATHS_MAX, Finding, FindingCode, HealSource,
    Severity, StopReason, WantedChunk, WantedState, check, seen_snapshots_file,
};
pub use copy::{CopiedSnapshot, CopyOptions, CopyStats, copy};
pub use diff::{Change, DiffStats, diff};
pub use environment::{Environment, IndexPlace};
pub use error::{Error, Result};
pub use gleaner_index::{IndexMemory, IndexMode, IndexOptions, IndexStats, LookupCounts};
#[cfg(feature = "rocksdb")]
pub use index_repair::{IndexPlan, IndexRepair, plan_index, rebuild_index};
pub use key_epoch::{current_key_epoch, rotate_keys};
pub use maintenance::{
    FenceOutcome, KeySlotState, TagChange, add_key_slot, change_password, fence, forget, key_slots,
    leases, remove_key_slot, retag,
};
pub use migration::{MigrationPlan, MigrationStep, plan_migration};
pub use nearby::{NEARBY_FILES_MAX, Nearby, NearbyFile, NearbyPacks};
#[cfg(feature = "rocksdb")]
pub use open_index::IndexState;
pub use parity::{
    PARITY_PERCENT_DEFAULT, PackParity, ParityAdded, ParityOptions, ParityRemoved, ParityState,
    ParityStatus, healed_bytes, parity_add, parity_remove, parity_status,
};
pub use progress::{
    Cancel, Counters, EntryAction, EntryEvent, Observer, RestoreCounters, Run, Silent, Warning,
    WarningKind,
};
pub use prune::{
    MaxUnused, PruneChunks, PruneOptions, PrunePacks, PrunePlan, PruneStats, plan_prune, prune,
};
pub use repair::{
    DamagedPack, DamagedSnapshot, LostChunk, PackRepairOptions, PackRepairPlan, PackRepairStats,
    SnapshotRepairOptions, SnapshotRepairPlan, SnapshotRepairStats, UndoStats, plan_pack_repair,
    plan_snapshot_repair, quarantine_runs, repair_packs, repair_snapshots, undo_repair,
};
pub use repository::{
    COMPRESSION_LEVEL_DEFAULT, Credential, Encryption, InitOptions, PACK_TARGET_BYTES_DEFAULT,
    Repository, SnapshotList,
};
pub use restore::{Choice, RestoreOptions, RestoreStats, Select, restore};
pub use retention::{CalendarHour, KeepPolicy, Kept, apply_policy};
pub use selection::SnapshotFilter;
pub use statistics::{RepositoryStats, StatsMode, stats};
pub use tree_walk::{Content, Visit, VisitFile, dump_file, read_files, walk_tree};
