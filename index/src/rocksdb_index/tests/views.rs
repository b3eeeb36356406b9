//! Goal: a view of an index that another process holds answers as the index did when the view was
//! opened, with what was inserted into the view on top. If it fails, a second backup refers to
//! chunks that are not there, or stores everything again.

use std::path::Path;
use std::sync::Arc;

use gleaner_chunker::{ChunkId, PackId};
use tempfile::TempDir;

use super::process::Other;
use super::sample::{Contents, REPOSITORY, assert_never_wrong, content, insert_all, open};
use crate::chunk_index::{ChunkIndex, IndexStats, Lookup};
use crate::conformance::{self, Subject, live, pack, stored};
use crate::directories::Directories;
use crate::error::{Error, Result};
use crate::index_options::IndexOptions;
use crate::pack_facts::{PackFacts, PackState};
use crate::rocksdb_index::{RocksDbIndex, RocksDbView};

fn view(dir: &Path) -> Result<RocksDbView> {
    let directories: Arc<dyn Directories> = Arc::new(Contents);
    RocksDbView::open(dir, REPOSITORY, &IndexOptions::default(), &directories)
}

/// A view of an empty index: all there is, is its overlay.
struct Overlay {
    view: RocksDbView,
    _held: RocksDbIndex,
    _folder: TempDir,
}

impl Overlay {
    fn create() -> Self {
        let folder = TempDir::new().unwrap();
        let dir = folder.path().join("index");
        let held = open(&dir).unwrap();
        Self { view: view(&dir).unwrap(), _held: held, _folder: folder }
    }
}

impl Subject for Overlay {
    fn reopen(self) -> Self {
        self
    }
}

impl ChunkIndex for Overlay {
    fn lookup_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.view.lookup_batch(ids)
    }

    fn locate_batch(&self, ids: &[ChunkId]) -> Vec<Lookup> {
        self.view.locate_batch(ids)
    }

    fn insert_pack(&self, facts: PackFacts, ids: &[ChunkId]) -> Result<()> {
        self.view.insert_pack(facts, ids)
    }

    fn packs(&self) -> Result<Vec<PackFacts>> {
        self.view.packs()
    }

    fn remove_packs(&self, packs: &[PackId]) -> Result<()> {
        self.view.remove_packs(packs)
    }

    fn set_pack_states(&self, states: &[(PackId, PackState)]) -> Result<()> {
        self.view.set_pack_states(states)
    }

    fn checkpoint(&self) -> Result<()> {
        self.view.checkpoint()
    }

    fn note_in_flight(&self, ids: u64) {
        self.view.note_in_flight(ids);
    }

    fn stats(&self) -> Result<IndexStats> {
        self.view.stats()
    }
}

#[test]
fn view_conforms() {
    conformance::all(Overlay::create);
}

#[test]
fn view_beside_a_process_that_inserts_is_never_wrong() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    drop(open(&dir).unwrap());
    let mut other = Other::start("child_that_inserts", &dir);
    let mut last = 0;
    while last < 40 {
        last = other.number();
        let before = last;
        let view = view(&dir).unwrap();
        let known = view.packs().unwrap().len() as u64;
        assert!(known >= before, "what returned is there: {known} of {before}");
        assert_eq!(assert_never_wrong(&view, known).failed, 0);
        // What the view lacks comes from the storage.
        insert_all(&view, known + 1..=known + 3);
        let found = assert_never_wrong(&view, known + 3);
        assert_eq!((found.packs as u64, found.failed), (known + 3, 0));
    }
    let last = other.kill(last);
    assert!(open(&dir).unwrap().packs().unwrap().len() as u64 >= last, "views wrote nothing");
}

#[test]
fn states_and_removals_of_a_view_are_its_own() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    let index = open(&dir).unwrap();
    insert_all(&index, [1, 5]);
    let view = view(&dir).unwrap();
    insert_all(&view, [9]);
    view.set_pack_states(&[(pack(1), PackState::Condemned)]).unwrap();
    view.remove_packs(&[pack(5)]).unwrap();
    let asked = [content(1)[3], content(5)[3], content(9)[3]];
    assert_eq!(view.lookup_batch(&asked), [Lookup::Novel, Lookup::Novel, stored(9, 3)]);
    assert_eq!(index.lookup_batch(&asked), [stored(1, 3), stored(5, 3), Lookup::Novel]);

    let refused = view.set_pack_states(&[(pack(9), PackState::Trash), (pack(7), PackState::Trash)]);
    assert!(matches!(refused, Err(Error::UnknownPack { .. })));
    assert_eq!(view.lookup_batch(&asked)[2], stored(9, 3), "all or none");

    // Survivors of the condemned pack, entered again, answer above the idle rows.
    let ids = content(1);
    view.insert_pack(live(3, &ids[..4]), &ids[..4]).unwrap();
    assert_eq!(view.lookup_batch(&asked)[0], stored(3, 3));
}

#[test]
fn view_of_no_index_is_an_error_and_two_views_use_folders_of_their_own() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("index");
    assert!(view(&dir).unwrap_err().wants_rebuild());
    let index = open(&dir).unwrap();
    insert_all(&index, 1..=3);
    let views = [view(&dir).unwrap(), view(&dir).unwrap()];
    for view in &views {
        assert_eq!(assert_never_wrong(view, 3).packs, 3);
    }
    drop(views);
    let count = std::fs::read_dir(folder.path()).unwrap().count();
    drop(view(&dir).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), count, "folders are used again");
}
