//! Places that are no repository, or not for us: refused by name, nothing written.

use std::sync::Arc;

use gleaner_engine::{Credential, Environment, Error, IndexPlace, Repository, backup_stream};
use gleaner_engine::{Run, SnapshotFilter, dump_file, walk_tree};
use gleaner_store::{ErrorKind, FORMAT_VERSION, MemoryStorage, layout};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, create, credential, encrypted, environment, open, snapshot_of,
    unencrypted,
};
use zeroize::Zeroizing;

use super::{Place, write};

/// Bytes of the header of a single object.
const HEADER_BYTES: usize = 96;

fn kind_of<T>(result: Result<T, Error>) -> ErrorKind {
    match result {
        Ok(_) => panic!("it opened"),
        Err(error) => error.kind(),
    }
}

fn open_with(storage: &MemoryStorage, credential: &Credential) -> Result<Repository, Error> {
    Repository::open(environment(Arc::new(storage.clone()), 5), credential)
}

#[test]
fn wrong_or_missing_password_is_refused() {
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, encrypted());
    let wrong = Credential::Password(Zeroizing::new(b"wrong".to_vec()));
    let refused = open_with(&storage, &wrong);
    assert!(matches!(refused, Err(Error::Store(gleaner_store::Error::WrongSecret { slots: 1 }))));
    let refused = open_with(&storage, &Credential::None);
    assert!(matches!(refused, Err(Error::Store(gleaner_store::Error::SecretMissing))));
    assert!(open_with(&storage, &credential()).is_ok());
}

#[test]
fn password_that_nothing_asks_for_is_refused() {
    // A plain config in the place of an encrypted one: the next backup would be readable.
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, unencrypted());
    assert!(matches!(open_with(&storage, &credential()), Err(Error::NotEncrypted)));
    assert!(open_with(&storage, &Credential::None).is_ok());
}

#[test]
fn empty_place_is_no_repository_and_a_foreign_one_says_what_is_there() {
    let storage = MemoryStorage::new();
    let refused = open_with(&storage, &Credential::None);
    assert!(matches!(refused, Err(Error::Store(gleaner_store::Error::NoRepository { .. }))));
    storage.replace_raw(&layout::tombstone(gleaner_store::SnapshotId([1; 32])), b"x");
    assert_eq!(kind_of(open_with(&storage, &Credential::None)), ErrorKind::NotFound);
    storage.replace_raw(&layout::snapshot(gleaner_store::SnapshotId([1; 32])), b"x");
    let refused = open_with(&storage, &Credential::None);
    assert!(matches!(refused, Err(Error::NotARepository { .. })));
}

#[test]
fn missing_folder_is_no_repository_and_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing");
    let refused = Environment::local(&path, IndexPlace::Memory);
    assert_eq!(kind_of(refused), ErrorKind::NotFound);
    assert!(!path.exists());
}

#[test]
fn repository_is_not_made_over_another() {
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, unencrypted());
    let before = storage.names();
    let refused = Repository::create(environment(Arc::new(storage.clone()), 2), &unencrypted());
    assert!(matches!(refused, Err(Error::NotEmpty { .. })));
    assert_eq!(storage.names(), before);
}

#[test]
fn newer_format_is_refused_as_newer_and_not_as_damage() {
    for options in [unencrypted(), encrypted()] {
        let storage = MemoryStorage::new();
        create(Arc::new(storage.clone()), 1, options);
        // FORMAT.md section 4: the version, and the checksum that ends the header.
        let mut newer = storage.raw(&layout::config()).unwrap().to_vec();
        newer[8..10].copy_from_slice(&(FORMAT_VERSION + 1).to_le_bytes());
        let checksum = crc32c::crc32c(&newer[..HEADER_BYTES - 4]);
        newer[HEADER_BYTES - 4..HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
        storage.replace_raw(&layout::config(), &newer);
        let kind = kind_of(open_with(&storage, &credential()));
        assert_eq!(kind, ErrorKind::UnsupportedVersion);
    }
}

#[test]
fn damaged_config_is_read_from_its_copy_and_named_without_one() {
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, encrypted());
    storage.replace_raw(&layout::config(), b"nonsense");
    assert!(open_with(&storage, &credential()).is_ok());
    storage.replace_raw(&layout::config_copy(), b"");
    let refused = open_with(&storage, &credential());
    let Err(Error::Store(error @ gleaner_store::Error::Damaged { .. })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("config"), "{error}");
}

#[test]
fn path_or_snapshot_that_is_not_there_is_refused_by_name() {
    let place = Place::new();
    let all = SnapshotFilter::default();
    assert_eq!(kind_of(place.repository.resolve("latest", &all)), ErrorKind::NotFound);
    write(&place.source(), "file", "x");
    let stats = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &stats);
    let path = place.source().join("missing").into_os_string().into_encoded_bytes();
    let run = Run::silent();
    let walked = walk_tree(&place.repository, &snapshot, &path, &run, &mut |_, _| panic!());
    assert!(matches!(walked, Err(Error::NoSuchPath { path: named }) if named == path));
    let mut out = Vec::new();
    let dumped = dump_file(&place.repository, &snapshot, &path, &mut out, &run);
    assert!(matches!(dumped, Err(Error::NoSuchPath { .. })));
    let folder = place.source().into_os_string().into_encoded_bytes();
    let dumped = dump_file(&place.repository, &snapshot, &folder, &mut out, &run);
    assert!(matches!(dumped, Err(Error::NotAFile { .. })));
}

#[test]
fn damaged_pack_is_named_by_a_restore_and_its_chunks_are_stored_again_by_a_backup() {
    let place = Place::new();
    write(&place.source(), "file", "the only content");
    let first = back_up(&place.repository, &place.source()).unwrap();
    let snapshot = snapshot_of(&place.repository, &first);
    let packs = place.storage.names();
    for name in packs.iter().filter(|name| layout::parse_pack(name).is_some()) {
        place.storage.replace_raw(name, b"torn");
    }
    let reopened = open(Arc::new(place.storage.clone()), 7).unwrap();
    let walked = walk_tree(&reopened, &snapshot, b"", &Run::silent(), &mut |_, _| panic!());
    assert_eq!(kind_of(walked), ErrorKind::Corrupt);
    let options = backup_options::<&str>(&[]);
    let mut reader = &b"the only content"[..];
    backup_stream(&reopened, &options, b"/copy", &mut reader, &Run::silent()).unwrap();
    let second = back_up(&reopened, &place.source()).unwrap();
    assert_eq!((second.files_unmodified, second.files_failed), (0, 0));
    let snapshot = snapshot_of(&reopened, &second);
    let files =
        gleaner_tests::engine_doubles::snapshot_files(&reopened, &snapshot, &place.source());
    assert_eq!(files.unwrap()[&b"file"[..]], b"the only content");
}
