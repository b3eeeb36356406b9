//! Image layouts of containers (`blobs/sha256/<digest>`), made by a tool that people use.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::servers::skipped;

const TOOL: &str = "/usr/bin/umoci";

/// A layout; it is gone when this is dropped.
#[derive(Debug)]
pub struct ImageLayout {
    directory: TempDir,
}

impl ImageLayout {
    /// An empty layout; none where the tool is not installed, after a line that says so.
    ///
    /// # Panics
    /// When the tool is there and fails.
    #[must_use]
    pub fn new() -> Option<Self> {
        if !Path::new(TOOL).is_file() {
            skipped("no umoci (apt-get install umoci)");
            return None;
        }
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let layout = Self { directory };
        layout.run(TOOL, &["init", "--layout", "layout"]);
        Some(layout)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.directory.path().join("layout")
    }

    /// Makes an image with one layer, of these files by their paths; gives the layer's digest.
    ///
    /// # Panics
    /// When that fails.
    #[must_use]
    pub fn add_layer(&self, image: &str, files: &[(&str, &[u8])]) -> String {
        let root = self.directory.path().join(format!("files-{image}"));
        for &(path, bytes) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&root)).expect("it is ours");
            fs::write(path, bytes).expect("it is ours");
        }
        let root = root.to_str().expect("temporary directories have plain names");
        self.run("/bin/tar", &["-c", "-f", "layer.tar", "-C", root, "."]);
        let image = format!("layout:{image}");
        let before = self.layers();
        self.run(TOOL, &["new", "--image", &image]);
        self.run(TOOL, &["raw", "add-layer", "--image", &image, "layer.tar"]);
        let mut added = self.layers();
        added.retain(|layer| !before.contains(layer));
        added.pop_first().expect("a layer was added")
    }

    /// Removes an image and what only it needed.
    ///
    /// # Panics
    /// When that fails.
    pub fn remove(&self, image: &str) {
        self.run(TOOL, &["rm", "--image", &format!("layout:{image}")]);
        self.run(TOOL, &["gc", "--layout", "layout"]);
    }

    /// The blobs that are compressed.
    fn layers(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.path().join("blobs/sha256")).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let is_layer = |path: &PathBuf| fs::read(path).is_ok_and(|it| it.starts_with(b"\x1f\x8b"));
        let layers = paths.filter(is_layer);
        layers.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
    }

    fn run(&self, tool: &str, arguments: &[&str]) {
        let mut command = Command::new(tool);
        command.args(arguments).current_dir(self.directory.path());
        let output = command.stdin(Stdio::null()).output().expect("the tool can be started");
        assert!(output.status.success(), "{tool} {arguments:?}: {output:?}");
    }
}
