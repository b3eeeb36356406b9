//! Cases about threads that race; every claim must hold in any interleaving.

use std::sync::Barrier;
use std::thread;

use super::{Case, content, name, names};
use crate::storage::{Put, Storage, Update, Version};
use crate::storage_error::StorageError;

pub(super) const CASES: &[Case] = &[
    ("racing_creations_have_one_winner", racing_creations_have_one_winner),
    ("racing_updates_have_one_winner_per_version", racing_updates_have_one_winner),
    (
        "updates_of_racing_threads_take_effect_as_reported",
        updates_of_racing_threads_take_effect_as_reported,
    ),
    ("reader_sees_whole_objects_only", reader_sees_whole_objects_only),
    ("racing_creation_and_deletion_of_folders", racing_creation_and_deletion_of_folders),
];

const THREADS: usize = 4;
const ROUNDS: u8 = 12;

fn racing_creations_have_one_winner(storage: &dyn Storage) {
    for round in 0..ROUNDS {
        // Half of the rounds also race for the creation of the folder.
        let text = if round % 2 == 0 { "snapshots/x" } else { "quarantine/x/y" };
        let text = format!("{text}{round}");
        let barrier = Barrier::new(THREADS);
        let race = |thread: usize| {
            let bytes = [u8::try_from(thread).expect("few threads")];
            barrier.wait();
            let put = storage.put_if_absent(&name(&text), &[&bytes]);
            (put.expect("no error without a fault") == Put::Created).then_some(bytes)
        };
        let winners: Vec<_> = in_threads(race).into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "one winner for {text}");
        assert_eq!(winners.first().map(|bytes| bytes.to_vec()), Some(content(storage, &text)));
    }
}

fn racing_updates_have_one_winner(storage: &dyn Storage) {
    let mut expected = None;
    for _ in 0..ROUNDS {
        let barrier = Barrier::new(THREADS);
        let race = |thread: usize| {
            let bytes = [u8::try_from(thread).expect("few threads")];
            barrier.wait();
            match storage.update_if(&name("epoch"), expected, &bytes) {
                Ok(Update::Written(version)) => Some((version, bytes.to_vec())),
                Ok(Update::Conflict) => None,
                Err(error) => panic!("no error without a fault: {error:?}"),
            }
        };
        let winners: Vec<_> = in_threads(race).into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "one winner after {expected:?}");
        let latest = storage.read_latest(&name("epoch")).expect("no error without a fault");
        assert_eq!(latest.as_ref(), winners.first());
        expected = latest.map(|(version, _)| version);
    }
    assert_eq!(expected, Some(Version(ROUNDS.into())));
}

/// Each thread counts in its own byte of one state and drops old versions, so that late writers
/// meet gaps. A conflict reported for an update that others built on shows as a step too many.
fn updates_of_racing_threads_take_effect_as_reported(storage: &dyn Storage) {
    let object = name("leases/counters");
    let read = || {
        let latest = storage.read_latest(&object).expect("no error without a fault");
        latest.map_or((None, vec![0; THREADS]), |(version, state)| (Some(version), state))
    };
    let count = |thread: usize| {
        let mut counted = 0;
        while counted < ROUNDS {
            let (version, mut state) = read();
            let own = state.get_mut(thread).expect("each thread has a byte");
            assert_eq!(*own, counted, "what was reported is what took effect");
            *own += 1;
            match storage.update_if(&object, version, &state) {
                Ok(Update::Written(_)) => counted += 1,
                Ok(Update::Conflict) => {}
                // Slept for long; the state tells.
                Err(StorageError::Contended { .. }) => {
                    counted = *read().1.get(thread).expect("each thread has a byte");
                }
                Err(error) => panic!("no error without a fault: {error:?}"),
            }
            storage.delete_old_versions(&object).expect("no error without a fault");
        }
    };
    in_threads(count);
    let (version, state) = read();
    assert_eq!(state, [ROUNDS; THREADS]);
    assert_eq!(version, Some(Version(u64::from(ROUNDS) * THREADS as u64)));
}

fn reader_sees_whole_objects_only(storage: &dyn Storage) {
    let whole = |round: u8| vec![round; 100_000];
    let act = |thread: usize| {
        for round in 0..ROUNDS {
            let text = format!("data/00/{round}");
            if thread == 0 {
                let put = storage.put_if_absent(&name(&text), &[&whole(round)]);
                assert_eq!(put.expect("no error without a fault"), Put::Created);
            } else if let Ok(bytes) = storage.get(&name(&text), u64::MAX) {
                assert!(bytes == whole(round), "{text} has {} bytes", bytes.len());
            }
            for listed in storage.list(&name("data")).expect("no error without a fault") {
                assert_eq!(listed.bytes, 100_000);
            }
        }
    };
    in_threads(act);
    assert_eq!(names(storage, "data").len(), usize::from(ROUNDS));
}

/// A backend may remove empty folders; a creation below one at that moment must not suffer.
fn racing_creation_and_deletion_of_folders(storage: &dyn Storage) {
    let act = |thread: usize| {
        for round in 0..ROUNDS {
            let object = name(&format!("leases/shared/{thread}-{round}"));
            let put = storage.put_if_absent(&object, &[b"x"]);
            assert_eq!(put.expect("no error without a fault"), Put::Created);
            storage.delete(&object).expect("no error without a fault");
        }
    };
    in_threads(act);
    assert_eq!(names(storage, "leases"), [""; 0]);
}

/// Runs `act` in each of the threads and returns what they return.
fn in_threads<T: Send>(act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || act(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no claim fails")).collect()
    })
}
