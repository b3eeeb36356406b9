//! The rules about rows, where all that a row depends on stands side by side.

use std::collections::HashSet;

use gleaner_chunker::ChunkId;

use super::entry::Entry;
use crate::rocksdb_index::key::PrefixWidth;
use crate::row::{Ordinal, Row};

/// Sorts entries of whole partitions for [`visit_rows`].
pub(super) fn sort(entries: &mut [Entry]) {
    entries.sort_unstable_by_key(|entry| entry.id);
}

/// Calls `visit` with the key and the row of each chunk, in the order of keys. The flag tells the
/// first key of those that begin alike.
///
/// A chunk has the row of the first pack that is live, or else of the first. Of chunks that share a
/// short key, the one whose row would be the first among them has it.
pub(super) fn visit_rows<E>(
    sorted: &[Entry],
    width: PrefixWidth,
    idle: &HashSet<Ordinal>,
    mut visit: impl FnMut(&[u8], Row, bool) -> Result<(), E>,
) -> Result<(), E> {
    let rank = |row: Row| (idle.contains(&row.ordinal()), row.ordinal(), row.slot());
    for alike in
        sorted.chunk_by(|one, other| width.short_key(&one.id) == width.short_key(&other.id))
    {
        // Nearly all.
        if let [only] = alike {
            visit(width.short_key(&only.id), only.row, true)?;
            continue;
        }
        let chunks: Vec<(&ChunkId, Row)> = alike
            .chunk_by(|one, other| one.id == other.id)
            .filter_map(|same| {
                let rows = same.iter().map(|entry| entry.row);
                Some((&same.first()?.id, rows.min_by_key(|row| rank(*row))?))
            })
            .collect();
        let Some(&(first, row)) = chunks.iter().min_by_key(|(_, row)| rank(*row)) else { continue };
        visit(width.short_key(first), row, true)?;
        for (id, row) in chunks.iter().filter(|(id, _)| *id != first) {
            visit(id.as_bytes(), *row, false)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    //! Goal: each chunk has one row, of the pack that the contract says, and keys ascend, whatever
    //! chunks share. Method: small cases by hand. If it fails, a chunk of a known pack is novel, or
    //! RocksDB refuses the table.

    use std::collections::HashSet;

    use gleaner_chunker::ChunkId;

    use super::{Entry, sort, visit_rows};
    use crate::rocksdb_index::key::PrefixWidth;
    use crate::row::{Ordinal, Row};

    fn entry(id: &[u8], ordinal: u64, slot: u32) -> Entry {
        let mut bytes = [0; 32];
        bytes[..id.len()].copy_from_slice(id);
        let row = Row::new(Ordinal::new(ordinal).unwrap(), slot);
        Entry { id: ChunkId::from_bytes(bytes), row }
    }

    /// Key length, ordinal, slot and flag of each row.
    fn rows(entries: &[Entry], width: PrefixWidth, idle: &[u64]) -> Vec<(usize, u64, u32, bool)> {
        let mut sorted = entries.to_vec();
        sort(&mut sorted);
        let idle: HashSet<_> = idle.iter().map(|number| Ordinal::new(*number).unwrap()).collect();
        let (mut rows, mut last) = (Vec::new(), Vec::new());
        visit_rows::<()>(&sorted, width, &idle, |key, row, is_first| {
            assert!(last.is_empty() || *last < *key, "{last:?} {key:?}");
            last = key.to_vec();
            rows.push((key.len(), row.ordinal().number(), row.slot(), is_first));
            Ok(())
        })
        .unwrap();
        rows
    }

    #[test]
    fn chunk_has_the_row_of_the_first_live_pack_and_the_lowest_slot() {
        let same = [entry(b"a", 2, 5), entry(b"a", 1, 9), entry(b"a", 1, 3), entry(b"a", 0, 7)];
        let row = |idle: &[u64]| rows(&same, PrefixWidth::FULL, idle);
        assert_eq!(row(&[]), [(16, 0, 7, true)]);
        assert_eq!(row(&[0]), [(16, 1, 3, true)]);
        assert_eq!(row(&[0, 1]), [(16, 2, 5, true)]);
        assert_eq!(row(&[0, 1, 2]), [(16, 0, 7, true)], "the first, for its rescue");
    }

    #[test]
    fn chunks_that_share_a_key_have_rows_of_their_own() {
        let shared = [0x61; 16];
        let other = |last: u8| [&shared[..], &[last]].concat();
        let entries = [
            entry(&other(1), 3, 0),
            entry(&other(2), 1, 0),
            entry(&other(2), 0, 4),
            entry(&other(3), 2, 0),
            entry(b"b", 9, 9),
        ];
        let full = PrefixWidth::FULL;
        let expected = [(16, 0, 4, true), (32, 3, 0, false), (32, 2, 0, false), (16, 9, 9, true)];
        assert_eq!(rows(&entries, full, &[]), expected);
        // The live one has the short key, which is asked first.
        let expected = [(16, 2, 0, true), (32, 3, 0, false), (32, 0, 4, false), (16, 9, 9, true)];
        assert_eq!(rows(&entries, full, &[0, 1, 3]), expected);
        let cut: Vec<_> =
            rows(&entries, PrefixWidth::CUT, &[]).iter().map(|(bytes, ..)| *bytes).collect();
        assert_eq!(cut, [1, 32, 32, 1]);
    }
}
