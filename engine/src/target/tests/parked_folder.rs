use std::fs;
use std::os::unix::fs::symlink;

use super::{FolderLookup, TargetOptions, open, options};
use crate::target::TargetError;

#[test]
fn a_parked_folder_is_opened_again_as_what_it_was() {
    for lookup in [FolderLookup::Openat2, FolderLookup::PerComponent] {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir(top.path().join("old")).unwrap();
        let target = open(top.path(), TargetOptions { lookup, ..options() });
        let old = target.root().create_folder(b"old").unwrap();
        let new = old.create_folder(b"new").unwrap();
        for folder in [target.root(), old.clone(), new] {
            let parked = folder.park().unwrap();
            assert!(parked.is(&folder));
            let (path, is_made_here) = (folder.path().to_vec(), folder.is_made_here());
            drop(folder);
            let resumed = target.resume_folder(&parked).unwrap();
            assert_eq!((resumed.path(), resumed.is_made_here()), (&*path, is_made_here));
        }
        assert!(!old.park().unwrap().is(&target.root()));
    }
}

#[test]
fn a_parked_folder_whose_place_was_taken_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let target = open(top.path(), options());
    let folder = target.root().create_folder(b"folder").unwrap();
    let parked = folder.park().unwrap();
    let place = top.path().join("folder");
    fs::rename(&place, top.path().join("moved")).unwrap();
    assert!(matches!(target.resume_folder(&parked), Err(TargetError::Io { .. })), "absent");
    fs::create_dir(&place).unwrap();
    let taken = target.resume_folder(&parked);
    assert!(matches!(taken, Err(TargetError::Contended { .. })), "{taken:?}");
    fs::remove_dir(&place).unwrap();
    symlink(outside.path(), &place).unwrap();
    assert!(matches!(target.resume_folder(&parked), Err(TargetError::Io { .. })), "a link");
}
