//! What was there before an operation, and what must be there after it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use gleaner_engine::{Error, InitOptions, Repository, forget};
use gleaner_store::{Fs as _, MemoryFs, ObjectName, Snapshot, SnapshotId, layout};
use gleaner_tests::engine_doubles::{
    Tree, back_up, create, seeded_tree, snapshot_files, write_tree,
};
use tempfile::TempDir;

use super::plain;

/// Snapshots of three sources, of which one had a larger one that was forgotten.
pub(super) struct Scene {
    folder: TempDir,
    /// Where the operation works.
    pub(super) fs: MemoryFs,
    /// The other side of a copy.
    pub(super) partner: MemoryFs,
    /// Trees that a snapshot must show, by source.
    pub(super) needed: Vec<(PathBuf, Tree)>,
    /// Trees that a snapshot may show besides.
    pub(super) allowed: Vec<(PathBuf, Tree)>,
    /// What the sources hold now is in no snapshot yet.
    pub(super) next: Option<(PathBuf, Tree)>,
    /// A snapshot of source `c`.
    pub(super) of_c: Option<SnapshotId>,
    /// A snapshot that lost files.
    lossy: Option<SnapshotId>,
}

/// A scene's disks, for one run.
pub(super) struct Place {
    pub(super) fs: MemoryFs,
    pub(super) partner: MemoryFs,
}

impl Scene {
    /// A disk without anything.
    pub(super) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            fs: MemoryFs::new(),
            partner: MemoryFs::new(),
            needed: Vec::new(),
            allowed: Vec::new(),
            next: None,
            of_c: None,
            lossy: None,
        }
    }

    /// A new repository, and a source to back up.
    pub(super) fn new_repository(data: u64, options: InitOptions<'_>) -> Self {
        let mut scene = Self::empty();
        drop(create(plain(&scene.fs, 1), 2, options));
        scene.change_source("a", seeded_tree(data << 4, 3, 4000));
        scene
    }

    /// A repository with snapshots and with garbage of both kinds.
    pub(super) fn with_snapshots(data: u64, options: InitOptions<'_>) -> Self {
        let mut scene = Self::empty();
        let repository = create(plain(&scene.fs, 1), 2, options);
        let tree = |number, files| seeded_tree(data << 4 | number, files, 4000);
        let kept = tree(1, 2);
        let mut all = kept.clone();
        all.extend(tree(2, 2));
        let first = scene.save(&repository, "a", &all);
        scene.needed.clear();
        scene.save(&repository, "a", &kept);
        let of_b = tree(3, 2);
        // One file of `c` is in a pack of `b`.
        let mut of_c = tree(4, 2);
        of_c.extend(of_b.first_key_value().map(|(name, bytes)| (name.clone(), bytes.clone())));
        scene.save(&repository, "b", &of_b);
        scene.of_c = Some(scene.save(&repository, "c", &of_c));
        forget(&repository, &[first]).unwrap();
        scene
    }

    fn save(&mut self, repository: &Repository, name: &str, tree: &Tree) -> SnapshotId {
        let source = self.source(name);
        write_tree(&source, tree);
        self.needed.push((source.clone(), tree.clone()));
        back_up(repository, &source).unwrap().snapshot.unwrap()
    }

    /// The source holds this from now on.
    pub(super) fn change_source(&mut self, name: &str, tree: Tree) {
        let source = self.source(name);
        write_tree(&source, &tree);
        self.next = Some((source, tree));
    }

    pub(super) fn source(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Snapshots of source `c` need not be there.
    pub(super) fn let_go_of_c(&mut self) {
        self.let_go_of(&self.source("c"));
    }

    fn let_go_of(&mut self, source: &Path) {
        let at = self.needed.iter().position(|(of, _)| of == source).unwrap();
        self.allowed.push(self.needed.remove(at));
    }

    /// On this disk that snapshot is not whole any more.
    pub(super) fn lose(&mut self, fs: MemoryFs, id: SnapshotId, repository: &Repository) {
        let list = repository.snapshots().unwrap().snapshots;
        let snapshot = list.iter().find(|snapshot| snapshot.id == id).unwrap();
        self.let_go_of(&source_of(snapshot));
        self.fs = fs;
        self.lossy = Some(id);
    }

    pub(super) fn is_of(&self, snapshot: &Snapshot, name: &str) -> bool {
        source_of(snapshot) == self.source(name)
    }

    /// A run's own disks.
    pub(super) fn place(&self) -> Place {
        Place { fs: self.fs.snapshot(), partner: self.partner.snapshot() }
    }

    /// Every snapshot that is listed is one of those that may be there, whole; those that must be
    /// there are.
    pub(super) fn assert_listed_are_whole(&self, repository: &Repository, told: &str) {
        let shown = self.assert_listed_may_be(repository, told);
        for (source, tree) in &self.needed {
            let is_there = shown.iter().any(|(of, files)| of == source && files == tree);
            assert!(is_there, "{told}: no snapshot of {}", source.display());
        }
    }

    /// Every snapshot that is listed is one of those that may be there, whole.
    pub(super) fn assert_listed_may_be(
        &self,
        repository: &Repository,
        told: &str,
    ) -> Vec<(PathBuf, Tree)> {
        let list = repository.snapshots().unwrap_or_else(|error| panic!("{told}: {error}"));
        assert!(list.damaged.is_empty(), "{told}: {:?}", list.damaged);
        let mut shown = Vec::new();
        for snapshot in &list.snapshots {
            if Some(snapshot.id) == self.lossy {
                continue;
            }
            let source = source_of(snapshot);
            // A repair may take more for lost than is, if reading fails; what it writes then is
            // beside the snapshot, not in its place.
            let is_rest = self.lossy.is_some() && snapshot.original.is_some();
            let files = match snapshot_files(repository, snapshot, &source) {
                Ok(files) => files,
                Err(Error::NoSuchPath { .. }) if is_rest => Tree::new(),
                Err(error) => panic!("{told}: {}: {error}", snapshot.id),
            };
            let mut may_be = self.needed.iter().chain(&self.allowed).chain(&self.next);
            let is_known = may_be.any(|(of, tree)| {
                *of == source && (*tree == files || is_rest && is_part(&files, tree))
            });
            assert!(is_known, "{told}: {} is no whole snapshot", snapshot.id);
            shown.push((source, files));
        }
        shown
    }

    pub(super) fn pack_paths(&self) -> Vec<String> {
        let is_pack = |path: &String| {
            ObjectName::new(path).is_ok_and(|name| layout::parse_pack(&name).is_some())
        };
        self.fs.files().into_keys().filter(is_pack).collect()
    }

    /// Changes the bytes of each pack; `change` is told the number of the pack.
    pub(super) fn damage_packs(&self, mut change: impl FnMut(usize, &mut Vec<u8>)) {
        let files = self.fs.files();
        for (number, path) in self.pack_paths().into_iter().enumerate() {
            let mut bytes = files[&path].to_vec();
            change(number, &mut bytes);
            self.fs.unlink(&path).unwrap();
            let file = self.fs.create_new(&path).unwrap();
            let mut written = 0;
            while written < bytes.len() {
                written += self.fs.write_at(&file, written as u64, &bytes[written..]).unwrap();
            }
        }
    }
}

/// The one root of a snapshot.
fn source_of(snapshot: &Snapshot) -> PathBuf {
    Path::new(OsStr::from_bytes(&snapshot.roots[0])).to_path_buf()
}

/// Whether there is nothing but some of a tree's files.
fn is_part(files: &Tree, of: &Tree) -> bool {
    files.iter().all(|(name, bytes)| of.get(name) == Some(bytes))
}
