//! Compares files of the target with what the snapshot says of them.

use gleaner_store::{EntryKind, Run as ChunkRun, TreeItem};

use super::{Choice, Shared, components};
use crate::error::Result;
use crate::progress::WarningKind;
use crate::target::{ExistingFile, RestoreTarget, TargetFolder};
use crate::tree_reader::TreeReader;

/// Whether a file consists of exactly the chunks and holes of `runs`.
pub(super) fn has_content(shared: &Shared<'_>, file: &ExistingFile, runs: &[ChunkRun]) -> bool {
    let total: u64 = runs.iter().map(ChunkRun::bytes).sum();
    file.stat().bytes == total && has_content_from(shared, file, 0, runs).is_some()
}

/// Checks runs that begin at `offset`; returns where they end, `None` if they differ.
fn has_content_from(
    shared: &Shared<'_>,
    file: &ExistingFile,
    mut offset: u64,
    runs: &[ChunkRun],
) -> Option<u64> {
    let mut buffer = Vec::new();
    for run in runs {
        match run {
            ChunkRun::Chunks { domain, chunks } => {
                for chunk in chunks {
                    buffer.resize(chunk.bytes as usize, 0);
                    read_exact(file, &mut buffer, offset)?;
                    if !shared.finder.is_chunk(*domain, chunk, &buffer) {
                        return None;
                    }
                    offset += u64::from(chunk.bytes);
                }
            }
            ChunkRun::Hole { bytes } => {
                let mut left = *bytes;
                while left > 0 {
                    let piece = usize::try_from(left.min(1 << 20)).unwrap_or(1 << 20);
                    buffer.resize(piece, 0);
                    read_exact(file, &mut buffer, offset)?;
                    if buffer.iter().any(|&byte| byte != 0) {
                        return None;
                    }
                    offset += piece as u64;
                    left -= piece as u64;
                }
            }
        }
    }
    Some(offset)
}

fn read_exact(file: &ExistingFile, mut buffer: &mut [u8], mut offset: u64) -> Option<()> {
    while !buffer.is_empty() {
        let bytes = file.read_at(buffer, offset).ok().filter(|&bytes| bytes > 0)?;
        offset += bytes as u64;
        buffer = buffer.get_mut(bytes..)?;
    }
    Some(())
}

/// Reads the target back and compares every chosen file; returns how many differ.
pub(super) fn verify(
    shared: &Shared<'_>,
    mut tree: TreeReader<'_>,
    target: Option<&RestoreTarget>,
) -> Result<u64> {
    let Some(target) = target else { return Ok(0) };
    let top = components(&shared.options.subpath)?;
    let mut walk =
        VerifyWalk { shared, path: Vec::new(), folders: vec![None], top: &top, failed: 0 };
    if top.is_empty() {
        walk.folders = vec![Some(target.root())];
    }
    let mut open: Option<(ExistingFile, u64, Vec<u8>)> = None;
    while let Some(item) = tree.next_item()? {
        shared.run.cancel.check()?;
        match item {
            TreeItem::Enter(entry) => walk.enter(target, &entry.name),
            TreeItem::Leave => walk.leave(),
            TreeItem::Node(entry) => {
                let EntryKind::File { content, more, .. } = &entry.kind else { continue };
                open = walk.compare(target, &entry.name, content, *more);
            }
            TreeItem::Content { runs, more } => {
                if let Some((file, offset, path)) = open.take() {
                    open = walk.go_on((file, offset, path), &runs, more);
                }
            }
        }
    }
    Ok(walk.failed)
}

struct VerifyWalk<'a> {
    shared: &'a Shared<'a>,
    /// Names of the folders that are open.
    path: Vec<Vec<u8>>,
    folders: Vec<Option<TargetFolder>>,
    top: &'a [Vec<u8>],
    failed: u64,
}

impl VerifyWalk<'_> {
    fn absolute(&self, name: &[u8]) -> Vec<u8> {
        let mut path = Vec::new();
        for component in self.path.iter().map(Vec::as_slice).chain([name]) {
            path.push(b'/');
            path.extend_from_slice(component);
        }
        path
    }

    fn enter(&mut self, target: &RestoreTarget, name: &[u8]) {
        let is_chosen = (self.shared.options.select)(&self.absolute(name), true) != Choice::Skip;
        self.path.push(name.to_vec());
        let folder = if self.path.as_slice() == self.top {
            Some(target.root())
        } else {
            let parent = self.folders.last().and_then(Option::as_ref);
            parent.filter(|_| is_chosen).and_then(|parent| parent.open_folder(name).ok())
        };
        self.folders.push(folder);
    }

    fn leave(&mut self) {
        self.path.pop();
        self.folders.pop();
    }

    fn compare(
        &mut self,
        target: &RestoreTarget,
        name: &[u8],
        content: &[ChunkRun],
        more: bool,
    ) -> Option<(ExistingFile, u64, Vec<u8>)> {
        let path = self.absolute(name);
        let is_top = self
            .top
            .split_last()
            .is_some_and(|(last, above)| last == name && self.path.as_slice() == above);
        let root = is_top.then(|| target.root());
        let folder = root.as_ref().or(self.folders.last().and_then(Option::as_ref))?;
        if (self.shared.options.select)(&path, false) != Choice::Take {
            return None;
        }
        let Ok(Some(file)) = folder.open_existing(name) else {
            self.differs(&path);
            return None;
        };
        self.go_on((file, 0, path), content, more)
    }

    fn go_on(
        &mut self,
        (file, offset, path): (ExistingFile, u64, Vec<u8>),
        runs: &[ChunkRun],
        more: bool,
    ) -> Option<(ExistingFile, u64, Vec<u8>)> {
        let end = has_content_from(self.shared, &file, offset, runs)
            .filter(|&end| more || end == file.stat().bytes);
        match end {
            Some(end) => more.then_some((file, end, path)),
            None => {
                self.differs(&path);
                None
            }
        }
    }

    fn differs(&mut self, path: &[u8]) {
        self.failed += 1;
        let message = "differs from the snapshot when read back".to_owned();
        self.shared.warn(path, WarningKind::Unwritable, message);
    }
}
