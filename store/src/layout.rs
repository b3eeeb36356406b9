//! Names of all objects in a repository (FORMAT.md section 1).

use gleaner_chunker::PackId;

use crate::coordination::{Epoch, SessionId};
use crate::object_name::ObjectName;
use crate::snapshot::SnapshotId;
use crate::storage::Version;

const LEGAL: &str = "built from fixed words, digits and lower-case hex";

fn name(text: &str) -> ObjectName {
    ObjectName::new(text).expect(LEGAL)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
    }
    text
}

/// Parses exactly `N` bytes of lower-case hex.
fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

/// The repository config.
#[must_use]
pub fn config() -> ObjectName {
    name("config")
}

/// A byte-equal copy of the config, read when the config is damaged.
#[must_use]
pub fn config_copy() -> ObjectName {
    name("keys/config")
}

/// Folder of the key slots.
#[must_use]
pub fn keys() -> ObjectName {
    name("keys")
}

/// A key slot.
#[must_use]
pub fn key_slot(id: &[u8; 32]) -> ObjectName {
    name(&format!("keys/{}", hex(id)))
}

/// Id of the key slot of that name, `None` for other names.
#[must_use]
pub fn parse_key_slot(name: &ObjectName) -> Option<[u8; 32]> {
    parse_hex(name.as_str().strip_prefix("keys/")?)
}

/// The key epoch of new packs: a versioned object beside the key slots.
#[must_use]
pub fn key_epoch() -> ObjectName {
    name("keys/epoch")
}

/// Version of the key epoch that has that name, `None` for other names.
#[must_use]
pub fn parse_key_epoch(name: &ObjectName) -> Option<Version> {
    parse_number(name.as_str().strip_prefix("keys/epoch/")?).map(Version)
}

/// Folder of the packs.
#[must_use]
pub fn packs() -> ObjectName {
    name("data")
}

/// A pack.
#[must_use]
pub fn pack(id: &PackId) -> ObjectName {
    let hex = hex(id.as_bytes());
    name(&format!("data/{}/{hex}", &hex[..2]))
}

/// Id of the pack of that name, `None` for other names.
#[must_use]
pub fn parse_pack(name: &ObjectName) -> Option<PackId> {
    let (shard, file) = name.as_str().strip_prefix("data/")?.split_once('/')?;
    let id = parse_hex(file)?;
    (file.get(..2) == Some(shard)).then(|| PackId::from_bytes(id))
}

/// The parity sidecar of a pack, beside it.
#[must_use]
pub fn parity(pack: &PackId) -> ObjectName {
    name(&format!("{}{PARITY_SUFFIX}", self::pack(pack)))
}

/// Id of the pack whose parity sidecar has that name, `None` for other names.
#[must_use]
pub fn parse_parity(name: &ObjectName) -> Option<PackId> {
    parse_pack(&ObjectName::new(name.as_str().strip_suffix(PARITY_SUFFIX)?).ok()?)
}

const PARITY_SUFFIX: &str = ".par";

/// Folder of the snapshots.
#[must_use]
pub fn snapshots() -> ObjectName {
    name("snapshots")
}

/// A snapshot manifest or the fence marker in its place.
#[must_use]
pub fn snapshot(id: SnapshotId) -> ObjectName {
    name(&format!("snapshots/{id}"))
}

/// Id of the snapshot of that name, `None` for other names.
#[must_use]
pub fn parse_snapshot(name: &ObjectName) -> Option<SnapshotId> {
    parse_hex(name.as_str().strip_prefix("snapshots/")?).map(SnapshotId)
}

/// Folder of the tombstones.
#[must_use]
pub fn forgotten() -> ObjectName {
    name("forgotten")
}

/// The tombstone of a snapshot.
#[must_use]
pub fn tombstone(id: SnapshotId) -> ObjectName {
    name(&format!("forgotten/{id}"))
}

/// Id of the snapshot whose tombstone has that name, `None` for other names.
#[must_use]
pub fn parse_tombstone(name: &ObjectName) -> Option<SnapshotId> {
    parse_hex(name.as_str().strip_prefix("forgotten/")?).map(SnapshotId)
}

/// Folder of the leases.
#[must_use]
pub fn leases() -> ObjectName {
    name("leases")
}

/// The lease of a session: a versioned object.
#[must_use]
pub fn lease(session: SessionId) -> ObjectName {
    name(&format!("leases/{session}"))
}

/// Session of the lease one of whose versions has that name, `None` for other names.
#[must_use]
pub fn parse_lease(name: &ObjectName) -> Option<SessionId> {
    let (session, _version) = name.as_str().strip_prefix("leases/")?.split_once('/')?;
    parse_hex(session).map(SessionId)
}

/// The epoch: a versioned object.
#[must_use]
pub fn epoch() -> ObjectName {
    name("epoch")
}

/// Folder of the condemned lists.
#[must_use]
pub fn condemned() -> ObjectName {
    name("condemned")
}

/// List number `number` of packs condemned in `epoch`.
#[must_use]
pub fn condemned_list(epoch: Epoch, number: u64) -> ObjectName {
    name(&format!("condemned/{:020}/{number:020}", epoch.0))
}

/// Outcome of the lists of `epoch`.
#[must_use]
pub fn outcome(epoch: Epoch) -> ObjectName {
    name(&format!("condemned/{:020}/outcome", epoch.0))
}

/// Record that the packs condemned in `epoch` were deleted.
#[must_use]
pub fn gone(epoch: Epoch) -> ObjectName {
    name(&format!("condemned/{:020}/gone", epoch.0))
}

/// Folder of what repairs took out of use.
#[must_use]
pub fn quarantine() -> ObjectName {
    name("quarantine")
}

/// Where a repair puts an object that it takes out of use; `None` for objects that are never put
/// there.
#[must_use]
pub fn quarantined(run: QuarantineRun, object: &ObjectName) -> Option<ObjectName> {
    let what = match (parse_pack(object), parse_parity(object), parse_snapshot(object)) {
        (Some(pack), _, _) => format!("pack-{pack}"),
        (_, Some(pack), _) => format!("parity-{pack}"),
        (_, _, Some(snapshot)) => format!("snapshot-{snapshot}"),
        (None, None, None) => return None,
    };
    Some(name(&format!("quarantine/{run}/{what}")))
}

/// The repair that put an object there, and the name that the object had; `None` for other names.
#[must_use]
pub fn parse_quarantined(name: &ObjectName) -> Option<(QuarantineRun, ObjectName)> {
    let (run, what) = name.as_str().strip_prefix("quarantine/")?.split_once('/')?;
    let object = match what.split_once('-')? {
        ("pack", id) => pack(&PackId::from_bytes(parse_hex(id)?)),
        ("parity", id) => parity(&PackId::from_bytes(parse_hex(id)?)),
        ("snapshot", id) => snapshot(SnapshotId(parse_hex(id)?)),
        _ => return None,
    };
    Some((run.parse().ok()?, object))
}

/// A repair, as its quarantine is named: the epoch in which it began and its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuarantineRun {
    /// The epoch.
    pub epoch: Epoch,
    /// The session.
    pub session: SessionId,
}

impl std::fmt::Display for QuarantineRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:020}-{}", self.epoch.0, self.session)
    }
}

/// The text names no repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a repair: 20 digits, a hyphen and 32 hex digits")]
pub struct NotARun;

impl std::str::FromStr for QuarantineRun {
    type Err = NotARun;

    fn from_str(text: &str) -> Result<Self, NotARun> {
        let (epoch, session) = text.split_once('-').ok_or(NotARun)?;
        let epoch = Epoch(parse_number(epoch).ok_or(NotARun)?);
        Ok(Self { epoch, session: SessionId(parse_hex(session).ok_or(NotARun)?) })
    }
}

/// Ballast that maintenance may release on a full disk.
#[must_use]
pub fn reserve() -> ObjectName {
    name("reserve")
}

/// What an object below `condemned/` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CondemnedName {
    /// A list of that number.
    List(Epoch, u64),
    /// The outcome.
    Outcome(Epoch),
    /// The record that the packs are gone.
    Gone(Epoch),
}

/// Tells objects below `condemned/` apart, `None` for other names.
#[must_use]
pub fn parse_condemned(name: &ObjectName) -> Option<CondemnedName> {
    let (epoch, file) = name.as_str().strip_prefix("condemned/")?.split_once('/')?;
    let epoch = Epoch(parse_number(epoch)?);
    match file {
        "outcome" => Some(CondemnedName::Outcome(epoch)),
        "gone" => Some(CondemnedName::Gone(epoch)),
        number => parse_number(number).map(|number| CondemnedName::List(epoch, number)),
    }
}

fn parse_number(text: &str) -> Option<u64> {
    (text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarantined_objects_keep_the_name_that_they_had() {
        let run = QuarantineRun { epoch: Epoch(7), session: SessionId([0xab; 16]) };
        let id = PackId::from_bytes([0x1f; 32]);
        for object in [pack(&id), parity(&id), snapshot(SnapshotId([2; 32]))] {
            let name = quarantined(run, &object).unwrap();
            assert_eq!(parse_quarantined(&name), Some((run, object)));
            assert!(name.is_below(&quarantine()));
        }
        assert_eq!(quarantined(run, &config()), None);
        assert_eq!(run.to_string().parse(), Ok(run));
        for text in ["", "7-ab", "00000000000000000007", "00000000000000000007-xx"] {
            assert_eq!(text.parse::<QuarantineRun>(), Err(NotARun), "{text}");
        }
        for text in ["quarantine/x", "quarantine/x/pack-00", "data/00/x"] {
            assert_eq!(parse_quarantined(&name(text)), None, "{text}");
        }
    }
}
