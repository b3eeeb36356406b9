//! What a second backup costs, and what must not be taken for unchanged.

use std::fs::{File, FileTimes};
use std::os::unix::fs::MetadataExt;

use gleaner_engine::{BackupOptions, BackupStats, Parent, Run, backup, read_files};
use gleaner_store::Metadata;
use gleaner_tests::engine_doubles::{
    back_up, backup_options, change_some, seeded_bytes, seeded_tree, snapshot_files, snapshot_of,
    write_tree,
};

use super::{Place, assert_identities, write};

#[test]
fn second_backup_of_the_same_tree_stores_no_data() {
    let (_alone, place) = Place::quiet();
    write_tree(&place.source(), &seeded_tree(21, 200, 20_000));
    let first = back_up(&place.repository, &place.source()).unwrap();
    let second = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&second);
    assert_eq!(second.files_unmodified, 200);
    assert_eq!((second.files_new, second.files_changed, second.bytes_read), (0, 0, 0));
    assert_eq!((second.chunks_novel, second.bytes_novel), (0, 0));
    assert_eq!(second.total_bytes_processed, first.total_bytes_processed);
    assert_eq!(second.chunks_tree_novel, 0, "the tree stream is the same");
    assert_eq!(second.bytes_stored, 0);
    assert_eq!((second.dirs_new, second.dirs_changed), (0, 0));
    let (old, new) =
        (snapshot_of(&place.repository, &first), snapshot_of(&place.repository, &second));
    assert_eq!(old.tree, new.tree);
    assert_eq!(new.parent, Some(old.id));
}

#[test]
fn without_a_parent_all_is_read_and_nothing_is_novel() {
    let (_alone, place) = Place::quiet();
    write_tree(&place.source(), &seeded_tree(22, 50, 50_000));
    let first = back_up(&place.repository, &place.source()).unwrap();
    let options = BackupOptions { parent: Parent::None, ..backup_options(&[place.source()]) };
    let second = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_identities(&second);
    assert_eq!((second.files_unmodified, second.files_new), (0, 50));
    assert_eq!(second.bytes_read, first.bytes_read);
    assert_eq!((second.chunks_novel, second.bytes_stored), (0, 0));
}

#[test]
fn skip_if_unchanged_writes_no_snapshot() {
    let (_alone, place) = Place::quiet();
    write_tree(&place.source(), &seeded_tree(23, 5, 500));
    let options = BackupOptions { skip_if_unchanged: true, ..backup_options(&[place.source()]) };
    let first = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert!(first.snapshot.is_some() && !first.unchanged_skipped);
    let second = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert!(second.snapshot.is_none() && second.unchanged_skipped);
    write(&place.source(), "more", "x");
    let third = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert!(third.snapshot.is_some());
    assert_eq!(place.repository.snapshots().unwrap().snapshots.len(), 2);
}

#[test]
fn skip_if_unchanged_heeds_the_roots_and_not_the_folders_above_them() {
    let place = Place::new();
    let above = place.source().join("above");
    let root = above.join("root");
    write_tree(&root, &seeded_tree(23, 5, 500));
    let options = BackupOptions { skip_if_unchanged: true, ..backup_options(&[&root]) };
    let skips = || backup(&place.repository, &options, &Run::silent()).unwrap().unchanged_skipped;
    assert!(!skips(), "the first");
    write(&above, "beside", "x");
    std::fs::create_dir(place.source().join("aside")).unwrap();
    assert!(skips(), "what lies beside the root is no change of it");
    std::fs::create_dir(root.join("empty")).unwrap();
    assert!(!skips(), "a folder more");
    std::fs::remove_dir(root.join("empty")).unwrap();
    assert!(!skips(), "a folder less");
    let mtime = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    File::open(&root).unwrap().set_times(FileTimes::new().set_modified(mtime)).unwrap();
    assert!(!skips(), "the times of the root itself");
    assert!(skips());
}

#[test]
fn one_percent_change_stores_about_one_percent() {
    let place = Place::new();
    let mut tree = seeded_tree(24, 300, 40_000);
    write_tree(&place.source(), &tree);
    let first = back_up(&place.repository, &place.source()).unwrap();
    change_some(&mut tree, 25, 10);
    write_tree(&place.source(), &tree);
    let second = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&second);
    assert_eq!(second.files_new, 0);
    assert!((1..=3).contains(&second.files_changed), "{}", second.files_changed);
    assert!(second.bytes_novel * 20 < first.bytes_novel, "{}", second.bytes_novel);
    let snapshot = snapshot_of(&place.repository, &second);
    assert_eq!(snapshot_files(&place.repository, &snapshot, &place.source()).unwrap(), tree);
}

#[test]
fn byte_inserted_into_a_large_file_costs_a_few_chunks() {
    let place = Place::new();
    let mut bytes = seeded_bytes(26, 8 << 20);
    write(&place.source(), "large", &bytes);
    back_up(&place.repository, &place.source()).unwrap();
    bytes.insert(4 << 20, 1);
    write(&place.source(), "large", &bytes);
    let second = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&second);
    assert!(second.bytes_novel <= 2 << 20, "{} novel bytes", second.bytes_novel);
    let snapshot = snapshot_of(&place.repository, &second);
    let files = snapshot_files(&place.repository, &snapshot, &place.source()).unwrap();
    assert!(files[&b"large"[..]] == bytes);
}

#[test]
fn same_size_and_mtime_does_not_hide_another_ctime() {
    let place = Place::new();
    write(&place.source(), "file", "before");
    let first = back_up(&place.repository, &place.source()).unwrap();
    let path = place.source().join("file");
    let mtime = std::fs::metadata(&path).unwrap().modified().unwrap();
    let ctime = |path| std::fs::metadata(path).map(|m| (m.ctime(), m.ctime_nsec())).unwrap();
    let before = ctime(&path);
    // The kernel's clock for stamps ticks every few milliseconds.
    while ctime(&path) == before {
        std::fs::write(&path, "after!").unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_times(FileTimes::new().set_modified(mtime))
            .unwrap();
    }
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    let files = snapshot_files(&place.repository, &snapshot, &place.source()).unwrap();
    assert_eq!(files[&b"file"[..]], b"after!");
    let parent = Parent::Id(first.snapshot.unwrap());
    let ignoring =
        BackupOptions { ignore_ctime: true, parent, ..backup_options(&[place.source()]) };
    let fooled = backup(&place.repository, &ignoring, &Run::silent()).unwrap();
    assert_eq!(fooled.files_unmodified, 1, "that is what --ignore-ctime asks for");
}

#[test]
fn same_times_do_not_hide_another_inode() {
    let place = Place::new();
    let path = place.source().join("file");
    write(&place.source(), "file", "before");
    let options = BackupOptions { ignore_ctime: true, ..backup_options(&[place.source()]) };
    backup(&place.repository, &options, &Run::silent()).unwrap();
    let mtime = std::fs::metadata(&path).unwrap().modified().unwrap();
    write(&place.source(), "other", "after!");
    let other = File::options().write(true).open(place.source().join("other")).unwrap();
    other.set_times(FileTimes::new().set_modified(mtime)).unwrap();
    std::fs::rename(place.source().join("other"), &path).unwrap();
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    let files = snapshot_files(&place.repository, &snapshot, &place.source()).unwrap();
    assert_eq!(files[&b"file"[..]], b"after!");
}

#[test]
fn new_mode_of_an_unchanged_file_is_recorded() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    write(&place.source(), "file", "same");
    back_up(&place.repository, &place.source()).unwrap();
    let path = place.source().join("file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!(stats.chunks_novel, 0);
    place.restore(&snapshot_of(&place.repository, &stats));
    let mode = std::fs::metadata(place.restored().join("file")).unwrap().mode();
    assert_eq!(mode & 0o7777, 0o640);
}

/// What the snapshot of a backup says of `file` in the source.
fn metadata_of(place: &Place, stats: &BackupStats) -> Metadata {
    let snapshot = snapshot_of(&place.repository, stats);
    let path = place.source().join("file");
    let mut found = None;
    read_files(
        &place.repository,
        &snapshot,
        path.as_os_str().as_encoded_bytes(),
        &Run::silent(),
        &mut |_, entry, _| {
            found = Some(entry.metadata.clone());
            Ok(())
        },
    )
    .unwrap();
    found.expect("the file is in the snapshot")
}

#[test]
fn attributes_that_the_parent_left_out_are_read_from_unchanged_files() {
    let (_alone, place) = Place::quiet();
    write(&place.source(), "file", "same");
    xattr::set(place.source().join("file"), "user.note", b"kept").unwrap();
    let with = backup_options(&[place.source()]);
    let without = BackupOptions { xattrs: false, ..with.clone() };
    let back_up = |options| backup(&place.repository, options, &Run::silent()).unwrap();
    let first = back_up(&without);
    assert_eq!(metadata_of(&place, &first).xattrs, []);
    assert!(snapshot_of(&place.repository, &first).lacks_xattrs);
    let second = back_up(&with);
    assert_eq!((second.files_unmodified, second.bytes_read), (1, 0));
    let note = (b"user.note".to_vec(), b"kept".to_vec());
    assert_eq!(metadata_of(&place, &second).xattrs, std::slice::from_ref(&note));
    assert!(!snapshot_of(&place.repository, &second).lacks_xattrs);
    let third = back_up(&with);
    assert_eq!((third.files_unmodified, third.chunks_tree_novel), (1, 0));
    assert_eq!(metadata_of(&place, &third).xattrs, [note]);
    let fourth = back_up(&without);
    assert_eq!((fourth.files_unmodified, metadata_of(&place, &fourth).xattrs), (1, vec![]));
}

#[test]
fn ignoring_the_status_change_time_spares_the_content_and_not_the_metadata() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    write(&place.source(), "file", "same");
    let options = BackupOptions { ignore_ctime: true, ..backup_options(&[place.source()]) };
    backup(&place.repository, &options, &Run::silent()).unwrap();
    let path = place.source().join("file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
    xattr::set(&path, "user.note", b"new").unwrap();
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_unmodified, stats.bytes_read), (1, 0));
    let metadata = metadata_of(&place, &stats);
    assert_eq!(metadata.mode, 0o604);
    assert_eq!(metadata.xattrs, [(b"user.note".to_vec(), b"new".to_vec())]);
    let now = std::fs::metadata(&path).unwrap();
    assert_eq!((metadata.ctime.seconds, i64::from(metadata.ctime.nanoseconds)), {
        (now.ctime(), now.ctime_nsec())
    });
}

#[test]
fn asking_for_times_of_access_does_not_read_unchanged_files() {
    let place = Place::new();
    write(&place.source(), "file", "same");
    back_up(&place.repository, &place.source()).unwrap();
    let options = BackupOptions { with_atime: true, ..backup_options(&[place.source()]) };
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_unmodified, stats.bytes_read), (1, 0));
    assert!(metadata_of(&place, &stats).atime.is_some());
}
