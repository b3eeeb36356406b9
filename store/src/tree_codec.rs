//! Bytes of a tree stream (FORMAT.md section 7): records of a length and one CBOR item.

use gleaner_chunker::ChunkId;

use crate::cbor::{self, In, Out, Put};
use crate::chunk_list::{ChunkRef, Domain, Run};
use crate::defect::Defect;
use crate::tree_item::{
    Entry, EntryKind, FileTime, Metadata, TreeItem, Xattr, add_content, check_item,
};

/// Largest encoded item in bytes, without its length prefix.
pub const TREE_ITEM_BYTES_MAX: usize = 1 << 20;
/// Most chunks that the writer puts into one item: 144 KiB of ids and lengths.
pub const ITEM_CHUNKS_MAX: usize = 4096;
/// Deepest nesting of folders.
pub const TREE_DEPTH_MAX: usize = 4096;

const WHAT: &str = "tree item";

const ITEM_ENTER: u8 = 0;
const ITEM_NODE: u8 = 1;
const ITEM_CONTENT: u8 = 2;
const ITEM_LEAVE: u8 = 3;

const KIND_DIRECTORY: u8 = 0;
const KIND_FILE: u8 = 1;
const KIND_SYMLINK: u8 = 2;
const KIND_FIFO: u8 = 3;
const KIND_SOCKET: u8 = 4;
const KIND_CHAR: u8 = 5;
const KIND_BLOCK: u8 = 6;

const RUN_CHUNKS: u8 = 0;
const RUN_HOLE: u8 = 1;

/// Appends the record of `item` to `out`.
///
/// # Errors
/// A [`Defect`] for what [`decode_tree_item`] would refuse, such as an illegal name, and
/// [`Defect::Limit`] if the item is larger than [`TREE_ITEM_BYTES_MAX`] (attributes too large).
/// `out` is unchanged then.
///
/// # Panics
/// Never: the length was compared with its limit.
pub fn encode_tree_item(item: &TreeItem, out: &mut Vec<u8>) -> Result<(), Defect> {
    check_item(item)?;
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    cbor::encode_into(out, |e| put_item(e, item));
    let bytes = out.len() - start - 4;
    if bytes > TREE_ITEM_BYTES_MAX {
        out.truncate(start);
        let max = TREE_ITEM_BYTES_MAX as u64;
        return Err(Defect::Limit { what: WHAT, value: bytes as u64, max });
    }
    let length = u32::try_from(bytes).expect("bounded by TREE_ITEM_BYTES_MAX").to_le_bytes();
    out.splice(start..start + 4, length);
    Ok(())
}

fn put_item(e: &mut Out<'_>, item: &TreeItem) -> Put {
    match item {
        TreeItem::Enter(entry) => {
            e.array(2)?.u8(ITEM_ENTER)?;
            put_entry(e, entry)
        }
        TreeItem::Node(entry) => {
            e.array(2)?.u8(ITEM_NODE)?;
            put_entry(e, entry)
        }
        TreeItem::Content { runs, more } => {
            e.array(3)?.u8(ITEM_CONTENT)?;
            put_runs(e, runs)?;
            e.bool(*more)?;
            Ok(())
        }
        TreeItem::Leave => {
            e.array(1)?.u8(ITEM_LEAVE)?;
            Ok(())
        }
    }
}

fn put_entry(e: &mut Out<'_>, entry: &Entry) -> Put {
    let m = &entry.metadata;
    let optional = [m.user.is_some(), m.group.is_some(), m.atime.is_some(), !m.xattrs.is_empty()];
    let own = match &entry.kind {
        EntryKind::Directory | EntryKind::Fifo | EntryKind::Socket => 0,
        EntryKind::Symlink { .. }
        | EntryKind::CharDevice { .. }
        | EntryKind::BlockDevice { .. } => 1,
        EntryKind::File { .. } => 3,
    };
    let fields = 10 + optional.iter().filter(|&&set| set).count() as u64 + own;
    e.map(fields)?.u8(0)?.bytes(&entry.name)?.u8(1)?.u8(kind_number(&entry.kind))?;
    e.u8(2)?.u32(m.mode)?.u8(3)?.u32(m.uid)?.u8(4)?.u32(m.gid)?;
    if let Some(user) = &m.user {
        e.u8(5)?.str(user)?;
    }
    if let Some(group) = &m.group {
        e.u8(6)?.str(group)?;
    }
    put_time(e.u8(7)?, m.mtime)?;
    put_time(e.u8(8)?, m.ctime)?;
    if let Some(atime) = m.atime {
        put_time(e.u8(9)?, atime)?;
    }
    e.u8(10)?.u64(m.inode)?.u8(11)?.u64(m.device)?.u8(12)?.u64(m.links)?;
    if !m.xattrs.is_empty() {
        e.u8(13)?.array(m.xattrs.len() as u64)?;
        for (name, value) in &m.xattrs {
            e.array(2)?.bytes(name)?.bytes(value)?;
        }
    }
    put_kind(e, &entry.kind)
}

const fn kind_number(kind: &EntryKind) -> u8 {
    match kind {
        EntryKind::Directory => KIND_DIRECTORY,
        EntryKind::File { .. } => KIND_FILE,
        EntryKind::Symlink { .. } => KIND_SYMLINK,
        EntryKind::Fifo => KIND_FIFO,
        EntryKind::Socket => KIND_SOCKET,
        EntryKind::CharDevice { .. } => KIND_CHAR,
        EntryKind::BlockDevice { .. } => KIND_BLOCK,
    }
}

fn put_kind(e: &mut Out<'_>, kind: &EntryKind) -> Put {
    match kind {
        EntryKind::Symlink { target } => {
            e.u8(14)?.bytes(target)?;
        }
        EntryKind::CharDevice { major, minor } | EntryKind::BlockDevice { major, minor } => {
            e.u8(15)?.array(2)?.u32(*major)?.u32(*minor)?;
        }
        EntryKind::File { bytes, content, more } => {
            put_runs(e.u8(16)?.u64(*bytes)?.u8(17)?, content)?;
            e.u8(18)?.bool(*more)?;
        }
        EntryKind::Directory | EntryKind::Fifo | EntryKind::Socket => {}
    }
    Ok(())
}

fn put_time(e: &mut Out<'_>, time: FileTime) -> Put {
    e.array(2)?.i64(time.seconds)?.u32(time.nanoseconds)?;
    Ok(())
}

/// Encodes runs as an array; also used for the root reference of a snapshot.
pub(crate) fn put_runs(e: &mut Out<'_>, runs: &[Run]) -> Put {
    e.array(runs.len() as u64)?;
    for run in runs {
        match run {
            Run::Hole { bytes } => {
                e.array(2)?.u8(RUN_HOLE)?.u64(*bytes)?;
            }
            Run::Chunks { domain, chunks } => {
                let mut ids = Vec::with_capacity(chunks.len() * ChunkId::BYTES);
                let mut lengths = Vec::with_capacity(chunks.len() * 4);
                for chunk in chunks {
                    ids.extend_from_slice(chunk.id.as_bytes());
                    lengths.extend_from_slice(&chunk.bytes.to_le_bytes());
                }
                let domain = u8::from(*domain == Domain::Public);
                e.array(4)?.u8(RUN_CHUNKS)?.u8(domain)?.bytes(&ids)?.bytes(&lengths)?;
            }
        }
    }
    Ok(())
}

/// Decodes one item from exactly `bytes` (a record without its length prefix).
///
/// # Errors
/// A [`Defect`] for anything that is not one well-formed item.
pub fn decode_tree_item(bytes: &[u8]) -> Result<TreeItem, Defect> {
    let mut input = In::new(bytes, WHAT);
    let fields = input.array()?;
    let item = match (input.u8()?, fields) {
        (ITEM_ENTER, 2) => TreeItem::Enter(take_entry(&mut input)?),
        (ITEM_NODE, 2) => TreeItem::Node(take_entry(&mut input)?),
        (ITEM_CONTENT, 3) => {
            TreeItem::Content { runs: take_runs(&mut input)?, more: input.bool()? }
        }
        (ITEM_LEAVE, 1) => TreeItem::Leave,
        (ITEM_ENTER..=ITEM_LEAVE, _) => return Err(input.bad()),
        (kind, _) => return Err(input.unknown(kind.into())),
    };
    input.finish()?;
    check_item(&item)?;
    Ok(item)
}

/// Fields of an entry as they come in; turned into an [`Entry`] when all are there.
#[derive(Default)]
struct RawEntry {
    name: Option<Vec<u8>>,
    kind: u8,
    metadata: Metadata,
    seen: u32,
    target: Option<Vec<u8>>,
    device: Option<(u32, u32)>,
    bytes: Option<u64>,
    content: Option<Vec<Run>>,
    more: Option<bool>,
}

/// Fields 0 to 4, 7, 8, 10, 11, 12 are always there.
const MANDATORY: u32 =
    1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12;

fn take_entry(input: &mut In<'_>) -> Result<Entry, Defect> {
    let mut raw = RawEntry::default();
    input.fields(|input, key| raw.take(input, key))?;
    let bad = input.bad();
    if raw.seen & MANDATORY != MANDATORY {
        return Err(bad);
    }
    let name = raw.name.ok_or_else(|| bad.clone())?;
    let kind = match (raw.kind, raw.target, raw.device, (raw.bytes, raw.content, raw.more)) {
        (KIND_DIRECTORY, None, None, (None, None, None)) => EntryKind::Directory,
        (KIND_FIFO, None, None, (None, None, None)) => EntryKind::Fifo,
        (KIND_SOCKET, None, None, (None, None, None)) => EntryKind::Socket,
        (KIND_SYMLINK, Some(target), None, (None, None, None)) => EntryKind::Symlink { target },
        (KIND_CHAR, None, Some((major, minor)), (None, None, None)) => {
            EntryKind::CharDevice { major, minor }
        }
        (KIND_BLOCK, None, Some((major, minor)), (None, None, None)) => {
            EntryKind::BlockDevice { major, minor }
        }
        (KIND_FILE, None, None, (Some(bytes), Some(content), Some(more))) => {
            EntryKind::File { bytes, content, more }
        }
        (KIND_DIRECTORY..=KIND_BLOCK, ..) => return Err(bad),
        (kind, ..) => return Err(input.unknown(kind.into())),
    };
    Ok(Entry { name, metadata: raw.metadata, kind })
}

impl RawEntry {
    fn take(&mut self, input: &mut In<'_>, key: u64) -> Result<bool, Defect> {
        let m = &mut self.metadata;
        match key {
            0 => self.name = Some(input.bytes()?.to_vec()),
            1 => self.kind = input.u8()?,
            2 => m.mode = input.u32()?,
            3 => m.uid = input.u32()?,
            4 => m.gid = input.u32()?,
            5 => m.user = Some(input.text()?),
            6 => m.group = Some(input.text()?),
            7 => m.mtime = take_time(input)?,
            8 => m.ctime = take_time(input)?,
            9 => m.atime = Some(take_time(input)?),
            10 => m.inode = input.u64()?,
            11 => m.device = input.u64()?,
            12 => m.links = input.u64()?,
            13 => m.xattrs = take_xattrs(input)?,
            14 => self.target = Some(input.bytes()?.to_vec()),
            15 => self.device = Some(take_device(input)?),
            16 => self.bytes = Some(input.u64()?),
            17 => self.content = Some(take_runs(input)?),
            18 => self.more = Some(input.bool()?),
            _ => return Ok(false),
        }
        self.seen |= 1 << key;
        Ok(true)
    }
}

fn take_time(input: &mut In<'_>) -> Result<FileTime, Defect> {
    if input.array()? != 2 {
        return Err(input.bad());
    }
    Ok(FileTime { seconds: input.i64()?, nanoseconds: input.u32()? })
}

fn take_device(input: &mut In<'_>) -> Result<(u32, u32), Defect> {
    if input.array()? != 2 {
        return Err(input.bad());
    }
    Ok((input.u32()?, input.u32()?))
}

fn take_xattrs(input: &mut In<'_>) -> Result<Vec<Xattr>, Defect> {
    let xattrs = input.list(u64::MAX, |input| {
        if input.array()? != 2 {
            return Err(input.bad());
        }
        Ok((input.bytes()?.to_vec(), input.bytes()?.to_vec()))
    })?;
    // No attributes: no field. Each value has one encoding.
    if xattrs.is_empty() { Err(input.bad()) } else { Ok(xattrs) }
}

/// Decodes runs; the inverse of [`put_runs`]. Their number is bounded by the item's bytes.
fn take_runs(input: &mut In<'_>) -> Result<Vec<Run>, Defect> {
    input.list(u64::MAX, take_run)
}

/// Decodes one run without judging it.
pub(crate) fn take_run(input: &mut In<'_>) -> Result<Run, Defect> {
    let fields = input.array()?;
    match (input.u8()?, fields) {
        (RUN_HOLE, 2) => Ok(Run::Hole { bytes: input.u64()? }),
        (RUN_CHUNKS, 4) => {
            let domain = match input.u8()? {
                0 => Domain::Private,
                1 => Domain::Public,
                domain => return Err(input.unknown(domain.into())),
            };
            let (ids, lengths) = (input.bytes()?, input.bytes()?);
            let (ids, ids_rest) = ids.as_chunks::<{ ChunkId::BYTES }>();
            let (lengths, lengths_rest) = lengths.as_chunks::<4>();
            if !ids_rest.is_empty() || !lengths_rest.is_empty() || ids.len() != lengths.len() {
                return Err(input.bad());
            }
            let pairs = ids.iter().zip(lengths);
            let chunk = |(id, bytes): (&[u8; ChunkId::BYTES], &[u8; 4])| ChunkRef {
                id: ChunkId::from_bytes(*id),
                bytes: u32::from_le_bytes(*bytes),
            };
            Ok(Run::Chunks { domain, chunks: pairs.map(chunk).collect() })
        }
        (RUN_CHUNKS | RUN_HOLE, _) => Err(input.bad()),
        (kind, _) => Err(input.unknown(kind.into())),
    }
}

/// Takes the bytes of a tree stream in pieces and gives its items, in order and checked.
///
/// Beyond each item's own form it checks what spans items: names ascend strictly within a
/// folder, folders balance, content follows only a file that announced it, the depth is bounded.
/// Memory is one item and one name per level.
#[derive(Debug, Default)]
pub struct TreeDecoder {
    buffer: Vec<u8>,
    position: usize,
    /// Last name seen per open folder; the first level is the nameless root.
    last_names: Vec<Option<Vec<u8>>>,
    content_due: bool,
    /// Bytes of the runs of the file whose content is due.
    content_bytes: u64,
}

impl TreeDecoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self { last_names: vec![None], ..Self::default() }
    }

    /// Appends the next bytes of the stream.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.position > 0 {
            self.buffer.drain(..self.position);
            self.position = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Next item, or `None` when it needs more bytes.
    ///
    /// # Errors
    /// A [`Defect`]; the stream is unusable from there on.
    pub fn next_item(&mut self) -> Result<Option<TreeItem>, Defect> {
        let rest = self.buffer.get(self.position..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let bytes = u32::from_le_bytes(*length) as usize;
        if bytes > TREE_ITEM_BYTES_MAX {
            let max = TREE_ITEM_BYTES_MAX as u64;
            return Err(Defect::Limit { what: WHAT, value: bytes as u64, max });
        }
        let Some(record) = rest.get(..bytes) else { return Ok(None) };
        let item = decode_tree_item(record)?;
        self.position += 4 + bytes;
        self.check(&item)?;
        Ok(Some(item))
    }

    /// Ends the stream: everything must be closed and consumed.
    ///
    /// # Errors
    /// [`Defect::Trailing`] for an incomplete record, [`Defect::Order`] for open folders or
    /// content that is still due.
    pub fn finish(&self) -> Result<(), Defect> {
        let rest = self.buffer.len() - self.position;
        if rest > 0 {
            return Err(Defect::Trailing { what: "tree stream", bytes: rest as u64 });
        }
        if self.last_names.len() == 1 && !self.content_due { Ok(()) } else { Err(Defect::Order) }
    }

    fn check(&mut self, item: &TreeItem) -> Result<(), Defect> {
        if self.content_due != matches!(item, TreeItem::Content { .. }) {
            return Err(Defect::Order);
        }
        match item {
            TreeItem::Enter(entry) => {
                self.check_name(&entry.name)?;
                if self.last_names.len() > TREE_DEPTH_MAX {
                    let value = self.last_names.len() as u64;
                    let max = TREE_DEPTH_MAX as u64;
                    return Err(Defect::Limit { what: "tree depth", value, max });
                }
                self.last_names.push(None);
            }
            TreeItem::Node(entry) => {
                self.check_name(&entry.name)?;
                if let EntryKind::File { content, more, .. } = &entry.kind {
                    self.content_bytes = add_content(0, content)?;
                    self.content_due = *more;
                }
            }
            TreeItem::Content { runs, more } => {
                self.content_bytes = add_content(self.content_bytes, runs)?;
                self.content_due = *more;
            }
            TreeItem::Leave => {
                if self.last_names.len() == 1 {
                    return Err(Defect::Order);
                }
                self.last_names.pop();
            }
        }
        Ok(())
    }

    fn check_name(&mut self, name: &[u8]) -> Result<(), Defect> {
        let last = self.last_names.last_mut().expect("the root level is never popped");
        if last.as_deref().is_some_and(|last| last >= name) {
            return Err(Defect::Order);
        }
        *last = Some(name.to_vec());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
