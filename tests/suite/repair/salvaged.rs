//! Packs without directory, trailer, header, and with damage at any byte.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gleaner_chunker::PackId;
use gleaner_engine::{
    Cancel, DamagedPack, Error, PackRepairOptions, Repository, Run, WantedChunk, WantedState,
    repair_packs,
};
use gleaner_store::{
    FRAME_BYTES, PACK_HEADER_BYTES, PackKind, StorageError, TRAILER_BYTES, layout,
};
use gleaner_tests::engine_doubles::open;
use gleaner_tests::hooked_storage::{HookedStorage, ReadingCall};

use super::{Place, options};

#[test]
fn a_sound_repository_needs_no_repair() {
    let mut place = Place::new(1);
    let before = place.storage.names();
    let stats = place.repair();
    assert_eq!((stats.packs_quarantined, stats.run, stats.bytes_written), (0, None, 0));
    assert_eq!(place.storage.names(), before);
}

type Change = fn(&mut Vec<u8>);

#[test]
fn packs_without_directory_trailer_or_header_lose_nothing() {
    let cases: [(&str, Change); 6] = [
        ("directory", |bytes| {
            let at = bytes.len() - TRAILER_BYTES - 20;
            bytes[at] ^= 1;
        }),
        ("trailer damaged", |bytes| {
            let at = bytes.len() - 40;
            bytes[at] ^= 1;
        }),
        ("trailer cut off", |bytes| bytes.truncate(bytes.len() - TRAILER_BYTES)),
        ("trailer and directory zeroed", |bytes| {
            let at = bytes.len() - TRAILER_BYTES - 60;
            bytes[at..].fill(0);
        }),
        ("header zeroed", |bytes| bytes[..PACK_HEADER_BYTES].fill(0)),
        ("frame", |bytes| bytes[PACK_HEADER_BYTES + 3] ^= 1),
    ];
    for kind in [PackKind::Data, PackKind::Tree] {
        for (what, damage) in &cases {
            let case = format!("{kind:?}: {what}");
            let mut place = Place::new(2);
            // The other pack of the session has a header that says who wrote both.
            let pack = place.of_kind(kind)[0];
            let chunks = place.directory(pack).chunks.len() as u64;
            place.change(pack, damage);
            assert!(place.checked().0.num_errors > 0, "{case}");
            let stats = place.repair();
            assert_eq!(stats.chunks_salvaged, chunks, "{case}");
            assert_eq!((stats.packs_quarantined, stats.unhealed.len()), (1, 0), "{case}");
            assert!(!place.packs().contains(&pack) && place.quarantined().len() == 1, "{case}");
            place.assert_whole(&case);
            let again = place.repair();
            assert_eq!((again.packs_quarantined, again.bytes_written), (0, 0), "{case}");
        }
    }
}

#[test]
fn any_damaged_byte_outside_of_the_seals_costs_nothing_and_any_inside_at_most_its_block() {
    let mut place = Place::new(3);
    let pack = place.of_kind(PackKind::Data)[0];
    let directory = place.directory(pack);
    let name = layout::pack(&pack);
    let whole = place.storage.raw(&name).unwrap();
    let sound = place.storage.snapshot();
    let first = directory.blocks[0];
    let last = directory.blocks.last().unwrap();
    let end = usize::try_from(last.offset).unwrap() + FRAME_BYTES + last.sealed_bytes as usize;
    let inside = usize::try_from(first.offset).unwrap() + FRAME_BYTES;
    // Every byte of the header, of the first frame and of the trailer; some of what is sealed.
    let outside = (0..inside).chain(whole.len() - TRAILER_BYTES..whole.len());
    let places = outside.step_by(3).chain((inside..end).step_by(30_011)).chain([end, end + 20]);
    for at in places {
        place.storage = sound.snapshot();
        place.change(pack, |bytes| bytes[at] ^= 0x21);
        let stats = place.repair();
        assert_eq!(stats.packs_quarantined, 1, "byte {at}");
        if (inside..end).contains(&at) {
            let block = directory.blocks.iter().rposition(|b| b.offset <= at as u64).unwrap();
            let chunks = u64::from(directory.blocks[block].chunk_count);
            let all = directory.chunks.len() as u64;
            assert_eq!(stats.chunks_salvaged, all - chunks, "byte {at}");
            assert_eq!(stats.unhealed.len() as u64, chunks, "byte {at}");
            // What is nowhere is named for what it is: missing, no longer damaged.
            let (checked, _) = place.checked();
            assert_eq!((checked.chunks_missing, checked.chunks_damaged), (chunks, 0), "byte {at}");
        } else {
            assert_eq!(stats.unhealed, [], "byte {at}");
            place.assert_whole(&format!("byte {at}"));
        }
    }
}

#[test]
fn a_pack_under_the_name_of_another_is_read_as_what_it_is() {
    let mut place = Place::new(4);
    let [one, other] = place.of_kind(PackKind::Data)[..] else { panic!("two data packs") };
    let [a, b] = [one, other].map(|pack| place.storage.raw(&layout::pack(&pack)).unwrap());
    place.change(one, |bytes| *bytes = b.to_vec());
    place.change(other, |bytes| *bytes = a.to_vec());
    let stats = place.repair();
    assert_eq!((stats.packs_quarantined, stats.unhealed.len()), (2, 0));
    place.assert_whole("swapped");
}

#[test]
fn a_wanted_list_leads_to_the_packs_that_it_names_and_to_no_other() {
    let mut place = Place::new(5);
    let [one, other] = place.of_kind(PackKind::Data)[..] else { panic!("two data packs") };
    for pack in [one, other] {
        place.change(pack, |bytes| bytes[PACK_HEADER_BYTES] ^= 1);
    }
    let id = place
        .checked()
        .0
        .wanted
        .first()
        .map_or_else(|| gleaner_chunker::ChunkId::from_bytes([1; 32]), |wanted| wanted.id);
    let wanted = Some(vec![WantedChunk { id, state: WantedState::Damaged(one) }]);
    let plan = gleaner_engine::plan_pack_repair(
        &place.process(),
        &PackRepairOptions { wanted: wanted.clone(), ..options(&[]) },
        &Run::silent(),
    )
    .unwrap();
    let named: Vec<_> = plan.packs.iter().map(|DamagedPack { id, .. }| *id).collect();
    assert_eq!(named, [one]);
    let stats = place.repair_with(&PackRepairOptions { wanted: wanted.clone(), ..options(&[]) });
    assert_eq!(stats.packs_quarantined, 1);
    // What was healed since is not healed again.
    let again = place.repair_with(&PackRepairOptions { wanted, ..options(&[]) });
    assert_eq!(again.packs_quarantined, 0);
    assert_eq!(place.repair().packs_quarantined, 1);
    place.assert_whole("both");
}

/// Bytes that a repair reads at a time where a pack cannot be read as a whole.
const PIECE_BYTES: usize = 4096;

/// Another process, for which a pack cannot be read as a whole; `piece` is asked before each piece
/// of it, and says whether that can be read.
fn in_pieces(
    place: &mut Place,
    pack: PackId,
    piece: impl Fn(u64) -> bool + Send + Sync + 'static,
) -> Repository {
    let name = layout::pack(&pack);
    let hook = move |_, call: ReadingCall<'_>| {
        let is_read = match call {
            ReadingCall::Object(of) => *of != name,
            ReadingCall::Range(of, offset, bytes) if *of == name => {
                bytes < PIECE_BYTES || bytes == PIECE_BYTES && piece(offset)
            }
            ReadingCall::Range(..) | ReadingCall::List(_) => true,
        };
        let error = || StorageError::from_io(&name, "read", rustix::io::Errno::IO.into());
        if is_read { Ok(()) } else { Err(error()) }
    };
    place.seed += 1;
    open(Arc::new(HookedStorage::new(place.storage.clone(), hook)), place.seed).unwrap()
}

#[test]
fn a_piece_that_can_be_read_the_second_time_is_not_lost() {
    let mut place = Place::new(6);
    let pack = place.of_kind(PackKind::Data)[0];
    let chunks = place.directory(pack).chunks.len() as u64;
    let last = Mutex::new(None);
    let second_time = move |offset| {
        let mut last = last.lock().unwrap();
        let is_second = *last == Some(offset);
        *last = (!is_second).then_some(offset);
        is_second
    };
    let repository = in_pieces(&mut place, pack, second_time);
    let stats = repair_packs(&repository, &options(&[]), &Run::silent(), &mut |_| {}).unwrap();
    // The last piece is shorter, and read at once.
    assert_eq!((stats.packs_quarantined, stats.unhealed.len()), (1, 0), "{stats:?}");
    assert_eq!(stats.chunks_salvaged, chunks);
    place.assert_whole("read in pieces");
}

#[test]
fn a_repair_that_is_stopped_reads_no_further_piece_of_a_bad_pack() {
    let mut place = Place::new(7);
    let pack = place.of_kind(PackKind::Data)[0];
    let cancel = Cancel::new();
    let (stop, reads) = (cancel.clone(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&reads);
    let bad = move |_| {
        if count.fetch_add(1, Ordering::SeqCst) == 2 {
            stop.cancel();
        }
        false
    };
    let repository = in_pieces(&mut place, pack, bad);
    let run = Run { cancel, ..Run::silent() };
    let stopped = repair_packs(&repository, &options(&[]), &run, &mut |_| {});
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(reads.load(Ordering::SeqCst), 4, "twice each of two pieces");
    assert_eq!(place.quarantined(), []);
}
