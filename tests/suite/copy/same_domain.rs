//! Copies between repositories that name chunks alike.

use std::collections::BTreeSet;
use std::path::Path;

use gleaner_engine::{InitOptions, Run, copy};
use gleaner_tests::engine_doubles::{
    encrypted, seeded_bytes, seeded_tree, unencrypted, write_tree,
};

use super::{Place, assert_is_copy, assert_sound, copy_all, options};

/// Two repositories of one domain: encrypted with different masters, and without keys.
fn pairs() -> [(Place, Place); 2] {
    let from = Place::new(1, encrypted());
    let domain_from = Some(&from.repository);
    let to = Place::new(2, InitOptions { domain_from, ..encrypted() });
    [(from, to), (Place::new(3, unencrypted()), Place::new(4, unencrypted()))]
}

fn make_source(source: &Path) {
    write_tree(source, &seeded_tree(7, 30, 60_000));
    std::fs::write(source.join("large"), seeded_bytes(8, 3_000_000)).unwrap();
    std::fs::hard_link(source.join("large"), source.join("link")).unwrap();
}

#[test]
fn chunks_keep_their_ids_and_the_tree_its_reference() {
    let folder = tempfile::tempdir().unwrap();
    make_source(folder.path());
    for (from, to) in pairs() {
        let snapshot = from.back_up(folder.path());
        let stats = copy_all(&from.repository, &to.repository).unwrap();
        let copy = to.snapshot(stats.copied[0].copy);
        assert_eq!(copy.tree, snapshot.tree);
        assert_is_copy(&from, &snapshot, &to, &copy);
        assert_sound(&to);
        assert_eq!(stats.chunks_novel, snapshot.stats.chunks_novel);
        assert_eq!(stats.bytes_novel, snapshot.stats.bytes_novel);
        let next = gleaner_tests::engine_doubles::back_up(&to.repository, folder.path()).unwrap();
        assert_eq!(next.chunks_novel, 0, "later backups deduplicate against the copy");
    }
}

#[test]
fn chunks_that_the_target_has_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    make_source(folder.path());
    for (from, to) in pairs() {
        from.back_up(folder.path());
        copy_all(&from.repository, &to.repository).unwrap();
        let before: BTreeSet<_> = from.packs().into_iter().collect();
        std::fs::write(folder.path().join("new"), seeded_bytes(9, 200_000)).unwrap();
        let second = from.back_up(folder.path());
        // Whoever read one of the old data packs would fail.
        let largest = *before.iter().max_by_key(|pack| size(&from, pack)).unwrap();
        from.damage_blocks(&[largest]);
        let stats = copy_all(&from.repository, &to.repository).unwrap();
        assert_eq!((stats.snapshots_copied, stats.snapshots_failed), (1, 0));
        assert_eq!((stats.bytes_novel, stats.bytes_read), (200_000, 200_000));
        assert!(stats.bytes_stored < 300_000, "{stats:?}");
        assert_eq!(to.snapshot(stats.copied[0].copy).tree, second.tree);
        assert_sound(&to);
        std::fs::remove_file(folder.path().join("new")).unwrap();
    }
}

fn size(place: &Place, pack: &gleaner_chunker::PackId) -> usize {
    place.storage.raw(&gleaner_store::layout::pack(pack)).unwrap().len()
}

#[test]
fn other_parameters_or_another_key_are_another_domain() {
    let folder = tempfile::tempdir().unwrap();
    make_source(folder.path());
    let from = Place::new(1, unencrypted());
    from.back_up(folder.path());
    let chunker = "fine".parse().unwrap();
    for to in [Place::new(2, InitOptions { chunker, ..unencrypted() }), Place::new(3, encrypted())]
    {
        let stats = copy_all(&from.repository, &to.repository).unwrap();
        let copied = to.snapshot(stats.copied[0].copy);
        assert_ne!(copied.tree, from.snapshots()[0].tree);
        assert_is_copy(&from, &from.snapshots()[0], &to, &copied);
        // Known only after it was read.
        std::fs::write(folder.path().join("new"), b"new").unwrap();
        let second = from.back_up(folder.path());
        let stats = copy(
            &from.repository,
            &to.repository,
            std::slice::from_ref(&second),
            &options(),
            &Run::silent(),
        )
        .unwrap();
        assert_eq!((stats.bytes_novel, stats.bytes_read), (3, second.stats.bytes));
        std::fs::remove_file(folder.path().join("new")).unwrap();
        gleaner_engine::forget(&from.repository, &[second.id]).unwrap();
    }
}
