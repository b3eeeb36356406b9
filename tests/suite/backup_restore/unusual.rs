//! Names, sizes and shapes at the edges.

use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use gleaner_engine::{
    InitOptions, Run, Visit, backup, backup_stream, dump_file, restore, walk_tree,
};
use gleaner_store::{Entry, EntryKind, ITEM_CHUNKS_MAX, MemoryStorage};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, create, join, open, restore_options, seeded_bytes, snapshot_files,
    snapshot_of, unencrypted,
};

use super::{Place, assert_identities, assert_same_files, write};

fn round_trip(place: &Place) {
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&stats);
    assert_eq!((stats.files_failed, stats.files_unstable), (0, 0));
    place.restore(&snapshot_of(&place.repository, &stats));
    assert_same_files(&place.source(), &place.restored());
}

#[test]
fn names_that_are_not_utf8_or_255_bytes_long_come_back() {
    let place = Place::new();
    let names: [Vec<u8>; 6] = [
        b"\xff\xfe\x80".to_vec(),
        vec![b'n'; 255],
        vec![0xc3; 255],
        b"line\nbreak\ttab\\".to_vec(),
        b" ".to_vec(),
        "\u{fc}\u{6f22}".as_bytes().to_vec(),
    ];
    for name in &names {
        std::fs::write(join(&place.source(), name), name).unwrap();
    }
    let folder = join(&place.source(), &[0x80; 255]);
    std::fs::create_dir(&folder).unwrap();
    write(&folder, "inside", "x");
    round_trip(&place);
}

#[test]
fn folder_of_2000_entries_comes_back() {
    let place = Place::new();
    for number in 0..2000 {
        write(&place.source(), &format!("{number}"), format!("content {number}"));
    }
    round_trip(&place);
}

#[test]
fn folders_200_deep_come_back() {
    let place = Place::new();
    let mut path = place.source();
    for _ in 0..200 {
        path.push("deep");
    }
    std::fs::create_dir_all(&path).unwrap();
    write(&path, "bottom", "x");
    round_trip(&place);
}

#[test]
fn hard_links_come_back_as_links_of_one_file() {
    let place = Place::new();
    write(&place.source(), "a", "shared");
    std::fs::create_dir(place.source().join("folder")).unwrap();
    std::fs::hard_link(place.source().join("a"), place.source().join("folder/b")).unwrap();
    std::fs::hard_link(place.source().join("a"), place.source().join("z")).unwrap();
    round_trip(&place);
    let inode = |name: &str| std::fs::metadata(place.restored().join(name)).unwrap().ino();
    assert_eq!(inode("a"), inode("folder/b"));
    assert_eq!(inode("a"), inode("z"));
    assert_eq!(std::fs::metadata(place.restored().join("a")).unwrap().nlink(), 3);
}

#[test]
fn symbolic_links_come_back_unfollowed() {
    let place = Place::new();
    let long = "x/".repeat(2047);
    for (name, target) in [("dangling", "nowhere"), ("up", "../.."), ("long", long.as_str())] {
        std::os::unix::fs::symlink(target, place.source().join(name)).unwrap();
    }
    round_trip(&place);
    for name in ["dangling", "up", "long"] {
        let read = |folder: std::path::PathBuf| std::fs::read_link(folder.join(name)).unwrap();
        assert_eq!(read(place.source()), read(place.restored()));
    }
}

#[test]
fn file_whose_chunk_list_spans_tree_items_comes_back() {
    const CHUNK_BYTES: usize = 4096;
    let storage = MemoryStorage::new();
    let chunker = format!("fixed:{CHUNK_BYTES}").parse().unwrap();
    let options = InitOptions { chunker, ..unencrypted() };
    let repository = create(Arc::new(storage.clone()), 1, options);
    let place = Place { storage, repository, ..Place::new() };
    let whole = ITEM_CHUNKS_MAX * CHUNK_BYTES;
    for (name, bytes) in [
        ("a", whole - CHUNK_BYTES),
        ("b", whole),
        ("c", whole + 1),
        ("d", 2 * whole),
        ("e", 2 * whole + 1),
        ("f", 1),
    ] {
        write(&place.source(), name, seeded_bytes(41, bytes));
    }
    round_trip(&place);
    let again = back_up(&place.repository, &place.source()).unwrap();
    assert_eq!(again.files_unmodified + again.files_changed, 6);
    assert_eq!(again.chunks_novel, 0);
    // Another process knows nothing: it reads what it cannot prove to be there.
    let reopened = open(Arc::new(place.storage.clone()), 2).unwrap();
    let third = back_up(&reopened, &place.source()).unwrap();
    assert_identities(&third);
    assert_eq!(third.chunks_novel, 0);
    let snapshot = snapshot_of(&reopened, &third);
    let files = snapshot_files(&reopened, &snapshot, &place.source()).unwrap();
    assert!(files == gleaner_tests::engine_doubles::disk_files(&place.source()));
}

#[test]
fn stream_whose_chunk_list_spans_tree_items_comes_back() {
    const CHUNK_BYTES: usize = 512;
    const PATH: &[u8] = b"/dump/database";
    let storage = MemoryStorage::new();
    let chunker = format!("fixed:{CHUNK_BYTES}").parse().unwrap();
    let repository = create(Arc::new(storage), 1, InitOptions { chunker, ..unencrypted() });
    let bytes = seeded_bytes(42, 9 * ITEM_CHUNKS_MAX * CHUNK_BYTES + 1);
    for items in [0, 1, 2, 3, 9] {
        for beyond in [0, 1] {
            let stream = &bytes[..items * ITEM_CHUNKS_MAX * CHUNK_BYTES + beyond];
            let options = backup_options::<&str>(&[]);
            let stats =
                backup_stream(&repository, &options, PATH, &mut &*stream, &Run::silent()).unwrap();
            assert_identities(&stats);
            let snapshot = snapshot_of(&repository, &stats);
            let mut out = Vec::new();
            dump_file(&repository, &snapshot, PATH, &mut out, &Run::silent()).unwrap();
            assert!(out == stream, "{items} items and {beyond} bytes");
            let mut sizes = Vec::new();
            let mut visit = |_: &[u8], entry: &Entry| {
                if let EntryKind::File { bytes, .. } = entry.kind {
                    sizes.push(bytes);
                }
                Visit::Continue
            };
            walk_tree(&repository, &snapshot, b"", &Run::silent(), &mut visit).unwrap();
            assert_eq!(sizes, [stream.len() as u64]);
        }
    }
}

#[test]
fn sizes_that_exceed_all_numbers_together_are_counted_up_to_the_largest() {
    // The largest file that a tree can hold; on most file systems there is no such file.
    const BYTES: u64 = i64::MAX.unsigned_abs();
    let Ok(folder) = tempfile::tempdir_in("/dev/shm") else {
        println!("skipped: no /dev/shm");
        return;
    };
    for name in ["a", "b", "c"] {
        let file = std::fs::File::create(folder.path().join(name)).unwrap();
        if file.set_len(BYTES).is_err() {
            println!("skipped: no file of {BYTES} bytes");
            return;
        }
    }
    let place = Place::new();
    for unmodified in [0, 3] {
        let run = Run::silent();
        let options = backup_options(&[folder.path()]);
        let stats = backup(&place.repository, &options, &run).unwrap();
        assert_eq!((stats.files_unmodified, stats.files_failed), (unmodified, 0));
        assert_eq!((stats.total_bytes_processed, stats.bytes_holes), (u64::MAX, u64::MAX));
        let counters = &run.counters;
        assert_eq!(counters.bytes_total.load(Ordering::Relaxed), u64::MAX);
        assert_eq!(counters.bytes_done.load(Ordering::Relaxed), u64::MAX);
        let snapshot = snapshot_of(&place.repository, &stats);
        assert_eq!((snapshot.stats.bytes, snapshot.stats.bytes_holes), (u64::MAX, u64::MAX));
    }
}

#[test]
fn sparse_file_above_4_gib_comes_back_with_its_holes() {
    const BYTES: u64 = 5 << 30;
    let place = Place::new();
    let file = std::fs::File::create(place.source().join("sparse")).unwrap();
    file.set_len(BYTES).unwrap();
    file.write_all_at(b"first", 0).unwrap();
    file.write_all_at(b"middle", (4 << 30) - 3).unwrap();
    file.write_all_at(b"last", BYTES - 4).unwrap();
    drop(file);
    let stats = back_up(&place.repository, &place.source()).unwrap();
    assert_identities(&stats);
    assert_eq!(stats.total_bytes_processed, BYTES);
    assert!(stats.bytes_holes > BYTES - (1 << 20), "{} bytes of holes", stats.bytes_holes);
    let snapshot = snapshot_of(&place.repository, &stats);
    let options =
        gleaner_engine::RestoreOptions { verify: false, ..restore_options(&place.target()) };
    let restored = restore(&place.repository, &snapshot, &options, &Run::silent()).unwrap();
    assert_eq!(restored.files_failed, 0);
    let file = std::fs::File::open(place.restored().join("sparse")).unwrap();
    let metadata = file.metadata().unwrap();
    assert_eq!(metadata.len(), BYTES);
    let source = std::fs::metadata(place.source().join("sparse")).unwrap();
    assert_eq!(metadata.blocks(), source.blocks());
    let at = |offset, bytes: usize| {
        let mut read = vec![0; bytes];
        file.read_exact_at(&mut read, offset).unwrap();
        read
    };
    assert_eq!(at(0, 7), b"first\0\0");
    assert_eq!(at((4 << 30) - 4, 8), b"\0middle\0");
    assert_eq!(at(BYTES - 6, 6), b"\0\0last");
}

#[test]
fn tree_whose_chunk_list_exceeds_a_manifest_comes_back() {
    // 1024 tree chunks are about 20 MiB of tree; links of 4 KiB are all tree and no data.
    const LINKS: u64 = 9000;
    let place = Place::new();
    for number in 0..LINKS {
        let bytes = seeded_bytes(number, 2000);
        // Letters only, and as little order as the bytes have.
        let letter = |byte: &u8| [b'a' + (byte >> 4), b'a' + (byte & 15)];
        let target = String::from_utf8(bytes.iter().flat_map(letter).collect()).unwrap();
        let link = place.source().join(format!("{number:05}"));
        std::os::unix::fs::symlink(&target, link).unwrap();
    }
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    assert_eq!(snapshot.tree.level, 1, "{} tree chunks", stats.chunks_tree_novel);
    place.restore(&snapshot);
    for number in (0..LINKS).step_by(97) {
        let read = |folder: std::path::PathBuf| {
            std::fs::read_link(folder.join(format!("{number:05}"))).unwrap()
        };
        assert_eq!(read(place.source()), read(place.restored()));
    }
    let again = back_up(&place.repository, &place.source()).unwrap();
    // The chunk with the folders above, whose times others change, and the list of chunks.
    assert!(again.chunks_tree_novel <= 4, "{}", again.chunks_tree_novel);
}
