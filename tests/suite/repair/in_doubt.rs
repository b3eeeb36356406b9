//! What a repair leaves alone, or takes back, because it is not sure.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gleaner_chunker::{ChunkId, PackId};
use gleaner_engine::{
    Error, InitOptions, PackRepairOptions, PackRepairStats, Repository, Run, WantedChunk,
    WantedState, fence, leases, repair_packs, undo_repair,
};
use gleaner_store::{
    ErrorKind, FRAME_BYTES, LeaseKind, PACK_HEADER_BYTES, PackKind, Storage as _, StorageError,
    layout,
};
use gleaner_tests::engine_doubles::{encrypted, open};
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::{Place, options};

/// Two packs without their trailers: all chunks can be had.
fn damaged(seed: u64) -> (Place, Vec<PackId>) {
    let mut place = Place::new(seed);
    let packs = place.of_kind(PackKind::Data);
    for pack in &packs {
        place.change(*pack, |bytes| bytes.truncate(bytes.len() - 9));
    }
    (place, packs)
}

fn hooked(
    place: &mut Place,
    hook: impl Fn(ReadingCall<'_>) -> Result<(), StorageError> + Send + Sync + 'static,
) -> Repository {
    place.seed += 1;
    let storage = HookedStorage::new(place.storage.clone(), move |_, call| hook(call));
    open(Arc::new(storage), place.seed).unwrap()
}

fn repair(repository: &Repository) -> gleaner_engine::Result<PackRepairStats> {
    repair_packs(repository, &options(&[]), &Run::silent(), &mut |_| {})
}

fn assert_fenced(result: &gleaner_engine::Result<PackRepairStats>) {
    assert!(matches!(result, Err(Error::Store(gleaner_store::Error::Fenced))), "{result:?}");
}

fn assert_all_there(place: &mut Place, packs: &[PackId]) {
    assert_eq!(place.quarantined(), []);
    let there = place.packs();
    assert!(packs.iter().all(|pack| there.contains(pack)));
}

#[test]
fn a_repair_that_was_taken_for_dead_takes_no_pack_away() {
    let (mut place, packs) = damaged(1);
    let (repository, other) = (place.process(), place.process());
    let mut fenced = 0;
    let result = repair_packs(&repository, &options(&[]), &Run::silent(), &mut |_| {
        for lease in leases(&other).unwrap() {
            assert_eq!(lease.kind, LeaseKind::Maintenance);
            fence(&other, lease.session).unwrap();
            fenced += 1;
        }
    });
    assert_eq!(fenced, 1);
    assert_fenced(&result);
    assert_all_there(&mut place, &packs);
    assert_eq!(place.repair().packs_quarantined, 2);
    place.assert_whole("by the next run");
}

#[test]
fn packs_come_back_when_what_was_written_in_their_place_is_gone() {
    let (mut place, packs) = damaged(2);
    let known: Vec<_> = place.packs();
    let reads: Mutex<HashMap<PackId, u32>> = Mutex::default();
    // A new pack is there when it is read back, and then is not.
    let repository = hooked(&mut place, move |call| {
        let ReadingCall::Object(name) = call else { return Ok(()) };
        let Some(pack) = layout::parse_pack(name) else { return Ok(()) };
        let mut reads = reads.lock().unwrap();
        let count = reads.entry(pack).or_default();
        *count += 1;
        let is_gone = !known.contains(&pack) && *count > 1;
        if is_gone { Err(StorageError::NotFound { name: name.clone() }) } else { Ok(()) }
    });
    assert_fenced(&repair(&repository));
    assert_all_there(&mut place, &packs);
}

#[test]
fn a_pack_that_a_later_read_finds_sound_stays() {
    let mut place = Place::new(3);
    let pack = place.of_kind(PackKind::Data)[0];
    let (name, before) = (layout::pack(&pack), place.storage.names());
    let whole = usize::try_from(place.storage.bytes(&name).unwrap()).unwrap();
    let bad = AtomicUsize::new(2);
    // Both reads of the check fail, no later one does.
    let repository = hooked(&mut place, move |call| {
        let is_it =
            matches!(call, ReadingCall::Range(of, 0, bytes) if *of == name && bytes == whole);
        let one_less = |left: usize| left.checked_sub(1);
        if is_it && bad.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            return Err(StorageError::from_io(&name, "read", rustix::io::Errno::IO.into()));
        }
        Ok(())
    });
    let stats = repair(&repository).unwrap();
    assert_eq!((stats.run, stats.bytes_written), (None, 0), "{stats:?}");
    assert_eq!(place.storage.names(), before);
}

#[test]
fn a_pack_of_which_less_can_be_read_than_a_moment_ago_stays() {
    let mut place = Place::new(4);
    let pack = place.of_kind(PackKind::Data)[0];
    place.change(pack, |bytes| bytes.truncate(bytes.len() - 9));
    let name = layout::pack(&pack);
    let is_worse = Arc::new(AtomicBool::new(false));
    let worse = Arc::clone(&is_worse);
    let repository = hooked(&mut place, move |call| {
        let is_it = match call {
            ReadingCall::Object(of) => *of == name,
            // The header and little more.
            ReadingCall::Range(of, offset, _) => *of == name && offset > 0,
            ReadingCall::List(_) => false,
        };
        if is_it && worse.load(Ordering::SeqCst) {
            return Err(StorageError::from_io(&name, "read", rustix::io::Errno::IO.into()));
        }
        Ok(())
    });
    let stats = repair_packs(&repository, &options(&[]), &Run::silent(), &mut |plan| {
        assert_eq!(plan.packs.len(), 1);
        is_worse.store(true, Ordering::SeqCst);
    });
    let stats = stats.unwrap();
    assert!(stats.is_unfinished && stats.packs_quarantined == 0, "{stats:?}");
    assert_all_there(&mut place, &[pack]);
    let next = place.repair();
    assert_eq!((next.packs_quarantined, next.unhealed.len()), (1, 0));
    place.assert_whole("once it can be read again");
}

#[test]
fn a_run_that_stops_early_empties_one_pack_and_calls_lost_only_what_that_one_lost() {
    let mut place = Place::new(5);
    let packs = place.of_kind(PackKind::Data);
    let mut chunks = Vec::new();
    let mut wanted = Vec::new();
    for pack in &packs {
        let directory = place.directory(*pack);
        chunks.push(directory.chunks.len());
        let id = directory.chunks[0].id;
        wanted.push(WantedChunk { id, state: WantedState::Damaged(*pack) });
        place.change(*pack, |bytes| {
            for block in directory.blocks {
                bytes[usize::try_from(block.offset).unwrap() + FRAME_BYTES] ^= 1;
            }
        });
    }
    let max_duration = Some(std::time::Duration::ZERO);
    let limited = PackRepairOptions { wanted: Some(wanted), max_duration, ..options(&[]) };
    let stats = place.repair_with(&limited);
    assert!(stats.is_unfinished && stats.packs_quarantined == 1, "{stats:?}");
    assert_eq!(stats.unhealed.len(), chunks[0]);
    let rest = place.repair();
    assert_eq!(rest.packs_quarantined, 1);
    assert!(rest.unhealed.len() >= chunks[1]);
}

#[test]
fn a_pack_of_a_newer_format_is_no_damage() {
    let mut place = Place::new(6);
    let pack = place.of_kind(PackKind::Data)[0];
    // Processes that know the packs already: one that comes new refuses the repository.
    let [first, second] = [place.process(), place.process()];
    for repository in [&first, &second] {
        assert_eq!(repair(repository).unwrap().run, None);
    }
    place.change(pack, |bytes| {
        bytes[8..10].copy_from_slice(&2_u16.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..PACK_HEADER_BYTES - 4]).to_le_bytes();
        bytes[PACK_HEADER_BYTES - 4..PACK_HEADER_BYTES].copy_from_slice(&crc);
    });
    let (id, state) = (ChunkId::from_bytes([1; 32]), WantedState::Damaged(pack));
    let wanted = Some(vec![WantedChunk { id, state }]);
    let before = place.storage.names();
    for (repository, wanted) in [(first, wanted), (second, None)] {
        let options = PackRepairOptions { wanted, ..options(&[]) };
        let result = repair_packs(&repository, &options, &Run::silent(), &mut |_| {});
        let kind = result.map_err(|error| error.kind());
        assert_eq!(kind, Err(ErrorKind::UnsupportedVersion));
        assert_eq!(place.storage.names(), before);
    }
}

#[test]
fn a_sidecar_goes_to_quarantine_with_its_pack_and_back() {
    let mut place = Place::with(7, InitOptions { parity_percent: Some(3), ..encrypted() });
    let pack = place.of_kind(PackKind::Data)[0];
    place.change(pack, |bytes| bytes[PACK_HEADER_BYTES] ^= 1);
    let names = [layout::pack(&pack), layout::parity(&pack)];
    let run = place.repair().run.unwrap();
    let there = place.storage.names();
    assert!(names.iter().all(|name| !there.contains(name)), "{there:?}");
    let aside = names.clone().map(|name| layout::quarantined(run, &name).unwrap());
    assert_eq!(place.quarantined(), aside);
    undo_repair(&place.process(), run, "host", &|_| false, &Run::silent()).unwrap();
    let there = place.storage.names();
    assert!(names.iter().all(|name| there.contains(name)), "{there:?}");
}
