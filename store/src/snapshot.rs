//! Snapshot manifests (FORMAT.md section 8).

use crate::cbor::{self, In, Out, Put};
use crate::chunk_list::Run;
use crate::defect::Defect;
use crate::keys::Keys;
use crate::object::{ObjectKind, RawObject, encode_object};
use crate::tree_codec::{put_runs, take_runs};

/// Id of a snapshot; also its name, reserved in the lease of the session that writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotId(pub [u8; 32]);

impl std::fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Where the tree stream of a snapshot is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TreeRef {
    /// 0: the runs are the tree stream. n > 0: the runs are a stream of encoded runs, which
    /// is the reference of level n - 1.
    pub level: u8,
    /// Chunks of type tree, in order.
    pub runs: Vec<Run>,
}

/// Whether everything that a snapshot refers to is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnapshotState {
    /// Everything is stored.
    #[default]
    Complete,
    /// Some chunks are promised until a deadline, in nanoseconds since 1970.
    Pending {
        /// The deadline.
        deadline_ns: i64,
    },
    /// A promise was broken.
    Incomplete,
}

/// Totals of a snapshot and of the run that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SnapshotStats {
    /// Regular files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Links, pipes, sockets, devices.
    pub others: u64,
    /// Bytes of all files, holes included.
    pub bytes: u64,
    /// Bytes in holes.
    pub bytes_holes: u64,
    /// Data chunks first stored by this run.
    pub chunks_novel: u64,
    /// Raw bytes of data chunks first stored by this run.
    pub bytes_novel: u64,
    /// Bytes of the packs that this run wrote.
    pub bytes_stored: u64,
    /// Entries that could not be read.
    pub files_failed: u64,
}

/// Bytes of a snapshot by where they came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProvenanceSummary {
    /// Already stored.
    pub bytes_known: u64,
    /// Copied from an access server.
    pub bytes_from_access: u64,
    /// Regenerated from an access server's object.
    pub bytes_regenerated: u64,
    /// Promised.
    pub bytes_deferred: u64,
    /// Sent by the subscriber.
    pub bytes_sent: u64,
}

/// One completed backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Id and name.
    pub id: SnapshotId,
    /// Time of the backup in nanoseconds since 1970 (a label).
    pub time_ns: i64,
    /// One more than the largest that was listed when it was made.
    pub sequence: u64,
    /// Epoch of the session's lease at the commit.
    pub epoch: u64,
    /// Session that wrote it.
    pub session: [u8; 16],
    /// Host whose data it is.
    pub host: String,
    /// User who ran the backup.
    pub user: String,
    /// Tags, sorted and unique.
    pub tags: Vec<String>,
    /// Absolute paths that were backed up, as bytes.
    pub roots: Vec<Vec<u8>>,
    /// Where the tree is.
    pub tree: TreeRef,
    /// Snapshot against which unchanged files were recognised.
    pub parent: Option<SnapshotId>,
    /// First form of a snapshot that was rewritten (for example to change its tags).
    pub original: Option<SnapshotId>,
    /// Totals.
    pub stats: SnapshotStats,
    /// Provenance totals.
    pub provenance: ProvenanceSummary,
    /// Whether all is there.
    pub state: SnapshotState,
    /// Name and version of the program that wrote it.
    pub program: String,
}

/// What stands under a snapshot's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotObject {
    /// A manifest.
    Manifest(Box<Snapshot>),
    /// The session that reserved the name was fenced.
    FenceMarker,
}

/// Builds the bytes of a manifest.
#[must_use]
pub fn encode_snapshot(snapshot: &Snapshot, keys: &Keys) -> Vec<u8> {
    let body = cbor::encode(|e| put_snapshot(e, snapshot));
    let key = keys.object_key(ObjectKind::Snapshot, &snapshot.id.0);
    encode_object(ObjectKind::Snapshot, snapshot.id.0, &key, &[], body)
}

fn put_snapshot(e: &mut Out<'_>, s: &Snapshot) -> Put {
    let optional = u64::from(s.parent.is_some()) + u64::from(s.original.is_some());
    e.map(13 + optional)?;
    e.u8(0)?.i64(s.time_ns)?.u8(1)?.u64(s.sequence)?.u8(2)?.u64(s.epoch)?;
    e.u8(3)?.bytes(&s.session)?.u8(4)?.str(&s.host)?.u8(5)?.str(&s.user)?;
    e.u8(6)?.array(s.tags.len() as u64)?;
    for tag in &s.tags {
        e.str(tag)?;
    }
    e.u8(7)?.array(s.roots.len() as u64)?;
    for root in &s.roots {
        e.bytes(root)?;
    }
    put_runs(e.u8(8)?.array(2)?.u8(s.tree.level)?, &s.tree.runs)?;
    if let Some(parent) = s.parent {
        e.u8(9)?.bytes(&parent.0)?;
    }
    if let Some(original) = s.original {
        e.u8(10)?.bytes(&original.0)?;
    }
    let t = &s.stats;
    let totals = [
        t.files,
        t.folders,
        t.others,
        t.bytes,
        t.bytes_holes,
        t.chunks_novel,
        t.bytes_novel,
        t.bytes_stored,
        t.files_failed,
    ];
    put_numbers(e.u8(11)?, &totals)?;
    let p = &s.provenance;
    let provenance =
        [p.bytes_known, p.bytes_from_access, p.bytes_regenerated, p.bytes_deferred, p.bytes_sent];
    put_numbers(e.u8(12)?, &provenance)?;
    e.u8(13)?;
    match s.state {
        SnapshotState::Complete => e.array(1)?.u8(0)?,
        SnapshotState::Pending { deadline_ns } => e.array(2)?.u8(1)?.i64(deadline_ns)?,
        SnapshotState::Incomplete => e.array(1)?.u8(2)?,
    };
    e.u8(14)?.str(&s.program)?;
    Ok(())
}

fn put_numbers(e: &mut Out<'_>, numbers: &[u64]) -> Put {
    e.array(numbers.len() as u64)?;
    for &number in numbers {
        e.u64(number)?;
    }
    Ok(())
}

/// Reads what stands under the name of snapshot `id`.
///
/// # Errors
/// A [`Defect`] for anything but a sound manifest or fence marker of that id.
pub fn decode_snapshot(
    id: SnapshotId,
    bytes: &[u8],
    keys: &Keys,
) -> Result<SnapshotObject, Defect> {
    let object = RawObject::parse(bytes)?;
    if object.head.kind == ObjectKind::FenceMarker {
        object.expect(ObjectKind::FenceMarker, &id.0)?;
        object.open_plain()?;
        return Ok(SnapshotObject::FenceMarker);
    }
    object.expect(ObjectKind::Snapshot, &id.0)?;
    let body = object.open(&keys.object_key(ObjectKind::Snapshot, &id.0))?;
    if !object.plain.is_empty() {
        let bytes = object.plain.len() as u64;
        return Err(Defect::Trailing { what: "header of a manifest", bytes });
    }
    take_snapshot(id, &body).map(|snapshot| SnapshotObject::Manifest(Box::new(snapshot)))
}

fn take_snapshot(id: SnapshotId, body: &[u8]) -> Result<Snapshot, Defect> {
    let mut input = In::new(body, "manifest");
    let mut s = Snapshot {
        id,
        time_ns: 0,
        sequence: 0,
        epoch: 0,
        session: [0; 16],
        host: String::new(),
        user: String::new(),
        tags: Vec::new(),
        roots: Vec::new(),
        tree: TreeRef::default(),
        parent: None,
        original: None,
        stats: SnapshotStats::default(),
        provenance: ProvenanceSummary::default(),
        state: SnapshotState::Complete,
        program: String::new(),
    };
    let mut seen = 0_u64;
    input.fields(|input, key| {
        let known = take_field(&mut s, input, key)?;
        if known {
            seen |= 1 << key;
        }
        Ok(known)
    })?;
    const MANDATORY: u64 = 0x7fff & !(1 << 9 | 1 << 10);
    if seen & MANDATORY != MANDATORY {
        return Err(input.bad());
    }
    input.finish()?;
    Ok(s)
}

fn take_field(s: &mut Snapshot, input: &mut In<'_>, key: u64) -> Result<bool, Defect> {
    match key {
        0 => s.time_ns = input.i64()?,
        1 => s.sequence = input.u64()?,
        2 => s.epoch = input.u64()?,
        3 => s.session = input.byte_array()?,
        4 => s.host = input.text()?,
        5 => s.user = input.text()?,
        6 => s.tags = input.list(In::text)?,
        7 => s.roots = input.list(|input| Ok(input.bytes()?.to_vec()))?,
        8 => {
            if input.array()? != 2 {
                return Err(input.bad());
            }
            s.tree = TreeRef { level: input.u8()?, runs: take_runs(input)? };
        }
        9 => s.parent = Some(SnapshotId(input.byte_array()?)),
        10 => s.original = Some(SnapshotId(input.byte_array()?)),
        11 => {
            let [files, folders, others, bytes, bytes_holes, chunks_novel, rest @ ..] =
                take_numbers::<9>(input)?;
            let [bytes_novel, bytes_stored, files_failed] = rest;
            s.stats = SnapshotStats {
                files,
                folders,
                others,
                bytes,
                bytes_holes,
                chunks_novel,
                bytes_novel,
                bytes_stored,
                files_failed,
            };
        }
        12 => {
            let [bytes_known, bytes_from_access, bytes_regenerated, bytes_deferred, bytes_sent] =
                take_numbers::<5>(input)?;
            s.provenance = ProvenanceSummary {
                bytes_known,
                bytes_from_access,
                bytes_regenerated,
                bytes_deferred,
                bytes_sent,
            };
        }
        13 => s.state = take_state(input)?,
        14 => s.program = input.text()?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn take_numbers<const N: usize>(input: &mut In<'_>) -> Result<[u64; N], Defect> {
    let numbers = input.list(In::u64)?;
    numbers.try_into().map_err(|_| input.bad())
}

fn take_state(input: &mut In<'_>) -> Result<SnapshotState, Defect> {
    let fields = input.array()?;
    match (input.u8()?, fields) {
        (0, 1) => Ok(SnapshotState::Complete),
        (1, 2) => Ok(SnapshotState::Pending { deadline_ns: input.i64()? }),
        (2, 1) => Ok(SnapshotState::Incomplete),
        _ => Err(input.bad()),
    }
}

/// Encodes the runs of a [`TreeRef`] that became too long for a manifest, as a stream.
#[must_use]
pub fn encode_runs(runs: &[Run]) -> Vec<u8> {
    cbor::encode(|e| put_runs(e, runs))
}

/// Decodes what [`encode_runs`] made.
///
/// # Errors
/// A [`Defect`] for anything else.
pub fn decode_runs(bytes: &[u8]) -> Result<Vec<Run>, Defect> {
    let mut input = In::new(bytes, "chunk list of a tree");
    let runs = take_runs(&mut input)?;
    input.finish()?;
    Ok(runs)
}
