//! Goal: a backup sees every entry once, in order, with all that the file system knows of it, and
//! reads the file that it listed and no other. Method: trees in temporary folders, compared with
//! plain `std::fs`, and entries swapped at the worst moment. If it fails: files are missing from
//! snapshots, or bytes of other files are in them.
#![expect(clippy::disallowed_methods, reason = "tests prepare their trees with std::fs")]

mod capture;
mod open_file;
mod roots;
mod walk;

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FailureKind, KeepAll, Selection, WalkItem, WalkOptions, Walker};

/// What a walk said, in a form that can be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Enter(String),
    File(String),
    Node(String),
    Leave,
    Failed(FailureKind, String),
}

pub(super) fn walker(roots: &[&Path], selection: Arc<dyn Selection>) -> Walker {
    let roots: Vec<PathBuf> = roots.iter().map(|&root| root.to_owned()).collect();
    Walker::new(&roots, WalkOptions { one_file_system: false, selection }).unwrap()
}

pub(super) fn walk_all(root: &Path) -> Vec<WalkItem> {
    walker(&[root], Arc::new(KeepAll)).collect()
}

fn text(name: &[u8]) -> String {
    name.escape_ascii().to_string()
}

/// What stands at and below `top` itself, without the folders above it. Paths of failures are
/// relative to `top`.
pub(super) fn said_below(top: &Path, items: impl Iterator<Item = WalkItem>) -> Vec<Said> {
    let depth = top.components().count() - 1;
    let said = items.map(|item| said(top, &item)).collect::<Vec<_>>();
    assert!(said.len() >= 2 * depth, "fewer items than folders above: {said:?}");
    let above_count = said.len() - depth;
    said.into_iter().take(above_count).skip(depth).collect()
}

fn said(top: &Path, item: &WalkItem) -> Said {
    match item {
        WalkItem::Enter { name, .. } => Said::Enter(text(name)),
        WalkItem::File(found) => Said::File(text(&found.name)),
        WalkItem::Node(found) => Said::Node(text(&found.name)),
        WalkItem::Leave => Said::Leave,
        WalkItem::Failed(failure) => {
            let prefix = top.as_os_str().as_bytes();
            let path = failure.path.strip_prefix(prefix).unwrap_or(&failure.path);
            Said::Failed(failure.kind, text(path))
        }
    }
}

/// The one regular file below `top` with this name.
pub(super) fn find(top: &Path, name: &[u8]) -> super::Found {
    let found = walk_all(top).into_iter().find_map(|item| match item {
        WalkItem::File(found) | WalkItem::Node(found) if found.name == name => Some(found),
        _ => None,
    });
    found.expect("the test made it")
}

/// True with root rights; else says loudly what is not tested.
#[expect(clippy::print_stderr, reason = "a skipped test is named")]
pub(crate) fn is_root_or_skip(what: &str) -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        eprintln!("SKIPPED: {what}: needs root rights");
    }
    is_root
}

/// Runs `work` on a thread with the rights of user and group 65534 only.
pub(crate) fn as_nobody<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let lowered = || {
        let gid = rustix::fs::Gid::from_raw(65534);
        let uid = rustix::fs::Uid::from_raw(65534);
        rustix::thread::set_thread_groups(&[]).unwrap();
        rustix::thread::set_thread_res_gid(gid, gid, gid).unwrap();
        rustix::thread::set_thread_res_uid(uid, uid, uid).unwrap();
        work()
    };
    std::thread::scope(|scope| scope.spawn(lowered).join().unwrap())
}
