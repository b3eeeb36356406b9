//! Small changes to a repository: forgetting, tags, leases, key slots.

use gleaner_store::{
    KdfCost, KeySlotInfo, Lease, LeaseKind, LeaseState, NewSlot, OBJECT_BYTES_MAX, Put, SessionId,
    Snapshot, SnapshotId, SnapshotObject, StorageError, Update, create_key_slot, decode_lease,
    encode_fence_marker, encode_lease, encode_tombstone, layout, open_key_slot, read_key_slot,
};

use crate::backup::sorted_tags;
use crate::condemned::Condemned;
use crate::copy_forward::CopyForward;
use crate::error::{Error, Result};
use crate::ingest::IngestOptions;
use crate::progress::Run;
use crate::repository::{Repository, manifest_bytes};
use crate::session::{Declaration, Session};

/// Forgets snapshots: each gets a tombstone and is no longer listed. Durable on return; space is
/// reclaimed by a prune.
///
/// # Errors
/// The storage's; those before the failure are forgotten.
pub fn forget(repository: &Repository, ids: &[SnapshotId]) -> Result<()> {
    let now = repository.env.clock.wall_ns();
    for id in ids {
        let bytes = encode_tombstone(*id, now);
        // A tombstone that is there already says the same.
        let (Put::Created | Put::AlreadyExists) =
            repository.storage().put_if_absent(&layout::tombstone(*id), &[&bytes])?;
    }
    Ok(())
}

/// How tags change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagChange {
    /// Exactly these.
    Set(Vec<String>),
    /// These besides.
    Add(Vec<String>),
    /// Without these.
    Remove(Vec<String>),
}

/// Writes a copy of a snapshot with other tags under a new id and forgets the old one; `None` if
/// the tags are the same already.
///
/// # Errors
/// As a commit.
pub fn retag(
    repository: &Repository,
    snapshot: &Snapshot,
    change: &TagChange,
    host: &str,
) -> Result<Option<Snapshot>> {
    let tags = match change {
        TagChange::Set(tags) => sorted_tags(tags),
        TagChange::Add(tags) => sorted_tags(&[snapshot.tags.as_slice(), tags.as_slice()].concat()),
        TagChange::Remove(tags) => {
            snapshot.tags.iter().filter(|tag| !tags.contains(tag)).cloned().collect()
        }
    };
    if tags == snapshot.tags {
        return Ok(None);
    }
    let (kind, roots) = (LeaseKind::Write, vec![snapshot.id]);
    let declaration = Declaration { kind, roots, host: host.to_owned() };
    let mut session = Session::declare(&repository.env, declaration)?;
    let result = commit_retagged(repository, snapshot, tags, &mut session);
    session.close();
    let new = result?;
    forget(repository, &[snapshot.id])?;
    Ok(Some(new))
}

fn commit_retagged(
    repository: &Repository,
    snapshot: &Snapshot,
    tags: Vec<String>,
    session: &mut Session,
) -> Result<Snapshot> {
    let session_id = session.id.0;
    // The lease names the snapshot; only now its existence means that it stays.
    if !repository.snapshots()?.snapshots.iter().any(|listed| listed.id == snapshot.id) {
        return Err(Error::NoSuchSnapshot);
    }
    // While a list is undecided, its run may have looked for roots before the lease named this
    // snapshot, and somebody may forget it now: what only condemned packs hold is copied.
    let copy = |condemned: &Condemned| -> Result<()> {
        let run = Run::silent();
        let options = IngestOptions::of(repository.config(), session_id);
        let copied = CopyForward::new(repository, &run, options, condemned)?.copy(snapshot)?;
        repository.index(&run)?.settle(&copied.relied)
    };
    if session.condemned.is_undecided {
        copy(&session.condemned)?;
    }
    session.follow_epoch(&repository.env, copy)?;
    let new = Snapshot {
        id: session.reserved(),
        tags,
        epoch: session.epoch().0,
        session: session_id,
        original: Some(snapshot.original.unwrap_or(snapshot.id)),
        ..snapshot.clone()
    };
    session.commit(&repository.env, &manifest_bytes(&new, repository.keys())?)?;
    Ok(new)
}

/// All leases, also of sessions that are dead.
///
/// # Errors
/// The storage's; a damaged lease.
pub fn leases(repository: &Repository) -> Result<Vec<Lease>> {
    let storage = repository.storage();
    let mut sessions: Vec<SessionId> = storage
        .list(&layout::leases())?
        .iter()
        .filter_map(|listed| layout::parse_lease(&listed.name))
        .collect();
    sessions.dedup();
    let mut leases = Vec::new();
    for session in sessions {
        let name = layout::lease(session);
        // A lease that was closed since the listing is none.
        let Some((_, bytes)) = storage.read_latest(&name)? else { continue };
        let lease = decode_lease(session, &bytes)
            .map_err(|defect| gleaner_store::Error::Damaged { name, offset: 0, defect })?;
        leases.push(lease);
    }
    Ok(leases)
}

/// What became of a fenced session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FenceOutcome {
    /// It can never commit.
    Fenced,
    /// Its snapshot was committed before; the lease was only left over.
    HadCommitted,
}

/// Fences a session: occupies its reserved snapshot name, then marks and closes its lease.
///
/// Safe at any time: a live session loses its commit and nothing that was acknowledged.
///
/// # Errors
/// [`Error::NoSuchLease`]; the storage's.
pub fn fence(repository: &Repository, session: SessionId) -> Result<FenceOutcome> {
    let storage = repository.storage();
    let name = layout::lease(session);
    let (version, bytes) = storage.read_latest(&name)?.ok_or(Error::NoSuchLease)?;
    let lease = decode_lease(session, &bytes).map_err(|defect| gleaner_store::Error::Damaged {
        name: name.clone(),
        offset: 0,
        defect,
    })?;
    let mut outcome = FenceOutcome::Fenced;
    if let Some(reserved) = lease.reserved {
        let marker = encode_fence_marker(reserved, session);
        if storage.put_if_absent(&layout::snapshot(reserved), &[&marker])? == Put::AlreadyExists
            && matches!(repository.read_snapshot(reserved)?, SnapshotObject::Manifest(_))
        {
            outcome = FenceOutcome::HadCommitted;
        }
    }
    let fenced = Lease { state: LeaseState::Fenced, counter: lease.counter + 1, ..lease };
    // A conflict means that the session moved or closed its lease; the marker decides anyway.
    let (Update::Written(_) | Update::Conflict) =
        storage.update_if(&name, Some(version), &encode_lease(&fenced))?;
    storage.delete_versioned(&name)?;
    Ok(outcome)
}

/// A key slot, or why it cannot be read.
#[derive(Debug)]
pub struct KeySlotState {
    /// Id of the slot.
    pub id: [u8; 32],
    /// What it says of itself.
    pub info: Result<KeySlotInfo, gleaner_store::Defect>,
}

/// All key slots.
///
/// # Errors
/// The storage's.
pub fn key_slots(repository: &Repository) -> Result<Vec<KeySlotState>> {
    let mut slots = Vec::new();
    for listed in repository.storage().list(&layout::keys())? {
        let Some(id) = layout::parse_key_slot(&listed.name) else { continue };
        let bytes = repository.storage().get(&listed.name, OBJECT_BYTES_MAX)?;
        slots.push(KeySlotState { id, info: read_key_slot(&id, &bytes) });
    }
    Ok(slots)
}

/// Adds a key slot; returns its id. Durable on return.
///
/// # Errors
/// [`Error::NotEncrypted`]; an empty password; a cost out of range.
pub fn add_key_slot(
    repository: &Repository,
    password: &[u8],
    cost: KdfCost,
    label: &str,
) -> Result<[u8; 32]> {
    if repository.config().domain_key.is_none() {
        return Err(Error::NotEncrypted);
    }
    let created_ns = repository.env.clock.wall_ns();
    let new = NewSlot { password, cost, label, created_ns };
    let (id, bytes) = create_key_slot(repository.keys(), &new, &*repository.env.random)?;
    let name = layout::key_slot(&id);
    match repository.storage().put_if_absent(&name, &[&bytes])? {
        Put::Created => Ok(id),
        Put::AlreadyExists => Err(gleaner_store::Error::Exists { name }.into()),
    }
}

/// Removes a key slot. `allow_last` removes the last one too: nothing opens the repository then.
///
/// # Errors
/// [`Error::LastKeySlot`], [`Error::NoSuchKeySlot`]; the storage's.
pub fn remove_key_slot(repository: &Repository, id: &[u8; 32], allow_last: bool) -> Result<()> {
    let slots = key_slots(repository)?;
    if !slots.iter().any(|slot| slot.id == *id) {
        return Err(Error::NoSuchKeySlot);
    }
    // A slot that cannot be read does not open anything, so it does not count.
    let others = slots.iter().filter(|slot| slot.id != *id && slot.info.is_ok()).count();
    if others == 0 && !allow_last {
        return Err(Error::LastKeySlot);
    }
    Ok(repository.storage().delete(&layout::key_slot(id))?)
}

/// Replaces the slots that `old` opens by one for `new`. The data stay as they are.
///
/// The new slot is durable before an old one goes.
///
/// # Errors
/// As [`add_key_slot`]; `WrongSecret` if `old` opens no slot.
pub fn change_password(
    repository: &Repository,
    old: &[u8],
    new: &[u8],
    cost: KdfCost,
    label: &str,
) -> Result<[u8; 32]> {
    let storage = repository.storage();
    let mut opened = Vec::new();
    let slots = key_slots(repository)?;
    for slot in &slots {
        let bytes = match storage.get(&layout::key_slot(&slot.id), OBJECT_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(StorageError::NotFound { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        if matches!(open_key_slot(&slot.id, &bytes, old), Ok(Some(_))) {
            opened.push(slot.id);
        }
    }
    if opened.is_empty() {
        return Err(gleaner_store::Error::WrongSecret { slots: slots.len() }.into());
    }
    let id = add_key_slot(repository, new, cost, label)?;
    for old in opened {
        storage.delete(&layout::key_slot(&old))?;
    }
    Ok(id)
}
