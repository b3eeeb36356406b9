//! Copies that meet damage, a signal, or a prune.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use gleaner_chunker::PackId;
use gleaner_engine::{
    Cancel, Environment, Error, InitOptions, Observer, Repository, Run, Warning, WarningKind, copy,
    leases,
};
use gleaner_store::{
    CondemnedList, Epoch, ErrorKind, MemoryStorage, RandomSource, SeededRandom, Storage as _,
    Update, decode_epoch, encode_condemned, encode_epoch, layout,
};
use gleaner_tests::engine_doubles::{
    credential, encrypted, environment, open, seeded_bytes, seeded_tree, snapshot_files, write_tree,
};
use tempfile::TempDir;

use super::{Place, assert_is_copy, assert_sound, copy_all, options};

#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Observer for Heard {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push(warning.clone());
    }
}

/// Three folders, each with a snapshot of its own, whose data lie in packs of their own.
fn three(from: &Place) -> (TempDir, Vec<PathBuf>, Vec<PackId>) {
    let folder = tempfile::tempdir().unwrap();
    let (mut sources, mut packs) = (Vec::new(), Vec::new());
    for number in 0..3 {
        let source = folder.path().join(format!("source {number}"));
        let before = from.packs();
        write_tree(&source, &seeded_tree(number, 3, 1000));
        std::fs::write(source.join("data"), seeded_bytes(number, 300_000)).unwrap();
        from.back_up(&source);
        let mut new = from.packs();
        new.retain(|pack| !before.contains(pack));
        packs.push(*new.last().unwrap());
        sources.push(source);
    }
    (folder, sources, packs)
}

#[test]
fn damaged_chunk_fails_its_snapshot_by_name_and_the_others_go_on() {
    let shared = |from: &Place| {
        Place::new(2, InitOptions { domain_from: Some(&from.repository), ..encrypted() })
    };
    let own = |_: &Place| Place::new(3, encrypted());
    for target in [&shared as &dyn Fn(&Place) -> Place, &own] {
        let from = Place::new(1, encrypted());
        let (_folder, sources, packs) = three(&from);
        let damaged = from.snapshots().into_iter().find(|s| s.roots[0].ends_with(b"source 1"));
        let damaged = damaged.unwrap();
        let pack = layout::pack(&packs[1]);
        let sound = from.storage.raw(&pack).unwrap();
        from.damage_blocks(&packs[1..2]);
        let to = target(&from);
        let heard = Heard::default();
        let run = Run { observer: &heard, ..Run::silent() };
        let wanted = from.snapshots();
        let stats = copy(&from.repository, &to.repository, &wanted, &options(), &run).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_failed), (2, 1));
        let heard = heard.0.into_inner().unwrap();
        let [warning] = &heard[..] else { panic!("{heard:?}") };
        assert_eq!((warning.kind, warning.during), (WarningKind::Damaged, "copy"));
        for part in [damaged.id.to_string(), packs[1].to_string()] {
            assert!(warning.message.contains(&part), "{}", warning.message);
        }
        let copies = to.snapshots();
        assert!(copies.iter().all(|copy| copy.original != Some(damaged.id)));
        assert_eq!(leases(&to.repository).unwrap(), []);
        assert_eq!(leases(&from.repository).unwrap(), []);
        // Healed, the rest follows.
        from.storage.replace_raw(&pack, &sound);
        let stats = copy_all(&from.repository, &to.repository).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_skipped), (1, 2));
        assert_is_copy(&from, &damaged, &to, &to.snapshot(stats.copied[0].copy));
        assert_eq!(to.snapshots().len(), sources.len());
        assert_sound(&to);
    }
}

#[test]
fn damaged_tree_and_missing_pack_fail_their_snapshots_only() {
    for is_missing in [false, true] {
        let from = Place::new(1, encrypted());
        let (_folder, _, _) = three(&from);
        // The smallest pack is one of a tree.
        let tree = from.packs()[0];
        if is_missing {
            from.storage.remove_raw(&layout::pack(&tree));
        } else {
            from.damage_blocks(&[tree]);
        }
        let reopened = open(Arc::new(from.storage.clone()), 5).unwrap();
        let to = Place::new(2, encrypted());
        let stats = copy_all(&reopened, &to.repository).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_failed), (2, 1));
        assert_sound(&to);
    }
}

/// Does something once, when the first pack of a session gets its id: in the middle of a copy.
struct OnFirstPack<F> {
    inner: SeededRandom,
    /// Requests of 32 bytes that come before: the reserved name of the snapshot.
    before: AtomicU32,
    act: Mutex<Option<F>>,
}

impl<F> std::fmt::Debug for OnFirstPack<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OnFirstPack").finish_non_exhaustive()
    }
}

impl<F: FnOnce() + Send> RandomSource for OnFirstPack<F> {
    fn fill(&self, bytes: &mut [u8]) -> std::io::Result<()> {
        if bytes.len() == 32 && self.before.fetch_add(1, Ordering::Relaxed) == 1 {
            let act = self.act.lock().unwrap().take().unwrap();
            act();
        }
        self.inner.fill(bytes)
    }
}

fn disturbed<F: FnOnce() + Send + 'static>(storage: &MemoryStorage, act: F) -> Repository {
    let random = OnFirstPack {
        inner: SeededRandom::new(77),
        before: AtomicU32::new(0),
        act: Mutex::new(Some(act)),
    };
    let env =
        Environment { random: Arc::new(random), ..environment(Arc::new(storage.clone()), 78) };
    Repository::open(env, &credential()).unwrap()
}

#[test]
fn copy_stopped_in_the_middle_leaves_no_snapshot_and_the_next_one_ends_it() {
    let from = Place::new(1, encrypted());
    let (_folder, _, _) = three(&from);
    let to = Place::new(2, encrypted());
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let stopped = disturbed(&to.storage, move || stop.cancel());
    let run = Run { cancel, ..Run::silent() };
    let result = copy(&from.repository, &stopped, &from.snapshots(), &options(), &run);
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert_eq!(to.snapshots(), []);
    assert_eq!(leases(&to.repository).unwrap(), []);
    assert_eq!(leases(&from.repository).unwrap(), []);
    let stats = copy_all(&from.repository, &to.repository).unwrap();
    assert_eq!(stats.snapshots_copied, 3);
    assert_sound(&to);
}

/// What a prune does in its step 4: a list, then the next epoch.
fn condemn(storage: &MemoryStorage, victims: &[PackId]) {
    let name = layout::epoch();
    let (version, bytes) = storage.read_latest(&name).unwrap().unwrap();
    let epoch = decode_epoch(&bytes).unwrap();
    let list = CondemnedList {
        epoch,
        owner_token: 0,
        victims: victims.to_vec(),
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    storage.replace_raw(&layout::condemned_list(epoch, 0), &encode_condemned(&list));
    let next = encode_epoch(Epoch(epoch.0 + 1));
    let written = storage.update_if(&name, Some(version), &next).unwrap();
    assert!(matches!(written, Update::Written(_)));
}

#[test]
fn what_only_packs_condemned_meanwhile_hold_is_copied_forward_before_the_commit() {
    let from = Place::new(1, encrypted());
    let (_folder, sources, _) = three(&from);
    let domain_from = Some(&from.repository);
    let shared = Place::new(2, InitOptions { domain_from, ..encrypted() });
    for (to, new) in [(shared, "new"), (Place::new(3, encrypted()), "other")] {
        copy_all(&from.repository, &to.repository).unwrap();
        std::fs::write(sources[0].join("new"), new).unwrap();
        let second = from.back_up(&sources[0]);
        let victims = to.packs();
        let storage = to.storage.clone();
        let condemned = victims.clone();
        let target = disturbed(&to.storage, move || condemn(&storage, &condemned));
        let wanted = std::slice::from_ref(&second);
        let stats = copy(&from.repository, &target, wanted, &options(), &Run::silent()).unwrap();
        assert_eq!(stats.bytes_novel, new.len() as u64, "the rest was known");
        for victim in &victims {
            to.storage.remove_raw(&layout::pack(victim));
        }
        let reopened = open(Arc::new(to.storage.clone()), 50).unwrap();
        let copy = to.snapshot(stats.copied[0].copy);
        assert_eq!(copy.epoch, 1);
        let files = snapshot_files(&reopened, &copy, &sources[0]).unwrap();
        assert!(files == gleaner_tests::engine_doubles::disk_files(&sources[0]));
        std::fs::remove_file(sources[0].join("new")).unwrap();
    }
}

#[test]
fn fenced_copy_ends_with_an_error_of_its_own() {
    let from = Place::new(1, encrypted());
    let (_folder, _, _) = three(&from);
    let to = Place::new(2, encrypted());
    let other = open(Arc::new(to.storage.clone()), 3).unwrap();
    let target = disturbed(&to.storage, move || {
        let [lease] = &leases(&other).unwrap()[..] else { panic!("one session is open") };
        gleaner_engine::fence(&other, lease.session).unwrap();
    });
    let error = copy_all(&from.repository, &target).unwrap_err();
    assert!(matches!(error, Error::Store(gleaner_store::Error::Fenced)), "{error}");
    assert_ne!(error.kind(), ErrorKind::Corrupt);
    assert_eq!(to.snapshots(), []);
}

#[test]
fn copy_whose_manifest_is_damaged_in_the_target_is_made_again() {
    let from = Place::new(1, encrypted());
    let (_folder, _, _) = three(&from);
    let to = Place::new(2, encrypted());
    let stats = copy_all(&from.repository, &to.repository).unwrap();
    let name = layout::snapshot(stats.copied[1].copy);
    let mut bytes = to.storage.raw(&name).unwrap().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    to.storage.replace_raw(&name, &bytes);
    let again = copy_all(&from.repository, &to.repository).unwrap();
    assert_eq!((again.snapshots_copied, again.snapshots_skipped), (1, 2));
    assert_eq!((again.copied[0].source, again.bytes_novel), (stats.copied[1].source, 0));
}
