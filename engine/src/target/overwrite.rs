//! What happens to entries that stand in the target already.

use gleaner_store::FileTime;

use crate::source::{FileKind, Stat};

/// When an existing entry is overwritten (`--overwrite`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OverwritePolicy {
    /// Always; bytes that are right already may be kept.
    Always,
    /// When size or time of modification differ.
    IfChanged,
    /// When the snapshot's entry was modified later.
    IfNewer,
    /// Never.
    Never,
}

/// What is to stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Type of the entry.
    pub kind: FileKind,
    /// Size of a regular file, 0 for others.
    pub bytes: u64,
    /// Its time of modification.
    pub mtime: FileTime,
}

/// What to do at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing stands there: make the entry.
    Create,
    /// Make the entry in place of what stands there.
    Replace,
    /// A regular file stands where one is wanted: compare the content, write only if it differs.
    Compare,
    /// Leave alone what stands there.
    Keep,
}

impl OverwritePolicy {
    /// Decides about a place with `existing` in it. Folders that are wanted and exist are always
    /// [`Decision::Keep`]: they are shared, not replaced.
    #[must_use]
    pub fn decide(self, existing: Option<&Stat>, wanted: &Wanted) -> Decision {
        let Some(existing) = existing else { return Decision::Create };
        let is_same_kind = existing.kind == wanted.kind;
        if is_same_kind && wanted.kind == FileKind::Directory {
            return Decision::Keep;
        }
        let are_files = is_same_kind && wanted.kind == FileKind::File;
        match self {
            Self::Always if are_files => Decision::Compare,
            Self::IfChanged if are_files && wanted.has_same_facts(existing) => Decision::Keep,
            Self::IfNewer if wanted.mtime <= existing.mtime => Decision::Keep,
            Self::Always | Self::IfChanged | Self::IfNewer => Decision::Replace,
            Self::Never => Decision::Keep,
        }
    }
}

impl Wanted {
    /// True when `existing` has the same size and time of modification.
    #[must_use]
    pub fn has_same_facts(&self, existing: &Stat) -> bool {
        self.bytes == existing.bytes && self.mtime == existing.mtime
    }
}
