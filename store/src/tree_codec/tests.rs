//! Goal: a tree stream gives back its items in order, or a named defect.
//! Method: generated items through round trips and arbitrary cuts; rules that span items one by
//! one; limits at n - 1, n, n + 1.
//! What a user loses if it fails: files restored under wrong names, or written outside the target.

use proptest::prelude::*;

use super::*;
use crate::cbor::lacking::each_without_a_field;
use crate::chunk_list::{CHUNK_BYTES_MAX, INCREMENT_BYTES_MAX};
use crate::tree_item::XATTR_BYTES_MAX;

fn entry(name: &[u8], kind: EntryKind) -> Entry {
    Entry { name: name.to_vec(), metadata: Metadata::default(), kind }
}

fn enter(name: &[u8]) -> TreeItem {
    TreeItem::Enter(entry(name, EntryKind::Directory))
}

fn node(name: &[u8]) -> TreeItem {
    TreeItem::Node(entry(name, EntryKind::Fifo))
}

fn file(name: &[u8], content: Vec<Run>, more: bool) -> TreeItem {
    TreeItem::Node(entry(name, EntryKind::File { bytes: 0, content, more }))
}

fn content(more: bool) -> TreeItem {
    TreeItem::Content { runs: vec![Run::Hole { bytes: 1 }], more }
}

fn run(bytes: u32) -> Run {
    let chunk = ChunkRef { id: ChunkId::from_bytes([1; 32]), bytes };
    Run::Chunks { domain: Domain::Public, chunks: vec![chunk] }
}

fn encode(items: &[TreeItem]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for item in items {
        encode_tree_item(item, &mut bytes).unwrap();
    }
    bytes
}

fn decode(bytes: &[u8]) -> Result<Vec<TreeItem>, Defect> {
    let mut decoder = TreeDecoder::new();
    decoder.feed(bytes);
    let mut items = Vec::new();
    while let Some(item) = decoder.next_item()? {
        items.push(item);
    }
    decoder.finish().map(|()| items)
}

fn stream(items: &[TreeItem]) -> Result<(), Defect> {
    decode(&encode(items)).map(drop)
}

#[test]
fn an_entry_lacks_no_field_but_what_it_may_not_have() {
    let metadata = Metadata {
        user: Some("u".to_owned()),
        group: Some("g".to_owned()),
        atime: Some(FileTime::default()),
        xattrs: vec![(b"user.x".to_vec(), Vec::new())],
        ..Metadata::default()
    };
    for kind in [
        EntryKind::Fifo,
        EntryKind::Symlink { target: b"t".to_vec() },
        EntryKind::CharDevice { major: 1, minor: 3 },
        EntryKind::File { bytes: 0, content: Vec::new(), more: false },
    ] {
        let entry = Entry { metadata: metadata.clone(), ..entry(b"n", kind) };
        let item = cbor::encode(|e| put_item(e, &TreeItem::Node(entry)));
        assert!(decode_tree_item(&item).is_ok());
        // An array of two: the item's kind, and the entry.
        let (head, entry) = item.split_at(2);
        for (key, entry) in each_without_a_field(entry) {
            let decoded = decode_tree_item(&[head, &entry].concat());
            let is_optional = [5, 6, 9, 13].contains(&key);
            assert_eq!(decoded.is_ok(), is_optional, "{key}: {decoded:?}");
        }
    }
}

#[test]
fn names_ascend_strictly_within_a_folder() {
    let good = [enter(b"a"), node(b"z"), TreeItem::Leave, node(b"b"), node(b"b!")];
    assert!(stream(&good).is_ok());
    for (first, second) in [(&b"b"[..], &b"a"[..]), (b"b", b"b"), (b"ab", b"a"), (b"\xff", b"a")] {
        assert_eq!(stream(&[node(first), node(second)]), Err(Defect::Order));
        let twice = [enter(first), TreeItem::Leave, node(second)];
        assert_eq!(stream(&twice), Err(Defect::Order));
        let below = [enter(b"x"), node(first), node(second), TreeItem::Leave];
        assert_eq!(stream(&below), Err(Defect::Order));
    }
}

#[test]
fn illegal_names_are_neither_written_nor_read() {
    let longest = vec![b'n'; 255];
    assert!(stream(&[node(&longest)]).is_ok());
    let longer = vec![b'n'; 256];
    for name in [&b""[..], b".", b"..", b"a/b", b"/", b"a\0b", &longer] {
        assert_eq!(encode_tree_item(&node(name), &mut Vec::new()), Err(Defect::Name));
        let bytes = cbor::encode(|e| put_item(e, &node(name)));
        assert_eq!(decode_tree_item(&bytes), Err(Defect::Name), "{name:?}");
    }
}

#[test]
fn folders_balance_and_nest_to_a_limit() {
    assert_eq!(stream(&[TreeItem::Leave]), Err(Defect::Order));
    assert_eq!(stream(&[enter(b"a")]), Err(Defect::Order));
    let nested = |depth: usize| {
        let mut items = vec![enter(b"d"); depth];
        items.extend(vec![TreeItem::Leave; depth]);
        stream(&items)
    };
    assert_eq!(nested(TREE_DEPTH_MAX), Ok(()));
    assert!(matches!(nested(TREE_DEPTH_MAX + 1), Err(Defect::Limit { .. })));
}

#[test]
fn content_follows_only_where_it_was_announced() {
    assert!(stream(&[file(b"f", vec![], true), content(true), content(false), node(b"g")]).is_ok());
    assert_eq!(stream(&[content(false)]), Err(Defect::Order));
    assert_eq!(stream(&[file(b"f", vec![], false), content(false)]), Err(Defect::Order));
    assert_eq!(stream(&[file(b"f", vec![], true)]), Err(Defect::Order));
    assert_eq!(stream(&[file(b"f", vec![], true), node(b"g")]), Err(Defect::Order));
    let left = [enter(b"d"), file(b"f", vec![], true), TreeItem::Leave];
    assert_eq!(stream(&left), Err(Defect::Order));
}

#[test]
fn the_content_of_a_file_has_a_limit_across_items() {
    let max = Run::Hole { bytes: INCREMENT_BYTES_MAX };
    assert!(stream(&[file(b"f", vec![max.clone()], false)]).is_ok());
    let over = file(b"f", vec![max.clone(), run(1)], false);
    assert!(encode_tree_item(&over, &mut Vec::new()).is_err());
    let split = [file(b"f", vec![max.clone()], true), content(false)];
    assert!(matches!(stream(&split), Err(Defect::Limit { .. })));
    // The next file starts anew.
    assert!(stream(&[file(b"f", vec![max.clone()], false), file(b"g", vec![max], false)]).is_ok());
}

#[test]
fn fields_have_limits_on_both_sides() {
    let judge = |alter: &dyn Fn(&mut Entry)| {
        let mut entry = entry(b"e", EntryKind::Fifo);
        alter(&mut entry);
        let item = TreeItem::Node(entry);
        let written = encode_tree_item(&item, &mut Vec::new());
        let read = decode_tree_item(&cbor::encode(|e| put_item(e, &item)));
        assert_eq!(written.is_ok(), read.is_ok(), "writer and reader agree");
        written.is_ok()
    };
    let xattr = |name: &[u8], bytes: usize| (name.to_vec(), vec![0; bytes]);
    assert!(judge(&|e| e.metadata.xattrs = vec![xattr(&[b'x'; 255], XATTR_BYTES_MAX)]));
    assert!(!judge(&|e| e.metadata.xattrs = vec![xattr(b"x", XATTR_BYTES_MAX + 1)]));
    assert!(!judge(&|e| e.metadata.xattrs = vec![xattr(&[b'x'; 256], 0)]));
    assert!(!judge(&|e| e.metadata.xattrs = vec![xattr(b"", 0)]));
    assert!(!judge(&|e| e.metadata.xattrs = vec![xattr(b"b", 0), xattr(b"a", 0)]));
    assert!(!judge(&|e| e.metadata.xattrs = vec![xattr(b"a", 0), xattr(b"a", 1)]));
    assert!(judge(&|e| e.metadata.mode = 0o7777));
    assert!(!judge(&|e| e.metadata.mode = 0o10000));
    assert!(judge(&|e| e.metadata.mtime.nanoseconds = 999_999_999));
    assert!(!judge(&|e| e.metadata.mtime.nanoseconds = 1_000_000_000));
    assert!(!judge(&|e| e.metadata.ctime.nanoseconds = 1_000_000_000));
    for (target, is_legal) in [(&b"t"[..], true), (b"", false), (b"a\0b", false)] {
        let target = target.to_vec();
        let kind = EntryKind::Symlink { target };
        assert_eq!(judge(&|e| e.kind = kind.clone()), is_legal);
    }
    for (bytes, is_legal) in
        [(0, false), (1, true), (CHUNK_BYTES_MAX, true), (CHUNK_BYTES_MAX + 1, false)]
    {
        let kind = EntryKind::File { bytes: 1, content: vec![run(bytes)], more: false };
        assert_eq!(judge(&|e| e.kind = kind.clone()), is_legal, "{bytes}");
    }
    let hole = |bytes| vec![Run::Hole { bytes }];
    for content in [hole(0), hole(u64::MAX), hole(INCREMENT_BYTES_MAX + 1)] {
        let kind = EntryKind::File { bytes: 1, content, more: false };
        assert!(!judge(&|e| e.kind = kind.clone()));
    }
}

#[test]
fn an_item_is_at_most_a_mebibyte_long() {
    let with_user = |bytes: usize| {
        let mut entry = entry(b"e", EntryKind::Fifo);
        entry.metadata.user = Some("u".repeat(bytes));
        TreeItem::Node(entry)
    };
    let overhead = encode(&[with_user(70_000)]).len() - 70_000 - 4;
    let longest = with_user(TREE_ITEM_BYTES_MAX - overhead);
    assert_eq!(encode(std::slice::from_ref(&longest)).len(), TREE_ITEM_BYTES_MAX + 4);
    assert!(stream(&[longest]).is_ok());
    let mut out = vec![1, 2, 3];
    let refused = encode_tree_item(&with_user(TREE_ITEM_BYTES_MAX - overhead + 1), &mut out);
    assert!(matches!(refused, Err(Defect::Limit { .. })));
    assert_eq!(out, [1, 2, 3], "nothing of a refused item stays");
    let mut decoder = TreeDecoder::new();
    decoder.feed(&u32::try_from(TREE_ITEM_BYTES_MAX + 1).unwrap().to_le_bytes());
    assert!(matches!(decoder.next_item(), Err(Defect::Limit { .. })), "before any more is fed");
}

#[test]
fn the_most_chunks_that_a_writer_puts_into_an_item_fit() {
    let chunk = ChunkRef { id: ChunkId::from_bytes([1; 32]), bytes: CHUNK_BYTES_MAX };
    let one_each =
        vec![Run::Chunks { domain: Domain::Private, chunks: vec![chunk] }; ITEM_CHUNKS_MAX];
    assert!(stream(&[file(&[b'n'; 255], one_each, false)]).is_ok());
}

#[test]
fn unknown_kinds_are_newer_and_wrong_shapes_damage() {
    let newer = |bytes: &[u8]| decode_tree_item(bytes).unwrap_err().is_newer();
    assert!(newer(&[0x82, 0x04, 0x00]), "item");
    assert!(newer(&[0x83, 0x02, 0x81, 0x82, 0x02, 0x00, 0xf4]), "run");
    assert!(newer(&[0x83, 0x02, 0x81, 0x84, 0x00, 0x02, 0x40, 0x40, 0xf4]), "domain");
    let mut entry = cbor::encode(|e| put_item(e, &node(b"n")));
    let at = 3 + 3 + 1;
    assert_eq!(entry[at - 1..=at], [1, KIND_FIFO]);
    entry[at] = 7;
    assert!(newer(&entry), "kind of an entry");
    assert!(!newer(&[0x81, 0x02]), "content without runs");
    assert!(!newer(&[0x82, 0x03, 0x00]), "a leave that carries something");
}

#[test]
fn a_folder_is_entered_and_only_a_folder() {
    let as_node = TreeItem::Node(entry(b"d", EntryKind::Directory));
    let as_enter = TreeItem::Enter(entry(b"f", EntryKind::Fifo));
    for item in [as_node, as_enter] {
        assert!(encode_tree_item(&item, &mut Vec::new()).is_err());
        assert!(decode_tree_item(&cbor::encode(|e| put_item(e, &item))).is_err());
    }
}

fn arbitrary_run() -> impl Strategy<Value = Run> {
    let chunk = (any::<[u8; 32]>(), 1..=CHUNK_BYTES_MAX)
        .prop_map(|(id, bytes)| ChunkRef { id: ChunkId::from_bytes(id), bytes });
    let chunks =
        (any::<bool>(), prop::collection::vec(chunk, 1..4)).prop_map(|(public, chunks)| {
            Run::Chunks { domain: if public { Domain::Public } else { Domain::Private }, chunks }
        });
    prop_oneof![chunks, (1..1_u64 << 50).prop_map(|bytes| Run::Hole { bytes })]
}

fn arbitrary_kind() -> impl Strategy<Value = EntryKind> {
    prop_oneof![
        (any::<u64>(), prop::collection::vec(arbitrary_run(), 0..3))
            .prop_map(|(bytes, content)| EntryKind::File { bytes, content, more: false }),
        prop::collection::vec(1_u8.., 1..20).prop_map(|target| EntryKind::Symlink { target }),
        (any::<u32>(), any::<u32>())
            .prop_map(|(major, minor)| EntryKind::BlockDevice { major, minor }),
        Just(EntryKind::Socket),
    ]
}

prop_compose! {
    fn arbitrary_entry()(
        name in prop::collection::vec(1_u8.., 1..256),
        kind in arbitrary_kind(),
        mode in 0..0o10000_u32,
        owner: (u32, u32),
        user: Option<String>,
        mtime: i64,
        nanoseconds in 0..1_000_000_000_u32,
        numbers: (u64, u64, u64),
        xattr in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
    ) -> Entry {
        let metadata = Metadata {
            mode,
            uid: owner.0,
            gid: owner.1,
            user,
            group: None,
            mtime: FileTime { seconds: mtime, nanoseconds },
            ctime: FileTime { seconds: 0, nanoseconds },
            atime: None,
            inode: numbers.0,
            device: numbers.1,
            links: numbers.2,
            xattrs: xattr.map(|value| (b"user.x".to_vec(), value)).into_iter().collect(),
        };
        Entry { name, metadata, kind }
    }
}

proptest! {
    #[test]
    fn an_item_comes_back_and_has_one_encoding(entry in arbitrary_entry()) {
        prop_assume!(crate::tree_item::is_legal_name(&entry.name));
        let item = TreeItem::Node(entry);
        let bytes = encode(std::slice::from_ref(&item));
        prop_assert_eq!(decode(&bytes), Ok(vec![item]));
    }

    #[test]
    fn pieces_give_what_the_whole_gives(cuts in prop::collection::vec(1..40_usize, 1..30)) {
        let items = [
            enter(b"a"),
            file(b"f", vec![run(7)], true),
            content(false),
            TreeItem::Leave,
            node(b"b"),
        ];
        let bytes = encode(&items);
        let mut decoder = TreeDecoder::new();
        let (mut found, mut rest) = (Vec::new(), bytes.as_slice());
        for cut in cuts.iter().cycle() {
            let (piece, tail) = rest.split_at((*cut).min(rest.len()));
            decoder.feed(piece);
            while let Some(item) = decoder.next_item().unwrap() {
                found.push(item);
            }
            if tail.is_empty() {
                break;
            }
            rest = tail;
        }
        prop_assert_eq!(decoder.finish(), Ok(()));
        prop_assert_eq!(found.as_slice(), &items[..]);
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        drop(decode(&bytes));
        if let Ok(item) = decode_tree_item(&bytes) {
            prop_assert_eq!(&cbor::encode(|e| put_item(e, &item)), &bytes);
        }
    }
}
