//! Cases about listings.

use super::{Case, create, name, names};
use crate::storage::{LAYOUT_FOLDERS, Storage};
use gleaner_chunker::ErrorKind;

pub(super) const CASES: &[Case] = &[
    ("fresh_layout_is_empty", fresh_layout_is_empty),
    ("listing_is_recursive_and_sorted_by_bytes", listing_is_recursive_and_sorted_by_bytes),
    ("listing_tells_lengths", listing_tells_lengths),
    ("missing_top_folder_is_an_error_and_a_deeper_one_empty", missing_folders),
    ("a_folder_is_no_prefix", a_folder_is_no_prefix),
];

fn fresh_layout_is_empty(storage: &dyn Storage) {
    for folder in LAYOUT_FOLDERS {
        assert_eq!(names(storage, folder), [""; 0], "{folder}");
    }
}

fn listing_is_recursive_and_sorted_by_bytes(storage: &dyn Storage) {
    // `-` and `.` sort before `/`, so the order of folders is not that of names.
    let sorted = ["data/0-/p", "data/0.a", "data/0/p", "data/0/q", "data/00/b", "data/ff/a"];
    for text in sorted.iter().rev() {
        create(storage, text, b"");
    }
    assert_eq!(names(storage, "data"), sorted);
    assert_eq!(names(storage, "data/0"), ["data/0/p", "data/0/q"]);
}

fn listing_tells_lengths(storage: &dyn Storage) {
    for bytes in [0, 1, 511, 512, 513, 100_000] {
        create(storage, &format!("trash/{bytes}"), &vec![7; bytes]);
    }
    for listed in storage.list(&name("trash")).expect("the folder can be listed") {
        assert_eq!(listed.bytes.to_string(), listed.name.file_name());
    }
}

fn missing_folders(storage: &dyn Storage) {
    let missing = storage.list(&name("no-such-folder")).map_err(|error| error.kind());
    assert_eq!(missing, Err(ErrorKind::NotFound));
    for folder in ["leases/none", "data/00", "condemned/1/2"] {
        assert_eq!(names(storage, folder), [""; 0], "{folder}");
    }
}

fn a_folder_is_no_prefix(storage: &dyn Storage) {
    create(storage, "leases/ab/1", b"");
    assert_eq!(names(storage, "leases/a"), [""; 0]);
}
