//! Cases about single objects.

use super::{Case, content, create, name, names};
use crate::storage::{Put, Storage};
use crate::storage_error::StorageError;
use gleaner_chunker::ErrorKind;

pub(super) const CASES: &[Case] = &[
    ("object_is_the_concatenation_of_its_parts", object_is_the_concatenation_of_its_parts),
    ("empty_object_exists", empty_object_exists),
    ("existing_object_is_never_replaced", existing_object_is_never_replaced),
    ("absent_object_is_not_found_by_every_reader", absent_object_is_not_found_by_every_reader),
    ("ranges_end_at_the_end", ranges_end_at_the_end),
    ("get_refuses_more_than_the_limit", get_refuses_more_than_the_limit),
    ("deleted_object_is_gone_and_its_name_free", deleted_object_is_gone_and_its_name_free),
    ("delete_of_an_absent_object_is_harmless", delete_of_an_absent_object_is_harmless),
    ("every_legal_depth_and_length_of_name_works", every_legal_depth_and_length_of_name_works),
    ("renamed_object_has_the_new_name_only", renamed_object_has_the_new_name_only),
    ("rename_replaces_nothing", rename_replaces_nothing),
    ("rename_of_an_absent_object_is_not_found", rename_of_an_absent_object_is_not_found),
    ("layout_can_be_made_again", layout_can_be_made_again),
    ("nothing_temporary_stays_behind", nothing_temporary_stays_behind),
];

fn object_is_the_concatenation_of_its_parts(storage: &dyn Storage) {
    let large: Vec<u8> = (0..300_000_u32).map(|i| i.to_le_bytes()[1]).collect();
    let parts: &[&[u8]] = &[b"head", b"", &large, b"x", b""];
    let put = storage.put_if_absent(&name("data/0f/pack"), parts);
    assert!(matches!(put, Ok(Put::Created)), "{put:?}");
    assert_eq!(content(storage, "data/0f/pack"), parts.concat());
    let bytes = storage.bytes(&name("data/0f/pack"));
    assert!(matches!(bytes, Ok(300_005)), "{bytes:?}");
}

fn empty_object_exists(storage: &dyn Storage) {
    let put = storage.put_if_absent(&name("keys/none"), &[]);
    assert!(matches!(put, Ok(Put::Created)), "{put:?}");
    create(storage, "keys/empty", b"");
    for text in ["keys/none", "keys/empty"] {
        assert_eq!(content(storage, text), b"");
        assert!(matches!(storage.bytes(&name(text)), Ok(0)), "{text}");
        assert!(storage.read_at(&name(text), 0, &mut []).is_ok(), "{text}");
    }
    assert_eq!(names(storage, "keys"), ["keys/empty", "keys/none"]);
}

fn existing_object_is_never_replaced(storage: &dyn Storage) {
    create(storage, "config", b"first");
    for bytes in [&b"second, longer"[..], b"", b"first"] {
        let put = storage.put_if_absent(&name("config"), &[bytes]);
        assert!(matches!(put, Ok(Put::AlreadyExists)), "{put:?}");
        assert_eq!(content(storage, "config"), b"first");
    }
}

fn renamed_object_has_the_new_name_only(storage: &dyn Storage) {
    create(storage, "data/0f/pack", b"bytes");
    // Into a folder that is new, and back out of it.
    for (from, to) in [("data/0f/pack", "quarantine/run/x"), ("quarantine/run/x", "data/0f/pack")] {
        let put = storage.rename(&name(from), &name(to));
        assert!(matches!(put, Ok(Put::Created)), "{put:?}");
        assert_eq!(content(storage, to), b"bytes");
        let gone = storage.bytes(&name(from));
        assert!(matches!(gone, Err(StorageError::NotFound { .. })), "{gone:?}");
    }
    assert_eq!(names(storage, "quarantine"), [""; 0]);
}

fn rename_replaces_nothing(storage: &dyn Storage) {
    create(storage, "keys/a", b"a");
    create(storage, "keys/b", b"b");
    let put = storage.rename(&name("keys/a"), &name("keys/b"));
    assert!(matches!(put, Ok(Put::AlreadyExists)), "{put:?}");
    assert_eq!(
        (content(storage, "keys/a"), content(storage, "keys/b")),
        (b"a".into(), b"b".into())
    );
}

fn rename_of_an_absent_object_is_not_found(storage: &dyn Storage) {
    for to in ["keys/b", "quarantine/run/x"] {
        let renamed = storage.rename(&name("keys/none"), &name(to));
        assert!(matches!(renamed, Err(StorageError::NotFound { .. })), "{renamed:?}");
    }
}

fn absent_object_is_not_found_by_every_reader(storage: &dyn Storage) {
    create(storage, "leases/a/1", b"x");
    // The last one lies below an object, the one before is a folder's name.
    for text in ["snapshots/none", "leases/b/1", "data/00/none", "none", "leases/a/1/2"] {
        let absent = name(text);
        let errors = [
            storage.get(&absent, 1).err(),
            storage.bytes(&absent).err(),
            storage.read_at(&absent, 0, &mut []).err(),
        ];
        for error in errors {
            let is_absent = match &error {
                Some(StorageError::NotFound { name }) => *name == absent,
                // What lies below an object may also be named as that.
                Some(StorageError::NotAFile { .. }) => text == "leases/a/1/2",
                _ => false,
            };
            assert!(is_absent, "{text}: {error:?}");
        }
    }
}

fn ranges_end_at_the_end(storage: &dyn Storage) {
    create(storage, "data/00/p", b"0123456789");
    let read = |offset: u64, bytes: usize| {
        let mut buffer = vec![b'?'; bytes];
        storage.read_at(&name("data/00/p"), offset, &mut buffer).map(|()| buffer)
    };
    for (offset, bytes) in [(0, 10), (0, 0), (0, 1), (9, 1), (10, 0), (3, 4)] {
        let range = read(offset, bytes).expect("the range is inside");
        let start = usize::try_from(offset).expect("small");
        assert_eq!(Some(&*range), b"0123456789".get(start..start + bytes), "{offset}+{bytes}");
    }
    for (offset, bytes, there) in [
        (0, 11, 10),
        (9, 2, 1),
        (10, 1, 0),
        (11, 1, 0),
        (11, 0, 0),
        (u64::MAX, 1, 0),
        (1 << 63, 1, 0),
    ] {
        match read(offset, bytes) {
            Err(StorageError::Short { name: of, offset: at, expected, found }) => {
                let told = (of, at, expected, found);
                assert_eq!(told, (name("data/00/p"), offset, bytes as u64, there));
            }
            other => panic!("a range past the end is short, got {other:?} for {offset}+{bytes}"),
        }
    }
}

fn get_refuses_more_than_the_limit(storage: &dyn Storage) {
    create(storage, "snapshots/s", b"12345");
    assert_eq!(storage.get(&name("snapshots/s"), 5).expect("the limit is inclusive"), b"12345");
    match storage.get(&name("snapshots/s"), 4) {
        Err(StorageError::TooLarge { bytes: 5, bytes_max: 4, .. }) => {}
        other => panic!("five bytes exceed a limit of four, got {other:?}"),
    }
    let kind = storage.get(&name("snapshots/s"), 0).map_err(|error| error.kind());
    assert_eq!(kind, Err(ErrorKind::Corrupt));
}

fn deleted_object_is_gone_and_its_name_free(storage: &dyn Storage) {
    for text in ["keys/k", "leases/a/1", "trash/1/p"] {
        create(storage, text, b"old");
        storage.delete(&name(text)).expect("it can be deleted");
        let gone = storage.bytes(&name(text)).map_err(|error| error.kind());
        assert_eq!(gone, Err(ErrorKind::NotFound), "{text}");
        create(storage, text, b"new");
        assert_eq!(content(storage, text), b"new");
    }
    for text in ["trash/2/a", "trash/2/b", "trash/3/a", "keys/other"] {
        create(storage, text, b"");
    }
    let all = ["trash/2/a", "trash/3/a", "trash/2/b", "keys/absent", "trash/1/p"].map(name);
    storage.delete_all(&all).expect("they can be deleted");
    assert_eq!(names(storage, "trash"), [""; 0]);
    assert_eq!(names(storage, "keys"), ["keys/k", "keys/other"]);
}

fn delete_of_an_absent_object_is_harmless(storage: &dyn Storage) {
    create(storage, "leases/a/1", b"x");
    for text in ["leases/a/2", "leases/b/1", "config", "data/ff/p"] {
        storage.delete(&name(text)).expect("an absent object is deleted already");
    }
    assert_eq!(names(storage, "leases"), ["leases/a/1"]);
}

fn every_legal_depth_and_length_of_name_works(storage: &dyn Storage) {
    let long = "x".repeat(128);
    let deep = format!("quarantine/{long}/{long}/{long}");
    for text in ["..a", "-", "_", "a.b", "quarantine/..x", "condemned/1/outcome", &deep] {
        create(storage, text, text.as_bytes());
        assert_eq!(content(storage, text), text.as_bytes());
    }
}

fn layout_can_be_made_again(storage: &dyn Storage) {
    create(storage, "data/aa/p", b"x");
    storage.create_layout().expect("the layout is there");
    assert_eq!(content(storage, "data/aa/p"), b"x");
}

fn nothing_temporary_stays_behind(storage: &dyn Storage) {
    create(storage, "data/00/p", b"x");
    let put = storage.put_if_absent(&name("data/00/p"), &[b"y"]);
    assert!(matches!(put, Ok(Put::AlreadyExists)), "{put:?}");
    assert_eq!(names(storage, "tmp"), [""; 0]);
}
