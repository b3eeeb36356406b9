//! The repository config (FORMAT.md section 5): written once by `init`, never changed.

use gleaner_chunker::ChunkerParams;
use zeroize::Zeroizing;

use crate::cbor::{self, In};
use crate::defect::Defect;
use crate::keys::Keys;
use crate::object::{ObjectKind, RawObject, encode_object};
use crate::parity::PARITY_PERCENT;
use crate::seal::{Secret, Suite};

/// Smallest and largest target size of a pack in bytes.
pub const PACK_TARGET_BYTES: std::ops::RangeInclusive<u32> = 1 << 16..=1 << 29;

/// Who does not know this key writes packs without sidecars, and does no harm.
const KEY_PARITY: u8 = 64;

/// What a repository is and how data enters it.
#[derive(Clone)]
pub struct RepositoryConfig {
    /// Random id of the repository.
    pub id: [u8; 32],
    /// Random id of the dedup domain; repositories that share a domain key share it.
    pub domain_id: [u8; 32],
    /// How increments are cut.
    pub chunker: ChunkerParams,
    /// BLAKE3 digest of the gear table in use.
    pub gear_digest: [u8; 32],
    /// Size in bytes at which a data pack is closed.
    pub pack_target_bytes: u32,
    /// zstd level of new blocks; 0 stores them uncompressed.
    pub compression_level: i32,
    /// True if sealed blocks are padded to size classes.
    pub pad: bool,
    /// Recovery shards for each hundred data shards in the parity sidecars of new packs; `None` for
    /// packs without a sidecar.
    pub parity_percent: Option<u8>,
    /// Time of creation in nanoseconds since 1970 (a label, never trusted).
    pub created_ns: i64,
    /// Secret from which chunk ids and gear table derive; `None` without encryption.
    pub domain_key: Option<Zeroizing<[u8; 32]>>,
}

impl std::fmt::Debug for RepositoryConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RepositoryConfig")
            .field("chunker", &self.chunker)
            .field("pack_target_bytes", &self.pack_target_bytes)
            .field("compression_level", &self.compression_level)
            .field("encrypted", &self.domain_key.is_some())
            .finish_non_exhaustive()
    }
}

/// Builds the bytes of the config object.
///
/// # Panics
/// Never: its fields are of fixed size.
#[must_use]
pub fn encode_config(config: &RepositoryConfig, keys: &Keys) -> Vec<u8> {
    let plain = cbor::encode(|e| {
        e.map(7 + u64::from(config.parity_percent.is_some()))?
            .u8(0)?
            .bytes(&config.domain_id)?
            .u8(1)?;
        match config.chunker {
            ChunkerParams::FastCdc { min, avg, max, level } => {
                e.array(5)?.u8(0)?.u32(min)?.u32(avg)?.u32(max)?.u8(level)?;
            }
            ChunkerParams::Fixed { bytes } => {
                e.array(2)?.u8(1)?.u32(bytes)?;
            }
        }
        e.u8(2)?.bytes(&config.gear_digest)?.u8(3)?.u32(config.pack_target_bytes)?;
        e.u8(4)?.i32(config.compression_level)?.u8(5)?.bool(config.pad)?;
        e.u8(6)?.i64(config.created_ns)?;
        if let Some(percent) = config.parity_percent {
            e.u8(KEY_PARITY)?.u8(percent)?;
        }
        Ok(())
    });
    let secret = config.domain_key.as_ref().map_or(&[][..], |key| key.as_slice());
    let key = keys.object_key(ObjectKind::Config, &config.id);
    encode_object(ObjectKind::Config, config.id, &key, &plain, secret)
        .expect("a config is a few hundred bytes long")
}

/// What can be read of a config without any key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigHead {
    /// Random id of the repository.
    pub id: [u8; 32],
    /// Whether a key is needed.
    pub suite: Suite,
}

/// Reads id and suite.
///
/// # Errors
/// A [`Defect`] if these bytes are not a config of a version that this program knows.
pub fn read_config_head(bytes: &[u8]) -> Result<ConfigHead, Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(ObjectKind::Config, &object.head.id)?;
    Ok(ConfigHead { id: object.head.id, suite: object.head.suite })
}

/// Reads and proves the whole config.
///
/// # Errors
/// A [`Defect`], also if it was sealed under another master key.
pub fn decode_config(bytes: &[u8], keys: &Keys) -> Result<RepositoryConfig, Defect> {
    let object = RawObject::parse(bytes)?;
    object.expect(ObjectKind::Config, &object.head.id)?;
    let secret =
        Zeroizing::new(object.open(&keys.object_key(ObjectKind::Config, &object.head.id))?);
    let mut config = RepositoryConfig {
        id: object.head.id,
        domain_id: [0; 32],
        chunker: ChunkerParams::DEFAULT,
        gear_digest: [0; 32],
        pack_target_bytes: 0,
        compression_level: 0,
        pad: false,
        parity_percent: None,
        created_ns: 0,
        domain_key: domain_key(&secret, keys.suite())?,
    };
    let mut input = In::new(object.plain, "config");
    let mut seen = 0_u64;
    input.fields(|input, key| {
        match key {
            key if key == u64::from(KEY_PARITY) => {
                config.parity_percent = Some(input.u8()?);
                return Ok(true);
            }
            0 => config.domain_id = input.byte_array()?,
            1 => config.chunker = take_params(input)?,
            2 => config.gear_digest = input.byte_array()?,
            3 => config.pack_target_bytes = input.u32()?,
            4 => config.compression_level = i32::try_from(input.i64()?).map_err(|_| input.bad())?,
            5 => config.pad = input.bool()?,
            6 => config.created_ns = input.i64()?,
            _ => return Ok(false),
        }
        seen |= 1 << key;
        Ok(true)
    })?;
    let legal = PACK_TARGET_BYTES.contains(&config.pack_target_bytes)
        && (0..=22).contains(&config.compression_level)
        && config.parity_percent.is_none_or(|percent| PARITY_PERCENT.contains(&percent));
    if seen & 0x7f != 0x7f || !legal {
        return Err(input.bad());
    }
    input.finish()?;
    Ok(config)
}

fn domain_key(secret: &[u8], suite: Suite) -> Result<Option<Secret>, Defect> {
    let expected = match suite {
        Suite::Checksum => 0,
        Suite::Aes256Gcm => 32,
    };
    if secret.len() != expected {
        return Err(Defect::Inconsistent { what: "length of the domain key" });
    }
    if expected == 0 {
        return Ok(None);
    }
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(secret);
    Ok(Some(key))
}

fn take_params(input: &mut In<'_>) -> Result<ChunkerParams, Defect> {
    let fields = input.array()?;
    let params = match (input.u8()?, fields) {
        (0, 5) => {
            let (min, avg, max) = (input.u32()?, input.u32()?, input.u32()?);
            ChunkerParams::fastcdc(min, avg, max, input.u8()?)
        }
        (1, 2) => ChunkerParams::fixed(input.u32()?),
        (0 | 1, _) => return Err(input.bad()),
        (algorithm, _) => return Err(input.unknown(algorithm.into())),
    };
    params.map_err(|_| input.bad())
}

#[cfg(test)]
mod tests;
