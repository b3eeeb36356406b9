//! Goal: the format is what FORMAT.md says, and not merely what our code does. Method: a reader
//! that shares no code with the crates opens, lists, verifies and extracts real repositories.
//! What a user loses if this fails: the way to the data without this program.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use gleaner_chunker::ChunkerParams;
use gleaner_engine::{InitOptions, Repository};
use gleaner_store::DirectoryStorage;
use gleaner_tests::engine_doubles::{
    PASSWORD, back_up, encrypted, environment, seeded_bytes, seeded_tree, unencrypted, write_tree,
};
use gleaner_tests::independent_reader;

fn extracts_byte_equal(options: &InitOptions<'static>, password: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let (root, place) = (folder.path().join("source"), folder.path().join("repository"));
    let storage = Arc::new(DirectoryStorage::create(&place).unwrap());
    let repository = Repository::create(environment(storage, 3), options).unwrap();
    let mut files = seeded_tree(5, 60, 40_000);
    files.insert(b"large".to_vec(), seeded_bytes(6, 3 << 20));
    files.insert(b"empty".to_vec(), Vec::new());
    files.insert(vec![b'n', 0xff, b'x'], b"not UTF-8".to_vec());
    write_tree(&root, &files);
    std::os::unix::fs::symlink("large", root.join("link")).unwrap();
    make_sparse(&root.join("sparse"));
    back_up(&repository, &root).unwrap();
    std::fs::write(root.join("later"), seeded_bytes(8, 70_000)).unwrap();
    back_up(&repository, &root).unwrap();

    let reader = independent_reader::Repository::open(&place, password).unwrap();
    let packs = reader.verify_packs().unwrap();
    println!("{packs:?}");
    let sidecars = reader.verify_parity().unwrap();
    assert_eq!(sidecars, if options.parity_percent.is_some() { packs.packs } else { 0 });
    let snapshots = reader.snapshots().unwrap();
    assert_eq!(snapshots.len(), 2);
    let mut with_later = 0;
    for (number, snapshot) in snapshots.iter().enumerate() {
        let target = folder.path().join(format!("out-{number}"));
        std::fs::create_dir(&target).unwrap();
        reader.extract(&snapshot.id, &target).unwrap();
        let extracted = target.join(root.strip_prefix("/").unwrap());
        if extracted.join("later").exists() {
            with_later += 1;
        } else {
            std::fs::write(extracted.join("later"), seeded_bytes(8, 70_000)).unwrap();
        }
        let differ = Command::new("diff")
            .args(["-r", "--no-dereference"])
            .args([&root, &extracted])
            .status()
            .unwrap();
        assert!(differ.success(), "snapshot {number} differs");
    }
    assert_eq!(with_later, 1, "only the second snapshot has the later file");
}

fn make_sparse(path: &Path) {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::File::create(path).unwrap();
    file.set_len(1 << 20).unwrap();
    file.write_all_at(b"in the middle", 500_000).unwrap();
}

#[test]
fn second_reader_extracts_an_encrypted_repository_byte_equal() {
    extracts_byte_equal(&encrypted(), Some(std::str::from_utf8(PASSWORD).unwrap()));
}

#[test]
fn second_reader_extracts_a_plain_repository_byte_equal() {
    extracts_byte_equal(&unencrypted(), None);
}

#[test]
fn second_reader_extracts_padded_blocks_and_other_chunkers_byte_equal() {
    let password = Some(std::str::from_utf8(PASSWORD).unwrap());
    let chunker = ChunkerParams::fixed(4096).unwrap();
    extracts_byte_equal(&InitOptions { pad: true, chunker, ..encrypted() }, password);
    extracts_byte_equal(&InitOptions { compression_level: 0, ..encrypted() }, password);
}

#[test]
fn second_reader_computes_the_parity_of_every_pack_by_the_formula() {
    let password = Some(std::str::from_utf8(PASSWORD).unwrap());
    // One recovery shard, a number that is no power of two, and as many as data shards.
    for percent in [1, 7, 100] {
        let pack_target_bytes = 1 << 18;
        let parity_percent = Some(percent);
        let options = InitOptions { parity_percent, pack_target_bytes, ..encrypted() };
        extracts_byte_equal(&options, password);
    }
}
