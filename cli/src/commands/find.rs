//! `gleaner find`.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt as _;

use gleaner_chunker::ChunkId;
use gleaner_engine::{Repository, Run, Visit, read_files, walk_tree};
use gleaner_store::{Entry, Snapshot};

use super::list::pack_chunks;
use crate::args::{FindArgs, rfc3339};
use crate::byte_text::{lossy, printable, twin};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::{MatchLine, Matches};
use crate::opening::{open, refuse_damaged, snapshots};
use crate::pattern::{Pattern, PatternList};
use crate::snapshot_view::{entry_bytes, kind_name, permissions, snapshot_text, time_ns};

/// What is looked for.
enum Wanted {
    Names(PatternList),
    /// Beginnings of chunk ids, in hex.
    ChunkPrefixes(Vec<String>),
    Chunks(HashSet<ChunkId>),
}

/// Finds entries in all snapshots, or in those that the filter lets through.
///
/// # Errors
/// Those of reading trees.
pub(crate) fn find(context: &Context, args: &FindArgs) -> Result<(), Failure> {
    let repository = open(context)?;
    let wanted = wanted(&repository, args)?;
    let mut found = Vec::new();
    let operation = context.listing();
    let run = operation.run();
    for snapshot in snapshots(context, &repository, &[], &args.filter)? {
        let matches = find_in(&repository, &snapshot, args, (&wanted, &run))?;
        if matches.is_empty() {
            continue;
        }
        if context.output.json {
            let (snapshot, hits) = (snapshot.id.to_string(), matches.len() as u64);
            let entries = matches.into_iter().map(|(_, line)| line).collect();
            found.push(Matches { snapshot, hits, entries });
        } else {
            context.output.text(&format!("in snapshot {}", snapshot_text(&snapshot)))?;
            for (path, line) in matches {
                context.output.listing(&printable(&path))?;
                line.chunks
                    .iter()
                    .try_for_each(|chunk| context.output.listing(&format!("  chunk {chunk}")))?;
            }
        }
    }
    context.output.document(&found)?;
    context.output.flush()?;
    refuse_damaged(&repository)
}

fn wanted(repository: &Repository, args: &FindArgs) -> Result<Wanted, Failure> {
    if args.chunk {
        return args
            .patterns
            .iter()
            .map(id_prefix)
            .collect::<Result<_, _>>()
            .map(Wanted::ChunkPrefixes);
    }
    if args.pack {
        let mut chunks = HashSet::new();
        for pattern in &args.patterns {
            chunks.extend(pack_chunks(repository, &id_prefix(pattern)?)?);
        }
        return Ok(Wanted::Chunks(chunks));
    }
    let mut names = PatternList::default();
    for pattern in &args.patterns {
        names.push(Pattern::new(pattern.as_bytes(), args.ignore_case)?);
    }
    Ok(Wanted::Names(names))
}

fn id_prefix(pattern: &std::ffi::OsString) -> Result<String, Failure> {
    let text = pattern.to_str().unwrap_or_default();
    let is_hex = (4..=64).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex {
        Ok(text.to_owned())
    } else {
        let pattern = pattern.display();
        Err(Failure::usage(format!("{pattern}: not the beginning of an id (4 to 64 hex digits)")))
    }
}

fn find_in(
    repository: &Repository,
    snapshot: &Snapshot,
    args: &FindArgs,
    (wanted, run): (&Wanted, &Run<'_>),
) -> Result<Vec<(Vec<u8>, MatchLine)>, Failure> {
    let mut found: Vec<(Vec<u8>, MatchLine)> = Vec::new();
    let is_in_time = |entry: &Entry| {
        let modified = time_ns(entry.metadata.mtime);
        args.newest.is_none_or(|newest| modified <= newest)
            && args.oldest.is_none_or(|oldest| modified >= oldest)
    };
    if let Wanted::Names(names) = wanted {
        walk_tree(repository, snapshot, b"", run, &mut |path, entry| {
            if is_in_time(entry) && names.matches(path) {
                found.push((path.to_vec(), match_line(path, entry, Vec::new())));
            }
            Visit::Continue
        })?;
        return Ok(found);
    }
    read_files(repository, snapshot, b"", run, &mut |path, entry, content| {
        let chunks: Vec<String> = content
            .chunks()
            .filter(|chunk| is_in_time(entry) && wanted.has_chunk(&chunk.id))
            .map(|chunk| chunk.id.to_string())
            .collect();
        match found.last_mut() {
            _ if chunks.is_empty() => {}
            // A long list comes in parts.
            Some((last, line)) if content.is_continued && last == path => {
                line.chunks.extend(chunks);
            }
            _ => found.push((path.to_vec(), match_line(path, entry, chunks))),
        }
        Ok(())
    })?;
    Ok(found)
}

impl Wanted {
    fn has_chunk(&self, id: &ChunkId) -> bool {
        match self {
            Self::Names(_) => false,
            Self::Chunks(chunks) => chunks.contains(id),
            Self::ChunkPrefixes(prefixes) => {
                let id = id.to_string();
                prefixes.iter().any(|prefix| id.starts_with(prefix))
            }
        }
    }
}

fn match_line(path: &[u8], entry: &Entry, chunks: Vec<String>) -> MatchLine {
    MatchLine {
        path: lossy(path),
        path_b64: twin(path),
        kind: kind_name(&entry.kind),
        size: entry_bytes(&entry.kind),
        mode: entry.metadata.mode,
        permissions: permissions(entry),
        mtime: rfc3339(time_ns(entry.metadata.mtime)),
        uid: entry.metadata.uid,
        gid: entry.metadata.gid,
        chunks,
    }
}
