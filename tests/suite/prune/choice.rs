//! What goes and what stays.

use gleaner_engine::{MaxUnused, PruneOptions, PrunePlan, Run, plan_prune};
use gleaner_store::{PackKind, Storage as _, layout, read_pack_directory};
use gleaner_tests::engine_doubles::{
    Tree, back_up, prune, prune_options, seeded_bytes, seeded_tree, write_tree,
};

use super::Place;

/// A snapshot that shares half of its data with one that was forgotten, in one pack.
fn half_garbage(seed: u64) -> Place {
    let mut place = Place::new(seed);
    let kept = seeded_tree(1, 10, 40_000);
    let mut all = kept.clone();
    all.extend(seeded_tree(2, 10, 40_000));
    let first = place.add("a", &all);
    place.add("a", &kept);
    place.forget(first);
    place
}

fn plan(place: &Place, options: &PruneOptions<'_>) -> PrunePlan {
    plan_prune(&place.repository, options, &Run::silent()).unwrap()
}

#[test]
fn dry_run_writes_nothing_and_says_what_the_run_does() {
    let place = half_garbage(10);
    let before = place.storage.names();
    let planned = plan(&place, &prune_options());
    assert_eq!(place.storage.names(), before);
    let mut shown = None;
    let stats =
        gleaner_engine::prune(&place.repository, &prune_options(), &Run::silent(), &mut |plan| {
            shown = Some(plan.clone());
        })
        .unwrap();
    assert_eq!(shown.as_ref(), Some(&planned));
    assert_eq!(stats.bytes_condemned, planned.bytes_condemned);
    // Sealing and directories make the estimate of what is written a little wrong.
    let (estimate, written) = (planned.bytes_rewritten, stats.bytes_rewritten);
    assert!(written.abs_diff(estimate) < estimate / 5 + 5000, "{written} and {estimate}");
}

#[test]
fn sums_of_a_plan_agree() {
    let place = half_garbage(11);
    let PrunePlan { chunks, bytes, packs, .. } = plan(&place, &prune_options());
    for part in [chunks, bytes] {
        assert_eq!(part.used + part.duplicate + part.unused, part.total);
        assert_eq!(part.remove + part.repack_remove, part.remove_total);
        assert_eq!(part.total - part.remove_total, part.remaining);
        assert!(part.unused > 0 && part.used > 0);
    }
    assert_eq!(packs.used + packs.partly_used + packs.unused, packs.total);
    assert_eq!(packs.keep + packs.repack + packs.remove, packs.total);
    assert_eq!(bytes.total, place.pack_bytes());
}

#[test]
fn waste_below_the_limit_stays() {
    let place = half_garbage(12);
    let repacks = |max_unused| {
        let options = PruneOptions { max_unused, ..prune_options() };
        plan(&place, &options).packs.repack
    };
    assert_eq!(repacks(MaxUnused::Unlimited), 0);
    assert_eq!(repacks(MaxUnused::Percent(100.0)), 0);
    assert_eq!(repacks(MaxUnused::Bytes(u64::MAX)), 0);
    assert!(repacks(MaxUnused::Percent(5.0)) > 0);
    assert!(repacks(MaxUnused::Bytes(0)) > 0);
}

#[test]
fn no_more_is_rewritten_than_allowed() {
    let place = half_garbage(13);
    let options = PruneOptions { max_repack_bytes: 0, ..prune_options() };
    let planned = plan(&place, &options);
    assert_eq!(planned.packs.repack, 0);
    assert!(planned.more_is_left);
    let stats =
        gleaner_engine::prune(&place.repository, &options, &Run::silent(), &mut |_| {}).unwrap();
    assert!(stats.is_unfinished && stats.bytes_rewritten == 0);
}

#[test]
fn pack_above_what_may_be_rewritten_does_not_hold_up_smaller_ones() {
    let mut place = Place::new(17);
    for (source, bytes) in [("large", 60_000), ("small", 6000)] {
        let kept = seeded_tree(1, 4, bytes / 4);
        let mut all = seeded_tree(2, 10, bytes);
        all.extend(kept.clone());
        let first = place.add(source, &all);
        place.add(source, &kept);
        place.forget(first);
    }
    let both = plan(&place, &prune_options());
    assert!(both.packs.repack >= 2);
    let max_repack_bytes = both.bytes.repack / 3;
    let some = plan(&place, &PruneOptions { max_repack_bytes, ..prune_options() });
    assert!(some.packs.repack > 0 && some.packs.repack < both.packs.repack, "{some:?}");
    assert!(some.more_is_left);
}

#[test]
fn small_packs_are_merged_once_there_are_several() {
    let mut place = Place::new(14);
    for seed in 0..8 {
        place.add("a", &seeded_tree(seed, 1, 5000));
        assert_eq!(plan(&place, &prune_options()).packs.repack, if seed < 7 { 0 } else { 16 });
    }
    let two = PruneOptions { repack_smaller_than: Some(1 << 20), ..prune_options() };
    assert_eq!(plan(&place, &two).packs.repack, 16);
    prune(&place.repository).unwrap();
    prune(&place.repository).unwrap();
    assert_eq!(place.packs().len(), 2, "one of data, one of trees");
    place.assert_whole("merged");
}

#[test]
fn chunks_stored_twice_are_kept_once() {
    let mut place = Place::new(15);
    let tree = seeded_tree(1, 10, 30_000);
    place.add("a", &tree);
    // A process that never saw the first pack: both held their view before either stored.
    let once = place.pack_bytes();
    let hidden: Vec<_> = place
        .packs()
        .into_iter()
        .map(|pack| (layout::pack(&pack), place.storage.raw(&layout::pack(&pack)).unwrap()))
        .collect();
    for (name, _) in &hidden {
        place.storage.remove_raw(name);
    }
    let source = place.source("b");
    write_tree(&source, &tree);
    let twin = place.other();
    let id = back_up(&twin, &source).unwrap().snapshot.unwrap();
    place.expected.insert(id, (source, tree));
    for (name, bytes) in &hidden {
        place.storage.replace_raw(name, bytes);
    }
    place.repository = place.other();
    assert!(plan(&place, &prune_options()).chunks.duplicate > 0);
    prune(&place.repository).unwrap();
    prune(&place.repository).unwrap();
    assert_eq!(plan(&place, &prune_options()).chunks.duplicate, 0);
    place.assert_whole("kept once");
    // Data once; the two trees differ in the names of their roots.
    assert!(place.pack_bytes() < once + once / 4, "{} of {once}", place.pack_bytes());
}

#[test]
fn blocks_that_are_needed_as_a_whole_are_carried_over_as_they_are() {
    let mut place = Place::new(16);
    // One file fills several blocks, another follows them in the same pack.
    let kept = Tree::from([(b"a".to_vec(), seeded_bytes(1, 3 << 20))]);
    let mut all = kept.clone();
    all.insert(b"b".to_vec(), seeded_bytes(2, 3 << 20));
    let first = place.add("a", &all);
    place.add("a", &kept);
    place.forget(first);
    let blocks = |place: &Place| {
        let mut sealed = Vec::new();
        for pack in place.packs() {
            let bytes = place.storage.bytes(&layout::pack(&pack)).unwrap();
            let keys = place.repository.keys();
            let directory = read_pack_directory(&place.storage, keys, pack, bytes).unwrap();
            if directory.header.kind == PackKind::Data {
                sealed.extend(directory.blocks.iter().map(|b| (b.sealed_bytes, b.raw_bytes)));
            }
        }
        sealed
    };
    let before = blocks(&place);
    prune(&place.repository).unwrap();
    prune(&place.repository).unwrap();
    let after = blocks(&place);
    // All but the block at the border between the files.
    assert!(after.len() >= 3 && after.len() < before.len());
    let carried = after.iter().filter(|block| before.contains(block)).count();
    assert!(carried + 1 >= after.len(), "{carried} of {}", after.len());
    place.assert_whole("carried over");
}
