//! Names snapshots: by id, prefix, or age.

use gleaner_store::{Snapshot, SnapshotId};

use crate::error::{Error, Result};
use crate::repository::Repository;

/// Shortest prefix of an id that names a snapshot.
const PREFIX_DIGITS_MIN: usize = 4;

/// Which snapshots are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotFilter {
    /// Any of these hosts; empty for all.
    pub hosts: Vec<String>,
    /// Any of these lists, all of whose tags the snapshot must have; empty for all.
    pub tags: Vec<Vec<String>>,
    /// All of these absolute paths must be among the roots.
    pub paths: Vec<Vec<u8>>,
}

impl SnapshotFilter {
    /// Whether a snapshot is meant.
    #[must_use]
    pub fn matches(&self, snapshot: &Snapshot) -> bool {
        let host = self.hosts.is_empty() || self.hosts.contains(&snapshot.host);
        let has_all = |tags: &Vec<String>| tags.iter().all(|tag| snapshot.tags.contains(tag));
        let tags = self.tags.is_empty() || self.tags.iter().any(has_all);
        host && tags && self.paths.iter().all(|path| snapshot.roots.contains(path))
    }
}

impl Repository {
    /// The snapshot that `spec` names: a full id, an unambiguous prefix of at least four hex
    /// digits, `latest`, or `latest~N` for the N-th before it. The filter applies to `latest`.
    ///
    /// # Errors
    /// [`Error::NoSuchSnapshot`]; [`Error::AmbiguousSnapshot`] with all that fit.
    pub fn resolve(&self, spec: &str, filter: &SnapshotFilter) -> Result<Snapshot> {
        let mut snapshots = self.snapshots()?.snapshots;
        if let Some(age) = age_of(spec) {
            snapshots.retain(|snapshot| filter.matches(snapshot));
            let position = age.checked_add(1).and_then(|n| snapshots.len().checked_sub(n));
            let position = position.ok_or(Error::NoSuchSnapshot)?;
            return Ok(snapshots.swap_remove(position));
        }
        let is_hex = spec.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || spec.len() < PREFIX_DIGITS_MIN {
            return Err(Error::NoSuchSnapshot);
        }
        let prefix = spec.to_ascii_lowercase();
        snapshots.retain(|snapshot| snapshot.id.to_string().starts_with(&prefix));
        match snapshots.len() {
            0 => Err(Error::NoSuchSnapshot),
            1 => Ok(snapshots.swap_remove(0)),
            _ => {
                let candidates: Vec<SnapshotId> = snapshots.iter().map(|s| s.id).collect();
                Err(Error::AmbiguousSnapshot { candidates })
            }
        }
    }
}

/// N of `latest~N`, 0 of `latest`.
fn age_of(spec: &str) -> Option<usize> {
    let rest = spec.strip_prefix("latest")?;
    if rest.is_empty() { Some(0) } else { rest.strip_prefix('~')?.parse().ok() }
}
