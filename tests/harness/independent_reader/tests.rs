//! Goal: two readers that share no code agree on what a repository holds.
//! Method: the product's writer makes a small repository; this reader opens it from FORMAT.md.
//! What a user loses if it fails: the promise that a backup outlives its program.

use std::os::unix::fs::MetadataExt as _;

use gleaner_chunker::{ChunkId, ChunkerParams, GearTable, IdHasher, PackId};
use gleaner_store::{
    BlockEncoding, ChunkRef, DirectoryStorage, Domain, Entry, EntryKind, KdfCost, Keys, Metadata,
    NewPack, NewSlot, ObjectName, PackKind, PackWriter, ProvenanceSummary, RandomSource as _,
    RepositoryConfig, Run, SeededRandom, SessionId, Snapshot, SnapshotId, SnapshotState,
    SnapshotStats, Storage as _, TreeItem, TreeRef, create_key_slot, encode_block, encode_config,
    encode_fence_marker, encode_runs, encode_snapshot, encode_tombstone, encode_tree_item, layout,
};
use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "secret";
const SNAPSHOT: SnapshotId = SnapshotId([9; 32]);

/// A repository on disk with one snapshot, a fenced and a forgotten one.
struct Made {
    folder: TempDir,
    storage: DirectoryStorage,
    keys: Keys,
    hasher: IdHasher,
    random: SeededRandom,
}

fn seeded(random: &SeededRandom) -> [u8; 32] {
    let mut bytes = [0; 32];
    random.fill(&mut bytes).unwrap();
    bytes
}

impl Made {
    fn new(encrypted: bool) -> Self {
        let random = SeededRandom::new(5);
        let folder = tempfile::tempdir().unwrap();
        let storage = DirectoryStorage::open(folder.path()).unwrap();
        storage.create_layout().unwrap();
        let keys = if encrypted { Keys::generate(&random).unwrap() } else { Keys::unencrypted() };
        let domain_key = seeded(&random);
        let hasher = if encrypted { IdHasher::keyed(&domain_key) } else { IdHasher::plain() };
        let made = Self { folder, storage, keys, hasher, random };
        let config = RepositoryConfig {
            id: [1; 32],
            domain_id: [2; 32],
            chunker: ChunkerParams::DEFAULT,
            gear_digest: GearTable::public().digest(),
            pack_target_bytes: 1 << 20,
            compression_level: 3,
            parity_percent: None,
            pad: false,
            created_ns: 0,
            domain_key: encrypted.then(|| domain_key.into()),
        };
        made.put(&layout::config(), &encode_config(&config, &made.keys));
        if encrypted {
            for password in ["another", PASSWORD] {
                let password = password.as_bytes();
                let new = NewSlot { password, cost: KdfCost::TEST, label: "", created_ns: 0 };
                let (id, bytes) = create_key_slot(&made.keys, &new, &made.random).unwrap();
                made.put(&layout::key_slot(&id), &bytes);
            }
        }
        made
    }

    fn put(&self, name: &ObjectName, bytes: &[u8]) {
        assert_eq!(
            self.storage.put_if_absent(name, &[bytes]).unwrap(),
            gleaner_store::Put::Created
        );
    }

    /// Stores each of `chunks` in a block of its own, and names them in a run.
    fn store(&self, kind: PackKind, chunks: &[&[u8]]) -> Run {
        let id = PackId::from_bytes(seeded(&self.random));
        let new = NewPack { kind, id, key_epoch: 0, domain_id: [2; 32], session: [3; 16] };
        let mut writer = PackWriter::create(&self.keys, new);
        let mut refs = Vec::new();
        for chunk in chunks {
            let bytes = u32::try_from(chunk.len()).unwrap();
            let chunk_ref = ChunkRef { id: self.hasher.id(chunk), bytes };
            let encoding = BlockEncoding { level: 3, pad: true };
            writer.append(encode_block(vec![chunk_ref], chunk, encoding)).unwrap();
            refs.push(chunk_ref);
        }
        let pack = writer.finish();
        let parts: Vec<_> = pack.parts().collect();
        assert!(self.storage.put_if_absent(&layout::pack(&id), &parts).is_ok());
        Run::Chunks { domain: Domain::Private, chunks: refs }
    }

    /// A snapshot of `items` whose tree reference has level 1.
    fn commit(&self, items: &[TreeItem]) {
        let mut stream = Vec::new();
        for item in items {
            encode_tree_item(item, &mut stream).unwrap();
        }
        // Cut across records, as a chunker does.
        let pieces: Vec<&[u8]> = stream.chunks(100).collect();
        let runs = self.store(PackKind::Tree, &pieces);
        let runs = self.store(PackKind::Tree, &[&encode_runs(&[runs])]);
        let snapshot = Snapshot {
            id: SNAPSHOT,
            time_ns: 7,
            sequence: 1,
            epoch: 0,
            session: [3; 16],
            host: "host".into(),
            user: String::new(),
            tags: vec!["tag".into()],
            roots: vec![b"/r".to_vec()],
            tree: TreeRef { level: 1, runs: vec![runs] },
            parent: None,
            original: None,
            stats: SnapshotStats::default(),
            provenance: ProvenanceSummary::default(),
            state: SnapshotState::Complete,
            program: String::new(),
            lacks_xattrs: false,
        };
        let put = |id, bytes: &[u8]| self.put(&layout::snapshot(id), bytes);
        put(SNAPSHOT, &encode_snapshot(&snapshot, &self.keys).unwrap());
        let forgotten = SnapshotId([10; 32]);
        let manifest = encode_snapshot(&Snapshot { id: forgotten, ..snapshot }, &self.keys);
        put(forgotten, &manifest.unwrap());
        self.put(&layout::tombstone(forgotten), &encode_tombstone(forgotten, 0));
        let fenced = SnapshotId([11; 32]);
        put(fenced, &encode_fence_marker(fenced, SessionId([4; 16])));
    }

    fn items(&self) -> Vec<TreeItem> {
        let links = |links, inode, kind, name: &str| Entry {
            name: name.into(),
            metadata: Metadata { mode: 0o640, links, inode, ..Metadata::default() },
            kind,
        };
        let content = |pieces: &[&[u8]]| vec![self.store(PackKind::Data, pieces)];
        let file = |bytes, content, more| EntryKind::File { bytes, content, more };
        let sparse = vec![Run::Hole { bytes: 1 << 20 }, content(&[b"end"]).remove(0)];
        let target = b"linked".to_vec();
        vec![
            TreeItem::Enter(links(2, 1, EntryKind::Directory, "folder")),
            TreeItem::Node(links(1, 2, file(0, vec![], false), "empty")),
            TreeItem::Node(links(2, 3, file(9, content(&[b"some", b" text"]), false), "linked")),
            TreeItem::Node(links(2, 3, file(9, content(&[b"some", b" text"]), false), "linked2")),
            TreeItem::Leave,
            TreeItem::Node(links(1, 4, file(6, content(&[b"one"]), true), "long")),
            TreeItem::Content { runs: content(&[b"two"]), more: false },
            TreeItem::Node(links(1, 6, EntryKind::Fifo, "pipe")),
            TreeItem::Node(links(1, 5, file((1 << 20) + 3, sparse, false), "sparse")),
            TreeItem::Node(links(1, 7, EntryKind::Symlink { target }, "symlink")),
        ]
    }

    fn open(&self) -> Result<Repository> {
        let password = self.keys.suite().number() == 1;
        Repository::open(self.folder.path(), password.then_some(PASSWORD))
    }
}

#[test]
fn a_repository_is_extracted_from_its_description_alone() {
    for encrypted in [true, false] {
        let made = Made::new(encrypted);
        made.commit(&made.items());
        let repository = made.open().unwrap();
        let snapshots = repository.snapshots().unwrap();
        let ids: Vec<_> = snapshots.iter().map(|snapshot| snapshot.id).collect();
        assert_eq!(ids, [SNAPSHOT.0], "neither the forgotten one nor the fenced name");
        let target = tempfile::tempdir().unwrap();
        let totals = repository.extract(&SNAPSHOT.0, target.path()).unwrap();
        let expected = ExtractTotals { files: 5, folders: 1, symlinks: 1, skipped: 1 };
        assert_eq!(totals, expected);
        let path = |name: &str| target.path().join(name);
        assert_eq!(fs::read(path("folder/empty")).unwrap(), b"");
        assert_eq!(fs::read(path("folder/linked2")).unwrap(), b"some text");
        let inode = |name: &str| fs::metadata(path(name)).unwrap().ino();
        assert_eq!(inode("folder/linked"), inode("folder/linked2"));
        assert_eq!(fs::metadata(path("long")).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fs::read(path("long")).unwrap(), b"onetwo");
        let sparse = fs::metadata(path("sparse")).unwrap();
        assert_eq!(sparse.len(), (1 << 20) + 3);
        assert!(sparse.blocks() * 512 < 1 << 20, "the hole is a hole");
        assert_eq!(fs::read_link(path("symlink")).unwrap(), Path::new("linked"));
    }
}

#[test]
fn packs_are_verified_down_to_each_chunk() {
    let made = Made::new(true);
    made.commit(&made.items());
    let repository = made.open().unwrap();
    let totals = repository.verify_packs().unwrap();
    assert_eq!(totals.packs, repository.packs.len());
    assert!(totals.chunks >= totals.blocks && totals.blocks > totals.packs, "{totals:?}");
    let pack = repository.packs.first().unwrap().path.clone();
    let sound = fs::read(&pack).unwrap();
    for at in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 0x10;
        fs::write(&pack, &damaged).unwrap();
        let verdict = made.open().and_then(|repository| repository.verify_packs());
        assert!(verdict.is_err(), "byte {at} of a pack");
    }
}

#[test]
fn a_password_is_asked_for_where_it_is_needed_and_only_there() {
    let sealed = Made::new(true);
    assert!(Repository::open(sealed.folder.path(), None).is_err());
    let wrong = Repository::open(sealed.folder.path(), Some("wrong")).unwrap_err();
    assert!(wrong.to_string().contains("none of 2 key slots"), "{wrong}");
    let plain = Made::new(false);
    assert!(Repository::open(plain.folder.path(), Some(PASSWORD)).is_err());
}

#[test]
fn a_chunk_under_the_id_of_another_is_never_extracted() {
    let made = Made::new(false);
    let mut items = made.items();
    let id = ChunkId::from_bytes([0x55; 32]);
    let wrong = Run::Chunks { domain: Domain::Private, chunks: vec![ChunkRef { id, bytes: 3 }] };
    items.truncate(5);
    let kind = EntryKind::File { bytes: 3, content: vec![wrong], more: false };
    let metadata = Metadata::default();
    items.push(TreeItem::Node(Entry { name: b"x".to_vec(), metadata, kind }));
    made.commit(&items);
    let target = tempfile::tempdir().unwrap();
    let error = made.open().unwrap().extract(&SNAPSHOT.0, target.path()).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
}
