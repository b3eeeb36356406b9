//! The walk: an iterator over everything below the roots, in the order of a tree stream.

use std::collections::{BTreeMap, VecDeque, btree_map};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::io::Errno;

use super::failure::SourceFailure;
use super::folder::{Folder, FolderAccess};
use super::name_list::NameList;
use super::roots::{RootPlan, normalise_roots};
use super::selection::{Candidate, EnterVerdict, Selection, Verdict};
use super::stat::{FileKind, Stat};

/// How a walk goes.
#[derive(Clone)]
pub struct WalkOptions {
    /// Stays on the file system of each root. The folder on which another one is mounted is kept,
    /// empty.
    pub one_file_system: bool,
    /// What is taken.
    pub selection: Arc<dyn Selection>,
}

/// An entry that is not a folder.
#[derive(Debug, Clone)]
pub struct Found {
    /// The folder that holds it, open, so that any thread can open the entry by name.
    pub folder: Arc<Folder>,
    /// Its name in `folder`.
    pub name: Vec<u8>,
    /// What the file system said when it was listed.
    pub stat: Stat,
}

impl Found {
    /// Absolute path, as bytes: for messages, not for opening.
    #[must_use]
    pub fn path(&self) -> Vec<u8> {
        self.folder.path_of(&self.name)
    }
}

/// One step of a walk. Taken without the failures, the steps are a tree stream: entries of a
/// folder in ascending byte order of their names between `Enter` and its `Leave`.
#[derive(Debug)]
pub enum WalkItem {
    /// A folder; its stat is in it.
    Enter {
        /// Name in the folder above.
        name: Vec<u8>,
        /// The folder, open.
        folder: Arc<Folder>,
    },
    /// A regular file.
    File(Found),
    /// A symbolic link, fifo, socket or device.
    Node(Found),
    /// Closes the folder that was entered last.
    Leave,
    /// Something that is not in the stream, or a folder (entered before) that is not complete.
    Failed(SourceFailure),
}

/// Walks roots. Uses one descriptor for each level plus those that the receivers of items hold,
/// one `statx` for each entry (two for a folder), and the memory of one folder's names a level.
pub struct Walker {
    options: WalkOptions,
    stack: Vec<Level>,
    /// Items that follow the one returned last.
    pending: VecDeque<WalkItem>,
}

/// A folder that is being walked.
struct Level {
    folder: Arc<Folder>,
    names: Names,
    next_index: usize,
    /// Where a walk that stays on one file system stays.
    device: u64,
    /// False for `/`, which has no name and so no entry of its own.
    is_entered: bool,
}

enum Names {
    /// A folder above the roots.
    Planned(btree_map::IntoIter<Vec<u8>, RootPlan>),
    /// A folder at or below a root, with what a marker leaves of it.
    Listed(NameList, Option<Vec<Vec<u8>>>),
}

/// The next name of the level on top.
enum Step {
    Planned(Vec<u8>, RootPlan),
    Listed(Vec<u8>),
    Excluded,
    End,
}

impl Walker {
    /// Starts a walk of `roots`, absolute paths in any order; [`normalise_roots`] is applied.
    ///
    /// Folders above a root are entered and left with nothing in them but what leads to a root;
    /// links among them are followed, since the user named them. A root that is itself a link is
    /// saved as a link. The root `/` has no entry of its own.
    ///
    /// # Errors
    /// Only if `/` cannot be opened; everything else is a [`WalkItem::Failed`].
    pub fn new(roots: &[PathBuf], options: WalkOptions) -> io::Result<Self> {
        let plan = RootPlan::new(&normalise_roots(roots));
        let mut walker = Self { options, stack: Vec::new(), pending: VecDeque::new() };
        if plan.is_root {
            let top = Folder::open_top(FolderAccess::List)?;
            let device = top.stat().device;
            walker.push_listed(Arc::new(top), device, false);
        } else {
            let top = Folder::open_top(FolderAccess::Look)?;
            walker.push_planned(Arc::new(top), plan.children, false);
        }
        Ok(walker)
    }

    fn push_planned(
        &mut self,
        folder: Arc<Folder>,
        plans: BTreeMap<Vec<u8>, RootPlan>,
        is_entered: bool,
    ) {
        let device = folder.stat().device;
        let names = Names::Planned(plans.into_iter());
        self.stack.push(Level { folder, names, next_index: 0, device, is_entered });
    }

    fn push_listed(&mut self, folder: Arc<Folder>, device: u64, is_entered: bool) {
        let is_foreign = self.options.one_file_system && folder.stat().device != device;
        let names = if is_foreign { NameList::default() } else { self.list(&folder) };
        let only = match self.options.selection.enter(&folder) {
            EnterVerdict::Descend => None,
            EnterVerdict::KeepOnly(names) => Some(names),
        };
        let names = Names::Listed(names, only);
        self.stack.push(Level { folder, names, next_index: 0, device, is_entered });
    }

    fn list(&mut self, folder: &Folder) -> NameList {
        let listing = NameList::read(folder);
        self.pending.extend(listing.failures(folder).map(WalkItem::Failed));
        listing.names
    }

    /// A folder above the roots, or a root.
    fn visit_planned(
        &mut self,
        above: &Arc<Folder>,
        name: Vec<u8>,
        plan: RootPlan,
    ) -> Option<WalkItem> {
        if plan.is_root {
            return match Stat::at(above, &name) {
                Ok(stat) => self.visit(above, name, stat, None),
                Err(errno) => {
                    let path = above.path_of(&name);
                    Some(WalkItem::Failed(SourceFailure::of_root(path, errno)))
                }
            };
        }
        match above.open_folder(&name, FolderAccess::LookThroughLinks) {
            Ok(folder) => {
                let folder = Arc::new(folder);
                self.push_planned(Arc::clone(&folder), plan.children, true);
                Some(WalkItem::Enter { name, folder })
            }
            Err(errno) => {
                let paths = plan.root_paths(&above.path_of(&name));
                let fail = |path| WalkItem::Failed(SourceFailure::of_root(path, errno));
                self.pending.extend(paths.into_iter().map(fail));
                None
            }
        }
    }

    /// An entry at (`device` is `None`) or below a root.
    fn visit(
        &mut self,
        above: &Arc<Folder>,
        name: Vec<u8>,
        stat: Stat,
        device: Option<u64>,
    ) -> Option<WalkItem> {
        let path = above.path_of(&name);
        let is_root = device.is_none();
        let candidate = Candidate { path: &path, name: &name, stat: &stat, is_root };
        if self.options.selection.select(&candidate) == Verdict::Skip {
            return None;
        }
        match stat.kind {
            FileKind::Directory => Some(self.enter(above, name, device)),
            FileKind::File => Some(WalkItem::File(Found { folder: Arc::clone(above), name, stat })),
            _ => Some(WalkItem::Node(Found { folder: Arc::clone(above), name, stat })),
        }
    }

    fn enter(&mut self, above: &Arc<Folder>, name: Vec<u8>, device: Option<u64>) -> WalkItem {
        match above.open_folder(&name, FolderAccess::List) {
            Ok(folder) => {
                let folder = Arc::new(folder);
                let device = device.unwrap_or(folder.stat().device);
                self.push_listed(Arc::clone(&folder), device, true);
                WalkItem::Enter { name, folder }
            }
            Err(errno @ (Errno::ACCESS | Errno::PERM)) => self.enter_unreadable(above, name, errno),
            Err(errno) => WalkItem::Failed(SourceFailure::of_listed(above.path_of(&name), errno)),
        }
    }

    /// Keeps the folder itself with its metadata although its content cannot be listed.
    fn enter_unreadable(&mut self, above: &Arc<Folder>, name: Vec<u8>, refused: Errno) -> WalkItem {
        match above.open_folder(&name, FolderAccess::Look) {
            Ok(folder) => {
                let failure = SourceFailure::of_listed(folder.path().to_vec(), refused);
                self.pending.push_back(WalkItem::Failed(failure));
                let folder = Arc::new(folder);
                self.push_planned(Arc::clone(&folder), BTreeMap::new(), true);
                WalkItem::Enter { name, folder }
            }
            Err(errno) => WalkItem::Failed(SourceFailure::of_listed(above.path_of(&name), errno)),
        }
    }

    /// Handles one name of the level on top; `None` if nothing came of it.
    fn step(&mut self) -> Option<WalkItem> {
        let level = self.stack.last_mut()?;
        let device = level.device;
        let step = level.advance();
        let above = Arc::clone(&level.folder);
        match step {
            Step::Planned(name, plan) => self.visit_planned(&above, name, plan),
            Step::Listed(name) => match Stat::at(&above, &name) {
                Ok(stat) => self.visit(&above, name, stat, Some(device)),
                Err(errno) => {
                    let failure = SourceFailure::of_listed(above.path_of(&name), errno);
                    Some(WalkItem::Failed(failure))
                }
            },
            Step::Excluded => None,
            Step::End => {
                let level = self.stack.pop()?;
                level.is_entered.then_some(WalkItem::Leave)
            }
        }
    }
}

impl Level {
    fn advance(&mut self) -> Step {
        match &mut self.names {
            Names::Planned(plans) => match plans.next() {
                Some((name, plan)) => Step::Planned(name, plan),
                None => Step::End,
            },
            Names::Listed(names, only) => {
                let Some(name) = names.get(self.next_index) else { return Step::End };
                self.next_index += 1;
                let is_left_out =
                    only.as_ref().is_some_and(|only| !only.iter().any(|kept| kept == name));
                if is_left_out { Step::Excluded } else { Step::Listed(name.to_vec()) }
            }
        }
    }
}

impl Iterator for Walker {
    type Item = WalkItem;

    fn next(&mut self) -> Option<WalkItem> {
        loop {
            if let Some(item) = self.pending.pop_front() {
                return Some(item);
            }
            if self.stack.is_empty() {
                return None;
            }
            if let Some(item) = self.step() {
                return Some(item);
            }
        }
    }
}
