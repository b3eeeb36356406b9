//! What was acknowledged, and so must be on the disk whatever happens to it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Files by their paths below a folder.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Verb {
    Init,
    FirstBackup,
    Backup,
    Forget,
    Prune,
    RotateKey,
    AddKey,
    Copy,
    Repair,
    Restore,
}

pub(crate) const VERBS: [Verb; 12] = [
    Verb::Init,
    Verb::FirstBackup,
    Verb::Backup,
    Verb::Backup,
    Verb::Forget,
    Verb::Prune,
    Verb::Prune,
    Verb::RotateKey,
    Verb::AddKey,
    Verb::Copy,
    Verb::Repair,
    Verb::Restore,
];

impl Verb {
    /// The exit codes of success: a repair also says that it healed something.
    pub(crate) const fn codes(self) -> &'static [i32] {
        if matches!(self, Self::Repair) { &[0, 5] } else { &[0] }
    }

    /// The repository that it changes.
    pub(crate) const fn repository(self) -> &'static str {
        match self {
            Self::Init => "disk/new",
            Self::FirstBackup => "disk/empty",
            Self::Copy => "disk/second",
            Self::Repair => "disk/broken",
            _ => "disk/repo",
        }
    }
}

/// What somebody knows who has seen every run end, and begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// What each snapshot holds that is never lost, by repository and id.
    pub(crate) holds: BTreeMap<(&'static str, String), Arc<Files>>,
    /// Ids that are not listed any more.
    pub(crate) gone: BTreeSet<String>,
    /// What a snapshot may hold that nobody acknowledged.
    pub(crate) known: Vec<Arc<Files>>,
    /// What the newest snapshot holds.
    pub(crate) latest: Arc<Files>,
    /// What snapshots hold that were copied.
    pub(crate) copied: Vec<Arc<Files>>,
    /// How often the key was changed.
    pub(crate) rotations: u64,
    /// Verbs that ended well.
    pub(crate) done: BTreeSet<Verb>,
    /// The verb that began last.
    pub(crate) verb: Option<Verb>,
    /// Repositories that a verb was about.
    pub(crate) touched: BTreeSet<&'static str>,
}

impl Ledger {
    pub(crate) fn acknowledge(&mut self, repository: &'static str, id: &str, files: &Arc<Files>) {
        self.holds.insert((repository, id.to_owned()), Arc::clone(files));
        self.known.push(Arc::clone(files));
    }

    /// The snapshots of one repository.
    pub(crate) fn of(&self, repository: &str) -> impl Iterator<Item = (&str, &Files)> {
        let of = move |of: &&'static str| *of == repository;
        let all = self.holds.iter().filter(move |((name, _), _)| of(name));
        all.map(|((_, id), files)| (id.as_str(), files.as_ref()))
    }
}
