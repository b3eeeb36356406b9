//! Roots of a backup: made unique, and merged into one tree of the folders above them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// Folders that lead to the roots.
#[derive(Debug, Default)]
pub(crate) struct RootPlan {
    /// True for a root: all below it is walked, and there are no `children`.
    pub(crate) is_root: bool,
    /// What is planned below, by name.
    pub(crate) children: BTreeMap<Vec<u8>, RootPlan>,
}

impl RootPlan {
    /// Merges `roots`, which come from [`normalise_roots`].
    pub(crate) fn new(roots: &[PathBuf]) -> Self {
        let mut plan = Self::default();
        for root in roots {
            let mut node = &mut plan;
            for component in root.components() {
                if let Component::Normal(name) = component {
                    node = node.children.entry(name.as_bytes().to_vec()).or_default();
                }
            }
            node.is_root = true;
        }
        plan
    }

    /// Absolute paths of the roots at and below this node, whose own path is `path`.
    pub(crate) fn root_paths(&self, path: &[u8]) -> Vec<Vec<u8>> {
        if self.is_root {
            return vec![path.to_vec()];
        }
        let below = |(name, plan): (&Vec<u8>, &Self)| {
            plan.root_paths(&[path, b"/".as_slice(), name.as_slice()].concat())
        };
        self.children.iter().flat_map(below).collect()
    }
}

/// Makes absolute `roots` unique: resolves `.`, `..` and repeated slashes by spelling alone (no
/// system call, links are not looked at), drops duplicates and roots that lie within another
/// one, and sorts. A root that is not absolute is taken as if it began at `/`.
#[must_use]
pub fn normalise_roots(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut normal: Vec<PathBuf> = roots.iter().map(|root| normalise(root)).collect();
    // By components: a root stands right before everything that lies within it.
    normal.sort_by(|a, b| a.components().cmp(b.components()));
    normal.dedup_by(|later, earlier| later.starts_with(&*earlier));
    normal
}

fn normalise(path: &Path) -> PathBuf {
    let mut names: Vec<&OsStr> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name),
            Component::ParentDir => {
                names.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let mut normal = PathBuf::from("/");
    normal.extend(names);
    normal
}
