//! Goal: a fault at any call of any kind under the directory backend gives a typed error and never
//! a torn, lost or replaced object. Method: the fault loop of RELIABILITY section 7 over each error
//! number. What a user loses if one fails: acknowledged bytes.

use std::sync::Arc;

use gleaner_store::{
    DirectoryStorage, ErrorKind, MemoryFs, ObjectName, Put, SeededRandom, Storage, StorageError,
    Update, Version, conformance,
};
use rustix::io::Errno;

use super::*;
use crate::crash_image::synced_image;
use crate::fault::{Fault, Reach, fault_loop};
use crate::recording_fs::RecordingFs;

type Faulty = DirectoryStorage<FaultyFs<MemoryFs>>;

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).unwrap()
}

fn over(fs: MemoryFs, faults: &Faults) -> Faulty {
    DirectoryStorage::new(FaultyFs::new(fs, faults.clone()), Arc::new(SeededRandom::new(3)))
}

fn laid_out() -> MemoryFs {
    let fs = MemoryFs::new();
    over(fs.clone(), &Faults::new()).create_layout().unwrap();
    fs
}

const OLD: &str = "leases/a/old";
const NEW: &str = "leases/b/new";

/// One of each call, without an early end: a fault in one step must not hide the next.
fn operate(storage: &Faulty) -> [Result<(), StorageError>; 7] {
    let mut buffer = [0; 4];
    [
        storage
            .put_if_absent(&name(OLD), &[b"other"])
            .map(|put| assert_eq!(put, Put::AlreadyExists)),
        storage.put_if_absent(&name(NEW), &[b"new", b"est"]).map(drop),
        storage.get(&name(OLD), 100).map(|bytes| assert_eq!(bytes, b"old bytes")),
        storage.read_at(&name(OLD), 2, &mut buffer).map(|()| assert_eq!(&buffer, b"d by")),
        storage.list(&name("leases")).map(|listed| {
            assert!(listed.iter().any(|listed| listed.name == name(OLD) && listed.bytes == 9));
        }),
        storage.update_if(&name("epoch"), None, b"1").map(drop),
        storage.delete(&name("keys/k")),
    ]
}

/// Starts from one object of each kind and runs `operate` with the fault.
fn run(faults: &Faults, fault: Fault) -> (MemoryFs, Faulty, [Result<(), StorageError>; 7]) {
    let fs = laid_out();
    let calm = over(fs.clone(), &Faults::new());
    assert_eq!(calm.put_if_absent(&name(OLD), &[b"old bytes"]).unwrap(), Put::Created);
    assert_eq!(calm.put_if_absent(&name("keys/k"), &[b"key"]).unwrap(), Put::Created);
    let storage = over(fs.clone(), faults);
    let results = operate(&storage);
    faults.disarm();
    // All or nothing, seen by another process.
    let files = fs.files();
    assert_eq!(files[OLD].as_slice(), b"old bytes", "{fault:?}");
    match files.get(NEW) {
        Some(bytes) => assert_eq!(bytes.as_slice(), b"newest", "{fault:?}"),
        None => assert!(results[1].is_err(), "{fault:?}: acknowledged and not there"),
    }
    match calm.read_latest(&name("epoch")).unwrap() {
        Some((version, bytes)) => assert_eq!((version, &*bytes), (Version(1), &b"1"[..])),
        None => assert!(results[5].is_err(), "{fault:?}: acknowledged and not there"),
    }
    if results[6].is_ok() {
        assert!(!files.contains_key("keys/k"), "{fault:?}: acknowledged and still there");
    }
    (fs, storage, results)
}

#[test]
fn faulty_fs_without_a_fault_conforms() {
    conformance::run(&|| {
        let storage = over(MemoryFs::new(), &Faults::new());
        storage.create_layout().unwrap();
        Arc::new(storage)
    });
}

#[test]
fn errors_at_any_call_are_typed_and_leave_all_or_nothing() {
    let expected = [
        (Errno::IO, ErrorKind::Retry),
        (Errno::NOSPC, ErrorKind::Full),
        (Errno::DQUOT, ErrorKind::Full),
        (Errno::FBIG, ErrorKind::Full),
        (Errno::ACCESS, ErrorKind::Denied),
        (Errno::ROFS, ErrorKind::Denied),
    ];
    for (errno, kind) in expected {
        for effect in [Effect::Error, Effect::ErrorAfter] {
            let runs = fault_loop(&[], effect(errno.raw_os_error()), |faults, fault| {
                let (_, _, results) = run(faults, fault);
                for error in results.iter().filter_map(|result| result.as_ref().err()) {
                    // A poisoned object is to be written again, whatever the number was.
                    let is_poisoned = matches!(error, StorageError::Poisoned { .. });
                    assert!(is_poisoned || error.kind() == kind, "{fault:?}: {error:?}");
                }
            });
            assert!(runs > 60, "{runs} faults were hit");
        }
    }
}

#[test]
fn short_and_interrupted_calls_are_invisible_once() {
    let loops: &[Call] = &[Call::ReadAt, Call::WriteAt];
    fault_loop(loops, Effect::Short, |faults, fault| {
        let (_, _, results) = run(faults, fault);
        assert!(results.iter().all(Result::is_ok), "{fault:?}: {results:?}");
    });
    let interruptible: &[Call] = &[
        Call::CreateNew,
        Call::Open,
        Call::WriteAt,
        Call::ReadAt,
        Call::Bytes,
        Call::Allocate,
        Call::Unlink,
        Call::Mkdir,
        Call::List,
    ];
    for errno in [Errno::INTR, Errno::AGAIN] {
        fault_loop(interruptible, Effect::Error(errno.raw_os_error()), |faults, fault| {
            let (_, _, results) = run(faults, fault);
            if fault.reach == Reach::Once {
                assert!(results.iter().all(Result::is_ok), "{fault:?}: {results:?}");
            }
        });
    }
}

#[test]
fn no_temporary_file_stays_behind_a_single_fault() {
    let writers: &[Call] =
        &[Call::CreateNew, Call::WriteAt, Call::Allocate, Call::SyncData, Call::RenameNoreplace];
    fault_loop(writers, Effect::Error(Errno::NOSPC.raw_os_error()), |faults, fault| {
        let (fs, ..) = run(faults, fault);
        assert!(!fs.files().keys().any(|path| path.starts_with("tmp/")), "{fault:?}");
    });
}

#[test]
fn full_disk_shows_before_the_first_byte() {
    let faults = Faults::new();
    let storage = over(laid_out(), &faults);
    let effect = Effect::Error(Errno::NOSPC.raw_os_error());
    faults.arm(Fault { calls: &[Call::Allocate], nth: 1, reach: Reach::Onward, effect });
    let error = storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap_err();
    assert!(matches!(&error, StorageError::Full { name: of, .. } if *of == name("data/00/p")));
    assert!(storage.fs().inner().files().is_empty());
}

#[test]
fn failed_data_sync_poisons_and_the_next_attempt_writes_a_new_file() {
    let faults = Faults::new();
    let storage = over(laid_out(), &faults);
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::SyncData], nth: 1, reach: Reach::Once, effect });
    let error = storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap_err();
    assert!(matches!(error, StorageError::Poisoned { source: Some(_), .. }), "{error:?}");
    assert!(storage.fs().inner().files().is_empty(), "the file is not kept for a second sync");
    // The name was never given, so it is free for a file that was written and synced as a whole.
    assert_eq!(storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap(), Put::Created);
}

#[test]
fn failed_folder_sync_poisons_the_name_for_good() {
    let faults = Faults::new();
    let storage = over(laid_out(), &faults);
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::SyncDir], nth: 1, reach: Reach::Once, effect });
    let pack = name("data/00/p");
    let first = storage.put_if_absent(&pack, &[b"x"]).unwrap_err();
    assert!(matches!(first, StorageError::Poisoned { source: Some(_), .. }), "{first:?}");
    // The folder can be synced again now, and that proves nothing about the name.
    let second = storage.put_if_absent(&pack, &[b"x"]).unwrap_err();
    assert!(matches!(second, StorageError::Poisoned { source: None, .. }), "{second:?}");
    let other = storage.put_if_absent(&name("data/00/q"), &[b"x"]).unwrap();
    assert_eq!(other, Put::Created, "a name made after the failure is believed");
}

#[test]
fn full_disk_at_a_sync_is_full_and_not_retry() {
    for call in [&[Call::SyncData], &[Call::SyncDir]] {
        let faults = Faults::new();
        let storage = over(laid_out(), &faults);
        let effect = Effect::Error(Errno::NOSPC.raw_os_error());
        faults.arm(Fault { calls: call, nth: 1, reach: Reach::Once, effect });
        let error = storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Full, "{error:?}");
    }
}

#[test]
fn file_system_on_which_every_new_name_is_taken_is_given_up() {
    let faults = Faults::new();
    let storage = over(laid_out(), &faults);
    let effect = Effect::Error(Errno::EXIST.raw_os_error());
    faults.arm(Fault { calls: &[Call::CreateNew], nth: 1, reach: Reach::Onward, effect });
    let error = storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap_err();
    assert!(matches!(error, StorageError::Io { .. }), "{error:?}");
    assert!(faults.hits() > 1, "another name may be free");
    faults.disarm();
    assert_eq!(storage.put_if_absent(&name("data/00/p"), &[b"x"]).unwrap(), Put::Created);
}

#[test]
fn refused_noreplace_rename_falls_back_to_links_only_when_unsupported() {
    let faults = Faults::new();
    let storage = over(laid_out().refusing_rename(), &faults);
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::Link], nth: 1, reach: Reach::Once, effect });
    let error = storage.put_if_absent(&name("keys/k"), &[b"x"]).unwrap_err();
    assert!(matches!(error, StorageError::Io { .. }), "{error:?}");
    assert_eq!(storage.put_if_absent(&name("keys/k"), &[b"x"]).unwrap(), Put::Created);
    assert_eq!(storage.put_if_absent(&name("keys/k"), &[b"y"]).unwrap(), Put::AlreadyExists);
    let files = storage.fs().inner().files();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["keys/k"]);
}

#[test]
fn update_after_a_poisoned_version_goes_on_above_it() {
    let faults = Faults::new();
    let storage = over(laid_out(), &faults);
    let effect = Effect::Error(Errno::IO.raw_os_error());
    faults.arm(Fault { calls: &[Call::SyncDir], nth: 1, reach: Reach::Once, effect });
    assert!(storage.update_if(&name("epoch"), None, b"lost?").is_err());
    let update = storage.update_if(&name("epoch"), Some(Version(1)), b"kept").unwrap();
    assert_eq!(update, Update::Written(Version(2)));
    assert_eq!(storage.read_latest(&name("epoch")).unwrap(), Some((Version(2), b"kept".to_vec())));
}

#[test]
fn change_that_was_interrupted_after_it_was_made_is_durable_when_it_is_acknowledged() {
    for errno in [Errno::INTR, Errno::AGAIN] {
        let effect = Effect::ErrorAfter(errno.raw_os_error());
        let runs = fault_loop(&[Call::Unlink, Call::Mkdir], effect, |faults, fault| {
            let fs = laid_out();
            let calm = over(fs.clone(), &Faults::new());
            assert_eq!(calm.put_if_absent(&name("keys/k"), &[b"key"]).unwrap(), Put::Created);
            let recording = RecordingFs::over(fs);
            let fs = FaultyFs::new(recording, faults.clone());
            let storage = DirectoryStorage::new(fs, Arc::new(SeededRandom::new(4)));
            let put = storage.put_if_absent(&name(NEW), &[b"new"]);
            let deleted = storage.delete(&name("keys/k"));
            let left = synced_image(&storage.fs().inner().log()).files();
            assert!(put.is_err() || left.contains_key(NEW), "{fault:?}: not there");
            assert!(deleted.is_err() || !left.contains_key("keys/k"), "{fault:?}: still there");
            faults.disarm();
        });
        assert!(runs > 2, "{runs} faults were hit");
    }
}
