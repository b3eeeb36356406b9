//! How each vector is made, and how it is decoded and encoded again.

use gleaner_chunker::{ChunkId, PackId};

use super::fixtures as made;
use crate::block::{EncodedBlock, decode_block};
use crate::condemnation::{
    decode_condemned, decode_gone, decode_outcome, encode_condemned, encode_gone, encode_outcome,
};
use crate::config::{decode_config, encode_config};
use crate::coordination::{
    Epoch, SessionId, decode_epoch, decode_fence_marker, decode_lease, decode_tombstone,
    encode_epoch, encode_fence_marker, encode_lease, encode_tombstone,
};
use crate::defect::Defect;
use crate::error::Error;
use crate::key_epoch::{decode_key_epoch, encode_key_epoch};
use crate::key_slot::{create_key_slot, open_key_slot, read_key_slot, seal_slot};
use crate::keys::Keys;
use crate::layout;
use crate::memory_storage::MemoryStorage;
use crate::pack_reader::read_pack_directory;
use crate::pack_writer::PackWriter;
use crate::parity::{ParitySidecar, encode_parity};
use crate::random::SeededRandom;
use crate::snapshot::{
    SnapshotId, SnapshotObject, decode_runs, decode_snapshot, encode_runs, encode_snapshot,
};
use crate::storage::{Storage as _, Version};
use crate::tree_codec::{TreeDecoder, encode_tree_item};

/// A golden vector.
pub(super) struct Vector {
    pub(super) name: &'static str,
    pub(super) hex: &'static str,
    /// Makes it from the fixtures.
    pub(super) create: fn() -> Vec<u8>,
    /// Decodes it and encodes the values again.
    pub(super) reencode: fn(&[u8]) -> Result<Vec<u8>, Defect>,
    /// It holds bytes of zstd, whose next version may compress otherwise.
    pub(super) compressed: bool,
    /// Its own bytes detect any damage. Streams do not: the ids of their chunks do.
    pub(super) self_checking: bool,
}

macro_rules! vector {
    ($name:literal, $create:expr, $reencode:expr) => {
        Vector {
            name: $name,
            hex: include_str!(concat!("../../vectors/v1/", $name, ".hex")),
            create: || $create,
            reencode: $reencode,
            compressed: false,
            self_checking: true,
        }
    };
}

const SNAPSHOT: SnapshotId = SnapshotId([0x5a; 32]);
const EPOCH: Epoch = Epoch(258);
const KEY_EPOCH: u32 = 258;

pub(super) const VECTORS: &[Vector] = &[
    vector!("config_encrypted", encode_config(&made::config(true), &made::keys()), |bytes| {
        Ok(encode_config(&decode_config(bytes, &made::keys())?, &made::keys()))
    }),
    vector!("config_plain", encode_config(&made::config(false), &Keys::unencrypted()), |bytes| {
        let keys = Keys::unencrypted();
        Ok(encode_config(&decode_config(bytes, &keys)?, &keys))
    }),
    vector!(
        "config_parity",
        encode_config(&made::config_parity(), &Keys::unencrypted()),
        |bytes| {
            let keys = Keys::unencrypted();
            Ok(encode_config(&decode_config(bytes, &keys)?, &keys))
        }
    ),
    vector!("key_slot", key_slot().1, reencode_key_slot),
    vector!("key_epoch", encode_key_epoch(KEY_EPOCH, &made::keys()), |bytes| {
        let version = Version(KEY_EPOCH.into());
        let epoch = decode_key_epoch(version, bytes, &made::keys())?;
        Ok(encode_key_epoch(epoch, &made::keys()))
    }),
    Vector {
        compressed: true,
        ..vector!("pack_data", made::data_pack(&made::keys(), 7), |bytes| {
            reencode_pack(bytes, &made::keys(), 7)
        })
    },
    Vector {
        compressed: true,
        ..vector!("pack_data_plain", made::data_pack(&Keys::unencrypted(), 16), |bytes| {
            reencode_pack(bytes, &Keys::unencrypted(), 16)
        })
    },
    vector!("pack_tree", made::tree_pack(), |bytes| reencode_pack(bytes, &made::keys(), 8)),
    vector!("parity", made::parity(), reencode_parity),
    Vector {
        self_checking: false,
        ..vector!("tree_stream", made::tree_stream(), reencode_tree_stream)
    },
    Vector {
        self_checking: false,
        ..vector!("tree_runs", encode_runs(&made::tree_runs()), |bytes| {
            Ok(encode_runs(&decode_runs(bytes)?))
        })
    },
    vector!("manifest", encode_snapshot(&made::snapshot(true), &made::keys()).unwrap(), |bytes| {
        reencode_manifest(bytes, &made::keys())
    }),
    vector!(
        "manifest_plain",
        encode_snapshot(&made::snapshot(false), &Keys::unencrypted()).unwrap(),
        |bytes| reencode_manifest(bytes, &Keys::unencrypted())
    ),
    vector!(
        "manifest_lacking",
        encode_snapshot(&made::snapshot_lacking_xattrs(), &Keys::unencrypted()).unwrap(),
        |bytes| reencode_manifest(bytes, &Keys::unencrypted())
    ),
    vector!("lease", encode_lease(&made::lease()), |bytes| {
        Ok(encode_lease(&decode_lease(made::lease().session, bytes)?))
    }),
    vector!("epoch", encode_epoch(EPOCH), |bytes| Ok(encode_epoch(decode_epoch(bytes)?))),
    vector!("fence_marker", encode_fence_marker(SNAPSHOT, SessionId(made::seeded(6))), |bytes| Ok(
        encode_fence_marker(SNAPSHOT, decode_fence_marker(SNAPSHOT, bytes)?)
    )),
    vector!("tombstone", encode_tombstone(SNAPSHOT, made::TIME_NS), |bytes| {
        Ok(encode_tombstone(SNAPSHOT, decode_tombstone(SNAPSHOT, bytes)?))
    }),
    vector!("condemned", encode_condemned(&made::condemned()), |bytes| {
        Ok(encode_condemned(&decode_condemned(EPOCH, bytes)?))
    }),
    vector!("outcome", encode_outcome(&made::outcome()), |bytes| {
        Ok(encode_outcome(&decode_outcome(EPOCH, bytes)?))
    }),
    vector!("condemned_marked", encode_condemned(&made::condemned_marked()), |bytes| {
        Ok(encode_condemned(&decode_condemned(EPOCH, bytes)?))
    }),
    vector!("outcome_holders", encode_outcome(&made::outcome_with_holders()), |bytes| {
        Ok(encode_outcome(&decode_outcome(EPOCH, bytes)?))
    }),
    vector!("gone", encode_gone(EPOCH), |bytes| {
        decode_gone(EPOCH, bytes)?;
        Ok(encode_gone(EPOCH))
    }),
];

fn key_slot() -> ([u8; 32], Vec<u8>) {
    create_key_slot(&made::keys(), &made::new_slot(), &SeededRandom::new(17)).unwrap()
}

fn reencode_key_slot(bytes: &[u8]) -> Result<Vec<u8>, Defect> {
    let id = made::seeded(17);
    let info = read_key_slot(&id, bytes)?;
    let keys = open_key_slot(&id, bytes, made::PASSWORD)?.ok_or(Defect::Commitment)?;
    let mut new = made::new_slot();
    (new.cost, new.label, new.created_ns) = (info.cost, &info.label, info.created_ns);
    Ok(seal_slot(keys.master().unwrap(), &info.id, &info.salt, &new).unwrap())
}

fn defect_of(error: Error) -> Defect {
    match error {
        Error::Damaged { defect, .. } => defect,
        error => panic!("bytes are the only cause here: {error}"),
    }
}

/// Reads a pack as restore does, ids recomputed, and writes the same blocks again.
fn reencode_pack(bytes: &[u8], keys: &Keys, id_seed: u64) -> Result<Vec<u8>, Defect> {
    let id = PackId::from_bytes(made::seeded(id_seed));
    let storage = MemoryStorage::new();
    storage.replace_raw(&layout::pack(&id), bytes);
    let directory =
        read_pack_directory(&storage, keys, id, bytes.len() as u64).map_err(defect_of)?;
    let before_trailer = &bytes[..bytes.len() - crate::pack_format::TRAILER_BYTES];
    if *blake3::hash(before_trailer).as_bytes() != directory.trailer.pack_hash {
        return Err(Defect::Checksum { what: "pack" });
    }
    let hasher = made::id_hasher(keys.master().is_some());
    let mut writer = PackWriter::create(keys, directory.as_new());
    for ordinal in 0..directory.blocks.len() {
        let (offset, length) = directory.framed_range(ordinal).unwrap();
        let mut framed = vec![0; length];
        storage.read_at(&directory.name(), offset, &mut framed).unwrap();
        let payload = directory.open_payload(keys, ordinal, framed).map_err(defect_of)?;
        let block = decode_block(&payload)?;
        let ids: Vec<ChunkId> = block.iter().map(|(_, bytes)| hasher.id(bytes)).collect();
        let listed: Vec<ChunkId> = block.chunks.iter().map(|chunk| chunk.id).collect();
        assert_eq!(ids, listed);
        let raw_bytes = u32::try_from(block.raw.len()).unwrap();
        writer.append(EncodedBlock { payload, chunks: block.chunks, raw_bytes }).unwrap();
    }
    Ok(writer.finish().parts().collect::<Vec<_>>().concat())
}

/// Reads a sidecar, which must be sound, and makes it again from the pack that it heals out of what
/// its recovery shards allow.
fn reencode_parity(bytes: &[u8]) -> Result<Vec<u8>, Defect> {
    let id = PackId::from_bytes(made::seeded(7));
    let sidecar = ParitySidecar::decode(id, bytes.to_vec())?;
    if !sidecar.is_sound() {
        return Err(Defect::Checksum { what: "parity" });
    }
    let mut pack = made::seeded::<13_000>(18).to_vec();
    pack.truncate(9000);
    let pack = sidecar.heal(pack, &[]).map_err(|_| Defect::Checksum { what: "pack" })?;
    Ok(encode_parity(id, &[&pack], 50))
}

fn reencode_tree_stream(bytes: &[u8]) -> Result<Vec<u8>, Defect> {
    let mut decoder = TreeDecoder::new();
    decoder.feed(bytes);
    let mut again = Vec::new();
    while let Some(item) = decoder.next_item()? {
        encode_tree_item(&item, &mut again)?;
    }
    decoder.finish()?;
    Ok(again)
}

fn reencode_manifest(bytes: &[u8], keys: &Keys) -> Result<Vec<u8>, Defect> {
    match decode_snapshot(made::snapshot(true).id, bytes, keys)? {
        SnapshotObject::Manifest(snapshot) => encode_snapshot(&snapshot, keys),
        SnapshotObject::FenceMarker => Err(Defect::Kind { expected: 3, found: 4 }),
    }
}
