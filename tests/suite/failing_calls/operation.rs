//! The operations, what each needs and what it has to leave.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{
    CopyOptions, Credential, Error, InitOptions, PackRepairOptions, ParityOptions, PruneOptions,
    Repository, RestoreOptions, Result, Run, SnapshotRepairOptions, TagChange, add_key_slot,
    change_password, copy, current_key_epoch, forget, key_slots, parity_add, parity_remove,
    plan_migration, plan_prune, plan_snapshot_repair, quarantine_runs, remove_key_slot,
    repair_packs, repair_snapshots, restore, retag, rotate_keys, undo_repair,
};
use gleaner_store::{
    ErrorKind, Fs as _, KdfCost, MemoryFs, ObjectName, PACK_HEADER_BYTES, Storage, layout,
};
use gleaner_tests::engine_doubles::{
    PASSWORD, Tree, back_up, create, disk_files, encrypted, environment, prune, prune_options,
    restore_options, seeded_tree,
};
use zeroize::Zeroizing;

use super::scene::{Place, Scene};
use super::{error_findings, plain};

/// What is done while calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Init,
    FirstBackup,
    NextBackup,
    Restore,
    Check,
    CheckDamaged,
    Forget,
    Retag,
    /// Condemns and copies.
    Prune,
    /// Deletes what another one condemned.
    NextPrune,
    /// Seals again what is sealed under an old key epoch.
    RekeyingPrune,
    RepairPacks,
    RepairSnapshots,
    UndoRepair,
    AddKey,
    RemoveKey,
    ChangePassword,
    RotateKeys,
    /// The target's calls fail.
    CopyInto,
    /// The calls of what is copied fail.
    CopyFrom,
    AddParity,
    RemoveParity,
    PlanMigration,
}

const SECOND_PASSWORD: &[u8] = b"battery staple";
const HOST: &str = "host";

fn with_parity() -> InitOptions<'static> {
    InitOptions { parity_percent: Some(20), ..encrypted() }
}

fn open_with(storage: Arc<dyn Storage>, seed: u64, password: &[u8]) -> Result<Repository> {
    let credential = Credential::Password(Zeroizing::new(password.to_vec()));
    Repository::open(environment(storage, seed), &credential)
}

/// Opens with whichever password the repository has.
fn open_healed(fs: &MemoryFs, seed: u64, told: &str) -> Repository {
    open_with(plain(fs, seed), seed, PASSWORD)
        .or_else(|_| open_with(plain(fs, seed), seed, SECOND_PASSWORD))
        .unwrap_or_else(|error| panic!("{told}: {error}"))
}

fn pack_repair() -> PackRepairOptions<'static> {
    PackRepairOptions {
        wanted: None,
        parity: true,
        from: &[],
        max_duration: None,
        host: HOST.to_owned(),
        is_dead: &|_| false,
    }
}

fn snapshot_repair() -> SnapshotRepairOptions<'static> {
    SnapshotRepairOptions { drop_lost: true, host: HOST.to_owned(), is_dead: &|_| false }
}

impl Operation {
    pub(super) const ALL: [Self; 23] = [
        Self::Init,
        Self::FirstBackup,
        Self::NextBackup,
        Self::Restore,
        Self::Check,
        Self::CheckDamaged,
        Self::Forget,
        Self::Retag,
        Self::Prune,
        Self::NextPrune,
        Self::RekeyingPrune,
        Self::RepairPacks,
        Self::RepairSnapshots,
        Self::UndoRepair,
        Self::AddKey,
        Self::RemoveKey,
        Self::ChangePassword,
        Self::RotateKeys,
        Self::CopyInto,
        Self::CopyFrom,
        Self::AddParity,
        Self::RemoveParity,
        Self::PlanMigration,
    ];

    /// What is there before it.
    pub(super) fn scene(self, data: u64) -> Scene {
        match self {
            Self::Init => Scene::empty(),
            Self::FirstBackup => Scene::new_repository(data, encrypted()),
            Self::RemoveParity => Scene::with_snapshots(data, with_parity()),
            Self::RepairPacks | Self::CheckDamaged => damaged(data),
            Self::RepairSnapshots => lossy(data),
            Self::UndoRepair => {
                let scene = damaged(data);
                let repository = open_healed(&scene.fs, 5, "undo");
                repair_packs(&repository, &pack_repair(), &Run::silent(), &mut |_| {}).unwrap();
                scene
            }
            Self::CopyInto | Self::CopyFrom => {
                let mut scene = Scene::with_snapshots(data, encrypted());
                drop(create(plain(&scene.partner, 5), 6, encrypted()));
                if self == Self::CopyInto {
                    std::mem::swap(&mut scene.fs, &mut scene.partner);
                }
                scene
            }
            _ => {
                let mut scene = Scene::with_snapshots(data, encrypted());
                self.prepare(&mut scene, data);
                scene
            }
        }
    }

    fn prepare(self, scene: &mut Scene, data: u64) {
        let repository = open_healed(&scene.fs, 5, "preparing");
        match self {
            Self::NextBackup => scene.change_source("a", seeded_tree(data << 4 | 9, 4, 4000)),
            Self::Forget => scene.let_go_of_c(),
            Self::NextPrune => drop(prune(&repository).unwrap()),
            Self::RekeyingPrune => drop(rotate_keys(&repository).unwrap()),
            Self::RemoveKey => {
                add_key_slot(&repository, SECOND_PASSWORD, KdfCost::TEST, "second").unwrap();
            }
            _ => {}
        }
    }

    /// Runs it; true if it did all that it was asked for.
    pub(super) fn run(
        self,
        scene: &Scene,
        place: &Place,
        storage: Arc<dyn Storage>,
        seed: u64,
    ) -> Result<bool> {
        if self == Self::Init {
            return Repository::create(environment(storage, seed), &encrypted()).map(|_| true);
        }
        let repository = open_with(storage, seed, PASSWORD)?;
        let run = Run::silent();
        match self {
            Self::FirstBackup | Self::NextBackup => {
                back_up(&repository, &scene.source("a")).map(|stats| stats.snapshot.is_some())
            }
            Self::Restore => restore_a(&repository, scene),
            Self::Check => error_findings(&repository).map(|found| found.is_empty()),
            Self::CheckDamaged => error_findings(&repository).map(|found| !found.is_empty()),
            Self::Forget => forget(&repository, &[scene.of_c.unwrap()]).map(|()| true),
            Self::Retag => retag_c(&repository, scene),
            Self::Prune | Self::NextPrune | Self::RekeyingPrune => {
                let rewrite_key_epochs = self == Self::RekeyingPrune;
                let options = PruneOptions { rewrite_key_epochs, ..prune_options() };
                gleaner_engine::prune(&repository, &options, &run, &mut |_| {})
                    .map(|stats| !stats.is_unfinished)
            }
            Self::RepairPacks => repair_packs(&repository, &pack_repair(), &run, &mut |_| {})
                .map(|stats| stats.unhealed.is_empty() && !stats.is_unfinished),
            Self::RepairSnapshots => {
                repair_snapshots(&repository, &snapshot_repair(), &run, &mut |_| {})
                    .map(|stats| stats.written.len() + stats.present.len() > 0)
            }
            Self::UndoRepair => {
                quarantine_runs(&repository)?.into_keys().try_fold(true, |_, id| {
                    undo_repair(&repository, id, HOST, &|_| false, &run).map(|_| true)
                })
            }
            Self::CopyInto | Self::CopyFrom => self.copy(&repository, place, seed),
            Self::AddParity => parity_add(&repository, &ParityOptions::default(), &run)
                .map(|added| added.packs_damaged.is_empty()),
            Self::RemoveParity => {
                parity_remove(&repository, &ParityOptions::default()).map(|_| true)
            }
            Self::PlanMigration => plan_migration(&repository, &run).map(|_| true),
            _ => self.change_keys(&repository).map(|()| true),
        }
    }

    fn change_keys(self, repository: &Repository) -> Result<()> {
        let cost = KdfCost::TEST;
        match self {
            Self::AddKey => drop(add_key_slot(repository, SECOND_PASSWORD, cost, "second")?),
            Self::ChangePassword => {
                change_password(repository, PASSWORD, SECOND_PASSWORD, cost, "second")?;
            }
            Self::RemoveKey => {
                for slot in key_slots(repository)? {
                    if slot.info.is_ok_and(|info| info.label == "second") {
                        remove_key_slot(repository, &slot.id, false)?;
                    }
                }
            }
            _ => drop(rotate_keys(repository)?),
        }
        Ok(())
    }

    fn copy(self, repository: &Repository, place: &Place, seed: u64) -> Result<bool> {
        let other = open_with(plain(&place.partner, seed + 30), seed + 30, PASSWORD).unwrap();
        let (from, to) = match self {
            Self::CopyInto => (&other, repository),
            _ => (repository, &other),
        };
        let options = CopyOptions { host: HOST.to_owned(), lease: true, dry_run: false };
        let list = from.snapshots()?;
        let stats = copy(from, to, &list.snapshots, &options, &Run::silent())?;
        Ok(stats.snapshots_failed == 0 && list.damaged.is_empty())
    }

    /// How often it is run to end what was interrupted. A prune needs another one to delete, and
    /// that one a third to see that nothing is left.
    pub(super) const fn attempts(self) -> u64 {
        match self {
            Self::Prune | Self::NextPrune | Self::RekeyingPrune => 3,
            _ => 1,
        }
    }

    /// Whether an error of the next run says that there is nothing to do any more.
    pub(super) fn is_done_already(self, error: &Error) -> bool {
        match self {
            // `io_faults` says when a place that an init left behind can be used again.
            Self::Init => matches!(error, Error::NotEmpty { .. }),
            Self::ChangePassword => {
                matches!(error, Error::Store(gleaner_store::Error::WrongSecret { .. }))
            }
            _ => false,
        }
    }

    /// Judges what the run with the failing call has left, before anything is done again.
    pub(super) fn assert_holds(
        self,
        scene: &Scene,
        place: &Place,
        result: &Result<bool>,
        told: &str,
    ) {
        match self {
            Self::Init => {
                let opened = open_with(plain(&place.fs, 70), 70, PASSWORD);
                match (result, opened) {
                    (_, Ok(repository)) => {
                        assert!(repository.snapshots().unwrap().snapshots.is_empty(), "{told}");
                    }
                    (Ok(_), Err(error)) => panic!("{told}: {error}"),
                    (Err(_), Err(error)) => {
                        assert_eq!(error.kind(), ErrorKind::NotFound, "{told}: {error}");
                    }
                }
                return;
            }
            Self::Check | Self::CheckDamaged | Self::PlanMigration => {
                assert!(place.fs.files() == scene.fs.files(), "{told}: it only reads");
            }
            _ => {}
        }
        if self == Self::CheckDamaged {
            assert!(!matches!(result, Ok(false)), "{told}: damage was not seen");
            return;
        }
        // What is damaged is not to be had yet.
        if self != Self::RepairPacks || matches!(result, Ok(true)) {
            let repository = open_healed(&place.fs, 71, told);
            if self == Self::CopyInto {
                scene.assert_listed_may_be(&repository, told);
            } else {
                scene.assert_listed_are_whole(&repository, told);
            }
        }
        if matches!(result, Ok(true)) {
            self.assert_acknowledged(scene, place, &format!("{told}: acknowledged"));
        }
    }

    /// Judges what is there after it was done again.
    pub(super) fn assert_done(self, scene: &Scene, place: &Place, told: &str) {
        if self == Self::Init {
            return;
        }
        let repository = open_healed(&place.fs, 90, told);
        // Elsewhere damage is there by intent.
        if !matches!(self, Self::CheckDamaged | Self::UndoRepair | Self::RepairSnapshots) {
            let found = error_findings(&repository).unwrap();
            assert!(found.is_empty(), "{told}: {found:?}");
        }
        if self != Self::CheckDamaged {
            scene.assert_listed_are_whole(&repository, told);
        }
        if matches!(self, Self::Prune | Self::NextPrune | Self::RekeyingPrune) {
            let plan = plan_prune(&repository, &prune_options(), &Run::silent()).unwrap();
            assert_eq!((plan.bytes_in_trash, plan.packs.unused), (0, 0), "{told}");
        }
        self.assert_acknowledged(scene, place, told);
    }

    /// Judges what is there once it said that it did all, be that at the first run or later.
    fn assert_acknowledged(self, scene: &Scene, place: &Place, told: &str) {
        if self == Self::Init {
            return;
        }
        let repository = open_healed(&place.fs, 91, told);
        let opens = |password| open_with(plain(&place.fs, 91), 91, password).is_ok();
        match self {
            Self::FirstBackup | Self::NextBackup => {
                let shown = scene.assert_listed_may_be(&repository, told);
                assert!(shown.contains(scene.next.as_ref().unwrap()), "{told}");
            }
            Self::Forget => assert!(!lists_c(&repository, scene), "{told}: listed"),
            Self::Retag => {
                let list = repository.snapshots().unwrap().snapshots;
                let is_right = |snapshot: &gleaner_store::Snapshot| {
                    !scene.is_of(snapshot, "c") || snapshot.tags == ["kept"]
                };
                assert!(list.iter().all(is_right), "{told}");
            }
            Self::RepairPacks => {
                let found = error_findings(&repository).unwrap();
                assert!(found.is_empty(), "{told}: {found:?}");
            }
            Self::UndoRepair => {
                assert!(quarantine_runs(&repository).unwrap().is_empty(), "{told}");
            }
            Self::AddKey => assert!(opens(PASSWORD) && opens(SECOND_PASSWORD), "{told}"),
            Self::RemoveKey => assert!(opens(PASSWORD) && !opens(SECOND_PASSWORD), "{told}"),
            Self::ChangePassword => assert!(!opens(PASSWORD) && opens(SECOND_PASSWORD), "{told}"),
            Self::RotateKeys => assert!(current_key_epoch(&repository).unwrap() > 0, "{told}"),
            Self::CopyInto => scene.assert_listed_are_whole(&repository, told),
            Self::CopyFrom => {
                let target = open_healed(&place.partner, 92, told);
                scene.assert_listed_are_whole(&target, told);
                assert!(error_findings(&target).unwrap().is_empty(), "{told}");
            }
            Self::AddParity => {
                let (packs, sidecars) = packs_and_sidecars(&place.fs);
                assert_eq!(packs, sidecars, "{told}");
            }
            Self::RemoveParity => {
                assert!(packs_and_sidecars(&place.fs).1.is_empty(), "{told}");
            }
            _ => {}
        }
    }
}

/// Packs, and packs that have a parity sidecar.
fn packs_and_sidecars(fs: &MemoryFs) -> (BTreeSet<PackId>, BTreeSet<PackId>) {
    let paths = fs.files().into_keys();
    let names: Vec<ObjectName> = paths.filter_map(|path| ObjectName::new(&path).ok()).collect();
    let packs = names.iter().filter_map(layout::parse_pack).collect();
    (packs, names.iter().filter_map(layout::parse_parity).collect())
}

/// Every pack is damaged, and parity covers all of it.
fn damaged(data: u64) -> Scene {
    let scene = Scene::with_snapshots(data, with_parity());
    scene.damage_packs(|number, bytes| match number % 2 {
        0 => bytes.truncate(bytes.len() - 1),
        _ => bytes[PACK_HEADER_BYTES] ^= 1,
    });
    scene
}

/// A snapshot lost files with a pack that is gone.
fn lossy(data: u64) -> Scene {
    let mut scene = Scene::with_snapshots(data, encrypted());
    for path in scene.pack_paths() {
        let fs = scene.fs.snapshot();
        fs.unlink(&path).unwrap();
        let repository = open_healed(&fs, 5, "a pack is gone");
        let plan = plan_snapshot_repair(&repository, &Run::silent()).unwrap();
        let [lost] = &plan.damaged[..] else { continue };
        if lost.paths_lost == 0 || lost.ends_behind.is_some() {
            continue;
        }
        scene.lose(fs, lost.id, &repository);
        return scene;
    }
    panic!("no pack holds files of one snapshot only");
}

fn lists_c(repository: &Repository, scene: &Scene) -> bool {
    repository.snapshots().unwrap().snapshots.iter().any(|snapshot| scene.is_of(snapshot, "c"))
}

fn retag_c(repository: &Repository, scene: &Scene) -> Result<bool> {
    let change = TagChange::Set(vec!["kept".to_owned()]);
    let list = repository.snapshots()?;
    for snapshot in &list.snapshots {
        if scene.is_of(snapshot, "c") {
            retag(repository, snapshot, &change, HOST)?;
        }
    }
    Ok(list.damaged.is_empty())
}

/// Restores source `a`; what it leaves without the mark of what is not whole must be right.
fn restore_a(repository: &Repository, scene: &Scene) -> Result<bool> {
    let (source, tree) = scene.needed.first().unwrap();
    let list = repository.snapshots()?.snapshots;
    let snapshot = list.into_iter().find(|snapshot| scene.is_of(snapshot, "a"));
    let target = tempfile::tempdir().unwrap();
    let options: RestoreOptions = restore_options(target.path());
    let result =
        restore(repository, &snapshot.ok_or(Error::NoSuchSnapshot)?, &options, &Run::silent());
    let restored: PathBuf = target.path().join(source.strip_prefix("/").unwrap());
    let files = if restored.exists() { disk_files(&restored) } else { Tree::new() };
    for (name, bytes) in &files {
        let is_marked = name.ends_with(b".gleaner-incomplete");
        assert!(is_marked || tree[name] == *bytes, "a restored file is wrong");
    }
    let stats = result?;
    let is_whole = (stats.files_failed, stats.verify_failed) == (0, 0);
    assert!(!is_whole || files == *tree, "a restore that says whole is not: {stats:?}");
    Ok(is_whole)
}
