//! Goal: a tree stream means one thing, however it arrives.
//! Method: the input is fed whole and in pieces; what decodes is encoded again and compared. If it
//! fails: files are restored under other names, or a hostile tree leaves the target.

use gleaner_store::{
    Defect, TreeDecoder, TreeItem, decode_runs, decode_tree_item, encode_runs, encode_tree_item,
    is_legal_name,
};

/// A tree stream, and the input as a single record.
///
/// # Panics
/// When pieces give something else than the whole, or an item has two encodings.
pub fn tree_item(input: &[u8]) {
    single(input);
    let whole = decode(input.chunks(usize::MAX));
    let piece_bytes = 1 + usize::from(input.last().copied().unwrap_or(0));
    assert_eq!(decode(input.chunks(piece_bytes)), whole);
    let (items, verdict) = whole;
    for item in &items {
        if let TreeItem::Enter(entry) | TreeItem::Node(entry) = item {
            assert!(is_legal_name(&entry.name));
        }
    }
    let mut again = Vec::new();
    for item in &items {
        encode_tree_item(item, &mut again).expect("the reader took it");
    }
    if verdict.is_ok() {
        assert!(again.len() < input.len() || again == input, "two encodings of a stream");
        assert_eq!(decode(again.chunks(usize::MAX)), (items, verdict));
    }
}

fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<TreeItem>, Result<(), Defect>) {
    let mut decoder = TreeDecoder::new();
    let mut items = Vec::new();
    for piece in pieces {
        decoder.feed(piece);
        loop {
            match decoder.next_item() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(defect) => return (items, Err(defect)),
            }
        }
    }
    let end = decoder.finish();
    (items, end)
}

fn single(record: &[u8]) {
    let Ok(item) = decode_tree_item(record) else { return };
    let mut again = Vec::new();
    encode_tree_item(&item, &mut again).expect("the reader took it");
    let (_, again) = again.split_at(4);
    assert!(again.len() < record.len() || again == record, "two encodings of {item:?}");
    assert_eq!(decode_tree_item(again), Ok(item));
}

/// The runs of a tree reference.
///
/// # Panics
/// When runs have two encodings.
pub fn chunk_runs(input: &[u8]) {
    if let Ok(runs) = decode_runs(input) {
        assert_eq!(encode_runs(&runs), input);
        assert!(runs.iter().all(|run| run.bytes() > 0));
    }
}
