//! The folder of the tour.

use std::fs;
use std::path::{Path, PathBuf};

use crate::exit_code::{Failure, Kind};

/// A folder that is ours alone; removed if the tour ends early, too.
#[derive(Debug)]
pub(super) struct DemoPlace {
    folder: PathBuf,
}

impl DemoPlace {
    /// Makes a new folder, or takes the empty one that is to be kept.
    pub(super) fn create(kept: Option<&Path>) -> Result<Self, Failure> {
        let Some(folder) = kept else { return Self::create_temporary() };
        let failure = |error: std::io::Error| Failure::io(folder.display(), &error);
        fs::create_dir_all(folder).map_err(failure)?;
        if fs::read_dir(folder).map_err(failure)?.next().is_some() {
            let message = format!("{}: the folder is not empty", folder.display());
            return Err(Failure::new(Kind::Guard, message));
        }
        let folder = std::path::absolute(folder).map_err(failure)?;
        Ok(Self { folder })
    }

    /// `create_dir` refuses what exists, links included: nobody can plant a place for us.
    fn create_temporary() -> Result<Self, Failure> {
        use std::os::unix::fs::DirBuilderExt as _;
        let parent = std::env::temp_dir();
        for number in 0..1000_u32 {
            let folder = parent.join(format!("gleaner-demo-{}-{number}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Self { folder }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Failure::io(folder.display(), &error)),
            }
        }
        Err(Failure::new(Kind::Io, format!("{}: no free name", parent.display())))
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
