//! `--ignore-files`: what the `.gleanerignore` files of the source leave out.
//!
//! Each line is a pattern as of `--exclude`; one that begins with a slash begins at the folder of
//! the file. Of several files the deepest that says something of an entry decides.

use std::sync::{Mutex, PoisonError};

use gleaner_engine::source::Folder;

use crate::json::Problem;
use crate::output::Output;
use crate::pattern::{Pattern, PatternList, pattern_lines};

/// Name of the files.
const NAME: &[u8] = b".gleanerignore";
/// A longer file is no list of patterns: it is reported, and does not count.
const BYTES_MAX: usize = 1 << 20;

/// The files between a root and where the walk is.
#[derive(Debug)]
pub(crate) struct IgnoreFiles {
    output: Output,
    /// From the top down. A walk is depth first: folders that it left are below none to come.
    open: Mutex<Vec<Level>>,
}

#[derive(Debug)]
struct Level {
    folder: Vec<u8>,
    patterns: PatternList,
}

impl IgnoreFiles {
    /// Files that cannot be read, and patterns that are none, are reported to `output`.
    pub(crate) fn new(output: &Output) -> Self {
        Self { output: output.clone(), open: Mutex::default() }
    }

    /// The walk enters `folder`.
    ///
    /// A file that cannot be read leaves nothing out: excluding data because of an error would
    /// lose it.
    pub(crate) fn enter(&self, folder: &Folder) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|level| below(&level.folder, folder.path()).is_some());
        let path = folder.path_of(NAME);
        match folder.read_small(NAME, BYTES_MAX + 1) {
            Ok(None) => {}
            Ok(Some(text)) if text.len() > BYTES_MAX => {
                self.warn(&path, "is too long for a list of patterns, and is not honoured");
            }
            Ok(Some(text)) => {
                let patterns = self.patterns(&path, &text);
                open.push(Level { folder: folder.path().to_vec(), patterns });
            }
            Err(error) => self.warn(&path, &format!("{error}; it is not honoured")),
        }
    }

    /// True if the files leave `path` out.
    pub(crate) fn leave_out(&self, path: &[u8]) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let verdicts = open.iter().rev().filter_map(|level| {
            below(&level.folder, path).and_then(|rest| level.patterns.verdict(rest))
        });
        verdicts.take(1).any(|is_left_out| is_left_out)
    }

    fn patterns(&self, path: &[u8], text: &[u8]) -> PatternList {
        let mut patterns = PatternList::default();
        for line in pattern_lines(text) {
            match Pattern::new(&line, false) {
                Ok(pattern) => patterns.push(pattern),
                Err(failure) => self.warn(path, &failure.message),
            }
        }
        patterns
    }

    fn warn(&self, path: &[u8], what: &str) {
        let message = format!("{}: {what}", crate::byte_text::printable(path));
        self.output.warning(Problem::new(message, "ignore_file", "scan", path));
    }
}

/// What of `path` comes behind `folder`, with its leading slash; `None` if it is not below.
fn below<'p>(folder: &[u8], path: &'p [u8]) -> Option<&'p [u8]> {
    let folder = folder.strip_suffix(b"/").unwrap_or(folder);
    path.strip_prefix(folder).filter(|rest| rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn only_whole_components_are_below() {
        assert_eq!(below(b"/a", b"/a/b/c"), Some(&b"/b/c"[..]));
        assert_eq!(below(b"/", b"/a"), Some(&b"/a"[..]));
        assert_eq!(below(b"/a", b"/ab"), None);
        assert_eq!(below(b"/a", b"/a"), None);
    }
}
