//! What is measured, with targets and floors.

use serde::Serialize;

/// Which values of a metric are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Better {
    Higher,
    Lower,
}

/// A row of the report without its value. Names are stable: reports of different days are compared
/// by them.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Metric {
    pub(super) phase: &'static str,
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) better: Better,
    /// What is aimed at.
    pub(super) target: Option<f64>,
    /// What is not to be worse.
    pub(super) floor: Option<f64>,
    /// Keys of the index that both are stated for, if for a certain number.
    pub(super) stated_at_keys: Option<u64>,
}

const LARGE: u64 = 100_000_000;
/// 10^6 packs.
const CATCH_UP_KEYS: u64 = 1_024_000_000;

pub(super) const KEY_GENERATION: Metric = lower("insert", "key_generation", "ns/key");
pub(super) const INSERT_RATE: Metric = higher("insert", "novel_insert", "keys/s");
pub(super) const INSERT_SUSTAINED: Metric =
    higher("insert", "novel_insert_sustained", "keys/s").aims(0.4e6, 0.15e6).at(LARGE);
pub(super) const INSERT_CPU: Metric = lower("insert", "novel_insert_cpu", "us/key").aims(2.0, 5.0);
pub(super) const CHECKPOINT_SECONDS: Metric = lower("insert", "checkpoints", "s");
pub(super) const SETTLE_SECONDS: Metric = lower("insert", "flush_and_compact_rest", "s");
pub(super) const WRITE_AMPLIFICATION: Metric =
    lower("insert", "write_amplification", "bytes/byte").aims(10.0, 20.0).at(LARGE);
pub(super) const LOG_BYTES: Metric = lower("insert", "wal_bytes_per_key", "bytes/key");

pub(super) const KEY_MEMORY: Metric =
    lower("memory", "memory_bytes_per_key", "bytes/key").aims(2.5, 4.0);

pub(super) const FILTER_MISS: Metric =
    higher("miss", "filter_miss", "keys/s").aims(15e6, 6e6).at(LARGE);
pub(super) const FALSE_POSITIVES: Metric =
    lower("miss", "filter_false_positives", "share").aims(0.006, 0.01);
pub(super) const LOOKUP_MISS: Metric = higher("miss", "lookup_miss", "keys/s");
pub(super) const NOVEL_GETS: Metric =
    lower("miss", "gets_per_novel_key", "gets/key").aims(0.005, 0.01);

pub(super) const CACHE_IN_ORDER: Metric =
    higher("cache_hit", "cache_hit_in_order", "keys/s").aims(8e6, 3e6);
pub(super) const CACHE_SHUFFLED: Metric =
    higher("cache_hit", "cache_hit_shuffled", "keys/s").aims(8e6, 3e6);

pub(super) const ROWS_BATCHED: Metric =
    higher("row_hit", "row_hit_batched_2_threads", "keys/s").aims(0.8e6, 0.3e6).at(LARGE);
pub(super) const ROWS_SINGLE: Metric =
    higher("row_hit", "row_hit_single", "keys/s").aims(0.35e6, 0.15e6);

pub(super) const COMPACTION_SECONDS: Metric = lower("disk", "full_compaction", "s");
pub(super) const DISK_BYTES: Metric =
    lower("disk", "disk_bytes_per_key", "bytes/key").aims(36.0, 48.0);
pub(super) const TABLE_BYTES: Metric = lower("disk", "table_bytes_per_key", "bytes/key");
pub(super) const COLD_BLOCKS: Metric =
    lower("disk", "cold_hit_block_reads", "reads/key").aims(1.02, 1.2);
pub(super) const COLD_MICROSECONDS: Metric = lower("disk", "cold_hit", "us/key");

pub(super) const STREAM_GETS: Metric =
    lower("second_generation", "gets_per_chunk", "gets/chunk").aims(0.01, 0.03);
pub(super) const STREAM_DIRECTORIES: Metric =
    lower("second_generation", "directories_per_chunk", "reads/chunk");
pub(super) const STREAM_MISSED: Metric = lower("second_generation", "stored_called_novel", "share");
pub(super) const STREAM_RATE: Metric = higher("second_generation", "lookup", "keys/s");

pub(super) const REOPEN_SECONDS: Metric = lower("open", "reopen", "s");
pub(super) const CATCH_UP_SECONDS: Metric =
    lower("open", "reopen_10_packs_behind", "s").aims(2.0, 5.0).at(CATCH_UP_KEYS);
pub(super) const REBUILD_RATE: Metric = higher("rebuild", "rebuild", "keys/s").aims(3e6, 1e6);

const fn higher(phase: &'static str, name: &'static str, unit: &'static str) -> Metric {
    let (target, floor, stated_at_keys) = (None, None, None);
    Metric { phase, name, unit, better: Better::Higher, target, floor, stated_at_keys }
}

const fn lower(phase: &'static str, name: &'static str, unit: &'static str) -> Metric {
    Metric { better: Better::Lower, ..higher(phase, name, unit) }
}

impl Metric {
    const fn aims(self, target: f64, floor: f64) -> Self {
        Self { target: Some(target), floor: Some(floor), ..self }
    }

    const fn at(self, keys: u64) -> Self {
        Self { stated_at_keys: Some(keys), ..self }
    }

    /// Whether `value` is as good as `limit`; what is not a number is not.
    pub(super) fn meets(&self, value: f64, limit: f64) -> bool {
        match self.better {
            Better::Higher => value >= limit,
            Better::Lower => value <= limit,
        }
    }
}
