//! Small plain objects by which sessions and maintenance agree without clocks: lease, epoch,
//! fence marker, tombstone (FORMAT.md section 9).
//!
//! They are not encrypted, since a server without keys must read them; a checksum protects
//! them against damage. None of them says more than its name and its fields: rights follow from
//! who may write to the storage.

use crate::cbor::{self, In};
use crate::defect::Defect;
use crate::le::u64_at;
use crate::object::{ObjectKey, ObjectKind, RawObject, encode_object};
use crate::snapshot::{SnapshotId, take_fence_marker};

/// Snapshots that a lease names as roots, at most.
pub const LEASE_ROOTS_MAX: usize = 1 << 16;

/// Number of a prune epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub u64);

/// Id of a session: one backup, restore or maintenance run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub [u8; 16]);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a session does; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LeaseKind {
    /// Writes one snapshot.
    Write = 0,
    /// Reads snapshots.
    Read = 1,
    /// Prunes or repairs.
    Maintenance = 2,
}

/// State of a lease; on-disk value, never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LeaseState {
    /// The session may commit.
    Open = 0,
    /// A fencer occupied the reserved snapshot name: the session can never commit.
    Fenced = 1,
}

/// What a session declares before it looks at anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The session.
    pub session: SessionId,
    /// Random: tells a lost reply from a lost race.
    pub nonce: [u8; 16],
    /// What the session does.
    pub kind: LeaseKind,
    /// Epoch up to which the session applied the condemned lists.
    pub epoch: Epoch,
    /// Grows with each sign of life.
    pub counter: u64,
    /// The one snapshot name that the session may create.
    pub reserved: Option<SnapshotId>,
    /// Snapshots in use: the parent, or those being read. Roots of every mark.
    pub roots: Vec<SnapshotId>,
    /// Open or fenced.
    pub state: LeaseState,
    /// Host, for people.
    pub host: String,
    /// Process id, for people.
    pub process: u32,
    /// Start in nanoseconds since 1970, for people.
    pub started_ns: i64,
}

fn session_object_id(session: SessionId) -> [u8; 32] {
    let mut id = [0; 32];
    id[..16].copy_from_slice(&session.0);
    id
}

pub(crate) fn number_object_id(number: u64) -> [u8; 32] {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&number.to_le_bytes());
    id
}

pub(crate) fn encode_plain(kind: ObjectKind, id: [u8; 32], plain: &[u8]) -> Vec<u8> {
    encode_object(kind, id, &ObjectKey::plain(), plain, &[])
        .expect("lists are bounded far below the limit of an object")
}

pub(crate) fn open_plain<'b>(
    bytes: &'b [u8],
    kind: ObjectKind,
    id: &[u8; 32],
) -> Result<&'b [u8], Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(kind, id)?;
    object.open_plain()
}

/// Builds the bytes of a lease.
///
/// # Panics
/// Above [`LEASE_ROOTS_MAX`] roots.
#[must_use]
pub fn encode_lease(lease: &Lease) -> Vec<u8> {
    assert!(lease.roots.len() <= LEASE_ROOTS_MAX, "a lease names at most LEASE_ROOTS_MAX roots");
    let plain = cbor::encode(|e| {
        e.map(9 + u64::from(lease.reserved.is_some()))?;
        e.u8(0)?.bytes(&lease.nonce)?.u8(1)?.u8(lease.kind as u8)?;
        e.u8(2)?.u64(lease.epoch.0)?.u8(3)?.u64(lease.counter)?;
        if let Some(reserved) = lease.reserved {
            e.u8(4)?.bytes(&reserved.0)?;
        }
        e.u8(5)?.array(lease.roots.len() as u64)?;
        for root in &lease.roots {
            e.bytes(&root.0)?;
        }
        e.u8(6)?.u8(lease.state as u8)?.u8(7)?.str(&lease.host)?;
        e.u8(8)?.u32(lease.process)?.u8(9)?.i64(lease.started_ns)?;
        Ok(())
    });
    encode_plain(ObjectKind::Lease, session_object_id(lease.session), &plain)
}

/// Reads the lease of `session`.
///
/// # Errors
/// A [`Defect`].
pub fn decode_lease(session: SessionId, bytes: &[u8]) -> Result<Lease, Defect> {
    let plain = open_plain(bytes, ObjectKind::Lease, &session_object_id(session))?;
    let mut input = In::new(plain, "lease");
    let mut lease = Lease {
        session,
        nonce: [0; 16],
        kind: LeaseKind::Write,
        epoch: Epoch(0),
        counter: 0,
        reserved: None,
        roots: Vec::new(),
        state: LeaseState::Open,
        host: String::new(),
        process: 0,
        started_ns: 0,
    };
    let mut seen = 0_u64;
    input.fields(|input, key| {
        match key {
            0 => lease.nonce = input.byte_array()?,
            1 => {
                lease.kind = match input.u8()? {
                    0 => LeaseKind::Write,
                    1 => LeaseKind::Read,
                    2 => LeaseKind::Maintenance,
                    kind => return Err(input.unknown(kind.into())),
                }
            }
            2 => lease.epoch = Epoch(input.u64()?),
            3 => lease.counter = input.u64()?,
            4 => lease.reserved = Some(SnapshotId(input.byte_array()?)),
            5 => {
                let max = LEASE_ROOTS_MAX as u64;
                lease.roots = input.list(max, |input| Ok(SnapshotId(input.byte_array()?)))?;
            }
            6 => {
                lease.state = match input.u8()? {
                    0 => LeaseState::Open,
                    1 => LeaseState::Fenced,
                    state => return Err(input.unknown(state.into())),
                }
            }
            7 => lease.host = input.text()?,
            8 => lease.process = input.u32()?,
            9 => lease.started_ns = input.i64()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })?;
    if seen & 0x3ef != 0x3ef {
        return Err(input.bad());
    }
    input.finish()?;
    Ok(lease)
}

/// Builds the object that states an epoch.
#[must_use]
pub fn encode_epoch(epoch: Epoch) -> Vec<u8> {
    encode_plain(ObjectKind::Epoch, number_object_id(epoch.0), &[])
}

/// Reads an epoch.
///
/// # Errors
/// A [`Defect`].
pub fn decode_epoch(bytes: &[u8]) -> Result<Epoch, Defect> {
    let object = RawObject::parse(bytes)?;
    let epoch = u64_at::<0, _>(&object.head.id);
    object.expect(ObjectKind::Epoch, &number_object_id(epoch))?;
    if object.open_plain()?.is_empty() {
        Ok(Epoch(epoch))
    } else {
        Err(Defect::UnknownField { what: "epoch: plain part", field: 0 })
    }
}

/// Builds the marker that occupies the snapshot name of a fenced session.
#[must_use]
pub fn encode_fence_marker(snapshot: SnapshotId, fenced: SessionId) -> Vec<u8> {
    let plain = cbor::encode(|e| {
        e.map(1)?.u8(0)?.bytes(&fenced.0)?;
        Ok(())
    });
    encode_plain(ObjectKind::FenceMarker, snapshot.0, &plain)
}

/// Reads the marker under the name of `snapshot`: the session that was fenced.
///
/// # Errors
/// A [`Defect`].
pub fn decode_fence_marker(snapshot: SnapshotId, bytes: &[u8]) -> Result<SessionId, Defect> {
    let plain = open_plain(bytes, ObjectKind::FenceMarker, &snapshot.0)?;
    take_fence_marker(plain).map(SessionId)
}

/// Builds the tombstone of a forgotten snapshot; `time_ns` is a label.
#[must_use]
pub fn encode_tombstone(snapshot: SnapshotId, time_ns: i64) -> Vec<u8> {
    let plain = cbor::encode(|e| {
        e.map(1)?.u8(0)?.i64(time_ns)?;
        Ok(())
    });
    encode_plain(ObjectKind::Tombstone, snapshot.0, &plain)
}

/// Reads the label time of a tombstone. Its mere name counts already; this tells damage from use.
///
/// # Errors
/// A [`Defect`].
pub fn decode_tombstone(snapshot: SnapshotId, bytes: &[u8]) -> Result<i64, Defect> {
    let plain = open_plain(bytes, ObjectKind::Tombstone, &snapshot.0)?;
    let mut input = In::new(plain, "tombstone");
    let mut time_ns = None;
    input.fields(|input, key| match key {
        0 => input.i64().map(|time| time_ns = Some(time)).map(|()| true),
        _ => Ok(false),
    })?;
    let time_ns = time_ns.ok_or_else(|| input.bad())?;
    input.finish()?;
    Ok(time_ns)
}

#[cfg(test)]
mod tests;
