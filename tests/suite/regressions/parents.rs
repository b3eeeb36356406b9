//! A parent saves time; it must never cost content.

use std::fs::{File, FileTimes};
use std::path::Path;
use std::sync::{Arc, Mutex};

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{
    BackupOptions, InitOptions, Observer, Repository, Run, Warning, WarningKind, backup,
};
use gleaner_store::{MemoryStorage, ObjectName, PackKind, layout, read_pack_directory};
use gleaner_tests::engine_doubles::{
    backup_options, create, seeded_bytes, seeded_tree, snapshot_files, snapshot_of, unencrypted,
    write_tree,
};

#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Observer for Heard {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push(warning.clone());
    }
}

/// Lost otherwise: the end of a file that was cut off, and with it every later version.
#[test]
fn a_file_cut_short_under_its_old_mtime_is_not_taken_for_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, seeded_bytes(1, 100_000)).unwrap();
    let repository = create(Arc::new(MemoryStorage::new()), 1, unencrypted());
    // The size alone has to tell.
    let options = BackupOptions {
        ignore_ctime: true,
        ignore_inode: true,
        ..backup_options(&[folder.path()])
    };
    backup(&repository, &options, &Run::silent()).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    let mtime = file.metadata().unwrap().modified().unwrap();
    for bytes in [99_999, 0] {
        file.set_len(bytes).unwrap();
        file.set_times(FileTimes::new().set_modified(mtime)).unwrap();
        let stats = backup(&repository, &options, &Run::silent()).unwrap();
        assert_eq!((stats.files_unmodified, stats.files_changed), (0, 1), "{bytes}");
        let snapshot = snapshot_of(&repository, &stats);
        let files = snapshot_files(&repository, &snapshot, folder.path()).unwrap();
        assert_eq!(files[&b"file"[..]].len() as u64, bytes);
    }
}

/// Flips a byte in the last block of each tree pack; returns how many blocks the largest has.
fn damage_last_tree_blocks(storage: &MemoryStorage, repository: &Repository) -> usize {
    let mut blocks = 0;
    let is_pack = |name: &ObjectName| layout::parse_pack(name).is_some();
    for name in storage.names().into_iter().filter(is_pack) {
        let mut bytes = storage.raw(&name).unwrap().to_vec();
        let id = layout::parse_pack(&name).unwrap();
        let directory =
            read_pack_directory(repository.storage(), repository.keys(), id, bytes.len() as u64)
                .unwrap();
        if directory.header.kind == PackKind::Tree {
            let last = directory.blocks.len() - 1;
            let (offset, length) = directory.framed_range(last).unwrap();
            bytes[usize::try_from(offset).unwrap() + length - 1] ^= 1;
            storage.replace_raw(&name, &bytes);
            blocks = blocks.max(directory.blocks.len());
        }
    }
    blocks
}

/// Backs up, damages the tree, and backs up again; returns the blocks of the tree.
fn back_up_over_a_damaged_parent(root: &Path, init: InitOptions<'_>) -> usize {
    let storage = MemoryStorage::new();
    let repository = create(Arc::new(storage.clone()), 1, init);
    let options = backup_options(&[root]);
    let first = backup(&repository, &options, &Run::silent()).unwrap();
    let blocks = damage_last_tree_blocks(&storage, &repository);
    let heard = Heard::default();
    let run = Run { observer: &heard, ..Run::silent() };
    let second = backup(&repository, &options, &run).unwrap();
    assert_eq!((second.files_unmodified, second.files_failed), (0, 0));
    assert_eq!(second.bytes_read, first.bytes_read, "all of it is read");
    assert_eq!(second.total_files_processed, first.total_files_processed);
    assert!(second.snapshot.is_some());
    let warnings = heard.0.into_inner().unwrap();
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    assert_eq!(warning.kind, WarningKind::Damaged);
    assert!(warning.message.contains("parent"), "{}", warning.message);
    blocks
}

/// Lost otherwise: every backup from the day on which a tree pack is damaged.
#[test]
fn a_parent_that_cannot_be_read_costs_a_warning_and_time() {
    let folder = tempfile::tempdir().unwrap();
    write_tree(folder.path(), &seeded_tree(2, 20, 20_000));
    back_up_over_a_damaged_parent(folder.path(), unencrypted());
}

/// As before, when the damage shows in the middle of a chunk list that was half taken over.
#[test]
fn a_parent_that_breaks_inside_a_file_costs_a_warning_and_time() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("large"), seeded_bytes(3, 20 << 20)).unwrap();
    // 40,000 chunks: a list of more than one block.
    let chunker = ChunkerParams::fixed(512).unwrap();
    let init = InitOptions { chunker, ..unencrypted() };
    let blocks = back_up_over_a_damaged_parent(folder.path(), init);
    assert!(blocks > 1, "the first block has to be sound");
}
