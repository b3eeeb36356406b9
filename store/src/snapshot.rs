//! Snapshot manifests (FORMAT.md section 8).

use crate::cbor::{self, In, Out, Put};
use crate::chunk_list::{Domain, Run};
use crate::defect::Defect;
use crate::keys::Keys;
use crate::object::{ObjectKind, RawObject, encode_object};
use crate::tree_codec::{put_runs, take_run};

/// Tags of a snapshot, at most.
pub const SNAPSHOT_TAGS_MAX: usize = 1024;
/// Roots of a snapshot, at most.
pub const SNAPSHOT_ROOTS_MAX: usize = 1 << 18;
/// Runs in one tree reference, at most.
pub const TREE_REF_RUNS_MAX: usize = 1 << 16;
/// Highest level of a tree reference: 2 already reaches trees of 10^15 bytes.
pub const TREE_REF_LEVEL_MAX: u8 = 4;

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
    /// Chunks of type tree, in order: never holes, never of the public domain.
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
    /// True if the source may have extended attributes that the tree lacks: they were left out,
    /// or could not be read.
    pub lacks_xattrs: bool,
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
///
/// The key follows from the id and the nonce is fixed: seal one content per id, and store the
/// same bytes again when a reply was lost.
///
/// # Errors
/// A [`Defect`] for what [`decode_snapshot`] would refuse: too many tags, roots or runs, tags out
/// of order, an object beyond [`crate::OBJECT_BYTES_MAX`].
pub fn encode_snapshot(snapshot: &Snapshot, keys: &Keys) -> Result<Vec<u8>, Defect> {
    check_snapshot(snapshot)?;
    let body = cbor::encode(|e| put_snapshot(e, snapshot));
    let key = keys.object_key(ObjectKind::Snapshot, &snapshot.id.0);
    encode_object(ObjectKind::Snapshot, snapshot.id.0, &key, &[], &body)
}

/// What must hold of a manifest beyond its encoding, for the writer and for the reader.
fn check_snapshot(s: &Snapshot) -> Result<(), Defect> {
    let limit = |what, value: usize, max: usize| {
        let (value, max) = (value as u64, max as u64);
        if value > max { Err(Defect::Limit { what, value, max }) } else { Ok(()) }
    };
    limit("tags of a snapshot", s.tags.len(), SNAPSHOT_TAGS_MAX)?;
    limit("roots of a snapshot", s.roots.len(), SNAPSHOT_ROOTS_MAX)?;
    limit("runs of a tree reference", s.tree.runs.len(), TREE_REF_RUNS_MAX)?;
    limit("level of a tree reference", s.tree.level.into(), TREE_REF_LEVEL_MAX.into())?;
    if !s.tags.is_sorted_by(|a, b| a < b) {
        return Err(Defect::Inconsistent { what: "order of tags" });
    }
    s.tree.runs.iter().try_for_each(check_tree_run)
}

fn check_tree_run(run: &Run) -> Result<(), Defect> {
    run.check()?;
    match run {
        Run::Chunks { domain: Domain::Private, .. } => Ok(()),
        _ => Err(Defect::Inconsistent { what: "run of a tree reference" }),
    }
}

fn put_snapshot(e: &mut Out<'_>, s: &Snapshot) -> Put {
    let optional = [s.parent.is_some(), s.original.is_some(), s.lacks_xattrs];
    let optional = optional.into_iter().map(u64::from).sum::<u64>();
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
    if s.lacks_xattrs {
        e.u8(LACKS_XATTRS)?.bool(true)?;
    }
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
        take_fence_marker(object.open_plain()?)?;
        return Ok(SnapshotObject::FenceMarker);
    }
    object.expect(ObjectKind::Snapshot, &id.0)?;
    let body = object.open(&keys.object_key(ObjectKind::Snapshot, &id.0))?;
    // Proved by the seal: somebody newer put it there on purpose.
    if !object.plain.is_empty() {
        return Err(Defect::UnknownField { what: "manifest: plain part", field: 0 });
    }
    take_snapshot(id, &body).map(|snapshot| SnapshotObject::Manifest(Box::new(snapshot)))
}

/// Decodes the body of a fence marker: the id of the fenced session.
pub(crate) fn take_fence_marker(plain: &[u8]) -> Result<[u8; 16], Defect> {
    let mut input = In::new(plain, "fence marker");
    let mut session = None;
    input.fields(|input, key| match key {
        0 => input.byte_array().map(|id| session = Some(id)).map(|()| true),
        _ => Ok(false),
    })?;
    let session = session.ok_or_else(|| input.bad())?;
    input.finish()?;
    Ok(session)
}

/// Key of the optional field that says that attributes are missing.
const LACKS_XATTRS: u8 = 64;

/// Fields that every manifest has: 0 to 14 but for parent (9) and original (10).
const MANDATORY: u128 = 0x7fff & !(1 << 9 | 1 << 10);

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
        lacks_xattrs: false,
    };
    let mut seen = 0_u128;
    input.fields(|input, key| {
        let known = take_field(&mut s, input, key)?;
        if known {
            seen |= 1 << key;
        }
        Ok(known)
    })?;
    if seen & MANDATORY != MANDATORY {
        return Err(input.bad());
    }
    input.finish()?;
    check_snapshot(&s)?;
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
        6 => s.tags = input.list(SNAPSHOT_TAGS_MAX as u64, In::text)?,
        7 => {
            let max = SNAPSHOT_ROOTS_MAX as u64;
            s.roots = input.list(max, |input| Ok(input.bytes()?.to_vec()))?;
        }
        8 => {
            if input.array()? != 2 {
                return Err(input.bad());
            }
            s.tree = TreeRef { level: input.u8()?, runs: take_tree_runs(input)? };
        }
        9 => s.parent = Some(SnapshotId(input.byte_array()?)),
        10 => s.original = Some(SnapshotId(input.byte_array()?)),
        11 => s.stats = take_stats(input)?,
        12 => s.provenance = take_provenance(input)?,
        13 => s.state = take_state(input)?,
        14 => s.program = input.text()?,
        // The other value is said by leaving the key out: one encoding for each manifest.
        64 => s.lacks_xattrs = input.bool()?.then_some(true).ok_or_else(|| input.bad())?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn take_stats(input: &mut In<'_>) -> Result<SnapshotStats, Defect> {
    let [files, folders, others, bytes, bytes_holes, rest @ ..] = take_numbers::<9>(input)?;
    let [chunks_novel, bytes_novel, bytes_stored, files_failed] = rest;
    Ok(SnapshotStats {
        files,
        folders,
        others,
        bytes,
        bytes_holes,
        chunks_novel,
        bytes_novel,
        bytes_stored,
        files_failed,
    })
}

fn take_provenance(input: &mut In<'_>) -> Result<ProvenanceSummary, Defect> {
    let [bytes_known, bytes_from_access, bytes_regenerated, bytes_deferred, bytes_sent] =
        take_numbers(input)?;
    Ok(ProvenanceSummary {
        bytes_known,
        bytes_from_access,
        bytes_regenerated,
        bytes_deferred,
        bytes_sent,
    })
}

fn take_numbers<const N: usize>(input: &mut In<'_>) -> Result<[u64; N], Defect> {
    let numbers = input.list(N as u64, In::u64)?;
    numbers.try_into().map_err(|_| input.bad())
}

fn take_state(input: &mut In<'_>) -> Result<SnapshotState, Defect> {
    let fields = input.array()?;
    match (input.u8()?, fields) {
        (0, 1) => Ok(SnapshotState::Complete),
        (1, 2) => Ok(SnapshotState::Pending { deadline_ns: input.i64()? }),
        (2, 1) => Ok(SnapshotState::Incomplete),
        (0..=2, _) => Err(input.bad()),
        (state, _) => Err(input.unknown(state.into())),
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
    let runs = take_tree_runs(&mut input)?;
    input.finish()?;
    Ok(runs)
}

fn take_tree_runs(input: &mut In<'_>) -> Result<Vec<Run>, Defect> {
    input.list(TREE_REF_RUNS_MAX as u64, |input| {
        let run = take_run(input)?;
        check_tree_run(&run)?;
        Ok(run)
    })
}

#[cfg(test)]
mod tests;
