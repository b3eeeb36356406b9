//! The text files of the repository, or of a planted one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Folders that hold build products and fuzz inputs.
const SKIPPED_FOLDERS: [&str; 4] = ["target", "fuzz/target", "fuzz/corpus", "fuzz/artifacts"];

/// Files by their path from the root, with forward slashes.
#[derive(Debug, Default)]
pub(crate) struct SourceTree {
    files: BTreeMap<String, String>,
}

impl SourceTree {
    /// Reads every text file that the checks look at, the ones Git does not know yet included.
    pub(crate) fn of_repository() -> Self {
        let mut tree = Self::default();
        tree.read_folder(repository_root(), "");
        assert!(tree.files.len() > 20, "the walk over the repository found next to nothing");
        tree
    }

    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect();
        Self { files }
    }

    /// All files, in order of their paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The Rust files, in order of their paths.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| has_extension(path, "rs"))
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) {
        for entry in fs::read_dir(folder).expect("the repository can be read") {
            let entry = entry.expect("the repository can be read");
            let name = entry.file_name().into_string().expect("file names of sources are UTF-8");
            let path = format!("{prefix}{name}");
            let file_type = entry.file_type().expect("the repository can be read");
            if file_type.is_dir() {
                let hidden = name.starts_with('.') && name != ".ci";
                if !hidden && !SKIPPED_FOLDERS.contains(&path.as_str()) {
                    self.read_folder(&entry.path(), &format!("{path}/"));
                }
            } else if is_text(&path) {
                // An editor may remove its own temporary file between the listing and this read.
                let Ok(bytes) = fs::read(entry.path()) else { continue };
                self.files.insert(path, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
}

/// The folder of the workspace manifest.
pub(crate) fn repository_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository")
}

pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

fn is_text(path: &str) -> bool {
    ["rs", "toml", "md", "sh"].iter().any(|extension| has_extension(path, extension))
        || matches!(path, "Makefile" | ".ci/run")
}
