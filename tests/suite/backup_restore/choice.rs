//! What a restore takes, what it overwrites and what it removes.

use std::fs::{File, FileTimes};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gleaner_engine::target::OverwritePolicy;
use gleaner_engine::{
    BackupOptions, Choice, Error, RestoreOptions, RestoreStats, Run, backup, restore,
};
use gleaner_store::{MemoryStorage, Snapshot};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, disk_files, restore_options, seeded_tree, snapshot_of, write_tree,
};

use super::{Heard, Place, assert_same_files, below, write};

fn with_tree() -> (Place, Snapshot) {
    let place = Place::new();
    let snapshot = tree_in(&place);
    (place, snapshot)
}

fn tree_in(place: &Place) -> Snapshot {
    write_tree(&place.source(), &seeded_tree(51, 40, 9000));
    write(&place.source(), "top", "top content");
    let stats = back_up(&place.repository, &place.source()).unwrap();
    snapshot_of(&place.repository, &stats)
}

fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

fn restore_with(place: &Place, snapshot: &Snapshot, options: &RestoreOptions) -> RestoreStats {
    let heard = Heard::default();
    let run = Run { observer: &heard, ..Run::silent() };
    let stats = restore(&place.repository, snapshot, options, &run).unwrap();
    assert_eq!(heard.kinds(), [], "{:?}", heard.warnings());
    assert_eq!((stats.files_failed, stats.verify_failed), (0, 0));
    stats
}

#[test]
fn subpath_that_is_a_folder_becomes_the_top() {
    let (place, snapshot) = with_tree();
    let subpath = path_bytes(&place.source().join("d1"));
    let options = RestoreOptions { subpath, ..restore_options(&place.target()) };
    restore_with(&place, &snapshot, &options);
    assert_same_files(&place.source().join("d1"), &place.target());
}

#[test]
fn subpath_that_is_a_file_restores_that_file() {
    let (place, snapshot) = with_tree();
    let subpath = path_bytes(&place.source().join("top"));
    let options = RestoreOptions { subpath, ..restore_options(&place.target()) };
    let stats = restore_with(&place, &snapshot, &options);
    assert_eq!((stats.total_files, stats.files_restored), (1, 1));
    let files = disk_files(&place.target());
    assert_eq!(files, [(b"top".to_vec(), b"top content".to_vec())].into());
}

#[test]
fn subpath_that_is_not_there_is_refused_by_name() {
    let (place, snapshot) = with_tree();
    for subpath in [path_bytes(&place.source().join("to")), b"/../x".to_vec()] {
        let options =
            RestoreOptions { subpath: subpath.clone(), ..restore_options(&place.target()) };
        let result = restore(&place.repository, &snapshot, &options, &Run::silent());
        assert!(matches!(&result, Err(Error::NoSuchPath { path }) if *path == subpath));
    }
}

#[test]
fn pass_makes_folders_only_where_something_in_them_is_taken() {
    let (place, snapshot) = with_tree();
    let select = |path: &[u8], _: bool| {
        if path.ends_with(b"/f7") { Choice::Take } else { Choice::Pass }
    };
    let options = RestoreOptions { select: Arc::new(select), ..restore_options(&place.target()) };
    let stats = restore_with(&place, &snapshot, &options);
    assert_eq!(stats.files_restored, 1);
    let restored = disk_files(&place.restored());
    assert_eq!(restored.len(), 1);
    let (name, bytes) = restored.first_key_value().unwrap();
    assert_eq!(disk_files(&place.source())[name], *bytes);
    let folders = std::fs::read_dir(place.restored()).unwrap().count();
    assert_eq!(folders, 1, "other folders are not made");
}

#[test]
fn skip_leaves_out_a_folder_with_all_below_it() {
    let (place, snapshot) = with_tree();
    let select = |path: &[u8], is_folder: bool| {
        if is_folder && path.ends_with(b"/d1") { Choice::Skip } else { Choice::Take }
    };
    let options = RestoreOptions { select: Arc::new(select), ..restore_options(&place.target()) };
    restore_with(&place, &snapshot, &options);
    let mut expected = disk_files(&place.source());
    expected.retain(|name, _| !name.starts_with(b"d1/"));
    assert_eq!(disk_files(&place.restored()), expected);
    assert!(!place.restored().join("d1").exists());
}

#[test]
fn restore_over_its_own_result_writes_nothing() {
    let (place, snapshot) = with_tree();
    place.restore(&snapshot);
    let inode = || std::fs::metadata(place.restored().join("top")).unwrap().ino();
    let before = inode();
    let stats = place.restore(&snapshot);
    assert_eq!((stats.bytes_restored, stats.pack_reads), (0, 0));
    assert_eq!(stats.bytes_from_target, stats.total_bytes);
    assert_eq!(inode(), before);
}

fn set_mtime(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
}

#[test]
fn each_overwrite_policy_replaces_what_it_says() {
    // What stands in the target, by name, and which policies leave it alone.
    let place = Place::new();
    for name in ["damaged", "larger", "newer", "older"] {
        write(&place.source(), name, "content");
        set_mtime(&place.source().join(name), 1_000_000);
    }
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    let stand_in = |name: &str, bytes: &str, seconds| {
        write(&place.restored(), name, bytes);
        set_mtime(&place.restored().join(name), seconds);
    };
    for (policy, replaced) in [
        (OverwritePolicy::Always, &["damaged", "larger", "newer", "older"][..]),
        (OverwritePolicy::IfChanged, &["larger", "newer", "older"]),
        (OverwritePolicy::IfNewer, &["older"]),
        (OverwritePolicy::Never, &[]),
    ] {
        std::fs::create_dir_all(place.restored()).unwrap();
        stand_in("damaged", "C0ntent", 1_000_000);
        stand_in("larger", "other content", 1_000_000);
        stand_in("newer", "0ther_c", 2_000_000);
        stand_in("older", "0ther_c", 500_000);
        let options =
            RestoreOptions { overwrite: policy, verify: false, ..restore_options(&place.target()) };
        let stats = restore_with(&place, &snapshot, &options);
        for (name, bytes) in disk_files(&place.restored()) {
            let is_replaced = replaced.iter().any(|replaced| replaced.as_bytes() == name);
            assert_eq!(bytes == b"content", is_replaced, "{policy:?} {}", name.escape_ascii());
        }
        assert_eq!(stats.files_skipped, 4 - replaced.len() as u64, "{policy:?}");
    }
}

#[test]
fn hard_links_that_stand_in_the_target_are_no_failure_under_any_policy() {
    // The first name was left alone, and the second one had nothing to link to.
    let place = Place::new();
    write(&place.source(), "a", "shared");
    std::fs::hard_link(place.source().join("a"), place.source().join("b")).unwrap();
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    for policy in [
        OverwritePolicy::Always,
        OverwritePolicy::IfChanged,
        OverwritePolicy::IfNewer,
        OverwritePolicy::Never,
    ] {
        for missing in [None, Some("a"), Some("b")] {
            place.restore(&snapshot);
            if let Some(name) = missing {
                std::fs::remove_file(place.restored().join(name)).unwrap();
            }
            let options = RestoreOptions { overwrite: policy, ..restore_options(&place.target()) };
            restore_with(&place, &snapshot, &options);
            assert_same_files(&place.source(), &place.restored());
        }
    }
}

#[test]
fn delete_removes_what_the_snapshot_does_not_have_and_nothing_else() {
    let (place, snapshot) = with_tree();
    place.restore(&snapshot);
    write(&place.restored(), "extra", "x");
    write(&place.restored().join("d1"), "extra", "x");
    std::fs::create_dir_all(place.restored().join("extra folder/below")).unwrap();
    write(&place.restored().join("extra folder/below"), "file", "x");
    let beside = below(&place.target(), place.folder.path()).join("beside");
    std::fs::write(&beside, "what was never backed up").unwrap();
    let select = |path: &[u8], _: bool| {
        // Folders above the root are not taken, so nothing beside it goes.
        if path.windows(7).any(|part| part == b"/source") { Choice::Take } else { Choice::Pass }
    };
    let options = RestoreOptions {
        delete: true,
        select: Arc::new(select),
        ..restore_options(&place.target())
    };
    let stats = restore_with(&place, &snapshot, &options);
    assert!(stats.files_deleted >= 3, "{}", stats.files_deleted);
    assert_same_files(&place.source(), &place.restored());
    assert!(!place.restored().join("extra folder").exists());
    assert!(beside.exists());
}

#[test]
fn delete_removes_nothing_by_a_snapshot_that_could_not_read_everything_and_says_so() {
    let (place, mut snapshot) = with_tree();
    place.restore(&snapshot);
    write(&place.restored(), "extra", "x");
    snapshot.stats.files_failed = 1;
    let heard = Heard::default();
    let run = Run { observer: &heard, ..Run::silent() };
    let options = RestoreOptions { delete: true, ..restore_options(&place.target()) };
    let stats = restore(&place.repository, &snapshot, &options, &run).unwrap();
    assert_eq!(stats.files_deleted, 0);
    assert!(place.restored().join("extra").exists());
    // In the folders above the source nothing would be deleted in any case.
    let warnings = heard.warnings();
    let is_inside = |path: &[u8]| path.windows(7).any(|part| part == b"/source");
    assert!(!warnings.is_empty() && warnings.iter().all(|warning| is_inside(&warning.path)));
}

#[test]
fn file_with_bytes_where_the_snapshot_has_a_hole_is_written_again() {
    let place = Place::new();
    let hole = 3 << 20;
    let file = File::create(place.source().join("sparse")).unwrap();
    file.write_all_at(b"before", 0).unwrap();
    file.write_all_at(b"behind", hole).unwrap();
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert!(stats.bytes_holes > 1 << 20, "{} bytes of holes", stats.bytes_holes);
    let snapshot = snapshot_of(&place.repository, &stats);
    place.restore(&snapshot);
    for at in [hole / 4, hole / 2, hole - 10_000] {
        let restored = File::options().write(true).open(place.restored().join("sparse")).unwrap();
        restored.write_all_at(b"x", at).unwrap();
        place.restore(&snapshot);
        assert_same_files(&place.source(), &place.restored());
    }
}

fn objects(storage: &MemoryStorage) -> Vec<(String, Vec<u8>)> {
    let names = storage.names();
    names.iter().map(|name| (name.to_string(), storage.raw(name).unwrap().to_vec())).collect()
}

#[test]
fn dry_run_of_a_backup_leaves_the_repository_as_it_was_and_counts_the_same() {
    let (_alone, place) = Place::quiet();
    tree_in(&place);
    write(&place.source(), "new", "something new");
    let before = objects(&place.storage);
    let options = BackupOptions { dry_run: true, ..backup_options(&[place.source()]) };
    let dry = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_eq!(objects(&place.storage), before);
    assert_eq!(dry.snapshot, None);
    let wet = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!((dry.files_new, dry.files_unmodified), (wet.files_new, wet.files_unmodified));
    assert_eq!((dry.bytes_novel, dry.bytes_known), (wet.bytes_novel, wet.bytes_known));
    assert_eq!(dry.chunks_tree_novel, wet.chunks_tree_novel);
    assert_eq!(dry.bytes_stored, 0);
}

#[test]
fn dry_run_of_a_restore_writes_nothing() {
    let (place, snapshot) = with_tree();
    let before = objects(&place.storage);
    let options =
        RestoreOptions { dry_run: true, lease: false, ..restore_options(&place.target()) };
    let stats = restore_with(&place, &snapshot, &options);
    assert!(stats.total_files > 40);
    assert!(!place.target().exists());
    assert_eq!(objects(&place.storage), before);
}

#[test]
fn restore_leaves_no_lease_behind() {
    let (place, snapshot) = with_tree();
    let before = objects(&place.storage);
    place.restore(&snapshot);
    assert_eq!(objects(&place.storage), before);
}
