//! Follows a walk through the tree of the parent snapshot, in one sorted pass.
//!
//! Walk and tree have the same order, so both advance together and memory stays constant in
//! the number of files.

use gleaner_store::{Entry, Metadata, Run as ChunkRun, TreeItem};

use crate::error::Result;
use crate::tree_reader::TreeReader;

/// A position in the parent's tree that mirrors the position of a walk.
pub(crate) struct ParentCursor<'a> {
    reader: Option<TreeReader<'a>>,
    peeked: Option<TreeItem>,
    /// One per folder that the walk is in: whether the parent has it too.
    matched: Vec<bool>,
    facts: ParentFacts,
}

/// What the parent's manifest says of all its entries.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ParentFacts {
    /// It was made without failures.
    pub(crate) is_whole: bool,
    /// Extended attributes may be missing from it.
    pub(crate) lacks_xattrs: bool,
}

impl<'a> ParentCursor<'a> {
    /// `None` mirrors an empty tree.
    pub(crate) const fn new(reader: Option<TreeReader<'a>>, facts: ParentFacts) -> Self {
        Self { reader, peeked: None, matched: Vec::new(), facts }
    }

    /// What holds for the whole parent.
    pub(crate) const fn facts(&self) -> ParentFacts {
        self.facts
    }

    /// The walk enters a folder; returns what the parent says of it.
    pub(crate) fn enter(&mut self, name: &[u8]) -> Result<Option<Metadata>> {
        let entry = match self.find(name)? {
            Some(TreeItem::Enter(entry)) => Some(entry.metadata),
            Some(other) => {
                self.peeked = Some(other);
                None
            }
            None => None,
        };
        self.matched.push(entry.is_some());
        Ok(entry)
    }

    /// The walk leaves the folder it entered last.
    pub(crate) fn leave(&mut self) -> Result<()> {
        if self.matched.pop() == Some(true) {
            self.skip_to_leave()?;
        }
        Ok(())
    }

    /// The walk is at an entry that is not a folder; returns the parent's entry of that name.
    /// Its further content, if any, is due next: [`ParentCursor::content`].
    pub(crate) fn node(&mut self, name: &[u8]) -> Result<Option<Entry>> {
        match self.find(name)? {
            Some(TreeItem::Node(entry)) => Ok(Some(entry)),
            Some(other) => {
                self.peeked = Some(other);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Further content of the file that [`ParentCursor::node`] returned.
    pub(crate) fn content(&mut self) -> Result<Option<(Vec<ChunkRun>, bool)>> {
        match self.next_item()? {
            Some(TreeItem::Content { runs, more }) => Ok(Some((runs, more))),
            other => {
                self.peeked = other;
                Ok(None)
            }
        }
    }

    /// Gives up on the parent: from here on nothing matches.
    pub(crate) fn abandon(&mut self) {
        self.reader = None;
        self.peeked = None;
    }

    fn next_item(&mut self) -> Result<Option<TreeItem>> {
        if let Some(item) = self.peeked.take() {
            return Ok(Some(item));
        }
        self.reader.as_mut().map_or(Ok(None), TreeReader::next_item)
    }

    /// The item of that name in the folder that both are in; puts back what lies behind it.
    fn find(&mut self, name: &[u8]) -> Result<Option<TreeItem>> {
        if self.matched.last() == Some(&false) {
            return Ok(None);
        }
        while let Some(item) = self.next_item()? {
            match &item {
                TreeItem::Enter(entry) | TreeItem::Node(entry) => {
                    match entry.name.as_slice().cmp(name) {
                        std::cmp::Ordering::Equal => return Ok(Some(item)),
                        std::cmp::Ordering::Greater => {
                            self.peeked = Some(item);
                            return Ok(None);
                        }
                        std::cmp::Ordering::Less => {
                            if matches!(item, TreeItem::Enter(_)) {
                                self.skip_to_leave()?;
                            }
                        }
                    }
                }
                TreeItem::Leave => {
                    self.peeked = Some(item);
                    return Ok(None);
                }
                // Content of a file that the walk had no use for.
                TreeItem::Content { .. } => {}
            }
        }
        Ok(None)
    }

    /// Consumes items up to the end of the folder that is open in the parent.
    fn skip_to_leave(&mut self) -> Result<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next_item()? {
                Some(TreeItem::Enter(_)) => open += 1,
                Some(TreeItem::Leave) => open -= 1,
                Some(TreeItem::Node(_) | TreeItem::Content { .. }) => {}
                None => break,
            }
        }
        Ok(())
    }
}
