//! Snapshots of what is left: which files they have, whatever is lost, of data and of trees.

use gleaner_engine::{
    InitOptions, Repository, Run, SnapshotRepairOptions, SnapshotRepairStats, TagChange,
    plan_snapshot_repair, repair_snapshots, retag,
};
use gleaner_store::{ITEM_CHUNKS_MAX, PackKind, Snapshot, layout};
use gleaner_tests::engine_doubles::{
    Tree, back_up, encrypted, seeded_bytes, seeded_tree, snapshot_files,
};

use super::Place;

fn repair(place: &mut Place, drop_lost: bool) -> SnapshotRepairStats {
    let host = "host".to_owned();
    let options = SnapshotRepairOptions { drop_lost, host, is_dead: &|_| false };
    repair_snapshots(&place.process(), &options, &Run::silent(), &mut |_| {}).unwrap()
}

fn snapshot(repository: &Repository, id: gleaner_store::SnapshotId) -> Snapshot {
    let listed = repository.snapshots().unwrap().snapshots;
    listed.into_iter().find(|snapshot| snapshot.id == id).unwrap()
}

/// A snapshot whose first file has a long list of chunks, one whose last one has.
fn large_tree() -> Tree {
    let mut tree = seeded_tree(7, 300, 3000);
    for (name, seed) in [(b"a long".to_vec(), 1), (b"z long".to_vec(), 2)] {
        // Of the smallest chunks, so that the list does not fit into one item.
        let bytes = seeded_bytes(seed, (ITEM_CHUNKS_MAX + 10) * 24_000);
        tree.insert(name, bytes);
    }
    tree
}

#[test]
fn files_that_lost_a_chunk_are_left_out_and_all_others_are_whole() {
    let chunker = "fine".parse().unwrap();
    let mut place =
        Place::with(1, InitOptions { chunker, pack_target_bytes: 1 << 20, ..encrypted() });
    let repository = place.process();
    let id = place.add(&repository, "large", &large_tree());
    assert_eq!(repair(&mut place, true).written, [], "nothing is lost yet");
    for pack in place.of_kind(PackKind::Data).into_iter().step_by(9) {
        place.storage.remove_raw(&layout::pack(&pack));
    }
    let before = place.storage.names();
    assert_eq!(repair(&mut place, false).written, []);
    let plan = plan_snapshot_repair(&place.process(), &Run::silent()).unwrap();
    assert_eq!(place.storage.names(), before, "nothing is written without the flag");
    let stats = repair(&mut place, true);
    assert_eq!(stats.written.len(), plan.damaged.len());
    let (_, new) = stats.written.into_iter().find(|(old, _)| *old == id).unwrap();
    let fresh = place.process();
    let (source, tree) = place.expected[&id].clone();
    let files = snapshot_files(&fresh, &snapshot(&fresh, new), &source).unwrap();
    let lost = plan.damaged.iter().find(|damaged| damaged.id == id).unwrap();
    assert_eq!(
        (files.len() as u64, lost.ends_behind.as_ref()),
        (tree.len() as u64 - lost.paths_lost, None)
    );
    assert!(!files.is_empty() && files.len() < tree.len());
    assert!(files.iter().all(|(name, bytes)| tree[name] == *bytes));
    let listed = snapshot(&fresh, new);
    assert_eq!((listed.original, listed.stats.files), (Some(id), files.len() as u64));
    assert_eq!(listed.stats.files_failed, lost.paths_lost);
    assert_eq!(listed.stats.bytes, files.values().map(|bytes| bytes.len() as u64).sum::<u64>());
    // A second run finds it, and writes no other one, whatever tags it has by now.
    let again = repair(&mut place, true);
    assert_eq!((again.written.len(), again.present.len()), (0, plan.damaged.len()));
    assert!(again.present.contains(&(id, new)), "{again:?}");
    let change = TagChange::Add(vec!["rest".to_owned()]);
    let tagged = retag(&place.process(), &listed, &change, "host").unwrap().unwrap();
    let again = repair(&mut place, true);
    assert_eq!(again.written, []);
    assert!(again.present.contains(&(id, tagged.id)), "{again:?}");
    // The next backup takes over what is there, and reads what is not.
    let id = back_up(&fresh, &source).unwrap().snapshot.unwrap();
    assert_eq!(snapshot_files(&fresh, &snapshot(&fresh, id), &source).unwrap(), tree);
}

#[test]
fn of_a_tree_that_breaks_off_what_comes_before_is_kept() {
    let mut place = Place::new(2);
    let repository = place.process();
    // Longer than a block of a pack.
    let name = |number: u32| format!("{number:06}{}", "n".repeat(200)).into_bytes();
    let tree: Tree = (0..8000).map(|number| (name(number), vec![0; 3])).collect();
    let id = place.add(&repository, "many", &tree);
    let wanted = snapshot(&repository, id);
    let gleaner_store::Run::Chunks { chunks, .. } = &wanted.tree.runs[0] else { panic!("runs") };
    assert!(chunks.len() > 4, "the tree has several chunks");
    let lost = chunks.last().unwrap().id;
    // The chunk alone is damaged in its pack: the repair of packs makes it missing.
    for pack in place.of_kind(PackKind::Tree) {
        let directory = place.directory(pack);
        let Some(slot) = directory.chunks.iter().position(|chunk| chunk.id == lost) else {
            continue;
        };
        let block = directory.block_of(u32::try_from(slot).unwrap()).unwrap();
        let (offset, length) = directory.framed_range(block).unwrap();
        place.change(pack, |bytes| bytes[usize::try_from(offset).unwrap() + length - 1] ^= 1);
    }
    assert!(place.repair().unhealed.contains(&lost));
    let stats = repair(&mut place, true);
    let (_, new) = stats.written.into_iter().find(|(old, _)| *old == id).unwrap();
    let fresh = place.process();
    let (source, _) = place.expected[&id].clone();
    let files = snapshot_files(&fresh, &snapshot(&fresh, new), &source).unwrap();
    assert!((1000..tree.len()).contains(&files.len()), "{}", files.len());
    assert!(files.iter().all(|(name, bytes)| tree[name] == *bytes));
    println!("{} of {} files are left", files.len(), tree.len());
}
