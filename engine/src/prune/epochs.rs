//! Condemning, draining and deciding: steps 3 to 6 of docs/gc.md.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use gleaner_store::{
    CONDEMNED_PACKS_MAX, CondemnedList, Epoch, ErrorKind, OBJECT_BYTES_MAX, ObjectName, Outcome,
    Put, Snapshot, SnapshotId, StorageError, Update, decode_condemned, encode_condemned,
    encode_epoch, encode_outcome, layout, read_pack_directory,
};

use super::Prune;
use super::mark::Mark;
use super::pack_use::warn_unreadable;
use super::plan::Planned;
use super::proof::proved_chunks;
use super::roots::Roots;
use crate::condemned::{CondemnedEpoch, read_epochs, read_outcome};
use crate::error::{Error, Result};
use crate::open_index::list_packs;
use crate::reserve;
use crate::session::read_epoch;
use crate::survivors::NewPlace;

/// Chunks for which a second look seeks other packs, 100 bytes each: of packs beyond that it
/// rescues those that may be needed at all.
const NEEDED_MAX: usize = 1 << 20;

/// What a second look found.
#[derive(Default)]
struct Rescue {
    packs: Vec<PackId>,
    /// Live packs that hold what is needed of the others.
    holders: Vec<PackId>,
}

impl Prune<'_> {
    /// Copies what is needed of the packs that go, writes the list, and moves the epoch.
    pub(super) fn condemn(&mut self, mut planned: Planned) -> Result<CondemnedList> {
        self.stats.packs_damaged += planned.packs_damaged;
        let mut made = Vec::new();
        match self.copy_forward(&mut planned, &mut made) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Full => {
                // Dead packs need no room, and the copies are of no use without the rest.
                self.stats.is_unfinished = true;
                planned.rewritten.clear();
                planned.holders.clear();
                planned.dead.append(&mut made);
            }
            Err(error) => return Err(error),
        }
        self.stats.is_unfinished |= planned.plan.more_is_left;
        let mut going = planned.dead;
        going.append(&mut planned.rewritten);
        // The largest first: if there are too many, the others wait.
        going.sort_unstable_by_key(|(pack, bytes)| (Reverse(*bytes), *pack));
        self.stats.is_unfinished |= going.len() > CONDEMNED_PACKS_MAX;
        going.truncate(CONDEMNED_PACKS_MAX);
        let made = made.into_iter().map(|(pack, _)| pack);
        let mut survivors: Vec<PackId> = planned.holders.into_iter().chain(made).collect();
        survivors.sort_unstable();
        self.settle(&survivors)?;
        // Nothing is decided by them, so that some are enough.
        survivors.truncate(CONDEMNED_PACKS_MAX);
        let list = CondemnedList {
            epoch: planned.epoch,
            owner_token: 0,
            victims: Vec::new(),
            survivors,
            forgotten: planned.deletable,
            mark: planned.facts,
        };
        let list = self.write_list_that_fits(list, &mut going)?;
        self.stats.bytes_condemned += going.iter().map(|(_, bytes)| bytes).sum::<u64>();
        self.stats.packs_condemned += going.len() as u64;
        self.advance_epoch(list.epoch)?;
        self.follow()?;
        Ok(list)
    }

    /// Copies what is wanted; `made` are the packs written, also after an error. What is left of
    /// `planned.rewritten` was copied: at the time limit the rest stays as it is, and so does a
    /// pack that cannot be read.
    fn copy_forward(&mut self, planned: &mut Planned, made: &mut Vec<(PackId, u64)>) -> Result<()> {
        let index = Arc::clone(&self.index);
        let place = NewPlace {
            repository: self.repository,
            index: &index,
            run: self.run,
            session: self.session.id,
        };
        let rewritten = std::mem::take(&mut planned.rewritten);
        let all = rewritten.len();
        place.fill(made, |survivors| {
            for (pack, bytes) in rewritten {
                if self.is_over() {
                    self.stats.is_unfinished = true;
                    break;
                }
                match survivors.carry(pack, bytes, &mut planned.wanted)? {
                    None => planned.rewritten.push((pack, bytes)),
                    Some(error) if self.session.is_fenced() => return Err(error),
                    Some(error) => {
                        self.stats.packs_damaged += 1;
                        warn_unreadable(self.run, &pack, &error);
                    }
                }
            }
            Ok(())
        })?;
        if planned.rewritten.len() == all
            && let Some(chunk) = planned.wanted.iter().next()
        {
            return Err(Error::ChunkMissing { chunk: *chunk });
        }
        self.stats.bytes_rewritten += made.iter().map(|(_, bytes)| bytes).sum::<u64>();
        Ok(())
    }

    /// Writes a list that condemns what is `going`, or without room for that a part of it.
    fn write_list_that_fits(
        &mut self,
        mut list: CondemnedList,
        going: &mut Vec<(PackId, u64)>,
    ) -> Result<CondemnedList> {
        loop {
            list.victims = going.iter().map(|(pack, _)| *pack).collect();
            list.victims.sort_unstable();
            // The dead writer of one may not have made it durable; one that a power loss takes away
            // later is passed over, so that a failure here is none.
            if let Err(error) = self.settle(&list.victims) {
                tracing::debug!(%error, "a pack that goes may vanish before");
            }
            match self.with_reserve(|prune| prune.write_list(&list)) {
                Err(error)
                    if error.kind() == ErrorKind::Full
                        && (going.len() > 1 || !list.forgotten.is_empty()) =>
                {
                    self.stats.is_unfinished = true;
                    going.truncate(going.len().div_ceil(2));
                    list.forgotten.truncate(list.forgotten.len() / 2);
                    list.survivors.clear();
                }
                result => return result.map(|()| list),
            }
        }
    }

    /// Makes a write, once more without the reserve if there was no room for it.
    pub(super) fn with_reserve<T>(&mut self, write: impl Fn(&Self) -> Result<T>) -> Result<T> {
        match write(self) {
            Err(error) if error.kind() == ErrorKind::Full => {
                reserve::release(self.repository.storage())?;
                self.is_full = true;
                write(self)
            }
            result => result,
        }
    }

    /// Whoever counts on packs that others wrote makes sure that they are durable.
    fn settle(&self, packs: &[PackId]) -> Result<()> {
        let names: Vec<ObjectName> = packs.iter().map(layout::pack).collect();
        Ok(self.repository.storage().settle(&names)?)
    }

    /// # Errors
    /// [`Error::EpochTaken`] if another run wrote the list of this epoch.
    fn write_list(&self, list: &CondemnedList) -> Result<()> {
        let storage = self.repository.storage();
        let name = layout::condemned_list(list.epoch, 0);
        if storage.put_if_absent(&name, &[&encode_condemned(list)])? == Put::Created {
            return Ok(());
        }
        // The reply to a call of our own may have been lost.
        let bytes = storage.get(&name, OBJECT_BYTES_MAX)?;
        match decode_condemned(list.epoch, &bytes) {
            Ok(found) if found == *list => Ok(()),
            _ => Err(Error::EpochTaken { epoch: list.epoch.0 }),
        }
    }

    /// Moves the epoch past `epoch`, unless it is there already.
    pub(super) fn advance_epoch(&mut self, epoch: Epoch) -> Result<()> {
        self.with_reserve(|prune| prune.move_epoch(epoch))
    }

    fn move_epoch(&self, epoch: Epoch) -> Result<()> {
        let storage = self.repository.storage();
        let name = layout::epoch();
        while read_epoch(storage)? <= epoch {
            let next = encode_epoch(Epoch(epoch.0 + 1));
            // Version 1 holds epoch 0.
            let present = gleaner_store::Version(epoch.0 + 1);
            // A conflict means that somebody else moved it.
            let (Update::Written(_) | Update::Conflict) =
                storage.update_if(&name, Some(present), &next)?;
        }
        if let Err(error) = storage.delete_old_versions(&name) {
            tracing::debug!(%error, "old versions of the epoch stay");
        }
        Ok(())
    }

    /// Waits for the sessions that do not know of the list, looks once more at what is needed, and
    /// says what becomes of the list. `base` are snapshots that its plan has seen. False if the
    /// time limit came first.
    pub(super) fn decide(
        &mut self,
        list: &CondemnedList,
        base: &HashSet<SnapshotId>,
    ) -> Result<bool> {
        while !self.watch.not_drained(list.epoch, self.run)?.is_empty() {
            if self.is_over() {
                self.stats.is_unfinished = true;
                return Ok(false);
            }
            self.watch.pause();
        }
        self.stats.sessions_fenced = self.watch.fenced;
        let rescue = match self.look_again(list, base) {
            Ok(rescue) => rescue,
            Err(error) => {
                // What cannot be read may need anything: all packs are live again.
                let is_damage =
                    matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::UnsupportedVersion);
                if is_damage && !self.session.is_fenced() {
                    self.write_outcome(list, false, Rescue::default())?;
                }
                return Err(error);
            }
        };
        self.write_outcome(list, true, rescue)?;
        self.follow()?;
        Ok(true)
    }

    fn write_outcome(&mut self, list: &CondemnedList, drained: bool, rescue: Rescue) -> Result<()> {
        let storage = self.repository.storage();
        let epoch = list.epoch;
        let Rescue { packs: rescued, mut holders } = rescue;
        // Nothing is decided by them.
        holders.truncate(CONDEMNED_PACKS_MAX);
        let mut outcome = Outcome { epoch, drained, rescued, holders };
        let name = layout::outcome(epoch);
        let bytes = encode_outcome(&outcome);
        let put = self.with_reserve(|_| Ok(storage.put_if_absent(&name, &[&bytes])?))?;
        if put == Put::AlreadyExists {
            // Another run has decided; any decision after the drain is right.
            outcome = read_outcome(storage, epoch)?;
        }
        self.stats.packs_rescued += outcome.rescued.len() as u64;
        Ok(())
    }

    /// Looks for chunks of condemned packs that snapshots need which the plan has not seen.
    fn look_again(&mut self, list: &CondemnedList, base: &HashSet<SnapshotId>) -> Result<Rescue> {
        // The packs of sessions that are open now, or come later, are nothing to count on.
        let present = list_packs(self.repository.storage())?;
        let roots = Roots::read(self.repository)?;
        let new: Vec<&Snapshot> =
            roots.snapshots.iter().filter(|snapshot| !base.contains(&snapshot.id)).collect();
        if new.is_empty() || list.victims.is_empty() {
            return Ok(Rescue::default());
        }
        let expected = self.index.stats()?.chunks_listed;
        let mark = Mark::of(self.repository, &self.index, &new, expected, self.run)?;
        let sizes: HashMap<PackId, u64> = present.iter().copied().collect();
        let (mut needed, mut packs) = self.needed_of(list, &mark, &sizes)?;
        let mut holders = HashSet::new();
        for pack in self.live_packs(list, &present)? {
            self.run.cancel.check()?;
            if needed.is_empty() {
                break;
            }
            let (storage, keys) = (self.repository.storage(), self.repository.keys());
            let bytes = sizes.get(&pack).copied().unwrap_or(0);
            let directory = match read_pack_directory(storage, keys, pack, bytes) {
                Ok(directory) => directory,
                // Nothing to count on.
                Err(error) => {
                    warn_unreadable(self.run, &pack, &error.into());
                    continue;
                }
            };
            if roots.open_sessions.contains(&directory.header.session)
                && directory.header.session != self.session.id.0
            {
                continue;
            }
            let is_needed = |id: &ChunkId| needed.contains_key(id);
            for chunk in proved_chunks(self.repository, &directory, is_needed) {
                needed.remove(&chunk);
                holders.insert(pack);
            }
        }
        packs.extend(needed.into_values());
        packs.sort_unstable();
        packs.dedup();
        let mut holders: Vec<PackId> = holders.into_iter().collect();
        holders.sort_unstable();
        self.settle(&holders)?;
        Ok(Rescue { packs, holders })
    }

    /// Chunks of the victims that may be needed, each with a victim that holds it; and victims that
    /// are rescued as they are: those of which nobody can say what is needed, and those for whose
    /// chunks there is no room in memory.
    fn needed_of(
        &self,
        list: &CondemnedList,
        mark: &Mark,
        sizes: &HashMap<PackId, u64>,
    ) -> Result<(HashMap<ChunkId, PackId>, Vec<PackId>)> {
        let (storage, keys) = (self.repository.storage(), self.repository.keys());
        let (mut needed, mut rescued) = (HashMap::new(), Vec::new());
        for victim in &list.victims {
            self.run.cancel.check()?;
            let absent = || StorageError::NotFound { name: layout::pack(victim) }.into();
            let directory = sizes
                .get(victim)
                .ok_or_else(absent)
                .and_then(|bytes| read_pack_directory(storage, keys, *victim, *bytes));
            let directory = match directory {
                Ok(directory) => directory,
                Err(error) => {
                    warn_unreadable(self.run, victim, &error.into());
                    rescued.push(*victim);
                    continue;
                }
            };
            let chunks = directory.chunks.iter().zip(mark.holds(&directory.chunks));
            let mut may_be_needed = chunks.filter(|(_, is_needed)| *is_needed).peekable();
            if needed.len() < NEEDED_MAX {
                needed.extend(may_be_needed.map(|(chunk, _)| (chunk.id, *victim)));
            } else if may_be_needed.peek().is_some() {
                rescued.push(*victim);
            }
        }
        Ok((needed, rescued))
    }

    /// Packs that nobody condemned, the list's survivors first.
    fn live_packs(&self, list: &CondemnedList, packs: &[(PackId, u64)]) -> Result<Vec<PackId>> {
        let said = read_epochs(self.repository.storage(), Epoch(u64::MAX))?;
        let condemned: HashSet<PackId> = said.values().flat_map(CondemnedEpoch::packs).collect();
        let survivors: HashSet<PackId> = list.survivors.iter().copied().collect();
        let mut live: Vec<PackId> =
            packs.iter().map(|(pack, _)| *pack).filter(|pack| !condemned.contains(pack)).collect();
        live.sort_by_key(|pack| !survivors.contains(pack));
        Ok(live)
    }
}
