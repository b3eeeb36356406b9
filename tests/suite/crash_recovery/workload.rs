//! Operations on a repository over a recording file system, with a note of each promise.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_engine::{
    InitOptions, PackRepairOptions, PackRepairStats, PruneOptions, PruneStats, Repository, Run,
    TagChange, add_key_slot, forget, repair_packs, retag, rotate_keys,
};
use gleaner_store::{
    DirectoryStorage, KdfCost, MemoryFs, Put, SeededRandom, Snapshot, Storage, layout,
};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, open, prune_options, snapshot_of, write_tree,
};
use gleaner_tests::fault::Faults;
use gleaner_tests::faulty_fs::FaultyFs;
use gleaner_tests::recording_fs::{Log, RecordingFs};
use tempfile::TempDir;

type Disk = RecordingFs<FaultyFs<MemoryFs>>;

/// Password of the second key slot.
pub(super) const SECOND_PASSWORD: &[u8] = b"second";

/// A repository in the making. Promises are noted in the log as words that `verdict` reads.
pub(super) struct Workload {
    disk: Disk,
    /// Calls that fail here never reach the disk: armed onward, they are the death of a process.
    pub(super) death: Faults,
    folder: TempDir,
    repository: Option<Repository>,
    pub(super) trees: Vec<Tree>,
    live: Vec<(Snapshot, usize)>,
    /// Promises from before the log was settled.
    pub(super) settled: Vec<String>,
    seed: u64,
}

impl Workload {
    /// An empty disk with the folders of the layout, all durable.
    pub(super) fn new(seed: u64, faults: Faults) -> Self {
        let memory = MemoryFs::new();
        let storage = DirectoryStorage::new(memory.clone(), Arc::new(SeededRandom::new(seed)));
        storage.create_layout().unwrap();
        let base = memory.nodes();
        let disk = RecordingFs::new(FaultyFs::new(memory, faults), base);
        let folder = tempfile::tempdir().unwrap();
        let (trees, live, settled) = (Vec::new(), Vec::new(), Vec::new());
        let (death, repository, seed) = (Faults::new(), None, seed << 32);
        Self { disk, death, folder, repository, trees, live, settled, seed }
    }

    pub(super) fn source(&self) -> PathBuf {
        self.folder.path().join("source")
    }

    pub(super) fn log(&self) -> Log {
        self.disk.log()
    }

    /// Takes all so far as durable: crashes in it are another test's business.
    pub(super) fn settle(&mut self) {
        self.settled.extend(acknowledgements(&self.disk.log()));
        self.disk.settle();
    }

    fn next_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }

    fn storage(&mut self) -> Arc<dyn Storage> {
        let random = Arc::new(SeededRandom::new(self.next_seed()));
        let fs = FaultyFs::new(self.disk.clone(), self.death.clone());
        Arc::new(DirectoryStorage::new(fs, random))
    }

    fn repository(&self) -> &Repository {
        self.repository.as_ref().unwrap()
    }

    fn acknowledge(&self, what: impl Into<String>) {
        self.disk.acknowledge(what);
    }

    pub(super) fn init(&mut self, options: InitOptions<'_>) {
        let storage = self.storage();
        let seed = self.next_seed();
        self.repository = Some(create(storage, seed, options));
        self.acknowledge("init");
    }

    /// Goes on as a new process would.
    pub(super) fn reopen(&mut self) {
        let storage = self.storage();
        let seed = self.next_seed();
        self.repository = Some(open(storage, seed).unwrap());
    }

    pub(super) fn back_up(&mut self, tree: &Tree) {
        assert!(self.try_back_up(tree), "nothing fails here");
    }

    /// Backs up; true if the snapshot was acknowledged.
    pub(super) fn try_back_up(&mut self, tree: &Tree) -> bool {
        write_tree(&self.source(), tree);
        self.trees.push(tree.clone());
        let key = self.trees.len() - 1;
        let Ok(stats) = back_up(self.repository(), &self.source()) else { return false };
        let snapshot = snapshot_of(self.repository(), &stats);
        self.acknowledge(format!("made {} {key}", snapshot.id));
        self.live.push((snapshot, key));
        true
    }

    /// Forgets the oldest snapshot, if there is one.
    pub(super) fn forget(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let (snapshot, _) = self.live.remove(0);
        self.acknowledge(format!("forgetting {}", snapshot.id));
        forget(self.repository(), &[snapshot.id]).unwrap();
        self.acknowledge(format!("forgot {}", snapshot.id));
    }

    /// Gives the newest snapshot another tag, if there is one.
    pub(super) fn retag(&mut self) {
        let Some((old, key)) = self.live.pop() else { return };
        self.acknowledge(format!("retagging {} {key}", old.id));
        let tag = TagChange::Add(vec![format!("tag{}", self.next_seed())]);
        let new = retag(self.repository(), &old, &tag, "host").unwrap().unwrap();
        self.acknowledge(format!("forgot {}", old.id));
        self.acknowledge(format!("made {} {key}", new.id));
        self.live.push((new, key));
    }

    /// Prunes; nobody else is there who could live.
    pub(super) fn prune(&mut self) {
        prune_alone(self.repository()).unwrap();
        self.acknowledge("pruned");
    }

    /// Takes the last byte off every pack, durably: no chunk is lost, and none can be read.
    pub(super) fn damage(&mut self) {
        let storage = self.storage();
        for listed in storage.list(&layout::packs()).unwrap() {
            let bytes = storage.get(&listed.name, u64::MAX).unwrap();
            storage.delete(&listed.name).unwrap();
            let put = storage.put_if_absent(&listed.name, &[&bytes[..bytes.len() - 1]]);
            assert_eq!(put.unwrap(), Put::Created);
        }
        self.settle();
    }

    /// Repairs; nobody else is there who could live.
    pub(super) fn repair(&mut self) {
        self.reopen();
        assert!(repair_alone(self.repository()).unwrap().packs_quarantined > 0);
        self.acknowledge("repaired");
    }

    /// Starts the next key epoch.
    pub(super) fn rotate(&mut self) {
        let epoch = rotate_keys(self.repository()).unwrap();
        self.acknowledge(format!("rotated {epoch}"));
    }

    /// Adds a key slot.
    pub(super) fn add_key(&mut self) {
        add_key_slot(self.repository(), SECOND_PASSWORD, KdfCost::TEST, "second").unwrap();
        self.acknowledge("key");
    }
}

/// Prunes where every lease is a dead session's.
pub(super) fn prune_alone(repository: &Repository) -> gleaner_engine::Result<PruneStats> {
    let options = PruneOptions { is_dead: &|_| true, ..prune_options() };
    gleaner_engine::prune(repository, &options, &Run::silent(), &mut |_| {})
}

/// Repairs packs where every lease is a dead session's.
pub(super) fn repair_alone(repository: &Repository) -> gleaner_engine::Result<PackRepairStats> {
    let (host, is_dead) = ("host".to_owned(), &|_: &_| true);
    let (wanted, from, max_duration) = (None, &[], None);
    let options = PackRepairOptions { wanted, parity: true, from, max_duration, host, is_dead };
    repair_packs(repository, &options, &Run::silent(), &mut |_| {})
}

fn acknowledgements(log: &Log) -> Vec<String> {
    use gleaner_tests::recording_fs::LogEntry;
    let noted = log.entries.iter().filter_map(|entry| match entry {
        LogEntry::Acknowledged(what) => Some(what.clone()),
        _ => None,
    });
    noted.collect()
}
