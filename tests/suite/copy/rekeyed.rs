//! Copies between repositories that name chunks differently: everything is cut and sealed anew.

use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};

use gleaner_engine::{InitOptions, Run, backup_stream, dump_file, restore};
use gleaner_store::ITEM_CHUNKS_MAX;
use gleaner_tests::engine_doubles::{
    backup_options, disk_files, encrypted, join, restore_options, seeded_bytes, seeded_tree,
    snapshot_of, unencrypted, write_tree,
};

use super::{Place, assert_is_copy, assert_sound, copy_all};

/// One of everything that a copy could lose, around the sizes at which it works differently.
fn make_source(source: &Path) {
    write_tree(source, &seeded_tree(5, 40, 60_000));
    let write = |name: &str, bytes: &[u8]| std::fs::write(source.join(name), bytes).unwrap();
    write("empty", b"");
    write("zeros", &vec![0; 300_000]);
    for (name, bytes) in
        [("whole", 1 << 20), ("part", (1 << 20) + 1), ("large", 5_000_001), ("twin", 5_000_001)]
    {
        write(name, &seeded_bytes(6, bytes));
    }
    std::fs::hard_link(source.join("large"), source.join("large link")).unwrap();
    std::fs::hard_link(source.join("empty"), source.join("empty link")).unwrap();
    symlink("nowhere", source.join("symlink")).unwrap();
    std::fs::write(join(source, b"\xff\xfe"), b"not UTF-8").unwrap();
    if xattr::set(source.join("whole"), "user.gleaner", b"value").is_err() {
        println!("SKIPPED in part: no extended attributes here");
    }
    sparse(&source.join("sparse small"), &[(0, 5), (1 << 20, 7000)], 3 << 20);
    sparse(&source.join("sparse large"), &[(1 << 20, 1_500_000), (6 << 20, 2_000_000)], 9 << 20);
    sparse(&source.join("all hole"), &[], 1 << 30);
}

fn sparse(path: &PathBuf, data: &[(u64, usize)], bytes: u64) {
    let file = File::create(path).unwrap();
    file.set_len(bytes).unwrap();
    for (offset, length) in data {
        file.write_all_at(&seeded_bytes(*offset, *length), *offset).unwrap();
    }
}

fn with_chunker(options: InitOptions<'static>, chunker: &str) -> InitOptions<'static> {
    InitOptions { chunker: chunker.parse().unwrap(), ..options }
}

/// Copies `source` between two repositories, and restores and checks the copy.
fn assert_copies(source: &Path, from: InitOptions<'_>, to: InitOptions<'_>) {
    let (from, to) = (Place::new(1, from), Place::new(2, to));
    let snapshot = from.back_up(source);
    let stats = copy_all(&from.repository, &to.repository).unwrap();
    assert_eq!((stats.snapshots_copied, stats.snapshots_failed), (1, 0));
    let data = snapshot.stats.bytes - snapshot.stats.bytes_holes;
    assert_eq!((stats.bytes_novel + stats.bytes_known, stats.bytes_read), (data, data));
    assert!(stats.bytes_known >= 5_000_001, "the twin is stored once: {stats:?}");
    let copy = to.snapshot(stats.copied[0].copy);
    assert_eq!(stats.copied[0].source, snapshot.id);
    assert_is_copy(&from, &snapshot, &to, &copy);
    assert_sound(&to);
    assert_restores(&to, &copy, source);
    let again = copy_all(&from.repository, &to.repository).unwrap();
    assert_eq!((again.snapshots_copied, again.snapshots_skipped, again.bytes_read), (0, 1, 0));
}

fn assert_restores(place: &Place, copy: &gleaner_store::Snapshot, source: &Path) {
    let target = tempfile::tempdir().unwrap();
    let options =
        gleaner_engine::RestoreOptions { verify: false, ..restore_options(target.path()) };
    let stats = restore(&place.repository, copy, &options, &Run::silent()).unwrap();
    assert_eq!((stats.files_failed, stats.chunks_damaged), (0, 0));
    let restored = target.path().join(source.strip_prefix("/").unwrap());
    for name in ["large link", "empty link"] {
        let inode = |name: &str| std::fs::metadata(restored.join(name)).unwrap().ino();
        assert_eq!(inode(name), inode(name.strip_suffix(" link").unwrap()), "{name}");
    }
    for name in ["sparse small", "sparse large", "all hole"] {
        let blocks = |folder: &Path| std::fs::metadata(folder.join(name)).unwrap().blocks();
        assert!(blocks(&restored) <= blocks(source), "{name} lost its holes");
    }
    std::fs::remove_file(restored.join("all hole")).unwrap();
    let mut left = disk_files(&restored);
    for (name, bytes) in disk_files_without(source, "all hole") {
        assert!(left.remove(&name).as_ref() == Some(&bytes), "{}", name.escape_ascii());
    }
    assert!(left.is_empty());
}

/// Files by name, but for one that is too large to hold.
fn disk_files_without(folder: &Path, name: &str) -> gleaner_tests::engine_doubles::Tree {
    let path = folder.join(name);
    let aside = folder.with_extension("aside");
    std::fs::rename(&path, &aside).unwrap();
    let files = disk_files(folder);
    std::fs::rename(&aside, &path).unwrap();
    files
}

#[test]
fn encrypted_into_encrypted_under_other_keys_and_sizes_is_the_same_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_source(&source);
    assert_copies(&source, encrypted(), with_chunker(encrypted(), "fine"));
    assert_copies(&source, with_chunker(encrypted(), "fixed:512"), encrypted());
}

#[test]
fn encrypted_into_encrypted_with_the_same_sizes_shares_no_chunk_id() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_source(&source);
    assert_copies(&source, encrypted(), encrypted());
    // Two repositories of their own have different domain keys.
    let (from, to) = (Place::new(3, encrypted()), Place::new(4, encrypted()));
    let snapshot = from.back_up(&source);
    let stats = copy_all(&from.repository, &to.repository).unwrap();
    let ids = |place: &Place, snapshot: &gleaner_store::Snapshot| {
        let mut ids = std::collections::BTreeSet::new();
        let run = Run::silent();
        gleaner_engine::read_files(&place.repository, snapshot, b"", &run, &mut |_, _, content| {
            ids.extend(content.chunks().map(|chunk| *chunk.id.as_bytes()));
            Ok(())
        })
        .unwrap();
        ids
    };
    let copy = to.snapshot(stats.copied[0].copy);
    let (left, right) = (ids(&from, &snapshot), ids(&to, &copy));
    assert!(left.len() > 50 && left.is_disjoint(&right));
}

#[test]
fn copies_cross_the_border_of_encryption_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_source(&source);
    assert_copies(&source, unencrypted(), encrypted());
    assert_copies(&source, with_chunker(unencrypted(), "fixed:512"), encrypted());
    assert_copies(&source, encrypted(), with_chunker(unencrypted(), "fixed:512"));
    assert_copies(&source, with_chunker(unencrypted(), "large"), unencrypted());
}

#[test]
fn copied_content_is_cut_as_a_backup_into_the_target_would_cut_it() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_source(&source);
    for to in [with_chunker(encrypted(), "fine"), with_chunker(unencrypted(), "fixed:512")] {
        let (from, to) = (Place::new(1, encrypted()), Place::new(2, to));
        from.back_up(&source);
        copy_all(&from.repository, &to.repository).unwrap();
        let stats = gleaner_tests::engine_doubles::back_up(&to.repository, &source).unwrap();
        assert_eq!((stats.chunks_novel, stats.bytes_novel), (0, 0));
    }
}

#[test]
fn long_chunk_lists_are_divided_into_items_again() {
    const PATH: &[u8] = b"/dump/database";
    const CHUNK_BYTES: usize = 512;
    let bytes = seeded_bytes(42, 3 * ITEM_CHUNKS_MAX * CHUNK_BYTES + 1);
    let fixed = || with_chunker(encrypted(), "fixed:512");
    for (from, to) in [(fixed(), encrypted()), (encrypted(), fixed()), (fixed(), fixed())] {
        let (from, to) = (Place::new(1, from), Place::new(2, to));
        for length in [0, 1, ITEM_CHUNKS_MAX * CHUNK_BYTES, bytes.len() - 1, bytes.len()] {
            let mut stream = &bytes[..length];
            let options = backup_options::<&str>(&[]);
            let stats =
                backup_stream(&from.repository, &options, PATH, &mut stream, &Run::silent());
            let snapshot = snapshot_of(&from.repository, &stats.unwrap());
            let copied = gleaner_engine::copy(
                &from.repository,
                &to.repository,
                std::slice::from_ref(&snapshot),
                &super::options(),
                &Run::silent(),
            );
            let copy = to.snapshot(copied.unwrap().copied[0].copy);
            let mut out = Vec::new();
            dump_file(&to.repository, &copy, PATH, &mut out, &Run::silent()).unwrap();
            assert!(out == bytes[..length], "{length}");
            assert_is_copy(&from, &snapshot, &to, &copy);
        }
        assert_sound(&to);
    }
}

#[test]
fn tree_whose_chunk_list_exceeds_a_manifest_is_copied() {
    // 1024 tree chunks are about 20 MiB of tree; links of 4 KiB are all tree and no data.
    const LINKS: u64 = 9000;
    let folder = tempfile::tempdir().unwrap();
    for number in 0..LINKS {
        let letter = |byte: &u8| [b'a' + (byte >> 4), b'a' + (byte & 15)];
        let target: Vec<u8> = seeded_bytes(number, 2000).iter().flat_map(letter).collect();
        let link = folder.path().join(format!("{number:05}"));
        symlink(String::from_utf8(target).unwrap(), link).unwrap();
    }
    let (from, to) = (Place::new(1, encrypted()), Place::new(2, encrypted()));
    let snapshot = from.back_up(folder.path());
    let stats = copy_all(&from.repository, &to.repository).unwrap();
    let copy = to.snapshot(stats.copied[0].copy);
    assert_eq!((snapshot.tree.level, copy.tree.level), (1, 1));
    assert_is_copy(&from, &snapshot, &to, &copy);
}
