//! One object that cannot be read or removed costs no more than itself.

use std::sync::{Arc, Mutex};

use gleaner_engine::{
    BackupOptions, Credential, InitOptions, Observer, Parent, Repository, Run, Warning,
    WarningKind, add_key_slot, backup, leases,
};
use gleaner_store::{KdfCost, MemoryStorage, ObjectName, layout};
use gleaner_tests::engine_doubles::{
    PASSWORD, back_up, backup_options, create, encrypted, environment, open, seeded_tree,
    snapshot_files, snapshot_of, unencrypted, write_tree,
};
use gleaner_tests::fault::{Call, Effect, Fault, Faults, Reach};
use gleaner_tests::faulty_storage::FaultyStorage;
use rustix::io::Errno;
use zeroize::Zeroizing;

const EIO: Effect = Effect::Error(Errno::IO.raw_os_error());

/// Lost otherwise: the report of a backup that was committed.
#[test]
fn a_lease_that_cannot_be_closed_does_not_fail_what_was_committed() {
    let folder = tempfile::tempdir().unwrap();
    let tree = seeded_tree(1, 5, 5000);
    write_tree(folder.path(), &tree);
    let memory = MemoryStorage::new();
    create(Arc::new(memory.clone()), 1, encrypted());
    let faults = Faults::new();
    let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
    let repository = open(faulty, 2).unwrap();
    faults.arm(Fault { calls: &[Call::Delete], nth: 1, reach: Reach::Onward, effect: EIO });
    let stats = back_up(&repository, folder.path()).unwrap();
    assert!(faults.hits() > 0);
    let reopened = open(Arc::new(memory), 3).unwrap();
    assert_eq!(leases(&reopened).unwrap().len(), 1, "it is left behind");
    let snapshot = snapshot_of(&reopened, &stats);
    assert!(snapshot_files(&reopened, &snapshot, folder.path()).unwrap() == tree);
}

/// Lost otherwise: everything, although a second password was set up for that very day.
#[test]
fn a_key_slot_that_cannot_be_read_does_not_keep_another_from_opening() {
    let memory = MemoryStorage::new();
    let repository = create(Arc::new(memory.clone()), 1, encrypted());
    add_key_slot(&repository, b"second", KdfCost::TEST, "2").unwrap();
    let passwords = [PASSWORD, b"second"];
    let opened = |memory: &MemoryStorage, faults: &Faults| {
        let opens = |password: &[u8]| {
            let storage = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
            let credential = Credential::Password(Zeroizing::new(password.to_vec()));
            // The config is read first, then one slot after the other.
            faults.arm(Fault { calls: &[Call::Get], nth: 2, reach: Reach::Once, effect: EIO });
            Repository::open(environment(storage, 9), &credential).is_ok()
        };
        passwords.map(opens).into_iter().filter(|opens| *opens).count()
    };
    assert_eq!(opened(&memory, &Faults::new()), 1, "the slot that is read second");
    let is_slot = |name: &ObjectName| layout::parse_key_slot(name).is_some();
    let slots: Vec<ObjectName> = memory.names().into_iter().filter(is_slot).collect();
    assert_eq!(slots.len(), 2);
    for slot in slots {
        let damaged = memory.snapshot();
        damaged.replace_raw(&slot, b"nonsense");
        let opens = passwords.map(|password| {
            let credential = Credential::Password(Zeroizing::new(password.to_vec()));
            Repository::open(environment(Arc::new(damaged.clone()), 9), &credential).is_ok()
        });
        assert_eq!(opens.into_iter().filter(|opens| *opens).count(), 1);
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Observer for Heard {
    fn warning(&self, warning: &Warning) {
        self.0.lock().unwrap().push(warning.clone());
    }
}

/// Lost otherwise: the chunks of all packs that come after it in a listing.
#[test]
fn a_pack_without_a_readable_directory_is_named_and_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    write_tree(folder.path(), &seeded_tree(2, 60, 200_000));
    let storage = MemoryStorage::new();
    let init = InitOptions { pack_target_bytes: 1 << 16, ..unencrypted() };
    let repository = create(Arc::new(storage.clone()), 1, init);
    let first = back_up(&repository, folder.path()).unwrap();
    let is_pack = |name: &ObjectName| layout::parse_pack(name).is_some();
    let packs: Vec<ObjectName> = storage.names().into_iter().filter(is_pack).collect();
    assert!(packs.len() > 3, "{}", packs.len());
    for (seed, pack) in (10..).zip(&packs) {
        let damaged = storage.snapshot();
        let bytes = storage.raw(pack).unwrap();
        damaged.replace_raw(pack, &bytes[..bytes.len() - 1]);
        let heard = Heard::default();
        let run = Run { observer: &heard, ..Run::silent() };
        let options = BackupOptions { parent: Parent::None, ..backup_options(&[folder.path()]) };
        let reopened = open(Arc::new(damaged), seed).unwrap();
        let stats = backup(&reopened, &options, &run).unwrap();
        let warnings = heard.0.into_inner().unwrap();
        let [warning] = &warnings[..] else { panic!("{warnings:?}") };
        assert_eq!((warning.kind, warning.during), (WarningKind::Damaged, "open"));
        assert!(warning.message.contains(pack.as_str()), "{}", warning.message);
        assert!(stats.bytes_novel < first.bytes_novel / 2, "{} novel bytes", stats.bytes_novel);
        assert!(stats.chunks_novel + stats.chunks_tree_novel > 0);
    }
}
