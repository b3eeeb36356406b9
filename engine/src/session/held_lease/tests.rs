//! Goal: a session that lives looks alive, and one that was fenced finds out.
//! Method: single beats on a storage in memory; the fencer is the test.

use std::sync::Arc;

use gleaner_store::{
    Lease, LeaseKind, LeaseState, MemoryStorage, SessionId, Storage as _, Update, decode_lease,
    encode_lease, layout,
};

use super::*;

const SESSION: SessionId = SessionId([7; 16]);

fn lease() -> Lease {
    Lease {
        session: SESSION,
        nonce: [1; 16],
        kind: LeaseKind::Write,
        epoch: Epoch(3),
        counter: 0,
        reserved: None,
        roots: Vec::new(),
        state: LeaseState::Open,
        host: String::new(),
        process: 1,
        started_ns: 0,
    }
}

fn held(storage: &MemoryStorage) -> HeldLease {
    let name = layout::lease(SESSION);
    let Update::Written(version) = storage.update_if(&name, None, &encode_lease(&lease())).unwrap()
    else {
        panic!("nobody else writes")
    };
    HeldLease::hold(Arc::new(storage.clone()), lease(), version)
}

fn latest(storage: &MemoryStorage) -> Option<(Version, Lease)> {
    let (version, bytes) = storage.read_latest(&layout::lease(SESSION)).unwrap()?;
    Some((version, decode_lease(SESSION, &bytes).unwrap()))
}

#[test]
fn each_beat_moves_the_counter_and_few_versions_stay() {
    let storage = MemoryStorage::new();
    let held = held(&storage);
    for beat in 1..=100 {
        held.shared.beat();
        assert_eq!(latest(&storage).unwrap().1.counter, beat);
    }
    assert!(storage.names().len() as u64 <= 2 * BEATS_KEPT);
    held.advance(Epoch(9)).unwrap();
    let found = latest(&storage).unwrap().1;
    assert_eq!((found.epoch, found.counter), (Epoch(9), 101));
    held.close();
    assert_eq!(latest(&storage), None);
}

#[test]
fn fenced_session_stops_beating_and_cannot_advance() {
    let storage = MemoryStorage::new();
    let held = held(&storage);
    let (version, lease) = latest(&storage).unwrap();
    let fenced = Lease { state: LeaseState::Fenced, counter: 1, ..lease };
    let name = layout::lease(SESSION);
    let written = storage.update_if(&name, Some(version), &encode_lease(&fenced)).unwrap();
    assert!(matches!(written, Update::Written(_)));
    held.shared.beat();
    assert_eq!(latest(&storage).unwrap().1, fenced);
    let refused = held.advance(Epoch(9)).unwrap_err();
    assert!(matches!(refused, crate::Error::Store(gleaner_store::Error::Fenced)));
    storage.delete_versioned(&name).unwrap();
    held.shared.beat();
    assert_eq!(latest(&storage), None, "a lease that is gone does not come back");
}

#[test]
fn call_that_failed_is_looked_up_before_the_next() {
    let storage = MemoryStorage::new();
    let held = held(&storage);
    // The reply was lost, and the call had happened.
    let (version, lease) = latest(&storage).unwrap();
    let name = layout::lease(SESSION);
    let own = Lease { counter: 1, ..lease };
    let written = storage.update_if(&name, Some(version), &encode_lease(&own)).unwrap();
    assert!(matches!(written, Update::Written(_)));
    held.shared.state().is_unsure = true;
    held.shared.beat();
    assert_eq!(latest(&storage).unwrap().1.counter, 2);
    // The reply was lost, and a fencer came meanwhile.
    storage.delete_versioned(&name).unwrap();
    held.shared.state().is_unsure = true;
    assert!(held.advance(Epoch(4)).is_err());
    assert_eq!(latest(&storage), None);
}

#[test]
fn beating_ends_with_the_lease() {
    let storage = MemoryStorage::new();
    let shared = Arc::clone(&held(&storage).shared);
    // The thread that beats held the other reference.
    assert_eq!(Arc::strong_count(&shared), 1);
}
