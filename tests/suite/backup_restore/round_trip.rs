//! Whole trees, there and back.

use std::sync::Arc;

use gleaner_engine::{Error, Run};
use gleaner_engine::{backup, backup_stream, dump_file};
use gleaner_store::{DirectoryStorage, MemoryStorage, Storage};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, create, disk_files, encrypted, open, seeded_bytes, seeded_tree,
    snapshot_files, snapshot_of, unencrypted, write_tree,
};

use super::{Place, assert_identities, assert_same_files, below, restore_clean, write};

#[test]
fn tree_comes_back_byte_equal_from_every_storage_encrypted_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let tree = seeded_tree(11, 60, 200_000);
    write_tree(&source, &tree);
    for case in 0..4 {
        let repository = folder.path().join(format!("repository{case}"));
        let storage: Arc<dyn Storage> = if case % 2 == 0 {
            Arc::new(MemoryStorage::new())
        } else {
            Arc::new(DirectoryStorage::create(&repository).unwrap())
        };
        let options = if case < 2 { unencrypted() } else { encrypted() };
        let repository = create(Arc::clone(&storage), case, options);
        let stats = back_up(&repository, &source).unwrap();
        assert_identities(&stats);
        assert_eq!((stats.files_new, stats.files_failed), (60, 0));
        // Another process knows nothing but the storage.
        let reopened = open(storage, case + 100).unwrap();
        let snapshot = snapshot_of(&reopened, &stats);
        let target = folder.path().join(format!("target{case}"));
        restore_clean(&reopened, &snapshot, &target);
        assert_same_files(&source, &below(&target, &source));
        assert_eq!(snapshot_files(&reopened, &snapshot, &source).unwrap(), tree);
    }
}

#[test]
fn empty_file_and_empty_folder_come_back() {
    let place = Place::new();
    write(&place.source(), "empty", "");
    std::fs::create_dir(place.source().join("folder")).unwrap();
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&stats);
    assert_eq!((stats.total_files_processed, stats.total_bytes_processed), (1, 0));
    assert_eq!((stats.chunks_novel, stats.chunks_known), (0, 0));
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_eq!(std::fs::metadata(place.restored().join("empty")).unwrap().len(), 0);
    assert!(place.restored().join("folder").is_dir());
}

#[test]
fn root_without_anything_in_it_comes_back() {
    let place = Place::new();
    let stats = back_up(&place.repository, &place.source()).unwrap();
    place.restore(&snapshot_of(&place.repository, &stats));
    assert!(place.restored().is_dir());
    assert_eq!(disk_files(&place.target()).len(), 0);
}

#[test]
fn root_that_is_a_file_comes_back() {
    let place = Place::new();
    write(&place.source(), "one", "content");
    write(&place.source(), "two", "not asked for");
    let stats = back_up(&place.repository, &place.source().join("one")).unwrap();
    place.restore(&snapshot_of(&place.repository, &stats));
    let restored = disk_files(&place.restored());
    assert_eq!(restored, [(b"one".to_vec(), b"content".to_vec())].into());
}

#[test]
fn several_roots_and_one_inside_another_come_back_once() {
    let place = Place::new();
    write_tree(&place.source(), &seeded_tree(5, 30, 5000));
    let other = place.folder.path().join("other");
    write_tree(&other, &seeded_tree(6, 10, 5000));
    let roots = [other.clone(), place.source(), place.source().join("d0")];
    let stats = backup(&place.repository, &backup_options(&roots), &Run::silent()).unwrap();
    assert_eq!(stats.total_files_processed, 40);
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_same_files(&place.source(), &place.restored());
    assert_same_files(&other, &below(&place.target(), &other));
}

#[test]
fn missing_root_is_left_out_and_none_at_all_is_refused() {
    let place = Place::new();
    write(&place.source(), "here", "x");
    let missing = place.folder.path().join("missing");
    let options = backup_options(&[missing.clone(), place.source()]);
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_failed, stats.total_files_processed), (1, 1));
    let refused = backup(&place.repository, &backup_options(&[missing]), &Run::silent());
    assert!(matches!(refused, Err(Error::NothingToBackUp)));
}

#[test]
fn stream_comes_back_and_its_second_backup_is_known() {
    let place = Place::new();
    let bytes = seeded_bytes(3, 9 << 20);
    let path = b"/dump/database";
    let options = backup_options::<&str>(&[]);
    let stream = |bytes: &[u8]| {
        let mut reader = bytes;
        backup_stream(&place.repository, &options, path, &mut reader, &Run::silent()).unwrap()
    };
    for known in [false, true] {
        let stats = stream(&bytes);
        assert_identities(&stats);
        assert_eq!(stats.bytes_read, bytes.len() as u64);
        assert_eq!(stats.chunks_novel == 0, known);
        let snapshot = snapshot_of(&place.repository, &stats);
        let mut out = Vec::new();
        let run = Run::silent();
        let written = dump_file(&place.repository, &snapshot, path, &mut out, &run).unwrap();
        assert_eq!(written, bytes.len() as u64);
        assert!(out == bytes);
    }
    let empty = stream(b"");
    let snapshot = snapshot_of(&place.repository, &empty);
    let mut out = Vec::new();
    dump_file(&place.repository, &snapshot, path, &mut out, &Run::silent()).unwrap();
    assert_eq!(out, b"");
}

#[test]
fn stream_that_breaks_leaves_no_snapshot() {
    struct Broken(u64);
    impl std::io::Read for Broken {
        fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(std::io::ErrorKind::BrokenPipe)?;
            bytes.fill(7);
            Ok(bytes.len())
        }
    }
    let place = Place::new();
    let options = backup_options::<&str>(&[]);
    let run = Run::silent();
    let result = backup_stream(&place.repository, &options, b"/x", &mut Broken(3), &run);
    assert!(matches!(result, Err(Error::Input(_))));
    assert_eq!(place.repository.snapshots().unwrap().snapshots.len(), 0);
    for path in [&b"relative"[..], b"/", b"/a/../b", b"/a//b"] {
        let result = backup_stream(&place.repository, &options, path, &mut Broken(0), &run);
        assert!(matches!(result, Err(Error::NoSuchPath { .. })), "{}", path.escape_ascii());
    }
}
