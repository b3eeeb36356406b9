//! `gleaner ls`.

use std::cmp::Reverse;

use gleaner_engine::{Visit, walk_tree};
use gleaner_store::Entry;

use crate::args::{Address, LsArgs, LsSort};
use crate::byte_text::printable;
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::Message;
use crate::opening::{open, snapshot};
use crate::snapshot_view::{
    entry_bytes, node_line, node_text, snapshot_line, snapshot_text, time_ns,
};

/// Lists entries of a snapshot.
///
/// # Errors
/// Kind `no_such_path` if the path is not in the snapshot.
pub(crate) fn ls(context: &Context, args: &LsArgs) -> Result<(), Failure> {
    let address = Address::parse(&args.address)?;
    let repository = open(context)?;
    let snapshot = snapshot(&repository, &address.snapshot, &args.filter)?;
    let output = &context.output;
    output.message(&Message::Snapshot(snapshot_line(&snapshot)))?;
    output.text(&format!("snapshot {}", snapshot_text(&snapshot)))?;
    let is_recursive = args.recursive || address.path.is_none();
    let folder = normal_path(address.path.as_deref().unwrap_or_default());
    let mut kept: Vec<(Vec<u8>, Entry)> = Vec::new();
    let mut failure = None;
    let operation = context.listing();
    walk_tree(&repository, &snapshot, &folder, &operation.run(), &mut |path, entry| {
        // The folder itself is not listed, a single file that was asked for is.
        let is_folder = entry.kind == gleaner_store::EntryKind::Directory;
        if path == folder && is_folder {
            return Visit::Continue;
        }
        if args.sort == LsSort::Name {
            if let Err(error) = print(context, args, path, entry) {
                failure = Some(error);
                return Visit::Stop;
            }
        } else {
            kept.push((path.to_vec(), entry.clone()));
        }
        if is_recursive { Visit::Continue } else { Visit::SkipFolder }
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    match args.sort {
        LsSort::Name => {}
        LsSort::Size => kept.sort_by_key(|(_, entry)| Reverse(entry_bytes(&entry.kind))),
        LsSort::Time => kept.sort_by_key(|(_, entry)| Reverse(time_ns(entry.metadata.mtime))),
    }
    kept.iter().try_for_each(|(path, entry)| print(context, args, path, entry))
}

/// `/a/b` of any spelling; empty for the whole tree.
pub(crate) fn normal_path(path: &[u8]) -> Vec<u8> {
    let names = path.split(|&byte| byte == b'/').filter(|name| !name.is_empty() && *name != b".");
    names.flat_map(|name| [b"/".as_slice(), name].concat()).collect()
}

fn print(context: &Context, args: &LsArgs, path: &[u8], entry: &Entry) -> Result<(), Failure> {
    if context.output.json {
        return context.output.message(&Message::Node(Box::new(node_line(path, entry))));
    }
    let line = if args.long { node_text(path, entry) } else { printable(path) };
    context.output.listing(&line)
}

#[cfg(test)]
mod tests {
    use super::normal_path;

    #[test]
    fn a_path_has_one_spelling() {
        for (path, normal) in
            [("", ""), ("/", ""), ("/a/b", "/a/b"), ("a//b/", "/a/b"), ("./a", "/a")]
        {
            assert_eq!(normal_path(path.as_bytes()), normal.as_bytes());
        }
    }
}
