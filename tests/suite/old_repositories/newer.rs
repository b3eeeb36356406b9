//! What a later version writes is refused by name, and never taken for damage.

use gleaner_engine::{Error, Repository, Run, read_files};
use gleaner_store::{ErrorKind, FORMAT_VERSION, ObjectName, layout};
use gleaner_tests::engine_doubles::back_up;

use super::{Copied, ENCRYPTED, Old, PLAIN};

/// Length of the header of a single object, and of a pack: the checksum is its end.
const OBJECT_HEADER_BYTES: usize = 96;
const PACK_HEADER_BYTES: usize = 136;

/// Gives an object the next format version, with a header that proves it.
fn make_newer(copied: &Copied, name: &ObjectName, header_bytes: usize) {
    let path = copied.place.join(name.as_str());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8..10].copy_from_slice(&(FORMAT_VERSION + 1).to_le_bytes());
    let checksum = crc32c::crc32c(&bytes[..header_bytes - 4]);
    bytes[header_bytes - 4..header_bytes].copy_from_slice(&checksum.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[track_caller]
fn assert_refused(error: &Error, name: &ObjectName) {
    assert_eq!(error.kind(), ErrorKind::UnsupportedVersion, "{error}");
    assert!(error.to_string().contains(name.as_str()), "{error} does not name {name}");
}

fn names(repository: &Repository, folder: &ObjectName) -> Vec<ObjectName> {
    let listed = repository.storage().list(folder).unwrap();
    listed.into_iter().map(|listed| listed.name).collect()
}

#[test]
fn newer_config_is_refused_though_its_copy_is_old() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        make_newer(&copied, &layout::config(), OBJECT_HEADER_BYTES);
        assert_refused(&copied.open().unwrap_err(), &layout::config());
    }
}

#[test]
fn newer_key_slot_is_refused() {
    let copied = ENCRYPTED.copied();
    let repository = copied.open().unwrap();
    let mut slots = names(&repository, &layout::keys());
    slots.retain(|name| layout::parse_key_slot(name).is_some());
    assert_eq!(slots.len(), 2);
    for slot in &slots {
        make_newer(&copied, slot, OBJECT_HEADER_BYTES);
    }
    assert_refused(&copied.open().unwrap_err(), &slots[0]);
}

#[test]
fn newer_manifest_is_named_among_those_that_cannot_be_read() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let repository = copied.open().unwrap();
        let id = repository.snapshots().unwrap().snapshots[1].id;
        make_newer(&copied, &layout::snapshot(id), OBJECT_HEADER_BYTES);
        let list = repository.snapshots().unwrap();
        assert_eq!(list.snapshots.len(), 2);
        let [(named, error)] = &list.damaged[..] else { panic!("{:?}", list.damaged) };
        assert_eq!((*named, error.kind()), (id, ErrorKind::UnsupportedVersion));
    }
}

/// What `old` says to a backup if the objects of a folder are newer.
fn backup_with_newer(old: &Old, folder: &ObjectName) -> (Error, Vec<ObjectName>) {
    let copied = old.copied();
    let repository = copied.open().unwrap();
    let newer = names(&repository, folder);
    for name in &newer {
        make_newer(&copied, name, OBJECT_HEADER_BYTES);
    }
    let source = copied.folder.path().join("source");
    std::fs::create_dir(&source).unwrap();
    (back_up(&repository, &source).unwrap_err(), newer)
}

#[test]
fn newer_epoch_and_condemned_list_stop_a_backup() {
    for old in [ENCRYPTED, PLAIN] {
        let (error, _) = backup_with_newer(&old, &layout::epoch());
        assert_refused(&error, &layout::epoch());
        let (error, newer) = backup_with_newer(&old, &layout::condemned());
        assert_refused(&error, &newer[0]);
    }
}

#[test]
fn newer_pack_is_refused_by_whoever_needs_it() {
    for old in [ENCRYPTED, PLAIN] {
        let copied = old.copied();
        let packs = names(&copied.open().unwrap(), &layout::packs());
        for pack in &packs {
            make_newer(&copied, pack, PACK_HEADER_BYTES);
        }
        let opened = copied.open().unwrap();
        let snapshot = opened.snapshots().unwrap().snapshots.remove(0);
        let run = Run::silent();
        let read = read_files(&opened, &snapshot, b"", &run, &mut |_, _, content| {
            content.write_to(&mut std::io::sink()).map(drop)
        });
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedVersion, "{error}");
    }
}
