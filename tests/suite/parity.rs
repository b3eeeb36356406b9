//! Goal R10 (RELIABILITY section 8): damage that parity covers heals byte for byte, what it does
//! not is named, and a sidecar never does harm.
//!
//! Method: repositories that want parity, in memory; seeded losses of up to as many shards as there
//! are recovery shards, and one more; sidecars damaged, swapped, left over, missing. If this fails,
//! a user trusts parity that does not heal, or loses a sound pack to it.

mod added;
mod covered;
mod faults;
mod named;
mod with_others;

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, CheckStats, Finding, InitOptions, ParityAdded, ParityOptions, Repository, Run,
    check, parity_add,
};
use gleaner_store::{MemoryStorage, ParitySidecar, SeededRandom, layout};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, open, seeded_bytes, unencrypted, write_tree,
};
use tempfile::TempDir;

/// A repository with a large data pack and a small tree pack for each backup.
struct Place {
    folder: TempDir,
    storage: MemoryStorage,
    repository: Repository,
}

fn wanting(percent: u8) -> InitOptions<'static> {
    InitOptions { parity_percent: Some(percent), ..unencrypted() }
}

impl Place {
    fn new(seed: u64, options: InitOptions<'_>) -> Self {
        let (folder, storage) = (tempfile::tempdir().unwrap(), MemoryStorage::new());
        let repository = create(Arc::new(storage.clone()), seed << 32, options);
        let place = Self { folder, storage, repository };
        place.back_up(seed);
        place
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    /// Backs up about 300 KiB that no backup of another seed has.
    fn back_up(&self, seed: u64) {
        let file = |number: u64| {
            let bytes = seeded_bytes(1000 * seed + number, 150_000);
            (format!("file{number}").into_bytes(), bytes)
        };
        let tree: Tree = (1..4).map(file).collect();
        write_tree(&self.source(), &tree);
        back_up(&self.repository, &self.source()).unwrap();
    }

    /// Ids in order.
    fn packs(&self) -> Vec<PackId> {
        self.storage.names().iter().filter_map(layout::parse_pack).collect()
    }

    fn sidecars(&self) -> Vec<PackId> {
        self.storage.names().iter().filter_map(layout::parse_parity).collect()
    }

    fn pack(&self, id: PackId) -> Vec<u8> {
        self.storage.raw(&layout::pack(&id)).unwrap().to_vec()
    }

    fn sidecar_bytes(&self, id: PackId) -> Vec<u8> {
        self.storage.raw(&layout::parity(&id)).unwrap().to_vec()
    }

    fn sidecar(&self, id: PackId) -> ParitySidecar {
        ParitySidecar::decode(id, self.sidecar_bytes(id)).unwrap()
    }

    /// The pack with the most bytes.
    fn largest(&self) -> PackId {
        self.packs().into_iter().max_by_key(|pack| self.pack(*pack).len()).unwrap()
    }

    /// Another process.
    fn other(&self, seed: u64) -> Repository {
        open(Arc::new(self.storage.clone()), seed).unwrap()
    }

    fn checked(&self, options: &CheckOptions) -> (CheckStats, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut emit = |finding: &Finding| findings.push(finding.clone());
        let stats = check(&self.other(77), options, &Run::silent(), &mut emit).unwrap();
        (stats, findings)
    }

    /// Codes and severities of all findings of a check that reads everything.
    fn codes(&self) -> Vec<String> {
        let (_, findings) = self.checked(&CheckOptions::read_data());
        let word = |f: &Finding| format!("{} {}", f.code.as_str(), f.severity.as_str());
        findings.iter().map(word).collect()
    }

    fn add(&self, options: &ParityOptions) -> ParityAdded {
        parity_add(&self.repository, options, &Run::silent()).unwrap()
    }
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

/// Flips a bit in each of those shards.
fn flip_shards(pack: &mut [u8], shard_bytes: usize, shards: &[usize], random: &SeededRandom) {
    for shard in shards {
        let begin = shard * shard_bytes;
        let length = shard_bytes.min(pack.len() - begin);
        pack[begin + below(random, length)] ^= 1 << below(random, 8);
    }
}

/// `count` different numbers below `bound`.
fn choose(random: &SeededRandom, count: usize, bound: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..bound).collect();
    for at in 0..count {
        all.swap(at, at + below(random, bound - at));
    }
    all.truncate(count);
    all
}
