//! Goal: a repository on a backup server is a repository: every verb of the engine does there what
//! it does in a folder, for those whose token has the right, and for nobody else.
//!
//! Method: a server in this process, over real TLS on the loopback, with a directory storage
//! behind it; backups, restores, checks and prunes of seeded trees by subscribers with tokens of
//! one right each. If this fails, a subscriber's only copy is lost, or taken away by a thief.

use std::path::Path;
use std::sync::Arc;

use gleaner_engine::{
    CheckOptions, Error, Repository, Result, Run, Severity, add_key_slot, check, forget, restore,
};
use gleaner_net::Limits;
use gleaner_service::{RemoteStorage, Right};
use gleaner_store::{ErrorKind, KdfCost, Storage};
use gleaner_tests::engine_doubles::{
    back_up, create, disk_files, encrypted, open, prune, restore_options, seeded_tree,
    snapshot_files, snapshot_of, write_tree,
};

use crate::service_site::{Site, in_memory, token, with_site};

impl Site {
    fn storage(&self, tenant: &str, right: Right) -> Arc<dyn Storage> {
        let session = self.session(tenant, &token(tenant, right)).unwrap();
        Arc::new(RemoteStorage::new(Arc::new(session)))
    }

    /// Another process of tenant `a`, with a token of that right.
    fn open(&self, right: Right, seed: u64) -> Repository {
        open(self.storage("a", right), seed).unwrap()
    }
}

fn assert_denied<T>(result: Result<T>, what: &str) {
    let error: Error = result.err().unwrap_or_else(|| panic!("{what} was allowed"));
    assert_eq!(error.kind(), ErrorKind::Denied, "{what}: {error}");
}

fn assert_sound(repository: &Repository, what: &str) {
    let mut errors = Vec::new();
    check(repository, &CheckOptions::read_data(), &Run::silent(), &mut |finding| {
        if finding.severity == Severity::Error {
            errors.push(finding.message.clone());
        }
    })
    .unwrap();
    assert_eq!(errors, Vec::<String>::new(), "{what}");
}

/// What a restore makes of the only root.
fn restored(repository: &Repository, source: &Path) -> gleaner_tests::engine_doubles::Tree {
    let target = tempfile::tempdir().unwrap();
    let mut options = restore_options(target.path());
    // A token that reads only cannot leave a lease.
    options.lease = false;
    let snapshot = repository.snapshots().unwrap().snapshots.pop().unwrap();
    restore(repository, &snapshot, &options, &Run::silent()).unwrap();
    disk_files(&target.path().join(source.strip_prefix("/").unwrap()))
}

#[test]
fn each_right_does_its_verbs_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let (first_tree, mut tree) = (seeded_tree(1, 30, 60_000), seeded_tree(2, 20, 60_000));
    tree.extend(first_tree.iter().take(10).map(|(name, bytes)| (name.clone(), bytes.clone())));
    with_site(in_memory(), &Limits::default(), |site| {
        drop(create(site.storage("a", Right::Administer), 10, encrypted()));
        let appender = site.open(Right::Append, 11);
        write_tree(&source, &first_tree);
        let first = snapshot_of(&appender, &back_up(&appender, &source).unwrap());
        write_tree(&source, &tree);
        let second = back_up(&appender, &source).unwrap();
        assert!(second.bytes_novel > 0);
        let reader = site.open(Right::Read, 12);
        assert!(restored(&reader, &source) == tree);
        assert!(snapshot_files(&reader, &first, &source).unwrap() == first_tree);
        assert_sound(&reader, "after two backups");
        // Adding is no taking away, and reading is no adding.
        for (right, seed) in [(Right::Append, 13), (Right::Read, 14)] {
            let repository = site.open(right, seed);
            assert_denied(forget(&repository, &[first.id]), "forget");
            assert_denied(prune(&repository), "prune");
            assert_denied(add_key_slot(&repository, b"x", KdfCost::TEST, "x"), "a key");
        }
        assert_denied(back_up(&reader, &source), "a backup");
        assert_eq!(reader.snapshots().unwrap().snapshots.len(), 2);
        let keeper = site.open(Right::Maintain, 15);
        assert_denied(add_key_slot(&keeper, b"x", KdfCost::TEST, "x"), "a key");
        forget(&keeper, &[first.id]).unwrap();
        let condemned = prune(&keeper).unwrap();
        let freed = prune(&keeper).unwrap();
        assert!(condemned.bytes_condemned > 0 && freed.bytes_freed > 0, "{freed:?}");
        let fresh = site.open(Right::Read, 16);
        assert!(restored(&fresh, &source) == tree);
        assert_sound(&fresh, "after a prune");
        let master = site.open(Right::Administer, 17);
        add_key_slot(&master, b"second", KdfCost::TEST, "second").unwrap();
    });
}

#[test]
fn tenants_neither_see_nor_touch_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let tree = seeded_tree(3, 10, 30_000);
    write_tree(&source, &tree);
    with_site(in_memory(), &Limits::default(), |site| {
        for right in Right::ALL {
            let refused = site.session("b", &token("a", right)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Denied, "{refused}");
        }
        let a = create(site.storage("a", Right::Administer), 20, encrypted());
        let b = create(site.storage("b", Right::Administer), 21, encrypted());
        back_up(&a, &source).unwrap();
        assert!(b.snapshots().unwrap().snapshots.is_empty());
        // The same bytes again: nothing of what `a` stored is counted on.
        let stats = back_up(&b, &source).unwrap();
        assert_eq!(stats.bytes_novel, tree.values().map(|bytes| bytes.len() as u64).sum::<u64>());
        let b = open(site.storage("b", Right::Read), 22).unwrap();
        assert_sound(&b, "the second tenant");
        assert!(restored(&b, &source) == tree);
    });
}
