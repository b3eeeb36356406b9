//! Storage that fails under parity, and media that fail under packs (RELIABILITY section 8, R4).

use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_engine::{
    CheckOptions, FindingCode, HealSource, ParityOptions, Run, check, healed_bytes, parity_add,
    parity_remove,
};
use gleaner_store::{ErrorKind, MemoryStorage, ObjectName, Put, Storage, StorageError, layout};
use gleaner_tests::engine_doubles::{back_up, open, unencrypted};
use gleaner_tests::fault::{Effect, Fault, Faults, fault_loop};
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};
use rustix::io::Errno;

use super::{Place, wanting};

const EFFECTS: [Effect; 4] = [
    Effect::Error(Errno::IO.raw_os_error()),
    Effect::Error(Errno::NOSPC.raw_os_error()),
    Effect::ErrorAfter(Errno::IO.raw_os_error()),
    Effect::Short,
];

/// Whatever failed: packs are as they were, and what calls itself a sidecar is one or is renewed.
fn assert_completes(place: &Place, memory: &MemoryStorage, case: &str) {
    for pack in place.packs() {
        assert!(memory.raw(&layout::pack(&pack)) == place.storage.raw(&layout::pack(&pack)));
    }
    let repository = open(Arc::new(memory.clone()), 90).unwrap();
    let added = parity_add(&repository, &ParityOptions::default(), &Run::silent()).unwrap();
    assert_eq!(added.packs_total, 2, "{case}");
    assert_eq!(added.packs_damaged, [], "{case}");
    let mut codes = Vec::new();
    let mut emit = |finding: &gleaner_engine::Finding| codes.push(finding.code);
    check(&repository, &CheckOptions::read_data(), &Run::silent(), &mut emit).unwrap();
    assert_eq!(codes, [], "{case}");
}

#[test]
fn fault_at_any_call_of_adding_leaves_packs_alone_and_the_next_run_ends_it() {
    let place = Place::new(50, unencrypted());
    let bare = place.storage.snapshot();
    // One pack has a sidecar that has to be renewed, one has none.
    place.add(&ParityOptions { packs: vec![place.packs()[0]], ..ParityOptions::default() });
    let broken = place.storage.snapshot();
    let mut bytes = place.sidecar_bytes(place.packs()[0]);
    bytes[200] ^= 1;
    broken.replace_raw(&layout::parity(&place.packs()[0]), &bytes);
    let (mut runs, mut whole) = (0, 0);
    for before in [bare, broken] {
        for effect in EFFECTS {
            runs += fault_loop(&[], effect, |faults: &Faults, fault: Fault| {
                let memory = before.snapshot();
                let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
                let result = open(faulty, 4).and_then(|repository| {
                    parity_add(&repository, &ParityOptions::default(), &Run::silent())
                });
                let case = format!("{fault:?}");
                match result {
                    Ok(_) => whole += 1,
                    Err(error) => assert!(error.kind() != ErrorKind::Bug, "{case}: {error}"),
                }
                faults.disarm();
                assert_completes(&place, &memory, &case);
            });
        }
    }
    println!("R4, parity add: {runs} runs with a fault, {whole} whole");
    assert!(runs > 60 && whole > 4, "{runs} {whole}");
}

#[test]
fn fault_at_any_call_of_removing_leaves_packs_alone() {
    let place = Place::new(51, wanting(3));
    let runs = fault_loop(&[], EFFECTS[0], |faults: &Faults, fault: Fault| {
        let memory = place.storage.snapshot();
        let faulty = Arc::new(FaultyStorage::new(memory.clone(), faults.clone()));
        let result = open(faulty, 4)
            .and_then(|repository| parity_remove(&repository, &ParityOptions::default()));
        faults.disarm();
        assert!(result.is_ok() || faults.hits() > 0, "{fault:?}");
        assert_completes(&place, &memory, &format!("{fault:?}"));
    });
    assert!(runs > 4, "{runs}");
}

/// A storage where no sidecar can be stored.
#[derive(Debug, Clone)]
struct NoSidecars {
    inner: MemoryStorage,
    errno: i32,
}

impl Storage for NoSidecars {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.inner.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        if layout::parse_parity(name).is_some() {
            let error = std::io::Error::from_raw_os_error(self.errno);
            return Err(StorageError::from_io(name, "put", error));
        }
        self.inner.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.inner.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        self.inner.get(name, bytes_max)
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        self.inner.read_at(name, offset, to)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<gleaner_store::Listed>, StorageError> {
        self.inner.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.inner.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.inner.delete(name)
    }
}

#[test]
fn backup_goes_on_where_no_sidecar_can_be_stored() {
    for errno in [Errno::IO, Errno::NOSPC, Errno::ACCESS] {
        let place = Place::new(52, wanting(3));
        place.back_up(53);
        let storage = NoSidecars { inner: place.storage.clone(), errno: errno.raw_os_error() };
        std::fs::write(place.source().join("more"), b"novel bytes").unwrap();
        let before = place.packs().len();
        back_up(&open(Arc::new(storage), 60).unwrap(), &place.source()).unwrap();
        assert!(place.packs().len() > before && place.sidecars().len() == before, "{errno}");
        assert_eq!(place.codes(), ["A602 info"], "{errno}");
    }
}

/// Reads that touch one of those stretches of a pack fail, again and again.
fn unreadable(
    place: &Place,
    pack: PackId,
    stretches: &'static [std::ops::Range<u64>],
) -> HookedStorage<MemoryStorage> {
    let name = layout::pack(&pack);
    HookedStorage::new(place.storage.clone(), move |_, call| {
        let fails = match call {
            // The length of a file is known whatever its content.
            ReadingCall::Range(of, offset, length) if *of == name => {
                let end = offset + length as u64;
                stretches.iter().any(|bad| bad.start < end && offset < bad.end)
            }
            _ => false,
        };
        let error = std::io::Error::from_raw_os_error(Errno::IO.raw_os_error());
        if fails { Err(StorageError::from_io(&name, "read", error)) } else { Ok(()) }
    })
}

/// The same, and reads of the whole pack fail too.
#[derive(Debug)]
struct OnlyRanges(HookedStorage<MemoryStorage>, ObjectName);

impl Storage for OnlyRanges {
    fn create_layout(&self) -> Result<(), StorageError> {
        self.0.create_layout()
    }

    fn put_if_absent(&self, name: &ObjectName, parts: &[&[u8]]) -> Result<Put, StorageError> {
        self.0.put_if_absent(name, parts)
    }

    fn bytes(&self, name: &ObjectName) -> Result<u64, StorageError> {
        self.0.bytes(name)
    }

    fn get(&self, name: &ObjectName, bytes_max: u64) -> Result<Vec<u8>, StorageError> {
        if *name == self.1 {
            let error = std::io::Error::from_raw_os_error(Errno::IO.raw_os_error());
            return Err(StorageError::from_io(name, "read", error));
        }
        self.0.get(name, bytes_max)
    }

    fn read_at(&self, name: &ObjectName, offset: u64, to: &mut [u8]) -> Result<(), StorageError> {
        self.0.read_at(name, offset, to)
    }

    fn list(&self, folder: &ObjectName) -> Result<Vec<gleaner_store::Listed>, StorageError> {
        self.0.list(folder)
    }

    fn settle(&self, names: &[ObjectName]) -> Result<(), StorageError> {
        self.0.settle(names)
    }

    fn delete(&self, name: &ObjectName) -> Result<(), StorageError> {
        self.0.delete(name)
    }
}

#[test]
fn unreadable_stretches_of_a_pack_heal_as_erasures() {
    let place = Place::new(54, wanting(10));
    let pack = place.largest();
    let sound = place.pack(pack);
    let storage = |stretches| OnlyRanges(unreadable(&place, pack, stretches), layout::pack(&pack));
    // Three shards of 4 KiB; the second stretch lies across two.
    let bad = storage(&[4096..4097, 20_000..21_000]);
    assert!(healed_bytes(&bad, pack).unwrap() == Some(sound.clone()));
    // Nine shards of 77 may be lost, not all.
    assert_eq!(healed_bytes(&storage(&[0..5, 5..1 << 20]), pack).unwrap(), None);
    // A check names the read error, and what it can be healed from.
    let bad = Arc::new(storage(&[100_000..100_001, 100_001..100_002]));
    let mut found = Vec::new();
    let mut emit = |finding: &gleaner_engine::Finding| found.push(finding.clone());
    let repository = open(bad, 78).unwrap();
    check(&repository, &CheckOptions::read_data(), &Run::silent(), &mut emit).unwrap();
    let error = found.iter().find(|finding| finding.code == FindingCode::P210).unwrap();
    assert_eq!(error.healable_from, [HealSource::Parity]);
    assert!(found.iter().any(|finding| finding.code == FindingCode::A601), "{found:#?}");
}
