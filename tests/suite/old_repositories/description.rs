//! What a folder holds, in lines of text: the same for a source and for what was restored of it.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// A line for each entry, by path: kind, mode, links, time of change, size and BLAKE3 or target.
/// Owners are left out: only root can restore them.
pub(super) fn describe(folder: &Path) -> String {
    let mut paths = vec![folder.to_path_buf()];
    collect(folder, &mut paths);
    paths.sort();
    paths.iter().map(|path| line(folder, path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        paths.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), paths);
        }
    }
}

fn line(folder: &Path, path: &Path) -> String {
    let metadata = std::fs::symlink_metadata(path).unwrap();
    let kind = metadata.file_type();
    let (word, content) = if kind.is_dir() {
        ("folder", String::new())
    } else if kind.is_symlink() {
        let target = std::fs::read_link(path).unwrap();
        ("symlink", target.as_os_str().as_bytes().escape_ascii().to_string())
    } else if kind.is_fifo() {
        ("fifo", String::new())
    } else {
        let bytes = std::fs::read(path).unwrap();
        ("file", format!("{} {}", bytes.len(), blake3::hash(&bytes).to_hex()))
    };
    let name = path.strip_prefix(folder).unwrap().as_os_str().as_bytes().escape_ascii();
    let links = if kind.is_dir() { 1 } else { metadata.nlink() };
    let mut line = String::new();
    let (mode, seconds, nanoseconds) =
        (metadata.mode() & 0o7777, metadata.mtime(), metadata.mtime_nsec());
    // The mode of a link means nothing and differs between systems.
    let mode = if kind.is_symlink() { 0o777 } else { mode };
    write!(line, "/{name}: {word} {mode:o} {links} {seconds}.{nanoseconds:09} {content}").unwrap();
    format!("{}\n", line.trim_end())
}
