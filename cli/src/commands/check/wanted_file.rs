//! The file that `check --wanted` writes.
//!
//! One JSON object a line (`schemas/wanted.json`), sorted by chunk: `chunk` is the id in hex,
//! `state` is `missing` (no pack has it, and a snapshot needs it) or `damaged` (its bytes in `pack`
//! are not what the id says). A chunk that is damaged in two packs has two lines. An empty file
//! says that nothing is wanted.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use gleaner_engine::{WantedChunk, WantedState};

use crate::args::Global;
use crate::exit_code::Failure;
use crate::json::{Message, WantedLine};
use crate::place::Place;

/// A file that gets its name when it is whole.
#[derive(Debug)]
pub(super) struct WantedFile {
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
}

impl WantedFile {
    /// Makes the file before the check begins, so that a wrong path shows at once.
    ///
    /// # Errors
    /// Kind `usage` for a path in the repository, which a check never writes into; those of the
    /// operating system.
    pub(super) fn create(global: &Global, path: &Path) -> Result<Self, Failure> {
        let failure = |error: std::io::Error| Failure::io(path.display(), &error);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().map_err(failure)?;
        let place = Place::of(global)?;
        let is_in = |repository: &Path| {
            folder.starts_with(repository.canonicalize().unwrap_or(repository.to_owned()))
        };
        if place.folder().is_some_and(is_in) {
            let message = format!("{}: is in the repository", path.display());
            return Err(Failure::usage(message));
        }
        let name = path.file_name().unwrap_or_default();
        let mut unfinished = name.to_owned();
        unfinished.push(format!(".{}.new", std::process::id()));
        let (path, unfinished) = (folder.join(name), folder.join(unfinished));
        let file = File::create(&unfinished).map_err(failure)?;
        Ok(Self { path, unfinished, file })
    }

    /// Writes the chunks and gives the file its name. Durable on return.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn finish(self, wanted: &[WantedChunk]) -> Result<(), Failure> {
        let write = || {
            let mut out = BufWriter::new(&self.file);
            for chunk in wanted {
                let line = serde_json::to_string(&Message::Wanted(line(chunk)))?;
                writeln!(out, "{line}")?;
            }
            out.flush()?;
            self.file.sync_all()?;
            std::fs::rename(&self.unfinished, &self.path)
        };
        write().map_err(|error| Failure::io(self.path.display(), &error))
    }
}

impl Drop for WantedFile {
    fn drop(&mut self) {
        // Gone already if it was finished.
        drop(std::fs::remove_file(&self.unfinished));
    }
}

fn line(wanted: &WantedChunk) -> WantedLine {
    let (state, pack) = match wanted.state {
        WantedState::Missing => ("missing", None),
        WantedState::Damaged(pack) => ("damaged", Some(pack.to_string())),
    };
    WantedLine { chunk: wanted.id.to_string(), state, pack }
}
