//! Snapshots and entries as lines for people and for scripts.

use gleaner_store::{Entry, EntryKind, FileTime, Snapshot, SnapshotState};

use crate::args::{local_time, rfc3339};
use crate::byte_text::{amount, lossy, lossy_all, printable, twin, twin_all};
use crate::json::{NodeLine, SnapshotLine, SnapshotTotals};

/// The first 8 hex digits of an id: what people type.
pub(crate) fn short_id(id: &str) -> String {
    id.chars().take(8).collect()
}

/// For scripts.
pub(crate) fn snapshot_line(snapshot: &Snapshot) -> SnapshotLine {
    let id = snapshot.id.to_string();
    let stats = &snapshot.stats;
    SnapshotLine {
        short_id: short_id(&id),
        id,
        time: rfc3339(snapshot.time_ns),
        hostname: snapshot.host.clone(),
        username: snapshot.user.clone(),
        paths: lossy_all(&snapshot.roots),
        paths_b64: twin_all(&snapshot.roots),
        tags: snapshot.tags.clone(),
        parent: snapshot.parent.map(|id| id.to_string()),
        original: snapshot.original.map(|id| id.to_string()),
        state: state(snapshot.state),
        program_version: snapshot.program.clone(),
        summary: SnapshotTotals {
            files: stats.files,
            folders: stats.folders,
            others: stats.others,
            bytes: stats.bytes,
            bytes_holes: stats.bytes_holes,
            chunks_novel: stats.chunks_novel,
            bytes_novel: stats.bytes_novel,
            bytes_stored: stats.bytes_stored,
            files_failed: stats.files_failed,
        },
    }
}

const fn state(state: SnapshotState) -> &'static str {
    match state {
        SnapshotState::Complete => "complete",
        SnapshotState::Pending { .. } => "pending",
        SnapshotState::Incomplete => "incomplete",
    }
}

/// For people.
pub(crate) fn snapshot_text(snapshot: &Snapshot) -> String {
    let paths: Vec<String> = snapshot.roots.iter().map(|path| printable(path)).collect();
    let tags = if snapshot.tags.is_empty() {
        String::new()
    } else {
        format!("  [{}]", printable(snapshot.tags.join(",").as_bytes()))
    };
    let mark = match snapshot.state {
        SnapshotState::Complete => "",
        SnapshotState::Pending { .. } => "  pending",
        SnapshotState::Incomplete => "  incomplete",
    };
    format!(
        "{}  {}  {:<12}  {:>10}  {}{tags}{mark}",
        short_id(&snapshot.id.to_string()),
        local_time(snapshot.time_ns),
        printable(snapshot.host.as_bytes()),
        amount(snapshot.stats.bytes),
        paths.join(" "),
    )
}

/// restic's names of types.
pub(crate) const fn kind_name(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Directory => "dir",
        EntryKind::File { .. } => "file",
        EntryKind::Symlink { .. } => "symlink",
        EntryKind::Fifo => "fifo",
        EntryKind::Socket => "socket",
        EntryKind::CharDevice { .. } => "chardev",
        EntryKind::BlockDevice { .. } => "dev",
    }
}

/// Bytes of a regular file, 0 for others.
pub(crate) const fn entry_bytes(kind: &EntryKind) -> u64 {
    match kind {
        EntryKind::File { bytes, .. } => *bytes,
        _ => 0,
    }
}

/// `drwxr-xr-x`.
pub(crate) fn permissions(entry: &Entry) -> String {
    let mode = entry.metadata.mode;
    let kind = match entry.kind {
        EntryKind::Directory => 'd',
        EntryKind::File { .. } => '-',
        EntryKind::Symlink { .. } => 'l',
        EntryKind::Fifo => 'p',
        EntryKind::Socket => 's',
        EntryKind::CharDevice { .. } => 'c',
        EntryKind::BlockDevice { .. } => 'b',
    };
    let mut text = String::from(kind);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (false, false) => '-',
            (true, false) => 'x',
            (true, true) => letter,
            (false, true) => letter.to_ascii_uppercase(),
        });
    }
    text
}

/// Nanoseconds since 1970, clamped to what `i64` holds.
pub(crate) fn time_ns(time: FileTime) -> i64 {
    let ns = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
    i64::try_from(ns).unwrap_or(if ns < 0 { i64::MIN } else { i64::MAX })
}

fn time(time: FileTime) -> String {
    rfc3339(time_ns(time))
}

/// For scripts.
pub(crate) fn node_line(path: &[u8], entry: &Entry) -> NodeLine {
    let metadata = &entry.metadata;
    let target = match &entry.kind {
        EntryKind::Symlink { target } => Some(target),
        _ => None,
    };
    NodeLine {
        name: lossy(&entry.name),
        name_b64: twin(&entry.name),
        kind: kind_name(&entry.kind),
        path: lossy(path),
        path_b64: twin(path),
        uid: metadata.uid,
        gid: metadata.gid,
        user: metadata.user.clone(),
        group: metadata.group.clone(),
        size: entry_bytes(&entry.kind),
        mode: metadata.mode,
        permissions: permissions(entry),
        atime: metadata.atime.map(time),
        mtime: time(metadata.mtime),
        ctime: time(metadata.ctime),
        inode: metadata.inode,
        links: metadata.links,
        linktarget: target.map(|target| lossy(target)),
        linktarget_b64: target.and_then(|target| twin(target)),
    }
}

/// For people, as `ls -l` has it.
pub(crate) fn node_text(path: &[u8], entry: &Entry) -> String {
    let metadata = &entry.metadata;
    let owner = |name: &Option<String>, id: u32| match name {
        Some(name) => printable(name.as_bytes()),
        None => id.to_string(),
    };
    let target = match &entry.kind {
        EntryKind::Symlink { target } => format!(" -> {}", printable(target)),
        _ => String::new(),
    };
    format!(
        "{} {:<8} {:<8} {:>12} {} {}{target}",
        permissions(entry),
        owner(&metadata.user, metadata.uid),
        owner(&metadata.group, metadata.gid),
        entry_bytes(&entry.kind),
        local_time(time_ns(metadata.mtime)),
        printable(path),
    )
}
