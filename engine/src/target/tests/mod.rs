//! Goal: a restore gives back what was saved, and touches nothing outside its target. Method: rich
//! trees copied through the walk and the target and compared inode by inode; hostile names and
//! places by hand; a second thread that swaps folders for links. If it fails: rights, times,
//! holes or attributes are lost, or a snapshot of somebody else writes into `/etc`.
#![expect(clippy::disallowed_methods, reason = "tests prepare their trees with std::fs")]

mod copy;

mod hostile;
mod metadata;
mod overwrite;
mod parked_folder;
mod remove;
mod round_trip;
mod temp_file;

use std::path::Path;
use std::sync::Arc;

use super::{FolderLookup, OverwritePolicy, OwnerMode, Placed, RestoreTarget, TargetOptions};
use crate::source::OwnerNames;

pub(super) fn options() -> TargetOptions {
    TargetOptions {
        overwrite: OverwritePolicy::Always,
        owners: OwnerMode::Numeric,
        special_files: true,
        xattrs: true,
        lookup: FolderLookup::Openat2,
        temp_seed: *b"testtest",
    }
}

pub(super) fn open(path: &Path, options: TargetOptions) -> RestoreTarget {
    RestoreTarget::open(path, options, Arc::new(OwnerNames::new())).unwrap()
}

pub(super) fn file_metadata(mode: u32) -> gleaner_store::Metadata {
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    gleaner_store::Metadata { mode, uid, gid, ..Default::default() }
}

pub(super) fn made(placed: Placed) -> super::MadeFile {
    match placed {
        Placed::Made { made, warnings } => {
            assert!(warnings.is_empty(), "{warnings:?}");
            made
        }
        other => panic!("not made: {other:?}"),
    }
}

/// Names in a folder, as text.
pub(super) fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
