//! A folder of a snapshot as a tar archive (GNU and pax headers).

use std::io::{Read as _, Write};

use gleaner_engine::{Error, Repository, Run, read_files};
use gleaner_store::{Entry, EntryKind, Snapshot};
use tar::{Builder, EntryType, Header};

use crate::exit_code::Failure;
use crate::snapshot_view::entry_bytes;

/// Tar counts in blocks of this size.
const TAR_BLOCK: u64 = 512;

/// Writes the folder `top` with all that is below it. Names begin below `top`'s parent; hard
/// links become files of their own, sockets are left out as tar has no form for them.
///
/// # Errors
/// Kinds `no_such_path` and `damaged`; what was written before is a torn archive.
pub(crate) fn write_archive(
    repository: &Repository,
    snapshot: &Snapshot,
    top: &[u8],
    writer: &mut dyn Write,
    run: &Run<'_>,
) -> Result<(), Failure> {
    let above = top.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    let mut archive = Archive { builder: Builder::new(writer), left: 0, bytes: 0 };
    read_files(repository, snapshot, top, run, &mut |path, entry, content| {
        let name = path.get(above + 1..).unwrap_or_default();
        if name.is_empty() || entry.kind == EntryKind::Socket {
            return Ok(());
        }
        let (is_first, is_last) = (!content.is_continued, !content.more);
        if is_first {
            // A file that changed while it was read is as long as its content.
            let bytes = if is_last { content.bytes() } else { entry_bytes(&entry.kind) };
            archive.begin(name, entry, bytes).map_err(Error::Output)?;
        }
        content.write_to(&mut archive)?;
        if is_last { archive.end().map_err(Error::Output) } else { Ok(()) }
    })?;
    archive.builder.finish().map_err(|error| Failure::io("output", &error))
}

/// An archive of which one entry is being written.
struct Archive<'w> {
    builder: Builder<&'w mut dyn Write>,
    /// Bytes that the entry's header announced and that did not come yet.
    left: u64,
    /// Bytes that the entry's header announced.
    bytes: u64,
}

impl Archive<'_> {
    fn begin(&mut self, name: &[u8], entry: &Entry, bytes: u64) -> std::io::Result<()> {
        extended(&mut self.builder, name, entry, bytes)?;
        let mut header = header(entry)?;
        put_name(&mut header, name, entry.kind == EntryKind::Directory);
        header.set_size(bytes);
        header.set_cksum();
        (self.left, self.bytes) = (bytes, bytes);
        self.builder.get_mut().write_all(header.as_bytes())
    }

    /// Fills up what is missing, and the last block.
    fn end(&mut self) -> std::io::Result<()> {
        let zeros = self.left + self.bytes.next_multiple_of(TAR_BLOCK) - self.bytes;
        self.left = 0;
        std::io::copy(&mut std::io::repeat(0).take(zeros), self.builder.get_mut()).map(drop)
    }
}

impl Write for Archive<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // What goes beyond the announced length is dropped: the archive stays readable.
        let fitting = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.builder.get_mut().write_all(bytes.get(..fitting).unwrap_or_default())?;
        self.left -= fitting as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.builder.get_mut().flush()
    }
}

fn header(entry: &Entry) -> std::io::Result<Header> {
    let metadata = &entry.metadata;
    let mut header = Header::new_ustar();
    header.set_entry_type(match entry.kind {
        EntryKind::Directory => EntryType::Directory,
        EntryKind::File { .. } | EntryKind::Socket => EntryType::Regular,
        EntryKind::Symlink { .. } => EntryType::Symlink,
        EntryKind::Fifo => EntryType::Fifo,
        EntryKind::CharDevice { .. } => EntryType::Char,
        EntryKind::BlockDevice { .. } => EntryType::Block,
    });
    header.set_mode(metadata.mode);
    header.set_uid(metadata.uid.into());
    header.set_gid(metadata.gid.into());
    header.set_mtime(u64::try_from(metadata.mtime.seconds).unwrap_or(0));
    header.set_size(0);
    // Names that do not fit are left to the numbers.
    drop(metadata.user.as_deref().map(|user| header.set_username(user)));
    drop(metadata.group.as_deref().map(|group| header.set_groupname(group)));
    if let EntryKind::CharDevice { major, minor } | EntryKind::BlockDevice { major, minor } =
        entry.kind
    {
        header.set_device_major(major)?;
        header.set_device_minor(minor)?;
    }
    Ok(header)
}

/// What a plain header cannot hold goes before it as pax records.
fn extended(
    archive: &mut Builder<&mut dyn Write>,
    name: &[u8],
    entry: &Entry,
    bytes: u64,
) -> std::io::Result<()> {
    let metadata = &entry.metadata;
    let mut records: Vec<(String, Vec<u8>)> = Vec::new();
    if name.len() >= 100 {
        records.push(("path".to_owned(), name.to_vec()));
    }
    if let EntryKind::Symlink { target } = &entry.kind {
        records.push(("linkpath".to_owned(), target.clone()));
    }
    let mtime = metadata.mtime;
    if mtime.nanoseconds > 0 && mtime.seconds >= 0 {
        let text = format!("{}.{:09}", mtime.seconds, mtime.nanoseconds);
        records.push(("mtime".to_owned(), text.into_bytes()));
    }
    if bytes >= 8 << 30 {
        records.push(("size".to_owned(), bytes.to_string().into_bytes()));
    }
    for (key, value) in &metadata.xattrs {
        if let Ok(key) = std::str::from_utf8(key) {
            records.push((format!("SCHILY.xattr.{key}"), value.clone()));
        }
    }
    archive
        .append_pax_extensions(records.iter().map(|(key, value)| (key.as_str(), value.as_slice())))
}

/// The name as bytes; a long one is in the pax records, and cut off here.
fn put_name(header: &mut Header, name: &[u8], is_folder: bool) {
    let slash: &[u8] = if is_folder { b"/" } else { b"" };
    let name = [name, slash].concat();
    let field = &mut header.as_old_mut().name;
    field.fill(0);
    for (to, from) in field.iter_mut().zip(&name) {
        *to = *from;
    }
}
