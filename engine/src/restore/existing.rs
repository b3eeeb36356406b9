//! Compares files of the target with what the snapshot says of them.

use gleaner_store::{EntryKind, Run as ChunkRun, TreeItem};

use super::level_folder::{LevelFolder, park_far_level};
use super::{Choice, Shared, components};
use crate::error::Result;
use crate::progress::WarningKind;
use crate::target::{ExistingFile, RestoreTarget, TargetError, TargetFolder};
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

/// Reads the target back and compares every chosen file; returns how many entries differ or
/// cannot be read back.
pub(super) fn verify(
    shared: &Shared<'_>,
    mut tree: TreeReader<'_>,
    target: Option<&RestoreTarget>,
) -> Result<u64> {
    let Some(target) = target else { return Ok(0) };
    let top = components(&shared.options.subpath)?;
    let outermost = if top.is_empty() { Level::of(target.root()) } else { Level::left_out() };
    let folders = vec![outermost];
    let mut walk = VerifyWalk { shared, target, path: Vec::new(), folders, top: &top, failed: 0 };
    let mut open: Option<(ExistingFile, u64, Vec<u8>)> = None;
    while let Some(item) = tree.next_item()? {
        shared.run.cancel.check()?;
        match item {
            TreeItem::Enter(entry) => walk.enter(&entry.name),
            TreeItem::Leave => walk.leave(),
            TreeItem::Node(entry) => {
                let EntryKind::File { content, more, .. } = &entry.kind else { continue };
                open = walk.compare(&entry.name, content, *more);
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

/// A folder of the snapshot on the way to the current entry.
struct Level {
    folder: LevelFolder,
    /// Left out by choice, or not below what was restored.
    is_left_out: bool,
}

impl Level {
    const fn of(folder: TargetFolder) -> Self {
        Self { folder: LevelFolder::Open(folder), is_left_out: false }
    }

    const fn left_out() -> Self {
        Self { folder: LevelFolder::Absent, is_left_out: true }
    }
}

struct VerifyWalk<'a> {
    shared: &'a Shared<'a>,
    target: &'a RestoreTarget,
    /// Names of the folders that are open.
    path: Vec<Vec<u8>>,
    folders: Vec<Level>,
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

    fn enter(&mut self, name: &[u8]) {
        let path = self.absolute(name);
        self.path.push(name.to_vec());
        let level = if self.path.as_slice() == self.top {
            Level::of(self.target.root())
        } else if self.folders.last().is_none_or(|above| above.is_left_out) {
            Level::left_out()
        } else {
            match (self.shared.options.select)(&path, true) {
                Choice::Skip => Level::left_out(),
                choice => self.open_level(name, &path, choice),
            }
        };
        self.folders.push(level);
        park_far_level(self.folders.iter_mut().map(|level| &mut level.folder));
    }

    fn open_level(&mut self, name: &[u8], path: &[u8], choice: Choice) -> Level {
        let above = self.folders.last_mut().map(|above| above.folder.open(Some(self.target)));
        let opened = match above {
            Some(Ok(Some(above))) => above.open_folder(name),
            Some(Err(error)) => Err(error),
            // Named when the folder above was entered, or not made because nothing in it is chosen.
            Some(Ok(None)) | None => {
                return Level { folder: LevelFolder::Absent, is_left_out: false };
            }
        };
        match opened {
            Ok(folder) => Level::of(folder),
            Err(error) => {
                // A folder that was not chosen itself is made only for what is chosen in it.
                if choice == Choice::Take {
                    self.unreadable(path, &error);
                }
                Level { folder: LevelFolder::Absent, is_left_out: false }
            }
        }
    }

    fn leave(&mut self) {
        self.path.pop();
        self.folders.pop();
    }

    fn compare(
        &mut self,
        name: &[u8],
        content: &[ChunkRun],
        more: bool,
    ) -> Option<(ExistingFile, u64, Vec<u8>)> {
        let path = self.absolute(name);
        let is_top = self
            .top
            .split_last()
            .is_some_and(|(last, above)| last == name && self.path.as_slice() == above);
        let level = self.folders.last_mut()?;
        if (level.is_left_out && !is_top)
            || (self.shared.options.select)(&path, false) != Choice::Take
        {
            return None;
        }
        let folder = match level.folder.open(Some(self.target)) {
            _ if is_top => Some(self.target.root()),
            Ok(folder) => folder,
            Err(error) => {
                self.unreadable(&path, &error);
                return None;
            }
        };
        let existing = folder.map(|folder| folder.open_existing(name));
        let Some(Ok(Some(file))) = existing else {
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

    fn unreadable(&mut self, path: &[u8], error: &TargetError) {
        self.failed += 1;
        let cause = error.as_io().map_or_else(String::new, |source| format!(": {source}"));
        let message = format!("cannot be read back: {error}{cause}");
        self.shared.warn(path, WarningKind::Unwritable, message);
    }
}
