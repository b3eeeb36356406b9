//! A repository with many packs, and checks of it.

use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, CheckStats, Credential, Environment, Finding, IndexPlace, Repository, Run,
    Severity, check,
};
use gleaner_store::{
    ManualClock, MemoryStorage, ObjectName, PackDirectory, SnapshotId, Storage, layout,
    read_pack_directory,
};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, environment, seeded_bytes, unencrypted, write_tree,
};
use tempfile::TempDir;

pub(super) const START_NS: i64 = 1_700_000_000_000_000_000;

pub(super) struct Subject {
    pub(super) folder: TempDir,
    pub(super) storage: MemoryStorage,
    pub(super) clock: Arc<ManualClock>,
}

impl Subject {
    /// With as many snapshots, each of another folder: a data pack and a tree pack each.
    pub(super) fn new(snapshots: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = MemoryStorage::new();
        let repository = create(Arc::new(storage.clone()), 1, unencrypted());
        let clock = Arc::new(ManualClock::new(START_NS));
        let subject = Self { folder, storage, clock };
        for number in 0..snapshots {
            subject.save(&repository, number);
        }
        subject
    }

    /// Folder number `number` with three files.
    pub(super) fn source(&self, number: u64) -> PathBuf {
        self.folder.path().join(format!("source{number}"))
    }

    pub(super) fn save(&self, repository: &Repository, number: u64) -> SnapshotId {
        let file = |part: u64| {
            let name = format!("file{part}").into_bytes();
            (name, seeded_bytes(100 * number + part + 1, 50_000))
        };
        let tree: Tree = (0..3).map(file).collect();
        write_tree(&self.source(number), &tree);
        back_up(repository, &self.source(number)).unwrap().snapshot.unwrap()
    }

    pub(super) fn environment(&self, seed: u64) -> Environment {
        let clock = Arc::clone(&self.clock) as _;
        Environment { clock, threads: 1, ..environment(Arc::new(self.storage.clone()), seed) }
    }

    /// Opened anew, with what earlier checks of this subject remember.
    pub(super) fn with_cache(&self, seed: u64) -> Repository {
        let index_place = IndexPlace::CacheDir(self.cache());
        open(Environment { index_place, ..self.environment(seed) })
    }

    /// Opened anew, without a memory.
    pub(super) fn without_cache(&self, seed: u64) -> Repository {
        open(self.environment(seed))
    }

    /// The same over another storage.
    pub(super) fn over(&self, storage: Arc<dyn Storage>, seed: u64) -> Repository {
        open(Environment { storage, ..self.environment(seed) })
    }

    pub(super) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// File in the cache of that name.
    pub(super) fn remembered(&self, name: &str) -> PathBuf {
        self.cache().join(self.without_cache(99).id_hex()).join(name)
    }

    /// Data packs in order of their ids.
    pub(super) fn data_packs(&self) -> Vec<PackId> {
        // Byte 10 of a pack is its kind (FORMAT.md section 6.1).
        let is_data = |name: &ObjectName| self.storage.raw(name).unwrap()[10] == 1;
        let names = self.storage.names();
        names.iter().filter_map(|n| layout::parse_pack(n).filter(|_| is_data(n))).collect()
    }

    pub(super) fn packs(&self) -> u64 {
        let names = self.storage.names();
        names.iter().filter(|name| layout::parse_pack(name).is_some()).count() as u64
    }

    pub(super) fn directory(&self, pack: PackId) -> PackDirectory {
        let bytes = self.storage.raw(&layout::pack(&pack)).unwrap().len() as u64;
        let repository = self.without_cache(98);
        read_pack_directory(&self.storage, repository.keys(), pack, bytes).unwrap()
    }

    /// The session that wrote a pack.
    pub(super) fn session_of(&self, pack: PackId) -> [u8; 16] {
        self.directory(pack).header.session
    }

    /// Flips a byte of a block.
    pub(super) fn damage(&self, pack: PackId) {
        let name = layout::pack(&pack);
        let mut bytes = self.storage.raw(&name).unwrap().to_vec();
        let (offset, length) = self.directory(pack).framed_range(0).unwrap();
        bytes[usize::try_from(offset).unwrap() + length / 2] ^= 1;
        self.storage.replace_raw(&name, &bytes);
    }
}

fn open(environment: Environment) -> Repository {
    Repository::open(environment, &Credential::None).unwrap()
}

/// A check and what it reported.
pub(super) struct Checked {
    pub(super) stats: CheckStats,
    pub(super) findings: Vec<Finding>,
}

impl Checked {
    pub(super) fn of(repository: &Repository, options: &CheckOptions) -> Self {
        let mut findings = Vec::new();
        let mut emit = |finding: &Finding| findings.push(finding.clone());
        let stats = check(repository, options, &Run::silent(), &mut emit).unwrap();
        let errors = findings.iter().filter(|found| found.severity == Severity::Error);
        assert_eq!(stats.num_errors, errors.count() as u64);
        Self { stats, findings }
    }

    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.findings.iter().map(|finding| finding.code.as_str()).collect()
    }

    /// The finding of that code.
    #[track_caller]
    pub(super) fn one(&self, code: &str) -> &Finding {
        let found: Vec<_> =
            self.findings.iter().filter(|finding| finding.code.as_str() == code).collect();
        let [one] = found[..] else { panic!("{code} once: {:#?}", self.findings) };
        one
    }
}
