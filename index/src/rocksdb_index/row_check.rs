//! What a row is worth for a chunk, and which key a new row gets.

use gleaner_chunker::{ErrorKind, PackId};

use crate::chunk_index::{Location, Lookup};

/// One row, held against the directory of the pack that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowCheck {
    /// There is no row.
    Absent,
    /// A live pack, whose directory has the chunk at that slot.
    Stored(Location),
    /// A live pack, whose directory has another chunk there: the two share the key.
    OtherChunk,
    /// A live pack, whose directory cannot be read.
    Unreadable { pack: PackId, kind: ErrorKind },
    /// A pack that is condemned or trash, whose directory has the chunk at that slot, or was not
    /// looked at, or cannot be read.
    Idle,
    /// A pack that is condemned or trash, whose directory has another chunk there.
    IdleOtherChunk,
    /// A pack that is not known (any more).
    Dangling,
}

/// The rows of one chunk. An absent short row means that there is no long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows {
    /// Under the key that it may share with other chunks.
    pub(super) short: RowCheck,
    /// Under its whole id.
    pub(super) long: RowCheck,
}

/// Where a new row of a chunk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PutKey {
    Short,
    Long,
}

impl Rows {
    /// What a lookup says.
    pub(super) fn answer(self) -> Lookup {
        match (self.short, self.long) {
            (RowCheck::Stored(location), _) | (_, RowCheck::Stored(location)) => {
                Lookup::Stored(location)
            }
            (RowCheck::Unreadable { pack, kind }, _) | (_, RowCheck::Unreadable { pack, kind }) => {
                Lookup::Failed { kind, pack: Some(pack) }
            }
            _ => Lookup::Novel,
        }
    }

    /// Which key the row of an inserted pack gets, `None` if the rows that are there stay. The
    /// directories of idle packs must have been looked at.
    ///
    /// A row of a live pack is never replaced under the short key, not even if its directory cannot
    /// be read now: another chunk may depend on it.
    pub(super) fn put_key(self, is_live: bool) -> Option<PutKey> {
        if matches!(self.answer(), Lookup::Stored(_)) {
            return None;
        }
        match self.short {
            RowCheck::Absent | RowCheck::Dangling => Some(PutKey::Short),
            RowCheck::Idle => is_live.then_some(PutKey::Short),
            _ if self.long == RowCheck::Idle => is_live.then_some(PutKey::Long),
            _ => Some(PutKey::Long),
        }
    }
}

#[cfg(test)]
mod tests {
    //! Goal: no put takes the short row of a live pack, and every lookup after a put of a live pack
    //! finds the chunk. Method: all combinations. If it fails, one of two chunks that share a key
    //! becomes unreadable.

    use gleaner_chunker::{ErrorKind, PackId};

    use super::{PutKey, RowCheck, Rows};
    use crate::chunk_index::{Location, Lookup};

    fn checks(name: u8) -> [RowCheck; 7] {
        let pack = PackId::from_bytes([name; 32]);
        [
            RowCheck::Absent,
            RowCheck::Stored(Location { pack, slot: 1 }),
            RowCheck::OtherChunk,
            RowCheck::Unreadable { pack, kind: ErrorKind::Corrupt },
            RowCheck::Idle,
            RowCheck::IdleOtherChunk,
            RowCheck::Dangling,
        ]
    }

    #[test]
    fn put_of_a_live_pack_is_found_and_takes_no_row_of_another_chunk() {
        let new = RowCheck::Stored(Location { pack: PackId::from_bytes([9; 32]), slot: 0 });
        for short in checks(1) {
            for long in checks(2) {
                let rows = Rows { short, long };
                let after = match rows.put_key(true) {
                    None => rows,
                    Some(PutKey::Short) => {
                        let is_other = matches!(
                            short,
                            RowCheck::OtherChunk
                                | RowCheck::Unreadable { .. }
                                | RowCheck::IdleOtherChunk
                        );
                        assert!(!is_other, "{rows:?}");
                        Rows { short: new, ..rows }
                    }
                    Some(PutKey::Long) => Rows { long: new, ..rows },
                };
                assert!(matches!(after.answer(), Lookup::Stored(_)), "{rows:?}");
                let was_stored = matches!(rows.answer(), Lookup::Stored(_));
                assert_eq!(was_stored, rows.put_key(true).is_none(), "{rows:?}");
            }
        }
    }

    #[test]
    fn put_of_a_pack_that_is_not_live_takes_no_row_of_the_same_chunk() {
        for short in checks(1) {
            for long in checks(2) {
                let replaced = match (Rows { short, long }).put_key(false) {
                    None => continue,
                    Some(PutKey::Short) => short,
                    Some(PutKey::Long) => long,
                };
                assert!(!matches!(replaced, RowCheck::Idle | RowCheck::Stored(_)));
            }
        }
    }

    #[test]
    fn unreadable_directory_is_a_failure_unless_another_row_answers() {
        let [absent, stored, _, unreadable, idle, ..] = checks(1);
        let failed = |rows: Rows| matches!(rows.answer(), Lookup::Failed { pack: Some(_), .. });
        assert!(failed(Rows { short: unreadable, long: absent }));
        assert!(failed(Rows { short: idle, long: unreadable }));
        assert!(!failed(Rows { short: unreadable, long: stored }));
        assert_eq!(Rows { short: idle, long: absent }.answer(), Lookup::Novel);
    }
}
