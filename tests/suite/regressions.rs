//! Goal: what a review found does not come back. Method: the scenario of each finding.
//! What a user loses if one fails stands above each test.

mod hard_links;
mod parents;
mod partial_loss;

use std::sync::Arc;

use gleaner_engine::{
    BackupOptions, Environment, Error, IndexPlace, Parent, Repository, RestoreOptions, Run,
    SnapshotFilter, StatsMode, backup, restore, stats,
};
use gleaner_store::{DirectoryStorage, MemoryStorage, ObjectName, layout};
use gleaner_tests::engine_doubles::{
    back_up, backup_options, create, credential, encrypted, environment, open, restore_options,
    seeded_tree, snapshot_files, unencrypted, write_tree,
};

/// Lost otherwise: everything beside a root, when a snapshot of it is restored to its place.
#[test]
fn delete_spares_what_lies_beside_a_root() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("home/alice");
    write_tree(&root, &[(b"mine".to_vec(), b"1".to_vec())].into());
    let repository = create(Arc::new(MemoryStorage::new()), 1, unencrypted());
    back_up(&repository, &root).unwrap();
    let target = folder.path().join("target");
    let beside = target.join(root.parent().unwrap().strip_prefix("/").unwrap()).join("bob");
    std::fs::create_dir_all(&beside).unwrap();
    std::fs::write(beside.join("precious"), "2").unwrap();
    let inside = target.join(root.strip_prefix("/").unwrap());
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(inside.join("surplus"), "3").unwrap();

    let snapshot = repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    let options = RestoreOptions { delete: true, ..restore_options(&target) };
    restore(&repository, &snapshot, &options, &Run::silent()).unwrap();
    assert!(beside.join("precious").exists(), "a neighbour of the root was deleted");
    assert!(!inside.join("surplus").exists(), "what the snapshot does not have stayed");
    assert!(inside.join("mine").exists());
}

/// Lost otherwise: every unchanged file whose pack vanished, although the source still has it.
#[test]
fn a_vanished_pack_is_doubted_by_every_later_run_and_its_chunks_are_stored_again() {
    let folder = tempfile::tempdir().unwrap();
    let (root, place) = (folder.path().join("source"), folder.path().join("repository"));
    let files = seeded_tree(3, 20, 20_000);
    write_tree(&root, &files);
    let env = |seed| Environment {
        index_place: IndexPlace::CacheDir(folder.path().join("cache")),
        ..environment(Arc::new(DirectoryStorage::create(&place).unwrap()), seed)
    };
    let repository = Repository::create(env(1), &encrypted()).unwrap();
    back_up(&repository, &root).unwrap();
    let packs = repository.storage().list(&layout::packs()).unwrap();
    let largest = packs.iter().max_by_key(|listed| listed.bytes).unwrap();
    repository.storage().delete(&largest.name).unwrap();
    drop(repository);

    // Another verb opens the index first: it must not make the next backup believe the parent.
    let reader = Repository::open(env(2), &credential()).unwrap();
    let snapshot = reader.resolve("latest", &SnapshotFilter::default()).unwrap();
    assert!(snapshot_files(&reader, &snapshot, &root).is_err(), "the pack is gone");
    drop(reader);

    let repository = Repository::open(env(3), &credential()).unwrap();
    back_up(&repository, &root).unwrap();
    let snapshot = repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    assert_eq!(snapshot_files(&repository, &snapshot, &root).unwrap(), files);
}

/// Lost otherwise: a file that another pack still holds, once the index pointed to the lost copy.
#[test]
fn a_chunk_that_a_second_pack_holds_survives_the_loss_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (root, place) = (folder.path().join("source"), folder.path().join("repository"));
    let files = seeded_tree(4, 5, 5_000);
    write_tree(&root, &files);
    let env = |seed, cache: &str| Environment {
        index_place: IndexPlace::CacheDir(folder.path().join(cache)),
        ..environment(Arc::new(DirectoryStorage::create(&place).unwrap()), seed)
    };
    let first = Repository::create(env(1, "a"), &encrypted()).unwrap();
    let second = Repository::open(env(2, "b"), &credential()).unwrap();
    let names = |repository: &Repository| -> Vec<ObjectName> {
        let listed = repository.storage().list(&layout::packs()).unwrap();
        listed.into_iter().map(|listed| listed.name).collect()
    };
    // The second knows no pack, and no parent: it stores every chunk once more.
    let options = BackupOptions { parent: Parent::None, ..backup_options(&[&root]) };
    backup(&second, &BackupOptions { dry_run: true, ..options.clone() }, &Run::silent()).unwrap();
    backup(&first, &options, &Run::silent()).unwrap();
    let lost = names(&first);
    backup(&second, &options, &Run::silent()).unwrap();
    assert_eq!(names(&first).len(), 2 * lost.len(), "both stored everything");
    drop((first, second));

    // An index that knows both copies of each chunk, whichever it points to.
    let reader = Repository::open(env(3, "c"), &credential()).unwrap();
    let snapshot = reader.resolve("latest", &SnapshotFilter::default()).unwrap();
    assert_eq!(snapshot_files(&reader, &snapshot, &root).unwrap(), files);
    for name in &lost {
        reader.storage().delete(name).unwrap();
    }
    drop(reader);
    // The copies are entered by the first run after the loss, or else by the next.
    let interrupted = Repository::open(env(5, "c"), &credential()).unwrap();
    let run = Run::silent();
    run.cancel.cancel();
    let stopped = stats(&interrupted, &[], StatsMode::RestoreSize, &run);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    drop(interrupted);
    let reader = Repository::open(env(4, "c"), &credential()).unwrap();
    // Not the first snapshot: its tree has the times of the folders above, which others change.
    assert_eq!(snapshot_files(&reader, &snapshot, &root).unwrap(), files);
}

/// Lost otherwise: an `init` that succeeded, when another was started at the same time.
#[test]
fn two_inits_at_once_leave_one_repository_that_opens() {
    for round in 0..20 {
        let storage = Arc::new(MemoryStorage::new());
        let results: Vec<_> = std::thread::scope(|scope| {
            let init = |seed| {
                let storage = Arc::clone(&storage);
                scope.spawn(move || {
                    Repository::create(environment(storage, seed), &encrypted()).is_ok()
                })
            };
            let handles = [init(round * 2 + 1), init(round * 2 + 2)];
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
        });
        let winners = results.iter().filter(|&&is_ok| is_ok).count();
        assert!(winners <= 1, "round {round}");
        if winners == 1 {
            open(storage as _, 99).unwrap();
        }
    }
}

/// Lost otherwise: the rest of a snapshot, which every reader gives up at such a folder.
#[test]
fn folders_deeper_than_a_tree_holds_are_named_and_left_out() {
    use std::os::fd::{AsFd as _, OwnedFd};
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("source");
    std::fs::create_dir(&root).unwrap();
    std::fs::write(root.join("zz-after"), "kept").unwrap();
    let mut at: OwnedFd = std::fs::File::open(&root).unwrap().into();
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let depth = 4110;
    if limit.current.is_some_and(|current| current < 2 * depth) {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).is_err()
            || limit.maximum.is_some_and(|maximum| maximum < 2 * depth)
        {
            println!("skipped: not enough descriptors");
            return;
        }
    }
    for _ in 0..depth {
        rustix::fs::mkdirat(at.as_fd(), "d", rustix::fs::Mode::RWXU).unwrap();
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
        at = rustix::fs::openat(at.as_fd(), "d", flags, rustix::fs::Mode::empty()).unwrap();
    }
    let repository = create(Arc::new(MemoryStorage::new()), 5, unencrypted());
    let options = backup_options(&[&root]);
    let stats = backup(&repository, &options, &Run::silent()).unwrap();
    assert_eq!(stats.files_failed, 1);
    let snapshot = repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    let files = snapshot_files(&repository, &snapshot, &root).unwrap();
    assert_eq!(files.get(b"zz-after".as_slice()).map(Vec::as_slice), Some(&b"kept"[..]));
    remove_deep(&root.join("d"));
}

/// `remove_dir_all` of the standard library holds a descriptor a level too, and may be short.
fn remove_deep(path: &std::path::Path) {
    let status = std::process::Command::new("rm").arg("-rf").arg(path).status().unwrap();
    assert!(status.success());
}
