//! The values that the vectors encode, all from fixed seeds.

use std::cell::Cell;

use gleaner_chunker::{ChunkId, ChunkerParams, GearTable, IdHasher, PackId};
use zeroize::Zeroizing;

use crate::block::{BlockEncoding, encode_block};
use crate::chunk_list::{ChunkRef, Domain, Run};
use crate::condemnation::{CondemnedList, MarkFacts, Outcome};
use crate::config::RepositoryConfig;
use crate::coordination::{Epoch, Lease, LeaseKind, LeaseState, SessionId};
use crate::key_slot::{KdfCost, NewSlot};
use crate::keys::Keys;
use crate::pack_format::{NewPack, PackKind};
use crate::pack_writer::PackWriter;
use crate::parity::encode_parity;
use crate::random::{RandomSource, SeededRandom};
use crate::snapshot::{
    ProvenanceSummary, Snapshot, SnapshotId, SnapshotState, SnapshotStats, TreeRef,
};
use crate::tree_codec::encode_tree_item;
use crate::tree_item::{Entry, EntryKind, FileTime, Metadata, TreeItem};

/// 2026-01-02T03:04:05.000000006Z.
pub(super) const TIME_NS: i64 = 1_767_323_045_000_000_006;
pub(super) const PASSWORD: &[u8] = b"correct horse battery staple";

/// `N` reproducible bytes.
pub(super) fn seeded<const N: usize>(seed: u64) -> [u8; N] {
    let mut bytes = [0; N];
    SeededRandom::new(seed).fill(&mut bytes).unwrap();
    bytes
}

pub(super) fn keys() -> Keys {
    Keys::generate(&SeededRandom::new(1)).unwrap()
}

pub(super) fn domain_key() -> [u8; 32] {
    seeded(2)
}

pub(super) fn config(encrypted: bool) -> RepositoryConfig {
    let gear = if encrypted { GearTable::derive(&domain_key()) } else { GearTable::public() };
    RepositoryConfig {
        id: seeded(3),
        domain_id: seeded(4),
        chunker: if encrypted {
            ChunkerParams::DEFAULT
        } else {
            ChunkerParams::fixed(4096).unwrap()
        },
        gear_digest: gear.digest(),
        pack_target_bytes: 64 << 20,
        compression_level: 3,
        pad: encrypted,
        parity_percent: None,
        created_ns: TIME_NS,
        domain_key: encrypted.then(|| Zeroizing::new(domain_key())),
    }
}

pub(super) fn config_parity() -> RepositoryConfig {
    RepositoryConfig { parity_percent: Some(3), ..config(false) }
}

/// Sidecar of half as many recovery shards as data shards, of a pack of three and a bit: what is in
/// the pack does not matter.
pub(super) fn parity() -> Vec<u8> {
    let pack = PackId::from_bytes(seeded(7));
    encode_parity(pack, &[&seeded::<13_000>(18)], 50)
}

pub(super) const fn new_slot() -> NewSlot<'static> {
    NewSlot { password: PASSWORD, cost: KdfCost::TEST, label: "vector", created_ns: TIME_NS }
}

/// Bytes that zstd shrinks, and bytes that it cannot.
pub(super) fn chunk_bytes() -> [Vec<u8>; 3] {
    [b"gleaner ".repeat(40), b"leaves nothing in the field, ".repeat(9), seeded::<200>(5).to_vec()]
}

pub(super) fn id_hasher(encrypted: bool) -> IdHasher {
    if encrypted { IdHasher::keyed(&domain_key()) } else { IdHasher::plain() }
}

pub(super) fn chunk_ref(hasher: &IdHasher, bytes: &[u8]) -> ChunkRef {
    ChunkRef { id: hasher.id(bytes), bytes: u32::try_from(bytes.len()).unwrap() }
}

pub(super) fn new_pack(kind: PackKind, id_seed: u64) -> NewPack {
    NewPack {
        kind,
        id: PackId::from_bytes(seeded(id_seed)),
        key_epoch: 0,
        domain_id: seeded(4),
        session: seeded(6),
    }
}

/// A data pack of two blocks: two compressed chunks, one that is stored raw.
pub(super) fn data_pack(keys: &Keys, id_seed: u64) -> Vec<u8> {
    let encrypted = keys.master().is_some();
    let hasher = id_hasher(encrypted);
    let [a, b, c] = chunk_bytes();
    let encoding = BlockEncoding { level: 3, pad: encrypted };
    let mut writer = PackWriter::create(keys, new_pack(PackKind::Data, id_seed));
    let first = vec![chunk_ref(&hasher, &a), chunk_ref(&hasher, &b)];
    writer.append(encode_block(first, &[a, b].concat(), encoding)).unwrap();
    writer.append(encode_block(vec![chunk_ref(&hasher, &c)], &c, encoding)).unwrap();
    writer.finish().parts().collect::<Vec<_>>().concat()
}

/// A tree pack of one block: the tree stream as one chunk.
pub(super) fn tree_pack() -> Vec<u8> {
    let tree = tree_stream();
    let encoding = BlockEncoding { level: 0, pad: false };
    let mut writer = PackWriter::create(&keys(), new_pack(PackKind::Tree, 8));
    let chunk = chunk_ref(&id_hasher(true), &tree);
    writer.append(encode_block(vec![chunk], &tree, encoding)).unwrap();
    writer.finish().parts().collect::<Vec<_>>().concat()
}

fn private_run() -> Run {
    let hasher = id_hasher(true);
    let chunks = chunk_bytes().iter().map(|bytes| chunk_ref(&hasher, bytes)).collect();
    Run::Chunks { domain: Domain::Private, chunks }
}

fn public_run() -> Run {
    let chunk = ChunkRef { id: ChunkId::from_bytes(seeded(9)), bytes: 8 << 20 };
    Run::Chunks { domain: Domain::Public, chunks: vec![chunk] }
}

thread_local! {
    static INODE: Cell<u64> = const { Cell::new(0) };
}

fn entry(name: &[u8], kind: EntryKind) -> Entry {
    INODE.set(INODE.get() + 1);
    let metadata = Metadata {
        mode: 0o755,
        uid: 1000,
        gid: 100,
        mtime: FileTime { seconds: 1_767_323_045, nanoseconds: 6 },
        ctime: FileTime { seconds: -1, nanoseconds: 999_999_999 },
        inode: INODE.get(),
        device: 2049,
        links: 1,
        ..Metadata::default()
    };
    Entry { name: name.to_vec(), metadata, kind }
}

fn rich_file() -> Entry {
    let hole = Run::Hole { bytes: 1 << 33 };
    let content = vec![private_run(), hole, public_run()];
    let bytes = content.iter().map(Run::bytes).sum();
    let mut file = entry(b"b-rich", EntryKind::File { bytes, content, more: false });
    file.metadata.mode = 0o6644;
    file.metadata.user = Some("ann".into());
    file.metadata.group = Some("b\u{fc}ro".into());
    file.metadata.atime = Some(FileTime { seconds: i64::MIN, nanoseconds: 0 });
    file.metadata.links = 2;
    file.metadata.xattrs =
        vec![(b"security.capability".to_vec(), vec![0, 1, 2]), (b"user.empty".to_vec(), vec![])];
    file
}

/// Items of every kind, in order.
pub(super) fn tree_items() -> Vec<TreeItem> {
    use EntryKind as K;
    INODE.set(0);
    let node = |name: &[u8], kind| TreeItem::Node(entry(name, kind));
    let long = EntryKind::File { bytes: 1 << 40, content: vec![private_run()], more: true };
    vec![
        TreeItem::Enter(entry(b"root", K::Directory)),
        node(b"a-empty", K::File { bytes: 0, content: vec![], more: false }),
        TreeItem::Node(rich_file()),
        node(b"c-long", long),
        TreeItem::Content { runs: vec![Run::Hole { bytes: 1 }], more: true },
        TreeItem::Content { runs: vec![private_run(), public_run()], more: false },
        TreeItem::Enter(entry(b"d-folder", K::Directory)),
        node(b"fifo", K::Fifo),
        TreeItem::Leave,
        TreeItem::Enter(entry(&[b'e'; 255], K::Directory)),
        TreeItem::Leave,
        node(b"f-link", K::Symlink { target: b"../\xff not UTF-8".to_vec() }),
        node(b"g-socket", K::Socket),
        node(b"h-char", K::CharDevice { major: 1, minor: 3 }),
        node(b"i-block", K::BlockDevice { major: 259, minor: u32::MAX }),
        node(b"\xfe\xff not UTF-8", K::Fifo),
        TreeItem::Leave,
    ]
}

pub(super) fn tree_stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    for item in tree_items() {
        encode_tree_item(&item, &mut bytes).unwrap();
    }
    bytes
}

pub(super) fn tree_runs() -> Vec<Run> {
    let chunk = chunk_ref(&id_hasher(true), &tree_stream());
    vec![Run::Chunks { domain: Domain::Private, chunks: vec![chunk] }]
}

/// A manifest with every field, or with as few as there can be.
pub(super) fn snapshot(full: bool) -> Snapshot {
    let named = |seed| Some(SnapshotId(seeded(seed))).filter(|_| full);
    let deadline_ns = TIME_NS + 86_400_000_000_000;
    Snapshot {
        id: SnapshotId(seeded(10)),
        time_ns: TIME_NS,
        sequence: 7,
        epoch: 1,
        session: seeded(6),
        host: "host".into(),
        user: "ann".into(),
        tags: if full { vec!["daily".into(), "home".into()] } else { vec![] },
        roots: if full { vec![b"/home".to_vec(), b"/srv/\xff".to_vec()] } else { vec![] },
        tree: if full { TreeRef { level: 1, runs: tree_runs() } } else { TreeRef::default() },
        parent: named(11),
        original: named(12),
        stats: SnapshotStats {
            files: 3,
            folders: 3,
            others: 6,
            bytes: 1 << 40,
            bytes_holes: 1 << 33,
            chunks_novel: 3,
            bytes_novel: 781,
            bytes_stored: 1000,
            files_failed: 1,
        },
        provenance: ProvenanceSummary {
            bytes_known: 1,
            bytes_from_access: 2,
            bytes_regenerated: 3,
            bytes_deferred: 4,
            bytes_sent: 5,
        },
        state: if full { SnapshotState::Pending { deadline_ns } } else { SnapshotState::Complete },
        program: "gleaner 0.1.0".into(),
        lacks_xattrs: false,
    }
}

pub(super) fn snapshot_lacking_xattrs() -> Snapshot {
    Snapshot { lacks_xattrs: true, ..snapshot(false) }
}

pub(super) fn lease() -> Lease {
    Lease {
        session: SessionId(seeded(6)),
        nonce: seeded(13),
        kind: LeaseKind::Write,
        epoch: Epoch(1),
        counter: 300,
        reserved: Some(SnapshotId(seeded(10))),
        roots: vec![SnapshotId(seeded(11)), SnapshotId(seeded(12))],
        state: LeaseState::Open,
        host: "host".into(),
        process: 4711,
        started_ns: TIME_NS,
    }
}

pub(super) fn condemned() -> CondemnedList {
    CondemnedList {
        epoch: Epoch(258),
        owner_token: 3,
        victims: vec![PackId::from_bytes(seeded(7)), PackId::from_bytes(seeded(14))],
        survivors: vec![PackId::from_bytes(seeded(15))],
        forgotten: Vec::new(),
        mark: None,
    }
}

/// With the keys that prune writes.
pub(super) fn condemned_marked() -> CondemnedList {
    CondemnedList {
        owner_token: 0,
        forgotten: vec![SnapshotId(seeded(11))],
        mark: Some(MarkFacts { live_bytes: 1 << 40, forgotten: 24 }),
        ..condemned()
    }
}

pub(super) fn outcome() -> Outcome {
    let rescued = vec![PackId::from_bytes(seeded(14))];
    Outcome { epoch: Epoch(258), drained: true, rescued, holders: Vec::new() }
}

pub(super) fn outcome_with_holders() -> Outcome {
    Outcome { holders: vec![PackId::from_bytes(seeded(15))], ..outcome() }
}
