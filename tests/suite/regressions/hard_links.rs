//! Inode numbers repeat from file system to file system.

use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use gleaner_chunker::{IdHasher, PackId};
use gleaner_engine::{Run, SnapshotFilter, restore};
use gleaner_store::{
    BlockEncoding, ChunkRef, Domain, Entry, EntryKind, Keys, MemoryStorage, Metadata, NewPack,
    PackKind, PackWriter, ProvenanceSummary, Run as ChunkRun, Snapshot, SnapshotId, SnapshotState,
    SnapshotStats, TreeItem, TreeRef, encode_block, encode_snapshot, encode_tree_item, layout,
};
use gleaner_tests::engine_doubles::{create, disk_files, open, restore_options, unencrypted};

/// Stores bytes as a pack of one chunk.
fn store(storage: &MemoryStorage, kind: PackKind, number: u8, bytes: &[u8]) -> Vec<ChunkRun> {
    let id = PackId::from_bytes([number; 32]);
    let new = NewPack { kind, id, key_epoch: 0, domain_id: [0; 32], session: [1; 16] };
    let mut writer = PackWriter::create(&Keys::unencrypted(), new);
    let length = u32::try_from(bytes.len()).unwrap();
    let chunk = ChunkRef { id: IdHasher::plain().id(bytes), bytes: length };
    let encoding = BlockEncoding { level: 0, pad: false };
    writer.append(encode_block(vec![chunk], bytes, encoding)).unwrap();
    let pack: Vec<u8> = writer.finish().parts().collect::<Vec<_>>().concat();
    storage.replace_raw(&layout::pack(&id), &pack);
    vec![ChunkRun::Chunks { domain: Domain::Private, chunks: vec![chunk] }]
}

/// Lost otherwise: the content of a file whose inode number another file system uses too.
#[test]
fn files_of_two_devices_with_one_inode_number_are_two_files() {
    let storage = MemoryStorage::new();
    create(Arc::new(storage.clone()), 1, unencrypted());
    let contents: [&[u8]; 2] = [b"of the first device", b"of the second, longer"];
    let runs = [(1, contents[0]), (2, contents[1])]
        .map(|(number, bytes)| store(&storage, PackKind::Data, number, bytes));
    let mut stream = Vec::new();
    for (name, device) in [("a", 0), ("b", 1), ("c", 0), ("d", 1)] {
        let metadata = Metadata {
            mode: 0o600,
            inode: 7,
            device: 100 + device as u64,
            links: 2,
            ..Metadata::default()
        };
        let content = runs[device].clone();
        let kind = EntryKind::File { bytes: contents[device].len() as u64, content, more: false };
        let entry = Entry { name: name.into(), metadata, kind };
        encode_tree_item(&TreeItem::Node(entry), &mut stream).unwrap();
    }
    let tree = TreeRef { level: 0, runs: store(&storage, PackKind::Tree, 3, &stream) };
    let snapshot = Snapshot {
        id: SnapshotId([9; 32]),
        time_ns: 0,
        sequence: 1,
        epoch: 0,
        session: [1; 16],
        host: "host".to_owned(),
        user: "user".to_owned(),
        tags: Vec::new(),
        roots: vec![b"/".to_vec()],
        tree,
        parent: None,
        original: None,
        stats: SnapshotStats::default(),
        provenance: ProvenanceSummary::default(),
        state: SnapshotState::Complete,
        program: "test".to_owned(),
        lacks_xattrs: false,
    };
    let bytes = encode_snapshot(&snapshot, &Keys::unencrypted()).unwrap();
    storage.replace_raw(&layout::snapshot(snapshot.id), &bytes);

    let repository = open(Arc::new(storage), 2).unwrap();
    let snapshot = repository.resolve("latest", &SnapshotFilter::default()).unwrap();
    let target = tempfile::tempdir().unwrap();
    let stats =
        restore(&repository, &snapshot, &restore_options(target.path()), &Run::silent()).unwrap();
    assert_eq!((stats.files_failed, stats.verify_failed), (0, 0));
    let files = disk_files(target.path());
    for (name, device) in [("a", 0), ("b", 1), ("c", 0), ("d", 1)] {
        assert_eq!(files[name.as_bytes()], contents[device], "{name}");
    }
    let inode = |name: &str| std::fs::metadata(target.path().join(name)).unwrap().ino();
    assert_eq!((inode("a"), inode("b")), (inode("c"), inode("d")));
    assert_ne!(inode("a"), inode("b"));
}
