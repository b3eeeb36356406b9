//! Which packs are read.

use std::collections::BTreeSet;
use std::time::Duration;

use gleaner_chunker::PackId;
use gleaner_engine::{CheckOptions, DataRead, Error, Run, check};
use gleaner_store::{SnapshotId, layout};

use super::subject::{Checked, START_NS, Subject};

const DAY: Duration = Duration::from_hours(24);

fn reading(data: DataRead) -> CheckOptions {
    CheckOptions { data, ..CheckOptions::structure() }
}

fn remembering(max_age: Duration) -> CheckOptions {
    CheckOptions { max_age: Some(max_age), ..CheckOptions::read_data() }
}

#[test]
fn the_structure_reads_no_pack_as_a_whole() {
    let subject = Subject::new(2);
    subject.damage(subject.data_packs()[0]);
    let checked = Checked::of(&subject.without_cache(2), &CheckOptions::structure());
    assert_eq!((checked.stats.packs_verified, checked.stats.packs_skipped), (0, subject.packs()));
    assert!(checked.findings.is_empty() && checked.stats.is_restorable());
}

#[test]
fn parts_together_read_every_pack_once_and_find_all_damage() {
    let subject = Subject::new(4);
    subject.damage(subject.data_packs()[2]);
    let (mut verified, mut broken) = (0, Vec::new());
    for number in 1..=3 {
        let part = reading(DataRead::Part { number, of: 3 });
        let stats = Checked::of(&subject.without_cache(2), &part).stats;
        let read = stats.packs_verified + stats.broken_packs.len() as u64;
        assert_eq!(read + stats.packs_skipped, stats.packs_total);
        verified += stats.packs_verified;
        broken.extend(stats.broken_packs);
    }
    assert_eq!(verified, subject.packs() - 1);
    assert_eq!(broken, [subject.data_packs()[2]]);
}

#[test]
fn a_share_is_drawn_by_the_injected_random_source() {
    let subject = Subject::new(4);
    let share = reading(DataRead::Share { millionths: 250_000 });
    for seed in 0..5 {
        let stats = Checked::of(&subject.without_cache(seed), &share).stats;
        assert_eq!(stats.packs_verified, 2, "a quarter of 8 packs, whatever the seed");
    }
    for pack in subject.data_packs() {
        subject.damage(pack);
    }
    // Which packs were read shows by the damage that is found.
    let broken = |seed| Checked::of(&subject.without_cache(seed), &share).stats.broken_packs;
    let drawn: BTreeSet<PackId> = (0..30).flat_map(broken).collect();
    assert_eq!(drawn.len(), 4, "all are drawn by some seed");
    assert_eq!(broken(7), broken(7), "one seed draws the same packs");
}

#[test]
fn bytes_are_spent_on_the_packs_verified_least_recently() {
    let subject = Subject::new(3);
    let bytes_of = |pack: &PackId| subject.storage.raw(&layout::pack(pack)).unwrap().len() as u64;
    let largest = subject.data_packs().iter().map(bytes_of).max().unwrap();
    let bytes = reading(DataRead::Bytes(largest));
    let (mut verified, mut runs) = (0, 0);
    loop {
        subject.clock.advance(Duration::from_secs(1));
        let stats = Checked::of(&subject.with_cache(2 + runs), &bytes).stats;
        runs += 1;
        verified += stats.packs_verified;
        if let Some(oldest) = stats.oldest_verified_ns {
            assert!(oldest > START_NS);
            break;
        }
        assert!(verified < subject.packs() && runs < 20, "a pack was read twice");
    }
    assert_eq!(verified, subject.packs());
    assert!(runs >= 3);
}

#[test]
fn packs_verified_lately_are_not_read_again_but_those_found_damaged_are() {
    let subject = Subject::new(2);
    let (packs, damaged) = (subject.packs(), subject.data_packs()[1]);
    let read = |options: &CheckOptions| {
        let stats = Checked::of(&subject.with_cache(2), options).stats;
        assert_eq!(
            stats.packs_skipped + stats.packs_verified + stats.broken_packs.len() as u64,
            packs
        );
        (stats.packs_verified, stats.broken_packs)
    };
    assert_eq!(read(&remembering(DAY)), (packs, Vec::new()));
    subject.damage(damaged);
    subject.clock.advance(DAY / 2);
    assert_eq!(read(&remembering(DAY)), (0, Vec::new()), "nothing is read");
    let (all, broken) = (CheckOptions::read_data(), vec![damaged]);
    assert_eq!(read(&all), (packs - 1, broken.clone()));
    assert_eq!(read(&remembering(DAY)), (0, broken.clone()), "the damaged one again");
    subject.clock.advance(DAY * 2);
    assert_eq!(read(&remembering(DAY)), (packs - 1, broken));
}

#[test]
fn what_cannot_be_trusted_of_the_memory_counts_as_never_verified() {
    let subject = Subject::new(2);
    let (packs, recently) = (subject.packs(), remembering(DAY));
    let verified = || Checked::of(&subject.with_cache(2), &recently).stats.packs_verified;
    assert_eq!(verified(), packs);
    assert_eq!(verified(), 0);
    subject.clock.set_wall_ns(START_NS - 1);
    assert_eq!(verified(), packs, "times in the future");
    assert_eq!(verified(), 0);
    let file = subject.remembered("checked-packs");
    let whole = std::fs::read(&file).unwrap();
    assert_eq!(whole.len() as u64, 72 + 40 * packs + 32);
    for offset in (0..whole.len()).step_by(41) {
        let mut altered = whole.clone();
        altered[offset] ^= 1;
        std::fs::write(&file, altered).unwrap();
        assert_eq!(verified(), packs, "byte {offset}");
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(verified(), packs, "no file");
    assert_eq!(verified(), 0);
}

#[test]
fn packs_that_vanish_are_forgotten() {
    let subject = Subject::new(2);
    Checked::of(&subject.with_cache(2), &CheckOptions::read_data());
    let length = || std::fs::metadata(subject.remembered("checked-packs")).unwrap().len();
    let before = length();
    subject.storage.remove_raw(&layout::pack(&subject.data_packs()[0]));
    Checked::of(&subject.with_cache(2), &CheckOptions::read_data());
    assert_eq!(length(), before - 40);
}

#[test]
fn without_a_cache_nothing_is_remembered() {
    let subject = Subject::new(1);
    let verified =
        || Checked::of(&subject.without_cache(2), &remembering(DAY)).stats.packs_verified;
    assert_eq!((verified(), verified()), (2, 2));
    assert!(!subject.cache().exists());
}

#[test]
fn only_what_a_snapshot_needs_is_looked_at() {
    let subject = Subject::new(3);
    let repository = subject.without_cache(2);
    let list = repository.snapshots().unwrap().snapshots;
    let of = |source: u64| {
        let root = subject.source(source).into_os_string().into_encoded_bytes();
        list.iter().find(|snapshot| snapshot.roots.contains(&root)).unwrap().id
    };
    for pack in subject.data_packs() {
        subject.damage(pack);
    }
    let needing =
        |id: SnapshotId| CheckOptions { snapshots: vec![id], ..CheckOptions::read_data() };
    let mut named = BTreeSet::new();
    for source in 0..3 {
        let checked = Checked::of(&subject.without_cache(2), &needing(of(source)));
        let [broken] = checked.stats.broken_packs[..] else { panic!("one data pack") };
        named.insert(broken);
        assert_eq!(checked.stats.packs_verified, 1, "the tree's pack");
        assert_eq!(checked.stats.packs_skipped, 4);
        assert_eq!(checked.stats.snapshots_total, 1);
        assert_eq!(checked.stats.snapshots_damaged, [of(source)]);
        assert_eq!(checked.stats.paths_lost, 3);
    }
    assert_eq!(named.len(), 3, "each snapshot has a data pack of its own");
    let none = needing(SnapshotId([7; 32]));
    let result = check(&repository, &none, &Run::silent(), &mut |_| {});
    assert!(matches!(result, Err(Error::NoSuchSnapshot)), "{result:?}");
}
