//! The chunk list of one file, divided into items of the tree stream.

use gleaner_store::{
    ChunkRef, Domain, Entry, EntryKind, ITEM_CHUNKS_MAX, Run as ChunkRun, TreeItem,
};

/// A file whose chunk list is coming in. Memory: one item of the list.
pub(super) struct ItemRuns {
    /// `None` once the entry was handed out.
    entry: Option<Entry>,
    runs: Vec<ChunkRun>,
    /// Chunks and holes in `runs`.
    length: usize,
}

impl ItemRuns {
    pub(super) fn new(entry: Entry) -> Self {
        Self { entry: Some(entry), runs: Vec::new(), length: 0 }
    }

    /// Adds a chunk; returns the item that was full before.
    pub(super) fn chunk(&mut self, domain: Domain, chunk: ChunkRef) -> Option<TreeItem> {
        let full = self.take_full();
        self.length += 1;
        match self.runs.last_mut() {
            Some(ChunkRun::Chunks { domain: last, chunks }) if *last == domain => {
                chunks.push(chunk);
            }
            _ => self.runs.push(ChunkRun::Chunks { domain, chunks: vec![chunk] }),
        }
        full
    }

    /// Adds a hole; returns the item that was full before.
    pub(super) fn hole(&mut self, bytes: u64) -> Option<TreeItem> {
        if let Some(ChunkRun::Hole { bytes: last }) = self.runs.last_mut() {
            *last = last.saturating_add(bytes);
            return None;
        }
        let full = self.take_full();
        self.length += 1;
        self.runs.push(ChunkRun::Hole { bytes });
        full
    }

    /// The last item.
    pub(super) fn finish(mut self) -> TreeItem {
        self.take(false)
    }

    fn take_full(&mut self) -> Option<TreeItem> {
        (self.length >= ITEM_CHUNKS_MAX).then(|| self.take(true))
    }

    fn take(&mut self, is_open: bool) -> TreeItem {
        self.length = 0;
        let runs = std::mem::take(&mut self.runs);
        let Some(mut entry) = self.entry.take() else {
            return TreeItem::Content { runs, more: is_open };
        };
        if let EntryKind::File { content, more, .. } = &mut entry.kind {
            *content = runs;
            *more = is_open;
        }
        TreeItem::Node(entry)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: a list of any length becomes items that the format takes, in order and complete. If
    //! it fails: a large file is copied with a wrong or refused chunk list.

    use gleaner_chunker::ChunkId;
    use gleaner_store::{Metadata, TreeDecoder, encode_tree_item};

    use super::*;

    fn chunk(number: usize) -> ChunkRef {
        let mut id = [0; 32];
        id[..8].copy_from_slice(&(number as u64).to_le_bytes());
        ChunkRef { id: ChunkId::from_bytes(id), bytes: 1 }
    }

    fn items(chunks: usize, hole_at: Option<usize>) -> Vec<TreeItem> {
        let kind = EntryKind::File { bytes: chunks as u64, content: Vec::new(), more: false };
        let entry = Entry { name: b"file".to_vec(), metadata: Metadata::default(), kind };
        let (mut list, mut items) = (ItemRuns::new(entry), Vec::new());
        for number in 0..chunks {
            if hole_at == Some(number) {
                items.extend(list.hole(7));
                items.extend(list.hole(8));
            }
            items.extend(list.chunk(Domain::Private, chunk(number)));
        }
        items.push(list.finish());
        items
    }

    fn runs_of(item: &TreeItem) -> (&[ChunkRun], bool) {
        match item {
            TreeItem::Node(Entry { kind: EntryKind::File { content, more, .. }, .. }) => {
                (content, *more)
            }
            TreeItem::Content { runs, more } => (runs, *more),
            _ => panic!("an item without a list"),
        }
    }

    #[test]
    fn lists_around_the_limit_of_an_item_keep_every_chunk_in_order() {
        let max = ITEM_CHUNKS_MAX;
        for (chunks, expected) in
            [(0, 1), (1, 1), (max - 1, 1), (max, 1), (max + 1, 2), (2 * max, 2), (2 * max + 1, 3)]
        {
            let items = items(chunks, None);
            assert_eq!(items.len(), expected, "{chunks}");
            let (mut found, mut encoded) = (Vec::new(), Vec::new());
            for (number, item) in items.iter().enumerate() {
                let (runs, more) = runs_of(item);
                assert_eq!(more, number + 1 < expected, "{chunks}");
                for run in runs {
                    let ChunkRun::Chunks { chunks, .. } = run else { panic!("no hole was put in") };
                    found.extend(chunks.iter().copied());
                }
                encode_tree_item(item, &mut encoded).unwrap();
            }
            assert_eq!(found, (0..chunks).map(chunk).collect::<Vec<_>>());
            let mut decoder = TreeDecoder::new();
            decoder.feed(&encoded);
            let decoded: Vec<TreeItem> =
                std::iter::from_fn(|| decoder.next_item().unwrap()).collect();
            assert_eq!(decoded, items);
            decoder.finish().unwrap();
        }
    }

    #[test]
    fn hole_counts_as_one_and_neighbours_are_one_hole() {
        let items = items(ITEM_CHUNKS_MAX, Some(5));
        assert_eq!(items.len(), 2);
        let (first, _) = runs_of(&items[0]);
        assert!(first.contains(&ChunkRun::Hole { bytes: 15 }), "{first:?}");
        let (rest, _) = runs_of(&items[1]);
        assert_eq!(rest.iter().map(ChunkRun::bytes).sum::<u64>(), 1);
    }
}
