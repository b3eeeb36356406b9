//! Goal: sightings of another format, or with rows that cannot be, are named as such and never
//! answer. Method: single rows are changed with RocksDB itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gleaner_chunker::ErrorKind;
use rocksdb::{ColumnFamilyDescriptor, DB, Options};
use tempfile::TempDir;

use super::subject::InTemporaryFolder;
use crate::conformance::Shelf;
use crate::error::{Damage, Error};
use crate::index_options::IndexOptions;
use crate::rocksdb_index::RocksDbIndex;
use crate::rocksdb_sightings::RocksDbSightings;
use crate::rocksdb_sightings::key::{object_key, sighting_key, source_key};
use crate::sighting::{ObjectNumber, id_prefix};
use crate::sighting_conformance::state_machine::CrashSubject;
use crate::sighting_conformance::{chunk, hello, object, snapshot, source};
use crate::sighting_feed::{FeedMessage, SourceKind::Listed};
use crate::sighting_index::{SightingIndex, SightingLimits};

const LIMITS: SightingLimits = SightingLimits::DEFAULT;
const FAMILIES: [&str; 4] = ["sighting", "object", "source", "meta"];

fn announced() -> InTemporaryFolder {
    let index = InTemporaryFolder::create(LIMITS);
    let _ = index.apply_feed(source(1), &hello(1, Listed, 0), Duration::ZERO).unwrap();
    let message = snapshot(1, 10, &[object(1, &[1, 2])]);
    let _ = index.apply_feed(source(1), &message, Duration::ZERO).unwrap();
    index
}

/// Opens the database itself, with further families.
fn database(dir: &Path, further: &[&str]) -> DB {
    let mut options = Options::default();
    options.create_missing_column_families(true);
    let names = ["default"].iter().chain(&FAMILIES).chain(further);
    let descriptor = |name: &&str| ColumnFamilyDescriptor::new(*name, Options::default());
    DB::open_cf_descriptors(&options, dir, names.map(descriptor)).unwrap()
}

/// A closed set in which one row was changed.
fn changed(family: &str, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let (folder, dir) = announced().close();
    let database = database(&dir, &[]);
    database.put_cf(database.cf_handle(family).unwrap(), key, value).unwrap();
    (folder, dir)
}

fn refusal(dir: &Path) -> Error {
    let error = RocksDbSightings::open(dir, LIMITS).expect_err("it must not open");
    assert!(error.wants_rebuild(), "{error:?}");
    error
}

#[test]
fn newer_and_older_formats_are_told_apart_from_damage() {
    let (_folder, dir) = changed("meta", "format_version", 2u32.to_le_bytes());
    let error = refusal(&dir);
    assert!(matches!(error, Error::NewerVersion { found: 2, supported: 1 }), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion);
    drop(database(&dir, &["later"]));
    assert!(matches!(refusal(&dir), Error::NewerVersion { .. }), "a newer format has families");

    let (_folder, dir) = changed("meta", "format_version", 0u32.to_le_bytes());
    assert!(matches!(refusal(&dir), Error::OlderVersion { found: 0, supported: 1 }));
}

#[test]
fn missing_and_unknown_families_are_damage() {
    let (_folder, dir) = announced().close();
    drop(database(&dir, &["chunk"]));
    assert!(matches!(refusal(&dir), Error::Damaged(Damage::FamilyUnknown)));
    for family in FAMILIES {
        let (_folder, dir) = announced().close();
        database(&dir, &[]).drop_cf(family).unwrap();
        let error = refusal(&dir);
        assert!(
            matches!(error, Error::Damaged(Damage::FamilyMissing { family: f }) if f == family),
            "{family}: {error:?}"
        );
    }
}

#[test]
fn damaged_row_is_a_typed_error_at_opening() {
    let sighting = sighting_key(&id_prefix(&chunk(1)), source(1));
    let cases: [(&str, Vec<u8>, Vec<u8>, Damage); 6] = [
        ("sighting", sighting.to_vec(), vec![0; 28], Damage::SightingRow),
        ("sighting", sighting[..17].to_vec(), vec![0; 29], Damage::SightingRow),
        ("source", source_key(source(1)).to_vec(), vec![0; 189], Damage::SourceRow),
        ("source", vec![0; 3], vec![], Damage::SourceRow),
        ("meta", b"format_version".to_vec(), vec![1], Damage::MetaRow { name: "format_version" }),
        ("meta", b"epoch_floor".to_vec(), vec![1], Damage::MetaRow { name: "epoch_floor" }),
    ];
    for (family, key, value, expected) in cases {
        let (_folder, dir) = changed(family, key, value);
        let error = refusal(&dir);
        assert!(matches!(error, Error::Damaged(damage) if damage == expected), "{error:?}");
    }
}

#[test]
fn damaged_row_is_a_typed_error_at_lookup() {
    let index = announced();
    let put = |family, key: &[u8]| index.index.tables.database.put_raw(family, key, &[1; 9]);
    let asked = [chunk(1)];
    let object = ObjectNumber::new(1);

    put("object", &object_key(source(1), object));
    let refused = index.objects_batch(&[(source(1), object)]).unwrap_err();
    assert!(matches!(refused, Error::Damaged(Damage::ObjectRow)));
    let refused = index.sightings_batch(&asked, Duration::ZERO).unwrap_err();
    assert!(matches!(refused, Error::Damaged(Damage::ObjectRow)));

    put("sighting", &sighting_key(&id_prefix(&chunk(1)), source(1)));
    let refused = index.sightings_batch(&asked, Duration::ZERO).unwrap_err();
    assert!(matches!(refused, Error::Damaged(Damage::SightingRow)));
    assert_eq!(refused.kind(), ErrorKind::Corrupt);
    index.compact();
    assert_eq!(index.stored_rows("object"), 1, "the broom keeps what it cannot read");
}

#[test]
fn removed_folder_begins_anew_and_the_source_is_asked_again() {
    let (_folder, dir) = changed("meta", "format_version", 2u32.to_le_bytes());
    refusal(&dir);
    RocksDbSightings::remove(&dir).unwrap();
    let index = RocksDbSightings::open(&dir, LIMITS).unwrap();
    let lease = FeedMessage::Lease { epoch: 1 };
    let answer = index.apply_feed(source(1), &lease, Duration::ZERO).unwrap();
    assert_eq!(answer, crate::sighting_feed::FeedAnswer::SendHello);
}

#[test]
fn second_holder_is_refused() {
    let index = announced();
    for refused in [
        RocksDbSightings::open(&index.dir(), LIMITS).unwrap_err(),
        RocksDbSightings::remove(&index.dir()).unwrap_err(),
    ] {
        assert!(matches!(refused, Error::Locked { .. }), "{refused:?}");
    }
}

#[test]
fn folder_of_a_chunk_index_is_refused() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let (options, shelf) = (IndexOptions::default(), Arc::new(Shelf::default()));
    drop(RocksDbIndex::open(&dir, [1; 32], &options, shelf).unwrap());
    // Its format version is ahead of this one's.
    let error = refusal(&dir);
    assert!(matches!(error, Error::NewerVersion { .. }), "{error:?}");
}
