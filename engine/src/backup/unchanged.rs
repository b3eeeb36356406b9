//! Whether a new tree says the same as the parent's, for runs that write no snapshot then.
//!
//! Folders above the roots are entries of the tree too, and their times change with whatever is
//! done beside the roots. They tell nothing about what is backed up, so they are not compared.

use std::sync::Arc;

use gleaner_store::{Entry, Snapshot, TreeItem, TreeRef};

use crate::error::{Error, Result};
use crate::progress::Run;
use crate::repository::Repository;
use crate::tree_reader::TreeReader;

/// Compares `tree`, made of `roots`, with the tree of `parent`.
///
/// Cost: nothing if the references are equal; else both streams are read up to the first
/// difference, in the memory of two readers. A parent that cannot be read differs.
pub(super) fn is_same(
    repository: &Repository,
    run: &Run<'_>,
    parent: &Snapshot,
    roots: &[Vec<u8>],
    tree: &TreeRef,
) -> Result<bool> {
    if parent.roots != roots {
        return Ok(false);
    }
    if parent.tree == *tree {
        return Ok(true);
    }
    let index = repository.index(run)?;
    let new = Snapshot { tree: tree.clone(), ..parent.clone() };
    let mut new = TreeReader::open(repository, Arc::clone(&index), &new)?;
    let mut old = match TreeReader::open(repository, index, parent) {
        Ok(old) => old,
        Err(Error::Cancelled) => return Err(Error::Cancelled),
        Err(_) => return Ok(false),
    };
    let mut path = Vec::new();
    loop {
        run.cancel.check()?;
        let new = new.next_item()?;
        let old = match old.next_item() {
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(_) => return Ok(false),
            Ok(old) => old,
        };
        let (Some(new), Some(old)) = (&new, &old) else { return Ok(new == old) };
        follow(&mut path, new);
        if new != old && !is_above(roots, &path, new, old) {
            return Ok(false);
        }
    }
}

/// Keeps `path` at the folder that the stream is in.
fn follow(path: &mut Vec<u8>, item: &TreeItem) {
    match item {
        TreeItem::Enter(Entry { name, .. }) => {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        TreeItem::Leave => {
            path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0));
        }
        TreeItem::Node(_) | TreeItem::Content { .. } => {}
    }
}

/// Whether both enter the same folder above a root, whatever they say of it.
fn is_above(roots: &[Vec<u8>], path: &[u8], new: &TreeItem, old: &TreeItem) -> bool {
    let (TreeItem::Enter(new), TreeItem::Enter(old)) = (new, old) else { return false };
    let below = |root: &Vec<u8>| root.strip_prefix(path).is_some_and(|rest| rest.starts_with(b"/"));
    new.name == old.name && roots.iter().any(below)
}
