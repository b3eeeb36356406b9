//! Whether two trees are the same: names, kinds, modes, times, targets, bytes.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The first path below both folders that differs, `None` if all is equal. The folders themselves
/// are not compared: the target of a restore is whatever the caller made of it.
pub(super) fn first_difference(a: &Path, b: &Path) -> std::io::Result<Option<String>> {
    let (names, others) = (names(a)?, names(b)?);
    if names != others {
        return Ok(Some(a.display().to_string()));
    }
    for name in names {
        if let Some(difference) = difference(&a.join(&name), &b.join(&name))? {
            return Ok(Some(difference));
        }
    }
    Ok(None)
}

fn difference(a: &Path, b: &Path) -> std::io::Result<Option<String>> {
    let (left, right) = (fs::symlink_metadata(a)?, fs::symlink_metadata(b)?);
    let facts = |metadata: &fs::Metadata| {
        let bytes = if metadata.is_dir() { 0 } else { metadata.len() };
        (metadata.mode(), metadata.mtime(), metadata.mtime_nsec(), bytes)
    };
    if facts(&left) != facts(&right) {
        return Ok(Some(a.display().to_string()));
    }
    if left.is_symlink() {
        return Ok((fs::read_link(a)? != fs::read_link(b)?).then(|| a.display().to_string()));
    }
    if left.is_file() {
        return Ok((fs::read(a)? != fs::read(b)?).then(|| a.display().to_string()));
    }
    first_difference(a, b)
}

fn names(folder: &Path) -> std::io::Result<Vec<std::ffi::OsString>> {
    let entries = fs::read_dir(folder)?;
    let mut names =
        entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
