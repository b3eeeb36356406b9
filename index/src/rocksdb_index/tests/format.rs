//! Goal: an index of another format, of another repository, or with rows that cannot be, is named
//! as such, and never answers. Method: single rows are changed with RocksDB itself.

use std::path::{Path, PathBuf};

use gleaner_chunker::ErrorKind;
use rocksdb::{ColumnFamilyDescriptor, DB, Options};
use tempfile::TempDir;

use super::sample::{assert_never_wrong, content, insert_all, open, open_of, refusal};
use crate::chunk_index::{ChunkIndex, Lookup};
use crate::conformance::{live, pack, stored};
use crate::error::{Damage, Error};
use crate::pack_facts::{PackFacts, PackState::Trash};
use crate::rocksdb_index::key::{name_key, ordinal_key};
use crate::rocksdb_index::value::write_facts;
use crate::row::Ordinal;

/// An index of two packs, closed.
fn two_packs() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    insert_all(&open(&dir).unwrap(), 1..=2);
    (folder, dir)
}

/// Opens the database itself, with further families.
fn database(dir: &Path, further: &[&str]) -> DB {
    let mut options = Options::default();
    options.create_missing_column_families(true);
    let names = ["default", "chunk", "pack", "meta"].iter().chain(further);
    let descriptor = |name: &&str| ColumnFamilyDescriptor::new(*name, Options::default());
    DB::open_cf_descriptors(&options, dir, names.map(descriptor)).unwrap()
}

fn put(dir: &Path, family: &str, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
    let database = database(dir, &[]);
    database.put_cf(database.cf_handle(family).unwrap(), key, value).unwrap();
}

#[test]
fn index_of_another_repository_is_refused() {
    let (_folder, dir) = two_packs();
    let error = open_of(&dir, [0; 32]).unwrap_err();
    let (expected, found) = ([0; 32], super::sample::REPOSITORY);
    assert!(matches!(error, Error::WrongRepository { expected: e, found: f }
            if e == expected && f == found));
    assert!(error.wants_rebuild());
    assert_eq!(assert_never_wrong(&open(&dir).unwrap(), 2).packs, 2);
}

#[test]
fn newer_and_older_formats_are_told_apart_from_damage() {
    let (_folder, dir) = two_packs();
    put(&dir, "meta", "format_version", 3u32.to_le_bytes());
    let error = refusal(&dir);
    assert!(matches!(error, Error::NewerVersion { found: 3, supported: 2 }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);

    drop(database(&dir, &["sighting", "object"]));
    assert!(matches!(refusal(&dir), Error::NewerVersion { .. }), "a newer format has families");

    let (_folder, dir) = two_packs();
    put(&dir, "meta", "format_version", 1u32.to_le_bytes());
    assert!(matches!(refusal(&dir), Error::OlderVersion { found: 1, supported: 2 }));
}

#[test]
fn missing_and_unknown_families_are_damage() {
    let (_folder, dir) = two_packs();
    drop(database(&dir, &["sighting"]));
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::FamilyUnknown)));

    for family in ["chunk", "pack", "meta"] {
        let (_folder, dir) = two_packs();
        database(&dir, &[]).drop_cf(family).unwrap();
        let error = refusal(&dir);
        assert!(
            matches!(error, Error::Damaged(Damage::FamilyMissing { family: f }) if f == family),
            "{error:?}"
        );
        assert!(error.wants_rebuild());
    }
}

#[test]
fn missing_and_malformed_meta_rows_are_damage() {
    for name in ["format_version", "repository_id", "watermark"] {
        let (_folder, dir) = two_packs();
        put(&dir, "meta", name, "odd");
        assert!(matches!(refusal(&dir), Error::Damaged(Damage::MetaRow { name: n }) if n == name));
        let raw = database(&dir, &[]);
        raw.delete_cf(raw.cf_handle("meta").unwrap(), name).unwrap();
        drop(raw);
        assert!(matches!(refusal(&dir), Error::Damaged(Damage::MetaRow { name: n }) if n == name));
    }
}

#[test]
fn pack_rows_that_disagree_are_damage() {
    let second = Ordinal::new(1).unwrap();
    let keys = [name_key(&pack(2)).to_vec(), ordinal_key(second).to_vec()];
    for key in keys {
        let (_folder, dir) = two_packs();
        let raw = database(&dir, &[]);
        raw.delete_cf(raw.cf_handle("pack").unwrap(), key).unwrap();
        drop(raw);
        let error = refusal(&dir);
        assert!(
            matches!(error, Error::Damaged(Damage::PackRowsDisagree { pack: p }) if p == pack(2)),
            "{error:?}"
        );
    }

    let (_folder, dir) = two_packs();
    put(&dir, "pack", name_key(&pack(2)), [0; 5]);
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::PackRowsDisagree { .. })));
    put(&dir, "pack", name_key(&pack(2)), [0; 6]);
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::PackRow)));

    let (_folder, dir) = two_packs();
    put(&dir, "pack", "neither", "nor");
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::PackRow)));
}

#[test]
fn pack_rows_older_than_the_watermark_are_damage() {
    let first = Ordinal::new(0).unwrap();
    let (_folder, dir) = two_packs();
    let raw = database(&dir, &[]);
    let pack_family = raw.cf_handle("pack").unwrap();
    raw.delete_cf(pack_family, name_key(&pack(1))).unwrap();
    raw.delete_cf(pack_family, ordinal_key(first)).unwrap();
    drop(raw);
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::PackRowsLost)), "a pack in the middle");

    let (_folder, dir) = two_packs();
    let live = live(1, &content(1));
    put(&dir, "pack", ordinal_key(first), write_facts(&PackFacts { state: Trash, ..live }));
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::PackRowsLost)), "another state");
    put(&dir, "pack", ordinal_key(first), write_facts(&live));
    open(&dir).unwrap();
}

#[test]
fn ordinal_of_a_removed_pack_is_not_used_again_after_reopening() {
    let (_folder, dir) = two_packs();
    let ordinals = |dir: &Path| {
        let raw = database(dir, &[]);
        let rows = raw.prefix_iterator_cf(raw.cf_handle("pack").unwrap(), b"O");
        rows.map(|row| row.unwrap().0[5]).collect::<Vec<_>>()
    };
    open(&dir).unwrap().remove_packs(&[pack(2)]).unwrap();
    assert_eq!(ordinals(&dir), [0]);
    insert_all(&open(&dir).unwrap(), 3..=3);
    assert_eq!(ordinals(&dir), [0, 2]);
}

#[test]
fn malformed_chunk_rows_fail_and_rows_of_other_chunks_are_misses() {
    let ids = content(1);
    let with = |slot: u8| vec![0, 0, 0, 0, 0, slot, 0, 0];
    let failed = Lookup::Failed { kind: ErrorKind::Corrupt, pack: None };
    let cases = [
        (with(3), stored(1, 3)),
        (with(39), Lookup::Novel),
        (with(40), failed),
        (with(3)[..7].to_vec(), failed),
        (vec![], failed),
        (vec![9, 0, 0, 0, 0, 3, 0, 0], Lookup::Novel),
    ];
    for (value, expected) in cases {
        let (_folder, dir) = two_packs();
        put(&dir, "chunk", &ids[3].as_bytes()[..16], value);
        let index = open(&dir).unwrap();
        assert_eq!(index.lookup_batch(&ids[3..4]), [expected]);
        index.insert_pack(live(3, &ids[..4]), &ids[..4]).unwrap();
        if expected == failed {
            // By a directory in memory: both packs hold it there.
            let found = index.lookup_batch(&ids[3..4])[0];
            assert!([stored(1, 3), stored(3, 3)].contains(&found), "{found:?}");
            drop(index);
            assert!(matches!(refusal(&dir), Error::Damaged(Damage::Marked)));
        }
    }
}
