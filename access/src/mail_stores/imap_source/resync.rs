//! What changed in a mailbox since it was looked at, as servers tell it that know QRESYNC (RFC
//! 7162): instead of all its numbers.

use std::ops::RangeInclusive;

/// A state of a mailbox to which changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownState {
    pub(super) uid_validity: u32,
    pub(super) mod_seq: u64,
}

/// The changes since then.
#[derive(Debug, Default)]
pub(super) struct Resync {
    vanished: Vec<RangeInclusive<u32>>,
    seen: Vec<u32>,
}

impl Resync {
    /// These are not there any more, as far as they were there.
    pub(super) fn vanished(&mut self, uids: Vec<RangeInclusive<u32>>) {
        self.vanished.extend(uids);
    }

    /// This one is new, or its flags changed.
    pub(super) fn seen(&mut self, uid: u32) {
        self.seen.push(uid);
    }

    /// The UIDs now, ascending, of a mailbox that had these; `None` if they are not as many as the
    /// server says: then its word is not enough.
    pub(super) fn applied_to(mut self, before: &[u32], exists: u32) -> Option<Vec<u32>> {
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

    use super::Resync;

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
}
