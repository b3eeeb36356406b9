//! Key slots: the master key wrapped under a password (FORMAT.md section 5).

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::cbor::{self, In};
use crate::defect::Defect;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::le::array_at;
use crate::object::{ObjectKey, ObjectKind, RawObject, encode_object};
use crate::random::RandomSource;
use crate::seal::{SealKey, Suite};

/// Cost of turning a password into a key with Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl KdfCost {
    /// 64 MiB, 3 passes, 4 lanes: second choice of RFC 9106, about 80 ms on 2 cores.
    pub const DEFAULT: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 4 };
    /// The least that Argon2 allows; protects nothing, for tests only.
    pub const TEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
    /// The most that is read from a key slot: what lies above is refused before any work.
    pub const MAX: Self = Self { memory_kib: 1 << 20, passes: 16, lanes: 16 };

    fn is_allowed(self) -> bool {
        let Self { memory_kib, passes, lanes } = self;
        let max = Self::MAX;
        (1..=max.passes).contains(&passes)
            && (1..=max.lanes).contains(&lanes)
            && (8 * lanes..=max.memory_kib).contains(&memory_kib)
    }
}

/// Bytes of the label of a key slot, at most.
pub const LABEL_BYTES_MAX: u64 = 1024;

/// Argon2id version 0x13 over a password; on-disk value.
const KDF_ARGON2ID: u8 = 0;

/// What a key slot says about itself without being opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySlotInfo {
    /// Random id, also the slot's name.
    pub id: [u8; 32],
    /// Derivation cost.
    pub cost: KdfCost,
    /// Free text, for example user and host.
    pub label: String,
    /// Time of creation in nanoseconds since 1970 (a label, never trusted).
    pub created_ns: i64,
    pub(crate) salt: [u8; 32],
}

/// What a new slot is made of beside the keys.
#[derive(Debug)]
pub struct NewSlot<'a> {
    /// The password; never empty.
    pub password: &'a [u8],
    /// Derivation cost.
    pub cost: KdfCost,
    /// Free text.
    pub label: &'a str,
    /// Time of creation in nanoseconds since 1970.
    pub created_ns: i64,
}

/// Wraps the master key of `keys` under a password; returns the slot's id and bytes.
///
/// Costs one key derivation.
///
/// # Errors
/// [`Error::SecretEmpty`]; [`Error::KdfCost`] outside the limits; [`Error::Limit`] for a label
/// beyond [`LABEL_BYTES_MAX`].
pub fn create_key_slot(
    keys: &Keys,
    new: &NewSlot<'_>,
    random: &dyn RandomSource,
) -> Result<([u8; 32], Vec<u8>)> {
    let master = keys.master().ok_or(Error::SecretMissing)?;
    if new.label.len() as u64 > LABEL_BYTES_MAX {
        let (value, max) = (new.label.len() as u64, LABEL_BYTES_MAX);
        return Err(Error::Limit { what: "bytes of a key slot label", value, max });
    }
    if new.password.is_empty() {
        return Err(Error::SecretEmpty);
    }
    let mut id = [0; 32];
    random.fill(&mut id).map_err(Error::Random)?;
    let mut salt = [0; 32];
    random.fill(&mut salt).map_err(Error::Random)?;
    let bytes = seal_slot(master, &id, &salt, new)?;
    Ok((id, bytes))
}

/// Builds the bytes of a slot from the fresh random values `id` and `salt`.
pub(crate) fn seal_slot(
    master: &[u8; 32],
    id: &[u8; 32],
    salt: &[u8; 32],
    new: &NewSlot<'_>,
) -> Result<Vec<u8>> {
    let key = slot_key(new.password, salt, new.cost)?;
    let plain = cbor::encode(|e| {
        e.map(7)?
            .u8(0)?
            .u8(KDF_ARGON2ID)?
            .u8(1)?
            .u32(new.cost.memory_kib)?
            .u8(2)?
            .u32(new.cost.passes)?;
        e.u8(3)?.u32(new.cost.lanes)?.u8(4)?.bytes(salt)?;
        e.u8(5)?.str(new.label)?.u8(6)?.i64(new.created_ns)?;
        Ok(())
    });
    let (value, max) = (new.label.len() as u64, LABEL_BYTES_MAX);
    encode_object(ObjectKind::KeySlot, *id, &key, &plain, master).map_err(|_| Error::Limit {
        what: "bytes of a key slot label",
        value,
        max,
    })
}

fn slot_key(password: &[u8], salt: &[u8; 32], cost: KdfCost) -> Result<ObjectKey> {
    if !cost.is_allowed() {
        return Err(Error::KdfCost);
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(64));
    let params = params.map_err(|_| Error::KdfCost)?;
    let mut out = Zeroizing::new([0_u8; 64]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password, salt, out.as_mut())
        .map_err(|_| Error::KdfCost)?;
    let kek = Zeroizing::new(array_at::<0, 32, 64>(&out));
    let commitment = array_at::<32, 32, 64>(&out);
    Ok(ObjectKey { suite: Suite::Aes256Gcm, key: SealKey::aes(&kek), commitment })
}

/// Reads what a slot says about itself.
///
/// # Errors
/// A [`Defect`] if the slot is damaged, too new, or asks for an absurd derivation cost.
pub fn read_key_slot(id: &[u8; 32], bytes: &[u8]) -> Result<KeySlotInfo, Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(ObjectKind::KeySlot, id)?;
    parse_info(&object)
}

fn parse_info(object: &RawObject<'_>) -> Result<KeySlotInfo, Defect> {
    let mut input = In::new(object.plain, "key slot");
    let mut info = KeySlotInfo {
        id: object.head.id,
        cost: KdfCost { memory_kib: 0, passes: 0, lanes: 0 },
        label: String::new(),
        created_ns: 0,
        salt: [0; 32],
    };
    let mut seen = 0_u64;
    input.fields(|input, key| {
        match key {
            0 => match input.u8()? {
                KDF_ARGON2ID => {}
                kind => return Err(input.unknown(kind.into())),
            },
            1 => info.cost.memory_kib = input.u32()?,
            2 => info.cost.passes = input.u32()?,
            3 => info.cost.lanes = input.u32()?,
            4 => info.salt = input.byte_array()?,
            5 => info.label = input.text()?,
            6 => info.created_ns = input.i64()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })?;
    if seen & 0x7f != 0x7f {
        return Err(input.bad());
    }
    input.finish()?;
    if info.cost.is_allowed() {
        Ok(info)
    } else {
        let value = u64::from(info.cost.memory_kib);
        let max = u64::from(KdfCost::MAX.memory_kib);
        Err(Defect::Limit { what: "key derivation cost", value, max })
    }
}

/// Tries one slot: `Ok(None)` means that it is sound and another password opens it.
///
/// Costs one key derivation.
///
/// # Errors
/// A [`Defect`] if the slot is damaged.
pub fn open_key_slot(id: &[u8; 32], bytes: &[u8], password: &[u8]) -> Result<Option<Keys>, Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(ObjectKind::KeySlot, id)?;
    let info = parse_info(&object)?;
    let key = slot_key(password, &info.salt, info.cost)
        .map_err(|_| Defect::Inconsistent { what: "key derivation cost" })?;
    match object.open(&key) {
        Err(Defect::Commitment) => Ok(None),
        Err(defect) => Err(defect),
        Ok(master) => {
            let master = Zeroizing::new(master);
            let mut secret = Zeroizing::new([0; 32]);
            if master.len() != secret.len() {
                return Err(Defect::Inconsistent { what: "length of the wrapped key" });
            }
            secret.copy_from_slice(&master);
            Ok(Some(Keys::from_master(secret)))
        }
    }
}

#[cfg(test)]
mod tests;
