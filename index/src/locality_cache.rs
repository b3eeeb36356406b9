//! Directories of the packs that answered lately: most duplicates of a stream are found here.
//!
//! A backup meets its chunks in the order in which an earlier one stored them, so a pack that holds
//! one of them holds most of the next few hundred (Data Domain's locality-preserved caching, Zhu
//! et al., FAST 2008). One table over the ids of all resident directories finds them; the oldest
//! directory that answered nothing of late goes first (CLOCK).

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use gleaner_chunker::{ChunkId, PackId};
use hashbrown::HashTable;

use crate::chunk_index::Location;
use crate::row::Ordinal;

/// Memory of one directory beside its ids, bytes.
const DIRECTORY_BYTES: u64 = 160;

/// Memory of one id: itself, and an entry of 8 bytes with a tag of one at a load of 7/16 to 7/8.
const ID_BYTES: u64 = 32 + 14;

/// Directories within a budget, shared by threads. Holds directories of live packs only.
#[derive(Debug)]
pub(crate) struct LocalityCache {
    resident: RwLock<Resident>,
}

/// What is in the cache.
#[derive(Debug, Default)]
pub(crate) struct Resident {
    /// One entry for each id, where several directories hold it too.
    entries: HashTable<Entry>,
    places: Vec<Option<Directory>>,
    by_ordinal: HashMap<Ordinal, u32>,
    /// Next place that CLOCK looks at.
    hand: usize,
    bytes: u64,
    bytes_max: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    place: u32,
    slot: u32,
}

#[derive(Debug)]
struct Directory {
    ordinal: Ordinal,
    pack: PackId,
    ids: Arc<[ChunkId]>,
    has_answered: AtomicBool,
}

impl LocalityCache {
    /// An empty cache of that many bytes; one directory is kept even if it is larger.
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self { resident: RwLock::new(Resident { bytes_max, ..Resident::default() }) }
    }

    /// What is resident, for as long as the guard lives: take it once for a batch.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Resident> {
        self.resident.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the directory of a pack, if `is_live` still says so once no removal can slip between.
    pub(crate) fn insert(
        &self,
        ordinal: Ordinal,
        pack: PackId,
        ids: Arc<[ChunkId]>,
        is_live: impl FnOnce() -> bool,
    ) {
        let mut resident = self.write();
        if !resident.by_ordinal.contains_key(&ordinal) && is_live() {
            // It has to answer once before it outlives others.
            resident.insert(Directory { ordinal, pack, ids, has_answered: AtomicBool::new(false) });
        }
    }

    /// Drops directories, of packs that are live no more.
    pub(crate) fn remove(&self, ordinals: impl IntoIterator<Item = Ordinal>) {
        let mut resident = self.write();
        for ordinal in ordinals {
            if let Some(place) = resident.by_ordinal.get(&ordinal).copied() {
                resident.vacate(place);
            }
        }
    }

    /// Changes the budget.
    pub(crate) fn set_bytes_max(&self, bytes_max: u64) {
        let mut resident = self.write();
        resident.bytes_max = bytes_max;
        resident.make_room(0);
    }

    // A panic in between (out of memory) leaves at worst an id without an entry, which costs a row.
    fn write(&self) -> RwLockWriteGuard<'_, Resident> {
        self.resident.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resident {
    /// Where a resident directory holds the chunk. Compares all 32 bytes.
    pub(crate) fn find(&self, id: &ChunkId) -> Option<Location> {
        let entry = self.entries.find(hash(id), |entry| self.id_at(*entry) == Some(id))?;
        let directory = self.places.get(entry.place as usize)?.as_ref()?;
        // Written only when it changes: other threads read the same line.
        if !directory.has_answered.load(Ordering::Relaxed) {
            directory.has_answered.store(true, Ordering::Relaxed);
        }
        Some(Location { pack: directory.pack, slot: entry.slot })
    }

    /// The ids of a pack, if it is resident.
    pub(crate) fn directory(&self, ordinal: Ordinal) -> Option<Arc<[ChunkId]>> {
        let place = *self.by_ordinal.get(&ordinal)?;
        let directory = self.places.get(place as usize)?.as_ref()?;
        Some(Arc::clone(&directory.ids))
    }

    /// Memory in use, bytes, estimated.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn id_at(&self, entry: Entry) -> Option<&ChunkId> {
        self.places.get(entry.place as usize)?.as_ref()?.ids.get(entry.slot as usize)
    }

    fn insert(&mut self, directory: Directory) {
        let bytes = bytes_of(&directory.ids);
        self.make_room(bytes);
        let place = self.places.iter().position(Option::is_none).unwrap_or(self.places.len());
        if place == self.places.len() {
            self.places.push(None);
        }
        let ids = Arc::clone(&directory.ids);
        let number = u32::try_from(place).expect("fewer directories than bytes of memory");
        self.by_ordinal.insert(directory.ordinal, number);
        self.bytes += bytes;
        if let Some(vacant) = self.places.get_mut(place) {
            *vacant = Some(directory);
        }
        for (slot, id) in (0u32..).zip(ids.iter()) {
            if self.entries.find(hash(id), |entry| self.id_at(*entry) == Some(id)).is_none() {
                let places = &self.places;
                let rehash = |entry: &Entry| {
                    let directory = places.get(entry.place as usize).and_then(Option::as_ref);
                    let id = directory.and_then(|found| found.ids.get(entry.slot as usize));
                    id.map_or(0, hash)
                };
                self.entries.insert_unique(hash(id), Entry { place: number, slot }, rehash);
            }
        }
    }

    fn vacate(&mut self, place: u32) {
        let Some(directory) = self.places.get_mut(place as usize).and_then(Option::take) else {
            return;
        };
        for (slot, id) in (0u32..).zip(directory.ids.iter()) {
            let entry = Entry { place, slot };
            if let Ok(found) = self.entries.find_entry(hash(id), |other| *other == entry) {
                found.remove();
            }
        }
        self.by_ordinal.remove(&directory.ordinal);
        self.bytes -= bytes_of(&directory.ids);
    }

    /// Drops directories until that many bytes fit, or none is left.
    fn make_room(&mut self, bytes: u64) {
        while self.bytes + bytes > self.bytes_max && !self.by_ordinal.is_empty() {
            self.hand = if self.hand < self.places.len() { self.hand } else { 0 };
            let place = self.hand;
            self.hand += 1;
            let directory = self.places.get(place).and_then(Option::as_ref);
            let is_idle =
                directory.is_some_and(|found| !found.has_answered.swap(false, Ordering::Relaxed));
            if is_idle {
                self.vacate(u32::try_from(place).unwrap_or(u32::MAX));
            }
        }
    }
}

fn bytes_of(ids: &[ChunkId]) -> u64 {
    DIRECTORY_BYTES + ID_BYTES * ids.len() as u64
}

/// Ids are hashes already.
fn hash(id: &ChunkId) -> u64 {
    let (first, _) = id.as_bytes().as_chunks::<8>();
    first.first().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests;
