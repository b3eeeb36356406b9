//! Whether what a listing did not tell of is gone.
//!
//! A folder on which nothing is mounted lists well and is empty, and what is known of a source may
//! have cost days of reading. So the journal keeps which root the last listing was of that was
//! believed, and what it told of.

use super::book_record::RootRecord;
use crate::error::{SweepDoubt, SweepRefusal};
use crate::source::RootInode;

/// A listing of everything that has come to its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndedPass {
    /// The root that it was of.
    pub(super) root: Option<RootInode>,
    /// Objects that it told of.
    pub(super) told: u64,
    /// Objects that are known, also of earlier.
    pub(super) known: u64,
    /// Those among them that it did not tell of.
    pub(super) unseen: u64,
}

impl EndedPass {
    /// Why what it did not tell of is not to go; `empty_sweep_max` objects go if it told of none.
    pub(super) fn refusal(
        &self,
        believed: Option<RootRecord>,
        empty_sweep_max: u64,
    ) -> Option<SweepRefusal> {
        let &Self { root, told, known, unseen } = self;
        // What went one by one since the last listing is not missed.
        let expected = believed.map_or(known, |believed| believed.objects.min(known));
        let doubt = if is_other(believed, root) {
            SweepDoubt::OtherRoot
        } else if told == 0 && expected > empty_sweep_max {
            SweepDoubt::NothingTold
        } else {
            return None;
        };
        (unseen > 0).then_some(SweepRefusal { doubt, known, unseen })
    }
}

/// Whether a root is another one than that of the last listing that was believed.
pub(super) fn is_other(believed: Option<RootRecord>, root: Option<RootInode>) -> bool {
    let inode = believed.and_then(|believed| believed.inode);
    inode.is_some() && inode != root
}
