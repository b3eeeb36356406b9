//! Whether what a listing did not tell of is gone, and whether its root is the source's.
//!
//! A folder on which nothing is mounted lists well and is empty, and what is known of a source may
//! have cost days of reading. So the journal keeps which root is believed to be the source's.
//!
//! A root is known by the numbers of its device and inode, and neither is a name. btrfs, overlay
//! and NFS have no device of their own and get another number at each start of the machine; and the
//! roots of two disks have the same inode number, as a rule. So other numbers are a reason for
//! doubt, and no more than that. What proves a root is what it holds: one that tells again most of
//! what was known is the source's, whatever its numbers. What cannot be seen just now is no such
//! proof, nor is what was found first in a root that was doubted.
//!
//! Nothing goes while a listing is doubted. The doubt ends when the root is the one that is
//! believed, when it tells most of what is known, when somebody confirms it, or when no other was
//! found for [`doubt_max`](super::AgentOptions::doubt_max) of running: who has not missed a disk by
//! then does not expect it back.

use super::book_record::RootRecord;
use crate::error::SweepDoubt;
use crate::source::RootInode;

/// A listing that has come to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndedPass {
    /// The root that it was of.
    pub(super) root: Option<RootInode>,
    /// Objects that it told of.
    pub(super) told: u64,
    /// Objects that were known before it.
    pub(super) known_before: u64,
    /// Those among them that it told of, as far as they were known when a root was believed last.
    pub(super) told_again: u64,
    /// Objects that are known and that it did not tell of; what could not be seen is none of them.
    pub(super) unseen: u64,
}

/// What a listing is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its root is the source's, and what it did not tell of is gone.
    Believed,
    /// Nothing proves its root, and nothing would go: all is as before.
    Unproven,
    /// What it did not tell of is kept.
    Doubted(SweepDoubt),
}

impl EndedPass {
    /// What it is taken for, if this root is believed; `empty_sweep_max` objects go however few are
    /// left.
    pub(super) fn verdict(&self, believed: Option<RootRecord>, empty_sweep_max: u64) -> Verdict {
        let is_suspect = is_other(believed, self.root, self.known_before);
        if believed.is_some_and(|believed| believed.is_confirmed) && !is_suspect {
            return Verdict::Believed;
        }
        if is_suspect && !self.proves_root(believed) {
            return match self.unseen {
                0 => Verdict::Unproven,
                // A first listing that a crash ended before anything of it was noted.
                few if believed.is_none() && few <= empty_sweep_max => Verdict::Believed,
                _ => Verdict::Doubted(SweepDoubt::OtherRoot),
            };
        }
        // Less than a tenth is left of what was to be seen.
        if self.unseen > empty_sweep_max && self.unseen > self.told.saturating_mul(9) {
            return Verdict::Doubted(SweepDoubt::FewTold);
        }
        Verdict::Believed
    }

    /// Whether it told most of what was known when a root was believed last, as far as that is
    /// known still; what went one by one is not missed. If nothing was known then, all is what came
    /// since.
    pub(super) fn proves_root(&self, believed: Option<RootRecord>) -> bool {
        let known = believed.map_or(0, |believed| believed.objects.min(self.known_before));
        let expected = if known == 0 { self.known_before } else { known };
        expected == 0 || self.told_again.saturating_mul(2) > expected
    }
}

/// Whether a root is not the one that is believed to be the source's. While nothing is known, any
/// may be it.
pub(super) fn is_other(
    believed: Option<RootRecord>,
    root: Option<RootInode>,
    known_before: u64,
) -> bool {
    match believed {
        Some(believed) => believed.inode.is_some() && believed.inode != root,
        None => root.is_some() && known_before > 0,
    }
}

/// Whether so much came or went since a root was noted that this is to be noted anew.
pub(super) fn is_outdated(noted: &RootRecord, now: &RootRecord) -> bool {
    let came = now.next_number.saturating_sub(noted.next_number);
    let changed = came.max(now.objects.abs_diff(noted.objects));
    changed.saturating_mul(8) > now.objects.min(noted.objects)
}
