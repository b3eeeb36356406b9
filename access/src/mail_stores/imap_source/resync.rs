//! What changed in a mailbox since it was looked at, as servers tell it that know QRESYNC (RFC
//! 7162): instead of all its numbers.

use std::ops::RangeInclusive;

/// Changes of one mailbox that are held. Of a mailbox with more, all numbers are asked for.
const CHANGES_MAX: usize = 1_000_000;

/// A state of a mailbox to which changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownState {
    pub(super) uid_validity: u32,
    pub(super) mod_seq: u64,
}

impl KnownState {
    /// Whether a mailbox was in this state before it came into that one. A mailbox that was taken
    /// back from a copy was not: its modification numbers are lower, and no change since then says
    /// how it differs.
    pub(super) fn continues_in(self, now: Self) -> bool {
        self.uid_validity == now.uid_validity && self.mod_seq <= now.mod_seq
    }
}

/// The changes since then.
#[derive(Debug, Default)]
pub(super) struct Resync {
    vanished: Vec<RangeInclusive<u32>>,
    seen: Vec<u32>,
    are_too_many: bool,
}

impl Resync {
    /// These are not there any more, as far as they were there.
    pub(super) fn vanished(&mut self, uids: Vec<RangeInclusive<u32>>) {
        if self.has_room_for(uids.len()) {
            self.vanished.extend(uids);
        }
    }

    /// This one is new, or its flags changed.
    pub(super) fn seen(&mut self, uid: u32) {
        if self.has_room_for(1) {
            self.seen.push(uid);
        }
    }

    fn has_room_for(&mut self, more: usize) -> bool {
        let changes = self.vanished.len().saturating_add(self.seen.len()).saturating_add(more);
        if changes > CHANGES_MAX {
            *self = Self { are_too_many: true, ..Self::default() };
        }
        !self.are_too_many
    }

    /// The UIDs now, ascending, of a mailbox that had these; `None` if there were too many changes,
    /// or if they are not as many as the server says: then its word is not enough.
    pub(super) fn applied_to(mut self, before: &[u32], exists: u32) -> Option<Vec<u32>> {
        if self.are_too_many {
            return None;
        }
        self.vanished.sort_unstable_by_key(|range| *range.start());
        let mut vanished = self.vanished.iter().peekable();
        let mut vanished_to = 0;
        let mut uids: Vec<u32> = Vec::with_capacity(before.len().saturating_add(self.seen.len()));
        for &uid in before {
            while let Some(range) = vanished.next_if(|range| *range.start() <= uid) {
                vanished_to = vanished_to.max(*range.end());
            }
            if uid > vanished_to {
                uids.push(uid);
            }
        }
        uids.append(&mut self.seen);
        uids.sort_unstable();
        uids.dedup();
        (uids.len() as u64 == u64::from(exists)).then_some(uids)
    }
}

#[cfg(test)]
mod tests {
    //! Goal: the numbers of a mailbox are what is left and what came. Method: changes that overlap,
    //! lie, and reach as far as numbers do. If it fails, mails are lost from the list.

    use super::{CHANGES_MAX, Resync};

    #[test]
    fn what_vanished_goes_and_what_was_seen_is_there_once() {
        let before = [1, 2, 3, 5, 8, u32::MAX];
        let now = |vanished: Vec<std::ops::RangeInclusive<u32>>, seen: &[u32], exists| {
            let mut changes = Resync::default();
            changes.vanished(vanished);
            for &uid in seen {
                changes.seen(uid);
            }
            changes.applied_to(&before, exists)
        };
        assert_eq!(now(vec![], &[], 6), Some(before.to_vec()));
        assert_eq!(now(vec![5..=8, 1..=1, 6..=6], &[9, 2, 9], 4), Some(vec![2, 3, 9, u32::MAX]));
        assert_eq!(now(vec![2..=2, 1..=u32::MAX], &[4], 1), Some(vec![4]));
        #[expect(clippy::reversed_empty_ranges, reason = "a server may write it")]
        let reversed = vec![8..=1];
        assert_eq!(now(reversed, &[], 6), Some(before.to_vec()));
        assert_eq!(now(vec![1..=1], &[], 6), None, "the server says that none went");
        assert_eq!(now(vec![], &[9], 6), None, "or that none came");
    }

    #[test]
    fn more_changes_than_there_is_room_for_are_dropped_and_believed_in_nothing() {
        let mut changes = Resync::default();
        for _ in 0..=CHANGES_MAX / 1000 {
            changes.vanished(vec![7..=7; 1000]);
            changes.seen(3);
        }
        assert!(changes.vanished.len() + changes.seen.len() <= 1000, "{}", changes.seen.len());
        assert_eq!(changes.applied_to(&[], 0), None);
    }
}
