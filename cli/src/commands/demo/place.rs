//! The folder of the tour.

use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::temporary_folder::create_temporary;
use crate::exit_code::{Failure, Kind};

/// A folder that is ours alone; removed if the tour ends early, too.
#[derive(Debug)]
pub(super) struct DemoPlace {
    folder: PathBuf,
}

impl DemoPlace {
    /// Makes a new folder, or takes the empty one that is to be kept.
    pub(super) fn create(kept: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = kept else {
            return Ok(Self { folder: create_temporary(&std::env::temp_dir(), "gleaner-demo")? });
        };
        let failure = |error: std::io::Error| Failure::io(folder.display(), &error);
        fs::create_dir_all(folder).map_err(failure)?;
        if fs::read_dir(folder).map_err(failure)?.next().is_some() {
            let message = format!("{}: the folder is not empty", folder.display());
            return Err(Failure::new(Kind::Guard, message));
        }
        let folder = std::path::absolute(folder).map_err(failure)?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn shown(&self) -> String {
        self.folder.display().to_string()
    }

    /// Removes the folder, or leaves it.
    pub(super) fn clean_up(&self, removes: bool) -> Result<(), Failure> {
        if removes {
            let removed = fs::remove_dir_all(&self.folder);
            removed.map_err(|error| Failure::io(self.folder.display(), &error))?;
        }
        Ok(())
    }
}
