//! What a file system shows, what of it is durable, and what would be lost with the power.
//!
//! The rules are those of RELIABILITY section 7: a sync of a file makes its bytes and its length
//! durable, not its name; a sync of a folder makes the names in it durable, not its own. After a
//! sync that failed, what it covered is never durable.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use super::nodes::{Change, Node, NodeId, Nodes};

/// A change that is not, or not yet, a part of what is durable.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) change: Change,
    /// Synced; only waits for earlier changes of the same file or folder.
    pub(crate) is_durable: bool,
    /// A sync that covered it failed.
    is_tainted: bool,
    /// Which change made the new name, for the removal of the old one by a rename across folders:
    /// both may be there after a crash, but not neither.
    pub(crate) needs: Option<u64>,
    pub(crate) ordinal: u64,
}

/// The disk as it was when the power went.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) durable: Nodes,
    pub(crate) pending: Vec<Pending>,
}

#[derive(Debug)]
pub(crate) struct Disk {
    visible: Nodes,
    moment: Moment,
    changes: u64,
}

impl Disk {
    /// All of `nodes` is durable.
    pub(crate) fn new(nodes: Nodes) -> Self {
        let moment = Moment { durable: nodes.clone(), pending: Vec::new() };
        Self { visible: nodes, moment, changes: 0 }
    }

    pub(crate) const fn visible(&self) -> &Nodes {
        &self.visible
    }

    pub(crate) const fn moment(&self) -> &Moment {
        &self.moment
    }

    /// Changes mode, owner or time of a node, for good.
    pub(crate) fn update(&mut self, id: NodeId, change: impl Fn(&mut Node)) {
        for nodes in [&mut self.visible, &mut self.moment.durable] {
            if let Some(node) = nodes.get_mut(id) {
                change(node);
            }
        }
    }

    /// Makes a node and its name.
    pub(crate) fn create(&mut self, folder: NodeId, name: &OsStr, node: Node) -> NodeId {
        let id = self.visible.next_id();
        self.visible.insert(id, node.clone());
        self.moment.durable.insert(id, node);
        self.change(Change::Add { folder, name: name.to_owned(), node: id });
        id
    }

    pub(crate) fn change(&mut self, change: Change) {
        self.push(change, None);
    }

    /// Renames a node, over whatever has the name.
    pub(crate) fn rename(&mut self, from: (NodeId, OsString), to: (NodeId, OsString)) {
        let Some(node) = self.visible.child(from.0, &from.1) else { return };
        if from.0 == to.0 {
            self.change(Change::Move { folder: from.0, from: from.1, to: to.1, node });
            return;
        }
        let adds = self.push(Change::Add { folder: to.0, name: to.1, node }, None);
        self.push(Change::Remove { folder: from.0, name: from.1, node }, Some(adds));
    }

    fn push(&mut self, change: Change, needs: Option<u64>) -> u64 {
        self.visible.apply(&change);
        self.changes += 1;
        let (is_durable, is_tainted, ordinal) = (false, false, self.changes);
        self.moment.pending.push(Pending { change, is_durable, is_tainted, needs, ordinal });
        ordinal
    }

    /// A sync of a file or a folder that worked.
    pub(crate) fn sync(&mut self, id: NodeId) {
        let mut needed = BTreeSet::new();
        for pending in &mut self.moment.pending {
            if pending.change.of() == id && !pending.is_tainted {
                pending.is_durable = true;
                // An old name does not go for good before the new one is there for good.
                needed.extend(pending.needs);
            }
        }
        for pending in &mut self.moment.pending {
            pending.is_durable |= needed.contains(&pending.ordinal);
        }
        self.fold();
    }

    /// A sync that failed.
    pub(crate) fn fail_sync(&mut self, id: NodeId) {
        for pending in &mut self.moment.pending {
            pending.is_tainted |= pending.change.of() == id && !pending.is_durable;
        }
    }

    /// Makes durable changes a part of what is durable, unless an earlier one is not.
    fn fold(&mut self) {
        let Moment { durable, pending } = &mut self.moment;
        let mut waits_for = BTreeSet::new();
        pending.retain(|pending| {
            let of = pending.change.of();
            if pending.is_durable && !waits_for.contains(&of) {
                durable.apply(&pending.change);
                return false;
            }
            waits_for.insert(of);
            true
        });
    }
}
