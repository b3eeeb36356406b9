//! Readers whose storage does not answer, while packs are condemned: what nobody could read is not
//! missing.

use std::sync::Arc;

use gleaner_engine::Repository;
use gleaner_store::{ErrorKind, Snapshot};
use gleaner_tests::engine_doubles::{credential, environment, prune, seeded_tree, snapshot_files};
use gleaner_tests::fault::{Effect, fault_loop};
use gleaner_tests::faulty_storage::FaultyStorage;
use rustix::io::Errno;

use super::Place;

/// A snapshot that was forgotten and whose packs are condemned, all of them or the half that nobody
/// else needs; and one that is kept.
fn condemned() -> (Place, [Snapshot; 2]) {
    let mut place = Place::new(50);
    let kept = seeded_tree(1, 3, 4000);
    let mut all = kept.clone();
    all.extend(seeded_tree(2, 3, 4000));
    let first = place.add("a", &all);
    let second = place.add("a", &kept);
    let list = place.repository.snapshots().unwrap().snapshots;
    let of = |id| list.iter().find(|snapshot| snapshot.id == id).unwrap().clone();
    let snapshots = [first, second].map(of);
    place.forget(first);
    prune(&place.repository).unwrap();
    (place, snapshots)
}

#[test]
fn call_that_fails_while_condemned_packs_are_read_makes_no_chunk_missing() {
    let (mut place, snapshots) = condemned();
    let source = place.source("a");
    let mut failures = 0;
    for snapshot in &snapshots {
        let runs = fault_loop(&[], Effect::Error(Errno::IO.raw_os_error()), |faults, fault| {
            let storage = FaultyStorage::new(place.storage.clone(), faults.clone());
            place.seed += 1;
            let environment = environment(Arc::new(storage), place.seed);
            let read = |repository: &Repository| snapshot_files(repository, snapshot, &source);
            let Ok(repository) = Repository::open(environment, &credential()) else { return };
            if let Err(error) = read(&repository) {
                assert_ne!(error.kind(), ErrorKind::Corrupt, "{fault:?}: {error}");
                failures += 1;
            }
            faults.disarm();
            // The same process reads on when the storage answers again.
            read(&repository).unwrap_or_else(|error| panic!("{fault:?}, then: {error}"));
        });
        assert!(runs > 20, "{runs}");
    }
    assert!(failures > 20, "{failures}");
}
