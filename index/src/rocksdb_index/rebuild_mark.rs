//! A file that says that the index beside it is damaged. Opening reads a small part of an index, so
//! that damage is met by lookups, which go on; the mark makes the next opening ask for a rebuild.

#![expect(
    clippy::disallowed_methods,
    reason = "the index lives in the cache directory, which no Storage stands for"
)]

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Damage, Error, Result};

const NAME: &str = "wants-rebuild";

/// Where the mark is, or would be.
#[derive(Debug)]
pub(super) struct RebuildMark {
    /// `None` in a view of another process's index, which may be replaced under it.
    path: Option<PathBuf>,
}

impl RebuildMark {
    pub(super) fn new(own_folder: Option<&Path>) -> Self {
        Self { path: own_folder.map(|folder| folder.join(NAME)) }
    }

    /// Refuses an index with a mark.
    pub(super) fn check(folder: &Path) -> Result<()> {
        if folder.join(NAME).exists() { Err(Error::Damaged(Damage::Marked)) } else { Ok(()) }
    }

    /// Sets the mark if the error is one that a rebuild mends. That it cannot be written leaves the
    /// damage to the next lookup that meets it.
    pub(super) fn note(&self, error: &Error) {
        if let Some(path) = self.path.as_ref().filter(|_| error.wants_rebuild()) {
            drop(File::create(path));
        }
    }
}
