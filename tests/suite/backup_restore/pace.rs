//! Limits that the caller sets hold while files are read and written.

use std::num::NonZeroU64;
use std::sync::Arc;

use gleaner_engine::{BackupOptions, BackupTuning, RestoreOptions, Run, backup, restore};
use gleaner_store::{Clock, ManualClock, RateLimit, SnapshotObject};
use gleaner_tests::engine_doubles::{backup_options, restore_options};

use super::Place;

/// Bytes in a millisecond.
const RATE: u64 = 1000;
/// What a limit lets a pause catch up on.
const CATCH_UP_MS: u64 = 100;

fn limit() -> (Arc<ManualClock>, Option<Arc<RateLimit>>) {
    let clock = Arc::new(ManualClock::new(0));
    let rate = NonZeroU64::new(RATE * 1000).unwrap();
    let limit = RateLimit::new(Arc::clone(&clock) as Arc<dyn Clock>, rate);
    (clock, Some(Arc::new(limit)))
}

fn elapsed_ms(clock: &ManualClock) -> u64 {
    clock.monotonic_ns() / 1_000_000 + CATCH_UP_MS
}

#[test]
fn files_take_the_time_of_the_limit_to_be_read_and_written() {
    let place = Place::new();
    std::fs::create_dir_all(place.source()).unwrap();
    // One file is read as a whole, the other in parts.
    let large: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(place.source().join("large"), &large).unwrap();
    std::fs::write(place.source().join("small"), vec![7; 300_000]).unwrap();
    let bytes = large.len() as u64 + 300_000;

    let (clock, read_limit) = limit();
    let tuning = BackupTuning { read_limit, ..BackupTuning::default() };
    let options = BackupOptions { tuning, ..backup_options(&[place.source()]) };
    let stats = backup(&place.repository, &options, &Run::silent()).unwrap();
    assert_eq!(stats.bytes_read, bytes);
    assert!(elapsed_ms(&clock) >= bytes / RATE, "{} ms", elapsed_ms(&clock));

    let SnapshotObject::Manifest(snapshot) =
        place.repository.read_snapshot(stats.snapshot.unwrap()).unwrap()
    else {
        panic!("a manifest was written");
    };
    let (clock, write_limit) = limit();
    let options = RestoreOptions { write_limit, ..restore_options(&place.target()) };
    let stats = restore(&place.repository, &snapshot, &options, &Run::silent()).unwrap();
    assert_eq!(stats.bytes_restored, bytes);
    assert!(elapsed_ms(&clock) >= bytes / RATE, "{} ms", elapsed_ms(&clock));
}
