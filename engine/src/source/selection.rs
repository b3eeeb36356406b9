//! What a walk takes and what it leaves out: the caller decides.

use super::folder::Folder;
use super::stat::Stat;

/// An entry that was found and looked at.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Absolute path.
    pub path: &'a [u8],
    /// Last component of `path`.
    pub name: &'a [u8],
    /// What the file system says of it.
    pub stat: &'a Stat,
    /// True for a root that the caller named, false for what lies below one.
    pub is_root: bool,
}

/// Whether an entry is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The entry is taken.
    Keep,
    /// The entry and all below it are left out, silently.
    Skip,
}

/// What of a folder's content is taken. The folder itself is, whatever the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnterVerdict {
    /// All that [`Selection::select`] keeps.
    Descend,
    /// Of those only entries with one of these names: none for an empty list, the marker itself
    /// for a folder that a marker excludes.
    KeepOnly(Vec<Vec<u8>>),
}

/// Decides what a walk takes. Called on the walking thread; never for folders above a root.
pub trait Selection: Send + Sync {
    /// Whether `candidate` is taken. Asked once for each entry, folders before they are opened.
    fn select(&self, candidate: &Candidate<'_>) -> Verdict;

    /// What of `folder` is taken; asked once for each folder that can be listed.
    fn enter(&self, folder: &Folder) -> EnterVerdict {
        let _ = folder;
        EnterVerdict::Descend
    }
}

/// Takes everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepAll;

impl Selection for KeepAll {
    fn select(&self, _candidate: &Candidate<'_>) -> Verdict {
        Verdict::Keep
    }
}
