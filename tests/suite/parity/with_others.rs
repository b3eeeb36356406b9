//! Sidecars beside prune, copy, and backups that stop.

use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, CopyOptions, FindingCode, InitOptions, ParityOptions, ParityState, Run, Severity,
    copy, forget, parity_status,
};
use gleaner_store::{MemoryStorage, layout};
use gleaner_tests::engine_doubles::{create, encrypted, open, prune, unencrypted};

use super::{Place, wanting};

#[test]
fn prune_deletes_sidecars_with_their_packs_and_gives_them_to_new_packs() {
    let place = Place::new(30, wanting(3));
    let first = place.repository.snapshots().unwrap().snapshots[0].id;
    let old = place.packs();
    let old_bytes: usize =
        old.iter().map(|pack| place.pack(*pack).len() + place.sidecar_bytes(*pack).len()).sum();
    place.back_up(31);
    forget(&place.repository, &[first]).unwrap();
    let mut freed = 0;
    for seed in 40..44 {
        freed += prune(&place.other(seed)).unwrap().bytes_freed;
    }
    let packs = place.packs();
    assert!(old.iter().all(|pack| !packs.contains(pack)), "nothing of the old is needed");
    assert_eq!(packs, place.sidecars(), "no sidecar without its pack, no pack without");
    assert!(freed >= old_bytes as u64, "{freed} of {old_bytes}");
    assert_eq!(place.codes(), Vec::<String>::new());
}

#[test]
fn sidecar_that_is_left_over_is_harmless_and_the_next_prune_removes_it() {
    let place = Place::new(32, wanting(3));
    let left_over = gleaner_chunker::PackId::from_bytes([0xab; 32]);
    let bytes = place.sidecar_bytes(place.packs()[0]);
    place.storage.replace_raw(&layout::parity(&left_over), &bytes);
    let (stats, findings) = place.checked(&CheckOptions::read_data());
    assert_eq!((stats.num_errors, stats.num_warnings, findings.len()), (0, 0, 1));
    assert_eq!((findings[0].code, findings[0].severity), (FindingCode::A602, Severity::Info));
    let status = parity_status(&place.repository, &[], &Run::silent()).unwrap();
    assert_eq!((status.packs_total(), status.sidecars_orphan()), (2, 1));
    assert!(status.packs.iter().any(|pack| pack.state == ParityState::Orphan));
    let freed = prune(&place.other(45)).unwrap().bytes_freed;
    assert_eq!(freed, bytes.len() as u64);
    assert_eq!(place.sidecars(), place.packs());
    assert_eq!(place.codes(), Vec::<String>::new());
}

#[test]
fn copies_have_parity_where_the_target_wants_it() {
    let from = Place::new(33, wanting(3));
    for (seed, options, percent) in [
        (1, InitOptions { parity_percent: Some(10), ..encrypted() }, Some(10)),
        (2, unencrypted(), None),
    ] {
        let storage = MemoryStorage::new();
        let to = create(Arc::new(storage.clone()), 100 + seed, options);
        let snapshots = from.repository.snapshots().unwrap().snapshots;
        let options = CopyOptions { host: "host".to_owned(), lease: true, dry_run: false };
        copy(&from.repository, &to, &snapshots, &options, &Run::silent()).unwrap();
        let status = parity_status(&to, &[], &Run::silent()).unwrap();
        assert_eq!(status.percent, percent);
        let covered = if percent.is_some() { status.packs_total() } else { 0 };
        assert!(status.packs_total() >= 2, "{status:?}");
        assert_eq!(status.packs_covered(), covered, "{status:?}");
        assert_eq!(open(Arc::new(storage), 9).unwrap().config().parity_percent, percent);
    }
}

#[test]
fn crash_between_pack_and_sidecar_leaves_a_sound_repository() {
    let place = Place::new(34, wanting(3));
    // The second backup ended after a pack and before its sidecar: any of those there are.
    place.back_up(35);
    let sidecars = place.sidecars();
    assert_eq!(sidecars.len(), 4);
    for pack in sidecars {
        let bytes = place.sidecar_bytes(pack);
        place.storage.remove_raw(&layout::parity(&pack));
        let (stats, findings) = place.checked(&CheckOptions::read_data());
        assert_eq!((stats.num_errors, stats.num_warnings), (0, 0));
        assert!(stats.is_restorable() && stats.packs_verified == 4);
        assert!(findings[0].message.starts_with("1 of 4 packs"), "{findings:?}");
        // Another backup changes nothing about it, and `parity add` ends it.
        let added = place.add(&ParityOptions::default());
        assert_eq!((added.packs_added, added.packs_covered), (1, 3));
        assert!(place.sidecar_bytes(pack) == bytes, "it is the same every time");
    }
    assert_eq!(place.codes(), Vec::<String>::new());
}
