//! Opens an object that was told, and finds objects by identifiers.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Error;
use crate::files::access_fs::{FsRoot, join_path, split_path};
use crate::files::file_format::OpenFile;
use crate::files::file_reader::{FileReader, FileReaderParts};
use crate::identifiers::Identifiers;
use crate::object::{Generation, ObjectKey, ObjectMeta};

use super::assembly::Assembled;
use super::engine::Engine;
use super::pass::{Pass, enters};
use super::table::{FileState, KnownObject};

impl Engine {
    /// Opens an object if it is still there in that generation.
    pub(super) fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<FileReader, Error> {
        let root = match self.state().root.clone() {
            Some(root) => root,
            None => self.fs.open_root()?,
        };
        match self.find(&*root, key, generation) {
            Err(Error::Gone) if self.look_where_it_may_have_moved(key)? => {
                self.find(&*root, key, generation)
            }
            found => found,
        }
        .and_then(|found| self.reader(root, found))
    }

    fn reader(&self, root: Arc<dyn FsRoot>, found: Assembled) -> Result<FileReader, Error> {
        FileReader::new(FileReaderParts {
            root,
            meta: found.meta,
            files: found.files,
            body: found.body,
            changed_in_place: self.format.rules().changed_in_place,
            counters: Arc::clone(&self.counters),
            pins: self.pins.clone(),
        })
    }

    /// The object in that generation: in any file that is known to hold it. A file that has it in
    /// another is looked at anew by the feed.
    fn find(
        &self,
        root: &dyn FsRoot,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Assembled, Error> {
        let holders = self.state().table.holders(key);
        let mut problem = Error::Gone;
        if holders.iter().any(|(_, _, object)| object.part.is_some()) {
            let whole = self.whole_of(root, &self.parts_of(key), key)?.ok_or(Error::Gone)?;
            if whole.meta.generation == *generation {
                return Ok(whole);
            }
            problem = Error::Changed;
        }
        for (folder, name, _) in holders.iter().filter(|(_, _, object)| object.part.is_none()) {
            match self.object_at(root, (folder, name), key) {
                Ok(Some(found)) if found.meta.generation == *generation => return Ok(found),
                Ok(Some(_)) => problem = Error::Changed,
                Ok(None) | Err(Error::Gone) => {}
                Err(error) => problem = error,
            }
        }
        let mut state = self.state();
        for (folder, name, _) in holders {
            state.hint((folder, name), false, &self.counters);
        }
        Err(problem)
    }

    /// Looks through the folders to which the file may have been renamed. True if there are any.
    /// What is found there is told by whoever tells next.
    fn look_where_it_may_have_moved(&self, key: &ObjectKey) -> Result<bool, Error> {
        let holders = self.state().table.holders(key);
        let folders: BTreeSet<Vec<u8>> =
            holders.iter().flat_map(|(folder, _, _)| self.format.may_move_to(folder)).collect();
        for folder in &folders {
            Pass::within(folder).run(self, &mut None)?;
        }
        Ok(!folders.is_empty())
    }

    /// The objects that meet the identifiers.
    pub(super) fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        let root = match self.state().root.clone() {
            Some(root) => root,
            None => self.fs.open_root()?,
        };
        let mut places = self.state().table.found_by(identifiers);
        for path in self.format.paths_for(identifiers) {
            let (folder, name) = split_path(&path);
            places.insert((folder.to_vec(), name.to_vec()));
        }
        let mut found = Vec::new();
        let mut wholes = BTreeSet::new();
        for (folder, name) in places {
            let place = (folder.as_slice(), name.as_slice());
            // Each part leads to the whole: one is enough.
            let objects = self.state().table.objects_of(&folder, &name);
            let is_found =
                |object: &KnownObject| object.part.is_some() && wholes.contains(&object.key);
            if objects.is_empty() || !objects.iter().all(is_found) {
                found.extend(self.objects_meeting(&*root, place, identifiers, &mut wholes));
            }
        }
        Ok(found)
    }

    /// True if a listing would come to this folder.
    fn would_visit(&self, folder: &[u8]) -> bool {
        let ends = folder.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let above = ends.filter_map(|(end, _)| folder.get(..end));
        folder.is_empty() || above.chain([folder]).all(|folder| enters(self, folder))
    }

    /// True if a file is complete by the rule of its kind, or is as it was when it was believed.
    fn is_believable(&self, (folder, name): (&[u8], &[u8]), open: &OpenFile) -> bool {
        let known = self.state().table.state_of(folder, name);
        let is_as_known = known.is_some_and(|known| {
            let now = if self.format.rules().changed_in_place {
                FileState::of_stat(known.mark, &open.stat)
            } else {
                FileState::of_mark(known.mark)
            };
            known == now
        });
        is_as_known || self.is_quiet(open)
    }

    /// What a file holds of the wanted objects; nothing if it cannot be read.
    fn objects_meeting(
        &self,
        root: &dyn FsRoot,
        (folder, name): (&[u8], &[u8]),
        identifiers: &Identifiers,
        wholes: &mut BTreeSet<ObjectKey>,
    ) -> Vec<ObjectMeta> {
        if !self.is_object(folder, name) || !self.would_visit(folder) {
            return Vec::new();
        }
        let path = join_path(folder, name);
        let open = OpenFile::open(root, &path);
        let open = open.and_then(|open| {
            if self.is_believable((folder, name), &open) { Ok(open) } else { Err(Error::Busy) }
        });
        let Ok(inspected) = open.and_then(|open| self.inspect(root, (folder, name), open)) else {
            return Vec::new();
        };
        let meets = inspected.found.iter().filter(|found| found.identifiers.meets(identifiers));
        let metas = meets.filter_map(|found| match found.part {
            None => self.meta_of(found, &path),
            Some(_) if wholes.insert(found.key.clone()) => {
                self.known_whole(root, &found.key).ok().flatten()
            }
            Some(_) => None,
        });
        metas.collect()
    }
}
