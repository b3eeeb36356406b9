//! What was measured, and the JSON document of it.

use serde::Serialize;

use super::figure::figure;
use super::machine::Machine;
use super::meter::{Span, resident_bytes};
use super::metric::{KEY_MEMORY, Metric};
use crate::args::{BenchIndexArgs, BenchMode};
use crate::exit_code::{Failure, Kind};
use gleaner_index::{IndexMemory, IndexOptions};

/// Below that many keys, targets and floors say nothing: fixed costs weigh more.
pub(super) const JUDGED_KEYS_MIN: u64 = 1_000_000;

/// All values so far.
#[derive(Debug)]
pub(super) struct Report {
    keys: u64,
    pub(super) rows: Vec<Row>,
    memory: Vec<MemoryMark>,
    pub(super) seconds_elapsed: f64,
}

/// One value.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) metric: Metric,
    /// Keys in the index when it was measured.
    pub(super) keys: u64,
    /// Not a number in JSON is `null`.
    pub(super) value: f64,
    /// Cores that this process had meanwhile, on average: rates and times on a machine that others
    /// use are worse than the machine is.
    pub(super) cores_used: Option<f64>,
    /// `None` where there is no target, or too few keys for it.
    pub(super) target_met: Option<bool>,
    pub(super) floor_met: Option<bool>,
}

/// Memory of the index by its parts at one moment, bytes.
#[derive(Debug, Serialize)]
struct MemoryMark {
    keys: u64,
    budget_bytes: u64,
    beyond_budget_bytes: u64,
    packs_bytes: u64,
    locality_cache_bytes: u64,
    filter_bytes: u64,
    pinned_bytes: u64,
    data_block_bytes: u64,
    write_buffer_bytes: u64,
    /// Of the whole process.
    resident_bytes: Option<u64>,
}

/// The whole document; a test holds it against `cli/schemas/bench_index.json`.
#[derive(Debug, Serialize)]
pub(super) struct Document<'r> {
    message_type: &'static str,
    bench: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    debug_assertions: bool,
    machine: Machine,
    seed: u64,
    keys: u64,
    mode: &'static str,
    memory_budget_bytes: u64,
    rows: &'r [Row],
    memory: &'r [MemoryMark],
    targets_met: u64,
    targets_missed: u64,
    floors_missed: Vec<&'static str>,
    seconds_elapsed: f64,
}

impl Report {
    pub(super) const fn new(keys: u64) -> Self {
        Self { keys, rows: Vec::new(), memory: Vec::new(), seconds_elapsed: 0.0 }
    }

    pub(super) fn add(&mut self, metric: Metric, value: f64) {
        self.push(self.keys, metric, value, None);
    }

    /// Adds how many a second there were.
    pub(super) fn add_rate(&mut self, metric: Metric, count: u64, span: Span) {
        self.push(self.keys, metric, figure(count) / span.wall_seconds, Some(span));
    }

    /// Adds how many seconds it took.
    pub(super) fn add_seconds(&mut self, metric: Metric, span: Span) {
        self.push(self.keys, metric, span.wall_seconds, Some(span));
    }

    fn push(&mut self, keys: u64, metric: Metric, value: f64, span: Option<Span>) {
        let met = |limit: Option<f64>| {
            let limit = limit.filter(|_| keys >= JUDGED_KEYS_MIN)?;
            Some(metric.meets(value, limit))
        };
        let (target_met, floor_met) = (met(metric.target), met(metric.floor));
        let cores_used = span.map(|span| span.cores_used());
        self.rows.push(Row { metric, keys, value, cores_used, target_met, floor_met });
    }

    /// Notes the memory of an index of `keys` keys.
    pub(super) fn add_memory(&mut self, keys: u64, bytes_per_key: f64, memory: &IndexMemory) {
        self.push(keys, KEY_MEMORY, bytes_per_key, None);
        self.memory.push(MemoryMark {
            keys,
            budget_bytes: memory.budget_bytes,
            beyond_budget_bytes: memory.beyond_budget_bytes,
            packs_bytes: memory.packs_bytes,
            locality_cache_bytes: memory.locality_cache_bytes,
            filter_bytes: memory.filter_bytes,
            pinned_bytes: memory.pinned_bytes,
            data_block_bytes: memory.data_block_bytes,
            write_buffer_bytes: memory.write_buffer_bytes,
            resident_bytes: resident_bytes(),
        });
    }

    pub(super) fn document(&self, args: &BenchIndexArgs) -> Document<'_> {
        let targets =
            |is_met| self.rows.iter().filter(|row| row.target_met == Some(is_met)).count() as u64;
        Document {
            message_type: "summary",
            bench: "index",
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("GLEANER_COMMIT"),
            debug_assertions: cfg!(debug_assertions),
            machine: Machine::this(),
            seed: args.seed,
            keys: self.keys,
            mode: mode_name(args.mode),
            memory_budget_bytes: memory_bytes(args),
            rows: &self.rows,
            memory: &self.memory,
            targets_met: targets(true),
            targets_missed: targets(false),
            floors_missed: self.floors_missed(),
            seconds_elapsed: self.seconds_elapsed,
        }
    }

    fn floors_missed(&self) -> Vec<&'static str> {
        let missed = self.rows.iter().filter(|row| row.floor_met == Some(false));
        missed.map(|row| row.metric.name).collect()
    }

    /// # Errors
    /// Kind `regression` if a floor was not reached.
    pub(super) fn refuse_below_floors(&self) -> Result<(), Failure> {
        let missed = self.floors_missed();
        if missed.is_empty() {
            return Ok(());
        }
        let message = format!("floors not reached: {}", missed.join(", "));
        Err(Failure::new(Kind::Regression, message))
    }
}

pub(super) const fn mode_name(mode: BenchMode) -> &'static str {
    match mode {
        BenchMode::Exact => "exact",
        BenchMode::Sparse => "sparse",
    }
}

/// The budget that the index is given.
pub(super) fn memory_bytes(args: &BenchIndexArgs) -> u64 {
    args.memory.unwrap_or(IndexOptions::default().memory_bytes)
}

#[cfg(test)]
mod tests {
    //! Goal: a floor that is not reached ends the run, and nothing else does. Lost if this fails: a
    //! regression that a nightly run calls good.

    use super::super::metric::{DISK_BYTES, INSERT_SUSTAINED, KEY_GENERATION};
    use super::{JUDGED_KEYS_MIN, Report};
    use crate::exit_code::Kind;

    fn floors_hold(keys: u64, insert_rate: f64, disk_bytes: f64) -> bool {
        let mut report = Report::new(keys);
        report.add(KEY_GENERATION, 1e9);
        report.add(INSERT_SUSTAINED, insert_rate);
        report.add(DISK_BYTES, disk_bytes);
        let refused = report.refuse_below_floors();
        assert!(
            refused.as_ref().is_err_and(|error| error.kind == Kind::Regression) || refused.is_ok()
        );
        refused.is_ok()
    }

    #[test]
    fn floors_are_limits_of_their_own_direction() {
        let many = JUDGED_KEYS_MIN;
        assert!(floors_hold(many, 0.15e6, 48.0), "a floor itself is reached");
        assert!(!floors_hold(many, 0.14e6, 48.0));
        assert!(!floors_hold(many, 0.15e6, 48.1));
        assert!(!floors_hold(many, f64::NAN, 30.0), "what was not measured reaches nothing");
        assert!(floors_hold(many - 1, 1.0, 1000.0), "too few keys to judge");
    }
}
