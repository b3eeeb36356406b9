//! Copies that a prune counts on, where a directory lists more than its pack still holds.

use gleaner_engine::{MaxUnused, PruneOptions, Run, forget, plan_prune};
use gleaner_store::{PackKind, layout};
use gleaner_tests::engine_doubles::{back_up, prune, prune_options, seeded_tree};

use super::Place;
use super::healed::{destroy_pack, twins};

#[test]
fn a_prune_that_plans_counts_on_no_copy_whose_bytes_are_damaged() {
    let (place, twins) = twins(30);
    for damaged in twins {
        let mut place = place.copy();
        destroy_pack(&mut place, damaged);
        for _ in 0..3 {
            prune(&place.process()).unwrap();
        }
        // A pack that lists a chunk and has it no more may be left: it is healed by the copy.
        assert_eq!(place.repair().unhealed, []);
        place.assert_restores("the good copy was kept");
    }
}

#[test]
fn a_prune_that_goes_on_counts_on_no_pack_whose_directory_was_damaged_since() {
    let (place, twins) = twins(32);
    for damaged in twins {
        let mut place = place.copy();
        let process = place.process();
        // Its directory is in memory from here on.
        plan_prune(&process, &prune_options(), &Run::silent()).unwrap();
        let directory = place.directory(damaged).trailer.directory_offset;
        place.change(damaged, |bytes| bytes[usize::try_from(directory).unwrap()] ^= 1);
        for _ in 0..3 {
            prune(&process).unwrap();
        }
        drop(process);
        place.assert_restores("the other copy was kept");
    }
}

#[test]
fn a_prune_that_decides_rescues_the_only_good_copy() {
    let mut place = Place::new(31);
    let (x, y) = (seeded_tree(40, 4, 50_000), seeded_tree(41, 4, 50_000));
    let known = place.packs();
    let repository = place.process();
    let first = place.add(&repository, "x", &x);
    let of_first: Vec<_> = place.packs().into_iter().filter(|p| !known.contains(p)).collect();
    let names = of_first.iter().map(layout::pack);
    let hidden: Vec<_> =
        names.map(|name| (name.clone(), place.storage.raw(&name).unwrap())).collect();
    for (name, _) in &hidden {
        place.storage.remove_raw(name);
    }
    // Another pack holds the same, and more that stays needed.
    let mut both = x.clone();
    both.extend(y.clone());
    let repository = place.process();
    let second = place.add(&repository, "both", &both);
    let data = place.of_kind(PackKind::Data);
    let good = hidden.iter().map(|(name, _)| layout::parse_pack(name).unwrap());
    let good: Vec<_> = good.collect();
    let bad = data.into_iter().find(|pack| !known.contains(pack)).unwrap();
    for (name, bytes) in &hidden {
        place.storage.replace_raw(name, bytes);
    }
    let repository = place.process();
    place.add(&repository, "y", &y);
    forget(&place.process(), &[first, second]).unwrap();
    destroy_pack(&mut place, bad);
    // A backup that began before the prune ends while it waits.
    let writer = place.process();
    back_up(&writer, &place.folder.path().join("y")).unwrap();
    let dead_only = PruneOptions { max_unused: MaxUnused::Unlimited, ..prune_options() };
    let source = place.folder.path().join("x");
    let stats = gleaner_engine::prune(&place.process(), &dead_only, &Run::silent(), &mut |_| {
        back_up(&writer, &source).unwrap();
    })
    .unwrap();
    let data: Vec<_> = place.of_kind(PackKind::Data);
    let good: Vec<_> = good.into_iter().filter(|pack| data.contains(pack)).collect();
    assert!(stats.packs_condemned > 0 && stats.packs_rescued > 0, "{stats:?}");
    for _ in 0..3 {
        gleaner_engine::prune(&place.process(), &dead_only, &Run::silent(), &mut |_| {}).unwrap();
    }
    assert!(!good.is_empty() && good.iter().all(|pack| place.packs().contains(pack)));
}
