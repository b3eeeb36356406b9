//! What a prune is going to do, as data: a dry run shows it, a real run carries it out.

use std::collections::HashSet;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{Epoch, MarkFacts, PackDirectory, Snapshot, SnapshotId};

use super::PruneOptions;
use super::choice::{Choice, Chosen};
use super::mark::{Mark, Repeats};
use super::pack_use::{PackUse, warn_unreadable};
use super::proof::proved_chunks;
use super::roots::Roots;
use crate::condemned::{CondemnedEpoch, newest_mark, read_epochs};
use crate::error::{Error, Result};
use crate::key_epoch::current_key_epoch;
use crate::open_index::{Directory, OpenIndex, list_packs};
use crate::progress::{Counters, Run};
use crate::repository::Repository;
use crate::session::read_epoch;

/// Blocks by which the time of a run is estimated.
const SAMPLED_BLOCKS: usize = 16;
/// A live set below this part of the last one, without a snapshot forgotten, stops a prune.
const SHRUNK_PERCENT: u64 = 80;

/// Chunks, or their bytes in packs, by what becomes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PruneChunks {
    /// Needed.
    pub used: u64,
    /// Needed, and held by another pack too.
    pub duplicate: u64,
    /// Not needed.
    pub unused: u64,
    /// All.
    pub total: u64,
    /// In packs that are rewritten.
    pub repack: u64,
    /// Of those, what is left out.
    pub repack_remove: u64,
    /// In packs that go as a whole.
    pub remove: u64,
    /// What goes in all.
    pub remove_total: u64,
    /// What stays.
    pub remaining: u64,
}

/// Packs by what becomes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PrunePacks {
    /// Every chunk is needed.
    pub used: u64,
    /// Some chunks are needed.
    pub partly_used: u64,
    /// No chunk is needed.
    pub unused: u64,
    /// All.
    pub total: u64,
    /// Stay.
    pub keep: u64,
    /// Are rewritten.
    pub repack: u64,
    /// Of those, sealed under an older key epoch; 0 unless the run was asked to look for them.
    pub rekey: u64,
    /// Go as a whole.
    pub remove: u64,
}

/// What a prune is going to do.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PrunePlan {
    /// Epoch in which it was made.
    pub epoch: u64,
    /// Chunks.
    pub chunks: PruneChunks,
    /// Bytes of the packs, as shares of their chunks.
    pub bytes: PruneChunks,
    /// Packs.
    pub packs: PrunePacks,
    /// Bytes of packs that will be condemned.
    pub bytes_condemned: u64,
    /// Bytes of packs that earlier runs condemned and that are not deleted yet.
    pub bytes_in_trash: u64,
    /// Bytes to be written, nearly: what is still needed of the packs condemned. Needed in
    /// addition until the next run has deleted these.
    pub bytes_rewritten: u64,
    /// Seconds that rewriting will take, by the rate at which blocks of the first pack opened.
    pub seconds_estimated: f64,
    /// More packs are worth rewriting than one run does.
    pub more_is_left: bool,
}

/// A plan with all that carrying it out needs.
pub(super) struct Planned {
    pub(super) plan: PrunePlan,
    pub(super) epoch: Epoch,
    /// Packs that go as they are, with their bytes.
    pub(super) dead: Vec<(PackId, u64)>,
    /// Packs that go once what is needed of them was copied, with their bytes.
    pub(super) rewritten: Vec<(PackId, u64)>,
    /// Chunks of those that no pack which stays holds.
    pub(super) wanted: HashSet<ChunkId>,
    /// Packs that stay and hold chunks of those that go.
    pub(super) holders: HashSet<PackId>,
    /// What was marked.
    pub(super) roots: Vec<Snapshot>,
    pub(super) deletable: Vec<SnapshotId>,
    pub(super) facts: Option<MarkFacts>,
    /// Packs whose directory cannot be read: they stay.
    pub(super) packs_damaged: u64,
}

impl Planned {
    /// An epoch in which nothing is condemned.
    pub(super) fn nothing(epoch: Epoch) -> Self {
        Self {
            plan: PrunePlan::default(),
            epoch,
            dead: Vec::new(),
            rewritten: Vec::new(),
            wanted: HashSet::new(),
            holders: HashSet::new(),
            roots: Vec::new(),
            deletable: Vec::new(),
            facts: None,
            packs_damaged: 0,
        }
    }

    /// Marks, looks at all packs, and chooses. `own` is the session that is going to act.
    ///
    /// # Errors
    /// Whatever keeps it from knowing all that is needed; [`Error::LiveSetShrank`].
    pub(super) fn make(
        repository: &Repository,
        index: &Arc<OpenIndex>,
        own: Option<gleaner_store::SessionId>,
        options: &PruneOptions<'_>,
        run: &Run<'_>,
    ) -> Result<Self> {
        let storage = repository.storage();
        let epoch = read_epoch(storage)?;
        // Packs first: the writer of one that is listed had its lease before.
        let packs = list_packs(storage)?;
        let mut roots = Roots::read(repository)?;
        if let Some(own) = own {
            roots.open_sessions.remove(&own.0);
        }
        let said = read_epochs(storage, Epoch(u64::MAX))?;
        let condemned: HashSet<PackId> = said.values().flat_map(CondemnedEpoch::packs).collect();
        let expected = index.stats()?.chunks_listed;
        let snapshots: Vec<&Snapshot> = roots.snapshots.iter().collect();
        let mark = Mark::of(repository, index, &snapshots, expected, run)?;
        let mut repeats = Repeats::new(expected);
        let (in_trash, packs): (Vec<_>, Vec<_>) =
            packs.into_iter().partition(|(pack, _)| condemned.contains(pack));
        let bytes_in_trash = in_trash.iter().map(|(_, bytes)| bytes).sum();
        // What memory has of a pack does not tell that it can still be read.
        let (uses, packs_damaged) = index.read_directories(&packs, |directories| {
            look_at(&packs, directories, run, |directory| {
                PackUse::of(directory, &mark, &mut repeats, &roots.open_sessions)
            })
        })?;
        let live: u64 = uses.iter().map(|pack| pack.used_raw - pack.repeated_raw).sum();
        let repeated_raw = repeated_in_open(index, &mark, &mut repeats, &uses);
        let facts = MarkFacts { live_bytes: live - repeated_raw, forgotten: roots.forgotten };
        if !options.allow_shrink {
            refuse_shrunk(newest_mark(storage)?, facts.live_bytes, roots.forgotten_ever)?;
        }
        let oldest_key_epoch =
            if options.rewrite_key_epochs { current_key_epoch(repository)? } else { 0 };
        let pack_target = repository.config().pack_target_bytes;
        let chosen = Choice::new(&uses, options, pack_target, oldest_key_epoch).choose();
        let mut planned = Self {
            plan: summary(&uses, &chosen, epoch, bytes_in_trash),
            roots: roots.snapshots,
            deletable: roots.deletable,
            facts: Some(facts),
            packs_damaged,
            dead: chosen.dead.iter().map(|pack| (pack.pack, pack.bytes)).collect(),
            rewritten: chosen.rewritten.iter().map(|pack| (pack.pack, pack.bytes)).collect(),
            ..Self::nothing(epoch)
        };
        planned.want(index, &mark)?;
        planned.leave_to_holders(repository, index, &uses, run)?;
        planned.estimate(repository, index)?;
        Ok(planned)
    }

    /// Measures a few blocks of what is to be rewritten: each is read, opened and checked, and what
    /// is needed of it written, which is taken to cost the same. Damage is what the copy reports.
    #[expect(clippy::cast_precision_loss, reason = "seconds for people")]
    fn estimate(&mut self, repository: &Repository, index: &OpenIndex) -> Result<()> {
        let Some((pack, bytes)) = self.rewritten.first() else { return Ok(()) };
        let (storage, keys) = (repository.storage(), repository.keys());
        let clock = &repository.env.clock;
        let directory = index.directory_of(*pack, *bytes)?;
        let (start, hasher) = (clock.monotonic_ns(), repository.id_hasher());
        let mut sealed = 0;
        for (ordinal, entry) in directory.blocks.iter().enumerate().take(SAMPLED_BLOCKS) {
            let Ok(block) = directory.read_block(storage, keys, ordinal) else { continue };
            // Hashed as the copy does it; whether the ids agree, the copy will say.
            for (_, bytes) in block.iter() {
                std::hint::black_box(hasher.id(bytes));
            }
            sealed += u64::from(entry.sealed_bytes);
        }
        let seconds = (clock.monotonic_ns() - start) as f64 / 1e9;
        let (read, written) = (self.plan.bytes.repack as f64, self.plan.bytes_rewritten as f64);
        self.plan.seconds_estimated = seconds * (read + written) / (sealed.max(1) as f64);
        Ok(())
    }

    /// Finds out what is needed of the packs that are rewritten.
    fn want(&mut self, index: &OpenIndex, mark: &Mark) -> Result<()> {
        index.with_directories(&self.rewritten, |directories| {
            for directory in directories {
                let directory = directory?;
                let needed = mark.holds(&directory.chunks);
                let chunks = directory.chunks.iter().zip(needed);
                self.wanted.extend(chunks.filter(|(_, is_needed)| *is_needed).map(|(c, _)| c.id));
            }
            Ok(())
        })
    }

    /// Leaves out what packs that stay hold too.
    fn leave_to_holders(
        &mut self,
        repository: &Repository,
        index: &OpenIndex,
        uses: &[PackUse],
        run: &Run<'_>,
    ) -> Result<()> {
        if uses.iter().all(|pack| pack.repeated_chunks == 0) {
            return Ok(());
        }
        let going: HashSet<PackId> =
            self.dead.iter().chain(&self.rewritten).map(|(pack, _)| *pack).collect();
        let staying = uses.iter().filter(|pack| pack.is_closed && !going.contains(&pack.pack));
        let staying: Vec<(PackId, u64)> = staying.map(|pack| (pack.pack, pack.bytes)).collect();
        index.with_directories(&staying, |directories| {
            for directory in directories {
                run.cancel.check()?;
                if self.wanted.is_empty() {
                    break;
                }
                let directory = directory?;
                for chunk in proved_chunks(repository, &directory, |id| self.wanted.contains(id)) {
                    self.wanted.remove(&chunk);
                    self.holders.insert(directory.id());
                }
            }
            Ok(())
        })
    }
}

/// Says of each pack what `use_of` finds in its directory, and of how many it cannot be read.
fn look_at(
    packs: &[(PackId, u64)],
    directories: &mut dyn Iterator<Item = Directory>,
    run: &Run<'_>,
    mut use_of: impl FnMut(&PackDirectory) -> PackUse,
) -> Result<(Vec<PackUse>, u64)> {
    let (mut uses, mut packs_damaged) = (Vec::with_capacity(packs.len()), 0);
    for ((pack, bytes), directory) in packs.iter().zip(directories) {
        run.cancel.check()?;
        match directory {
            Ok(directory) => {
                uses.push(use_of(&directory));
                Counters::add(&run.counters.bytes_done, *bytes);
            }
            // What is needed of it nobody can say: it stays, and nothing is counted on in it.
            Err(error) => {
                warn_unreadable(run, pack, &error.into());
                packs_damaged += 1;
            }
        }
    }
    Ok((uses, packs_damaged))
}

/// Raw bytes of chunks in packs of open sessions that are counted in another pack already. They are
/// no waste yet, since their writers may take them back, and will be when these have ended.
fn repeated_in_open(
    index: &OpenIndex,
    mark: &Mark,
    repeats: &mut Repeats,
    uses: &[PackUse],
) -> u64 {
    let mut repeated_raw = 0;
    for pack in uses.iter().filter(|pack| !pack.is_closed && !pack.is_dead()) {
        // Taken back by now.
        let Ok(directory) = index.directory_of(pack.pack, pack.bytes) else { continue };
        for (chunk, is_used) in directory.chunks.iter().zip(mark.holds(&directory.chunks)) {
            if is_used && repeats.is_repeat(&chunk.id) {
                repeated_raw += u64::from(chunk.bytes);
            }
        }
    }
    repeated_raw
}

/// Stops where snapshots seem to have vanished without anybody forgetting them. What a lease named
/// then although it was forgotten was needed and may not be any more, so that all count now.
fn refuse_shrunk(before: Option<MarkFacts>, now: u64, forgotten_ever: u64) -> Result<()> {
    match before {
        Some(before)
            if forgotten_ever <= before.forgotten
                && u128::from(now) * 100
                    < u128::from(before.live_bytes) * u128::from(SHRUNK_PERCENT) =>
        {
            Err(Error::LiveSetShrank { before: before.live_bytes, now })
        }
        _ => Ok(()),
    }
}

fn summary(uses: &[PackUse], chosen: &Chosen<'_>, epoch: Epoch, bytes_in_trash: u64) -> PrunePlan {
    let mut plan = PrunePlan { epoch: epoch.0, bytes_in_trash, ..PrunePlan::default() };
    for pack in uses {
        plan.packs.total += 1;
        match pack.used_chunks {
            0 => plan.packs.unused += 1,
            used if used == pack.chunks => plan.packs.used += 1,
            _ => plan.packs.partly_used += 1,
        }
        plan.chunks.used += pack.used_chunks - pack.repeated_chunks;
        plan.chunks.duplicate += pack.repeated_chunks;
        plan.chunks.total += pack.chunks;
        plan.bytes.used += pack.share(pack.used_raw - pack.repeated_raw);
        plan.bytes.duplicate += pack.share(pack.repeated_raw);
        plan.bytes.total += pack.bytes;
    }
    plan.chunks.unused = plan.chunks.total - plan.chunks.used - plan.chunks.duplicate;
    plan.bytes.unused = plan.bytes.total - plan.bytes.used - plan.bytes.duplicate;
    for pack in &chosen.dead {
        plan.chunks.remove += pack.chunks;
        plan.bytes.remove += pack.bytes;
    }
    for pack in &chosen.rewritten {
        plan.chunks.repack += pack.chunks;
        plan.chunks.repack_remove += pack.chunks - pack.used_chunks + pack.repeated_chunks;
        plan.bytes.repack += pack.bytes;
        plan.bytes.repack_remove += pack.wasted_bytes();
    }
    for part in [&mut plan.chunks, &mut plan.bytes] {
        part.remove_total = part.remove + part.repack_remove;
        part.remaining = part.total - part.remove_total;
    }
    plan.packs.remove = chosen.dead.len() as u64;
    plan.packs.repack = chosen.rewritten.len() as u64;
    plan.packs.rekey = chosen.rekeyed;
    plan.packs.keep = plan.packs.total - plan.packs.remove - plan.packs.repack;
    plan.bytes_condemned = plan.bytes.remove + plan.bytes.repack;
    plan.bytes_rewritten = plan.bytes.repack - plan.bytes.repack_remove;
    plan.more_is_left = chosen.more_is_left;
    plan
}
