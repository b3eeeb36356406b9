//! What a prune says of packs that it takes away: condemned list, outcome, record that they are
//! gone (FORMAT.md section 9.5).

use gleaner_chunker::PackId;

use crate::cbor::{self, In};
use crate::coordination::{Epoch, encode_plain, number_object_id, open_plain};
use crate::defect::Defect;
use crate::object::ObjectKind;
use crate::snapshot::SnapshotId;

/// Packs in one list of victims, survivors or rescued packs, at most; more wait for a later run.
pub const CONDEMNED_PACKS_MAX: usize = 1 << 17;
/// Forgotten snapshots whose manifests one list names, at most.
pub const CONDEMNED_SNAPSHOTS_MAX: usize = 1 << 16;

/// Packs that one maintenance run condemned in one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CondemnedList {
    /// Epoch in which they were condemned.
    pub epoch: Epoch,
    /// Means nothing to readers; `prune` writes 0.
    pub owner_token: u64,
    /// The packs.
    pub victims: Vec<PackId>,
    /// Packs that hold what was still needed of them.
    pub survivors: Vec<PackId>,
    /// Forgotten snapshots whose manifests go together with the packs.
    pub forgotten: Vec<SnapshotId>,
    /// What the run marked; none if it did not say.
    pub mark: Option<MarkFacts>,
}

/// How much a mark found to be needed, for the next run to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkFacts {
    /// Raw bytes of all chunks in packs that snapshots need.
    pub live_bytes: u64,
    /// Snapshots that had been forgotten, ever, and that no lease named.
    pub forgotten: u64,
}

/// Keys of a list that version 1 added; readers that do not know them skip them.
const KEY_MARK: u64 = 64;
const KEY_FORGOTTEN: u64 = 65;
/// The same of an outcome.
const KEY_HOLDERS: u64 = 64;

/// Builds the bytes of a condemned list.
///
/// # Panics
/// Above [`CONDEMNED_PACKS_MAX`] victims or survivors, or [`CONDEMNED_SNAPSHOTS_MAX`] snapshots.
#[must_use]
pub fn encode_condemned(list: &CondemnedList) -> Vec<u8> {
    assert!(
        list.forgotten.len() <= CONDEMNED_SNAPSHOTS_MAX,
        "a list names at most CONDEMNED_SNAPSHOTS_MAX snapshots"
    );
    let keys = 3 + u64::from(list.mark.is_some()) + u64::from(!list.forgotten.is_empty());
    let plain = cbor::encode(|e| {
        e.map(keys)?.u8(0)?.u64(list.owner_token)?;
        e.u8(1)?.bytes(&concat(&list.victims))?.u8(2)?.bytes(&concat(&list.survivors))?;
        if let Some(mark) = list.mark {
            e.u64(KEY_MARK)?.array(2)?.u64(mark.live_bytes)?.u64(mark.forgotten)?;
        }
        if !list.forgotten.is_empty() {
            let ids: Vec<u8> = list.forgotten.iter().flat_map(|id| id.0).collect();
            e.u64(KEY_FORGOTTEN)?.bytes(&ids)?;
        }
        Ok(())
    });
    encode_plain(ObjectKind::Condemned, number_object_id(list.epoch.0), &plain)
}

/// Reads a condemned list of `epoch`.
///
/// # Errors
/// A [`Defect`].
pub fn decode_condemned(epoch: Epoch, bytes: &[u8]) -> Result<CondemnedList, Defect> {
    let plain = open_plain(bytes, ObjectKind::Condemned, &number_object_id(epoch.0))?;
    let mut input = In::new(plain, "condemned list");
    let mut list = CondemnedList {
        epoch,
        owner_token: 0,
        victims: Vec::new(),
        survivors: Vec::new(),
        forgotten: Vec::new(),
        mark: None,
    };
    let mut seen = 0_u64;
    input.fields(|input, key| {
        match key {
            0 => list.owner_token = input.u64()?,
            1 => list.victims = take_packs(input)?,
            2 => list.survivors = take_packs(input)?,
            KEY_MARK => list.mark = Some(take_mark(input)?),
            KEY_FORGOTTEN => list.forgotten = take_snapshots(input)?,
            _ => return Ok(false),
        }
        if key < 3 {
            seen |= 1 << key;
        }
        Ok(true)
    })?;
    if seen & 7 != 7 {
        return Err(input.bad());
    }
    input.finish()?;
    Ok(list)
}

/// What became of the condemned packs of an epoch: written once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Epoch of the lists.
    pub epoch: Epoch,
    /// True if condemnation went through, false if it was cancelled.
    pub drained: bool,
    /// Packs that are live again.
    pub rescued: Vec<PackId>,
    /// Live packs, besides the list's survivors, that hold what snapshots need of the victims.
    pub holders: Vec<PackId>,
}

/// Builds the bytes of an outcome.
///
/// # Panics
/// Above [`CONDEMNED_PACKS_MAX`] rescued packs or holders.
#[must_use]
pub fn encode_outcome(outcome: &Outcome) -> Vec<u8> {
    let plain = cbor::encode(|e| {
        e.map(2 + u64::from(!outcome.holders.is_empty()))?;
        e.u8(0)?.bool(outcome.drained)?.u8(1)?.bytes(&concat(&outcome.rescued))?;
        if !outcome.holders.is_empty() {
            e.u64(KEY_HOLDERS)?.bytes(&concat(&outcome.holders))?;
        }
        Ok(())
    });
    encode_plain(ObjectKind::Outcome, number_object_id(outcome.epoch.0), &plain)
}

/// Reads the outcome of `epoch`.
///
/// # Errors
/// A [`Defect`].
pub fn decode_outcome(epoch: Epoch, bytes: &[u8]) -> Result<Outcome, Defect> {
    let plain = open_plain(bytes, ObjectKind::Outcome, &number_object_id(epoch.0))?;
    let mut input = In::new(plain, "outcome");
    let mut outcome = Outcome { epoch, drained: false, rescued: Vec::new(), holders: Vec::new() };
    let (mut has_drained, mut has_rescued) = (false, false);
    input.fields(|input, key| {
        match key {
            0 => (outcome.drained, has_drained) = (input.bool()?, true),
            1 => (outcome.rescued, has_rescued) = (take_packs(input)?, true),
            KEY_HOLDERS => outcome.holders = some(take_packs(input)?, input)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if !(has_drained && has_rescued) {
        return Err(input.bad());
    }
    input.finish()?;
    Ok(outcome)
}

/// Builds the record that the packs condemned in `epoch` were deleted.
#[must_use]
pub fn encode_gone(epoch: Epoch) -> Vec<u8> {
    encode_plain(ObjectKind::Gone, number_object_id(epoch.0), &[])
}

/// Reads the record of `epoch`. Its mere name counts already; this tells damage from use.
///
/// # Errors
/// A [`Defect`].
pub fn decode_gone(epoch: Epoch, bytes: &[u8]) -> Result<(), Defect> {
    if open_plain(bytes, ObjectKind::Gone, &number_object_id(epoch.0))?.is_empty() {
        Ok(())
    } else {
        Err(Defect::UnknownField { what: "gone: plain part", field: 0 })
    }
}

fn concat(packs: &[PackId]) -> Vec<u8> {
    assert!(packs.len() <= CONDEMNED_PACKS_MAX, "a list holds at most CONDEMNED_PACKS_MAX packs");
    packs.iter().flat_map(|pack| *pack.as_bytes()).collect()
}

fn take_packs(input: &mut In<'_>) -> Result<Vec<PackId>, Defect> {
    let ids = take_ids(input, "packs of a list", CONDEMNED_PACKS_MAX)?;
    Ok(ids.into_iter().map(PackId::from_bytes).collect())
}

fn take_snapshots(input: &mut In<'_>) -> Result<Vec<SnapshotId>, Defect> {
    let ids = take_ids(input, "snapshots of a list", CONDEMNED_SNAPSHOTS_MAX)?;
    some(ids.into_iter().map(SnapshotId).collect(), input)
}

/// An optional value that would say nothing is not written: each object has one encoding.
fn some<T>(list: Vec<T>, input: &In<'_>) -> Result<Vec<T>, Defect> {
    if list.is_empty() { Err(input.bad()) } else { Ok(list) }
}

fn take_ids(input: &mut In<'_>, what: &'static str, max: usize) -> Result<Vec<[u8; 32]>, Defect> {
    let (ids, rest) = input.bytes()?.as_chunks::<32>();
    let (value, max) = (ids.len() as u64, max as u64);
    if value > max {
        return Err(Defect::Limit { what, value, max });
    }
    if rest.is_empty() { Ok(ids.to_vec()) } else { Err(input.bad()) }
}

fn take_mark(input: &mut In<'_>) -> Result<MarkFacts, Defect> {
    let numbers = input.list(2, In::u64)?;
    let [live_bytes, forgotten] = numbers[..] else { return Err(input.bad()) };
    Ok(MarkFacts { live_bytes, forgotten })
}

#[cfg(test)]
mod tests;
