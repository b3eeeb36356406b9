//! Reads packs as wholes: every seal, every chunk id, the hash over all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam::channel::{Sender, unbounded};
use gleaner_chunker::{ChunkId, IdHasher, PackId};
use gleaner_store::{
    Defect, Error as StoreError, PackDirectory, StorageError, TRAILER_BYTES, layout,
    read_pack_directory,
};

use super::Check;
use super::finding::{Finding, FindingCode};
use super::limits::Limits;
use super::options::DataRead;
use super::pack_selection::{Candidate, select};
use super::packs::directory_finding;
use super::parity::{parity_of_damaged, sidecar_finding};
use crate::error::Result;
use crate::progress::{Counters, Run};
use crate::repository::Repository;

/// What was verified is remembered at least that often: a crash forgets no more.
const KEEP_INTERVAL: Duration = Duration::from_mins(5);

/// What reading a pack showed.
enum Scrub {
    /// It was deleted since the listing.
    Gone,
    Read {
        /// Findings, each with the chunks whose bytes it costs.
        damage: Vec<(Finding, Vec<ChunkId>)>,
        /// What there is to say of its parity sidecar.
        parity: Vec<Finding>,
    },
}

/// What the threads share.
struct Shared<'a> {
    repository: &'a Repository,
    run: &'a Run<'a>,
    limits: Arc<Limits<'a>>,
    packs: &'a [Candidate],
    next: AtomicUsize,
    /// Set when there are enough findings.
    must_stop: AtomicBool,
}

impl Check<'_> {
    /// Reads the packs that the options choose, as far as the limits allow.
    pub(super) fn read_packs(&mut self) -> Result<()> {
        if self.options.data == DataRead::Nothing {
            return Ok(());
        }
        let packs = self.chosen_packs()?;
        let bytes_total = packs.iter().map(|pack| pack.bytes).sum();
        Counters::add(&self.run.counters.bytes_total, bytes_total);
        self.run.counters.scan_finished.store(true, Ordering::Relaxed);
        let (repository, run, limits) = (self.repository, self.run, Arc::clone(&self.limits));
        let (next, must_stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let shared = Shared { repository, run, limits, packs: &packs, next, must_stop };
        let clock = &repository.env.clock;
        let mut kept_ns = clock.monotonic_ns();
        let mut count = 0;
        let (results, received) = unbounded();
        thread::scope(|scope| {
            for _ in 0..repository.env.threads.clamp(1, packs.len().max(1)) {
                let (shared, results) = (&shared, results.clone());
                scope.spawn(move || scrub_packs(shared, &results));
            }
            drop(results);
            for (pack, scrub) in &received {
                count += 1;
                self.take_scrub(pack, scrub);
                if self.limits.reason(self.errors()).is_some() {
                    shared.must_stop.store(true, Ordering::Relaxed);
                }
                let passed_ns = clock.monotonic_ns().saturating_sub(kept_ns);
                if Duration::from_nanos(passed_ns) >= KEEP_INTERVAL {
                    self.keep_packs();
                    kept_ns = clock.monotonic_ns();
                }
            }
        });
        if count < packs.len() {
            self.stops(true);
        }
        if count > 0 {
            self.keep_packs();
        }
        Ok(())
    }

    fn chosen_packs(&self) -> Result<Vec<Candidate>> {
        let (options, env) = (self.options, &self.repository.env);
        let max_age_ns =
            options.max_age.map(|age| i64::try_from(age.as_nanos()).unwrap_or(i64::MAX));
        let is_fresh = |read: Option<(i64, bool)>| match (read, max_age_ns) {
            (Some((read_ns, true)), Some(age)) => read_ns >= self.now_ns.saturating_sub(age),
            _ => false,
        };
        let rows = self.packs.rows().filter(|row| {
            let is_meant = options.snapshots.is_empty() || row.is_needed;
            row.session.is_some() && !row.is_gone && is_meant && !is_fresh(row.read)
        });
        let candidates = rows.map(|row| Candidate {
            id: row.id,
            bytes: row.bytes,
            read_ns: row.read.map(|(read_ns, _)| read_ns),
        });
        let mut random = || env.random_bytes().map(u64::from_le_bytes);
        select(candidates.collect(), options.data, &mut random)
    }

    fn take_scrub(&mut self, pack: Candidate, scrub: Scrub) {
        let (damage, parity) = match scrub {
            Scrub::Gone => return self.packs_gone.push(pack.id),
            Scrub::Read { damage, parity } => (damage, parity),
        };
        let is_sound = damage.is_empty();
        self.stats.packs_skipped = self.stats.packs_skipped.saturating_sub(1);
        if is_sound {
            self.stats.packs_verified += 1;
            self.stats.bytes_verified += pack.bytes;
        }
        let read_ns = self.repository.env.clock.wall_ns();
        if let Some(row) = self.packs.row_mut(&pack.id) {
            row.read = Some((read_ns, is_sound));
        }
        for (finding, chunks) in damage {
            self.damaged(finding, chunks);
        }
        for finding in parity {
            let is_condemned = self.condemned.contains_key(&pack.id);
            self.report(&if is_condemned { finding.harmless() } else { finding });
        }
    }

    /// Keeps a finding in a pack until it is known what it costs.
    pub(super) fn damaged(&mut self, finding: Finding, chunks: Vec<ChunkId>) {
        if self.damage.add(finding, chunks) {
            Counters::add(&self.run.counters.errors, 1);
        }
    }
}

/// A thread: takes pack after pack. The first one is read whatever the limits say.
fn scrub_packs(shared: &Shared<'_>, results: &Sender<(Candidate, Scrub)>) {
    let hasher = shared.repository.id_hasher();
    loop {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let Some(pack) = shared.packs.get(number) else { return };
        let is_over = shared.must_stop.load(Ordering::Relaxed) || shared.limits.reason(0).is_some();
        if shared.run.cancel.is_cancelled() || number > 0 && is_over {
            return;
        }
        let mut scrub = scrub_pack(shared.repository, &hasher, *pack);
        if let Scrub::Read { damage, parity } = &scrub
            && (!damage.is_empty() || !parity.is_empty())
        {
            // The second read that precedes every finding.
            scrub = scrub_pack(shared.repository, &hasher, *pack);
        }
        if let Scrub::Read { damage, parity } = &mut scrub
            && !damage.is_empty()
        {
            ask_parity(shared.repository, pack.id, damage, parity);
        }
        Counters::add(&shared.run.counters.bytes_done, pack.bytes);
        let _unheard = results.send((*pack, scrub));
    }
}

/// Whether all of a pack can be read and is right, or the pack is gone; read twice before it is
/// called damaged.
pub(crate) fn is_sound_pack(repository: &Repository, id: PackId, bytes: u64) -> bool {
    let pack = Candidate { id, bytes, read_ns: None };
    let hasher = repository.id_hasher();
    let is_sound = || match scrub_pack(repository, &hasher, pack) {
        Scrub::Gone => true,
        Scrub::Read { damage, .. } => damage.is_empty(),
    };
    is_sound() || is_sound()
}

/// Says of damage in a pack whether its sidecar covers it.
fn ask_parity(
    repository: &Repository,
    pack: PackId,
    damage: &mut Vec<(Finding, Vec<ChunkId>)>,
    parity: &mut Vec<Finding>,
) {
    let (finding, source) = parity_of_damaged(repository, pack);
    parity.extend(finding);
    if let Some(source) = source {
        let healable = |(finding, chunks): (Finding, _)| (finding.healable_by(source), chunks);
        *damage = std::mem::take(damage).into_iter().map(healable).collect();
    }
}

fn scrub_pack(repository: &Repository, hasher: &IdHasher, pack: Candidate) -> Scrub {
    let (storage, name) = (repository.storage(), layout::pack(&pack.id));
    let directory = match read_pack_directory(storage, repository.keys(), pack.id, pack.bytes) {
        Ok(directory) => directory,
        Err(StoreError::Storage(StorageError::NotFound { .. })) => return Scrub::Gone,
        Err(error) => {
            let damage = vec![(directory_finding(pack.id, &error), Vec::new())];
            return Scrub::Read { damage, parity: Vec::new() };
        }
    };
    let mut bytes = vec![0; usize::try_from(directory.pack_bytes).unwrap_or(0)];
    match storage.read_at(&name, 0, &mut bytes) {
        Ok(()) => {
            let damage = findings_in(repository, hasher, &directory, &bytes);
            let is_sound = damage.is_empty();
            let parity = is_sound.then(|| sidecar_finding(repository, pack.id, &bytes)).flatten();
            let parity = parity.into_iter().collect();
            Scrub::Read { damage, parity }
        }
        Err(StorageError::NotFound { .. }) => Scrub::Gone,
        Err(error) => {
            let finding = Finding::of(FindingCode::P210, &name, error.to_string());
            let finding = Finding { pack: Some(pack.id), offset: Some(0), ..finding };
            let chunks = directory.chunks.iter().map(|chunk| chunk.id).collect();
            Scrub::Read { damage: vec![(finding, chunks)], parity: Vec::new() }
        }
    }
}

fn findings_in(
    repository: &Repository,
    hasher: &IdHasher,
    directory: &PackDirectory,
    bytes: &[u8],
) -> Vec<(Finding, Vec<ChunkId>)> {
    let mut findings = Vec::new();
    for ordinal in 0..directory.blocks.len() {
        let Some((offset, length)) = directory.framed_range(ordinal) else { continue };
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let framed = bytes.get(start..).and_then(|rest| rest.get(..length)).unwrap_or_default();
        match directory.open_block(repository.keys(), ordinal, framed.to_vec()) {
            Ok(block) => {
                for (id, _) in block.iter().filter(|(id, raw)| hasher.id(raw) != *id) {
                    findings.push((chunk_finding(directory, offset, id), vec![id]));
                }
            }
            Err(error) => {
                let finding = block_finding(directory, ordinal, &error);
                let chunks = directory.chunks_of(ordinal).unwrap_or_default();
                findings.push((finding, chunks.iter().map(|chunk| chunk.id).collect()));
            }
        }
    }
    let hashed = bytes.len().saturating_sub(TRAILER_BYTES);
    let hash = blake3::hash(bytes.get(..hashed).unwrap_or_default());
    if findings.is_empty() && *hash.as_bytes() != directory.trailer.pack_hash {
        let code = FindingCode::P206;
        let finding = Finding::of(code, &directory.name(), code.what());
        let finding = Finding { pack: Some(directory.id()), offset: Some(0), ..finding };
        findings.push((finding, Vec::new()));
    }
    findings
}

/// A block that does not open.
pub(super) fn block_finding(
    directory: &PackDirectory,
    ordinal: usize,
    error: &StoreError,
) -> Finding {
    let (offset, length) = directory.framed_range(ordinal).unwrap_or_default();
    Finding {
        pack: Some(directory.id()),
        offset: Some(offset),
        length: Some(length as u64),
        ..Finding::of(FindingCode::P204, &directory.name(), error.to_string())
    }
}

/// A chunk in a block that opens, at `offset`.
pub(super) fn chunk_finding(directory: &PackDirectory, offset: u64, chunk: ChunkId) -> Finding {
    let message = Defect::ChunkId { chunk }.to_string();
    Finding {
        pack: Some(directory.id()),
        offset: Some(offset),
        chunk: Some(chunk),
        ..Finding::of(FindingCode::P205, &directory.name(), message)
    }
}
