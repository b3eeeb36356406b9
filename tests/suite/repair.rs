//! Goal: whatever is damaged in packs, everything that can still be had is had, in new packs, and
//! nothing is deleted (RELIABILITY section 5.3).
//!
//! Method: real backups of seeded trees, encrypted; packs damaged part by part and byte by byte;
//! after each repair a check reads everything and every snapshot that can be whole is restored.
//! What a user loses if it fails: the rest of the only copy.

mod counted_on;
mod healed;
mod in_doubt;
mod interrupted;
mod rest_of_snapshots;
mod salvaged;
mod undone;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, CheckStats, Finding, InitOptions, PackRepairOptions, PackRepairPlan,
    PackRepairStats, Repository, Run, Severity, check, plan_pack_repair, repair_packs,
};
use gleaner_store::{
    MemoryStorage, ObjectName, PackDirectory, PackKind, SnapshotId, Storage as _, layout,
    read_pack_directory,
};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, encrypted, open, seeded_tree, snapshot_files, write_tree,
};
use tempfile::TempDir;

/// A repository of two snapshots of different sources.
struct Place {
    folder: TempDir,
    storage: MemoryStorage,
    expected: BTreeMap<SnapshotId, (PathBuf, Tree)>,
    seed: u64,
}

impl Place {
    fn new(seed: u64) -> Self {
        Self::with(seed, encrypted())
    }

    fn with(seed: u64, options: InitOptions<'static>) -> Self {
        let storage = MemoryStorage::new();
        let folder = tempfile::tempdir().unwrap();
        let mut place = Self { folder, storage, expected: BTreeMap::new(), seed: seed << 32 };
        let repository = create(Arc::new(place.storage.clone()), place.seed, options);
        for (number, name) in ["a", "b"].into_iter().enumerate() {
            place.add(&repository, name, &seeded_tree(seed + number as u64, 12, 90_000));
        }
        place
    }

    /// The same with a storage of its own.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (storage, expected) = (self.storage.snapshot(), self.expected.clone());
        Self { folder, storage, expected, seed: self.seed }
    }

    fn add(&mut self, repository: &Repository, name: &str, tree: &Tree) -> SnapshotId {
        let source = self.folder.path().join(name);
        write_tree(&source, tree);
        let id = back_up(repository, &source).unwrap().snapshot.unwrap();
        self.expected.insert(id, (source, tree.clone()));
        id
    }

    /// Another process, which has seen nothing yet.
    fn process(&mut self) -> Repository {
        self.seed += 1;
        open(Arc::new(self.storage.clone()), self.seed).unwrap()
    }

    fn packs(&self) -> Vec<PackId> {
        self.storage.names().iter().filter_map(layout::parse_pack).collect()
    }

    fn quarantined(&self) -> Vec<ObjectName> {
        self.storage.list(&layout::quarantine()).unwrap().into_iter().map(|l| l.name).collect()
    }

    fn directory(&mut self, pack: PackId) -> PackDirectory {
        let repository = self.process();
        let bytes = self.storage.bytes(&layout::pack(&pack)).unwrap();
        read_pack_directory(&self.storage, repository.keys(), pack, bytes).unwrap()
    }

    /// The packs of a kind.
    fn of_kind(&mut self, kind: PackKind) -> Vec<PackId> {
        let packs = self.packs();
        packs.into_iter().filter(|pack| self.directory(*pack).header.kind == kind).collect()
    }

    fn change(&self, pack: PackId, change: impl FnOnce(&mut Vec<u8>)) {
        let name = layout::pack(&pack);
        let mut bytes = self.storage.raw(&name).unwrap().to_vec();
        change(&mut bytes);
        self.storage.replace_raw(&name, &bytes);
    }

    /// Repairs in a process of its own.
    fn repair(&mut self) -> PackRepairStats {
        self.repair_with(&options(&[]))
    }

    fn repair_with(&mut self, options: &PackRepairOptions<'_>) -> PackRepairStats {
        let planned = plan_pack_repair(&self.process(), options, &Run::silent()).unwrap();
        let mut shown = PackRepairPlan::default();
        let mut show = |plan: &PackRepairPlan| shown = plan.clone();
        let stats = repair_packs(&self.process(), options, &Run::silent(), &mut show).unwrap();
        assert_eq!(planned, shown, "what is planned is what is done");
        stats
    }

    /// A check of every byte.
    fn checked(&mut self) -> (CheckStats, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut emit = |finding: &Finding| findings.push(finding.clone());
        let stats =
            check(&self.process(), &CheckOptions::read_data(), &Run::silent(), &mut emit).unwrap();
        (stats, findings)
    }

    /// Everything is there again, says a check of every byte, and a process that comes new.
    fn assert_whole(&mut self, case: &str) {
        let (_, findings) = self.checked();
        let errors: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{case}: {errors:#?}");
        self.assert_restores(case);
    }

    fn assert_restores(&mut self, case: &str) {
        let repository = self.process();
        let listed = repository.snapshots().unwrap().snapshots;
        assert_eq!(listed.len(), self.expected.len(), "{case}");
        for snapshot in &listed {
            let (source, tree) = &self.expected[&snapshot.id];
            let files = snapshot_files(&repository, snapshot, source)
                .unwrap_or_else(|error| panic!("{case}: {error}"));
            assert!(files == *tree, "{case}: {}", snapshot.id);
        }
    }
}

fn options(from: &[Repository]) -> PackRepairOptions<'_> {
    PackRepairOptions {
        wanted: None,
        parity: true,
        from,
        max_duration: None,
        host: "host".to_owned(),
        is_dead: &|_| false,
    }
}
