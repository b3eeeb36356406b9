//! Cases about versioned objects.

use super::{Case, create, name, names};
use crate::storage::{Storage, Update, VERSIONED_BYTES_MAX, VERSIONS_KEPT, Version};
use gleaner_chunker::ErrorKind;

pub(super) const CASES: &[Case] = &[
    ("versions_count_from_one_without_gaps", versions_count_from_one_without_gaps),
    ("update_of_another_state_is_a_conflict", update_of_another_state_is_a_conflict),
    ("last_versions_survive_the_deletion_of_old_ones", last_versions_survive),
    ("late_writer_behind_a_gap_loses", late_writer_behind_a_gap_loses),
    ("deleted_versioned_object_has_no_state", deleted_versioned_object_has_no_state),
    ("foreign_names_are_no_versions", foreign_names_are_no_versions),
    ("last_number_is_the_end", last_number_is_the_end),
    ("oversized_state_is_refused", oversized_state_is_refused),
];

const OBJECTS: [&str; 2] = ["epoch", "leases/0a"];

fn update(storage: &dyn Storage, text: &str, expected: Option<u64>, bytes: &[u8]) -> Update {
    let update = storage.update_if(&name(text), expected.map(Version), bytes);
    update.expect("no error without a fault")
}

fn latest(storage: &dyn Storage, text: &str) -> Option<(u64, Vec<u8>)> {
    let latest = storage.read_latest(&name(text)).expect("no error without a fault");
    latest.map(|(Version(number), bytes)| (number, bytes))
}

fn versions_count_from_one_without_gaps(storage: &dyn Storage) {
    for text in OBJECTS {
        assert_eq!(latest(storage, text), None);
        assert_eq!(update(storage, text, None, b"one"), Update::Written(Version(1)));
        assert_eq!(latest(storage, text), Some((1, b"one".to_vec())));
        for number in 1..12 {
            let state = number.to_string();
            let written = update(storage, text, Some(number), state.as_bytes());
            assert_eq!(written, Update::Written(Version(number + 1)));
            assert_eq!(latest(storage, text), Some((number + 1, state.into_bytes())));
        }
    }
}

fn update_of_another_state_is_a_conflict(storage: &dyn Storage) {
    assert_eq!(update(storage, "epoch", Some(1), b""), Update::Conflict);
    assert_eq!(update(storage, "epoch", None, b"1"), Update::Written(Version(1)));
    assert_eq!(update(storage, "epoch", Some(1), b"2"), Update::Written(Version(2)));
    for expected in [None, Some(0), Some(1), Some(3)] {
        assert_eq!(update(storage, "epoch", expected, b"x"), Update::Conflict, "{expected:?}");
    }
    assert_eq!(latest(storage, "epoch"), Some((2, b"2".to_vec())));
    assert_eq!(names(storage, "epoch").len(), 2, "a conflict leaves nothing behind");
}

fn last_versions_survive(storage: &dyn Storage) {
    for text in OBJECTS {
        let object = name(text);
        let delete_old = || storage.delete_old_versions(&object).expect("no error without a fault");
        delete_old();
        let last = VERSIONS_KEPT + 3;
        for number in 1..=last {
            let written = update(storage, text, number.checked_sub(1).filter(|n| *n > 0), b"x");
            assert_eq!(written, Update::Written(Version(number)));
            if number <= VERSIONS_KEPT {
                delete_old();
                assert_eq!(names(storage, text).len() as u64, number, "none is old yet");
            }
        }
        delete_old();
        let kept: Vec<_> = (4..=last).map(|number| format!("{text}/{number:020}")).collect();
        assert_eq!(names(storage, text), kept);
        assert_eq!(latest(storage, text), Some((last, b"x".to_vec())));
        assert_eq!(update(storage, text, None, b"late"), Update::Conflict);
        assert_eq!(update(storage, text, Some(last), b"y"), Update::Written(Version(last + 1)));
    }
}

fn late_writer_behind_a_gap_loses(storage: &dyn Storage) {
    create(storage, "epoch/00000000000000000007", b"seven");
    for expected in [None, Some(4), Some(5), Some(6)] {
        assert_eq!(update(storage, "epoch", expected, b"late"), Update::Conflict, "{expected:?}");
    }
    assert_eq!(names(storage, "epoch"), ["epoch/00000000000000000007"]);
    assert_eq!(latest(storage, "epoch"), Some((7, b"seven".to_vec())));
}

fn deleted_versioned_object_has_no_state(storage: &dyn Storage) {
    for text in OBJECTS {
        storage.delete_versioned(&name(text)).expect("an absent object is deleted already");
        assert_eq!(update(storage, text, None, b"1"), Update::Written(Version(1)));
        assert_eq!(update(storage, text, Some(1), b"2"), Update::Written(Version(2)));
        storage.delete_versioned(&name(text)).expect("it can be deleted");
        assert_eq!(latest(storage, text), None);
        assert_eq!(update(storage, text, Some(2), b"3"), Update::Conflict);
        assert_eq!(update(storage, text, None, b"1"), Update::Written(Version(1)));
    }
}

fn foreign_names_are_no_versions(storage: &dyn Storage) {
    for file_name in ["9", "0000000000000000000a", "000000000000000000001", "99999999999999999999"]
    {
        create(storage, &format!("epoch/{file_name}"), b"foreign");
    }
    create(storage, "epoch/sub/00000000000000000009", b"foreign");
    assert_eq!(latest(storage, "epoch"), None);
    assert_eq!(update(storage, "epoch", None, b"1"), Update::Written(Version(1)));
    assert_eq!(latest(storage, "epoch"), Some((1, b"1".to_vec())));
}

fn last_number_is_the_end(storage: &dyn Storage) {
    create(storage, &format!("epoch/{}", u64::MAX), b"last");
    assert_eq!(latest(storage, "epoch"), Some((u64::MAX, b"last".to_vec())));
    assert_eq!(update(storage, "epoch", Some(u64::MAX), b"more"), Update::Conflict);
}

fn oversized_state_is_refused(storage: &dyn Storage) {
    let bytes = usize::try_from(VERSIONED_BYTES_MAX).expect("small") + 1;
    let refused = storage.update_if(&name("epoch"), None, &vec![0; bytes]);
    assert_eq!(refused.map_err(|error| error.kind()), Err(ErrorKind::Corrupt));
    assert_eq!(latest(storage, "epoch"), None);
}
