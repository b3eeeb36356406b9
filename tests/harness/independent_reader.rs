//! A second reader of repositories, written from `store/FORMAT.md` alone.
//!
//! It shares no code with the product: own parsers, own key derivation, whole things in memory.
//! What both readers agree on is what the page says; where they differ, the page, one of them, or
//! both are wrong. Not for use on large repositories: the place of every chunk stays in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

mod bytes;
mod extract;
mod packs;
mod parity;
mod sealed;

use bytes::Value;
pub use extract::ExtractTotals;
use packs::Pack;
use sealed::{Keys, Object};

/// A 32-byte id.
pub type Id = [u8; 32];

/// A repository whose packs are known.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    keys: Keys,
    packs: Vec<Pack>,
    /// Pack and slot of each chunk.
    chunks: BTreeMap<Id, (usize, usize)>,
}

/// A snapshot as its manifest describes it.
#[derive(Debug, Clone)]
pub struct SnapshotFacts {
    /// Id and name.
    pub id: Id,
    /// Label time in nanoseconds since 1970.
    pub time_ns: i64,
    /// Host whose data it is.
    pub host: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Paths that were backed up.
    pub roots: Vec<Vec<u8>>,
    tree: (u64, Value),
}

/// What [`Repository::verify_packs`] read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PackTotals {
    /// Packs.
    pub packs: usize,
    /// Blocks in them.
    pub blocks: usize,
    /// Chunks in those; each hashes to its id.
    pub chunks: usize,
}

impl Repository {
    /// Opens the repository in a folder and reads the directories of its packs.
    ///
    /// # Errors
    /// The first thing that is not as FORMAT.md says, with the name of its object; no password or
    /// a wrong one; a password for a repository without encryption.
    pub fn open(root: &Path, password: Option<&str>) -> Result<Self> {
        let config = fs::read(root.join("config")).context("config")?;
        let config = Object::parse(&config, 1).context("config")?;
        let master = match (config.suite, password) {
            (0, None) => None,
            (1, Some(password)) => Some(master_key(root, password)?),
            (0, Some(_)) => bail!("not encrypted, but a password was given: downgraded?"),
            _ => bail!("encrypted, and no password was given"),
        };
        let domain_key = config.open_config(master.as_ref()).context("config")?;
        let keys = Keys { master, domain_key };
        check_config(&bytes::parse(&config.plain)?, keys.master.is_some()).context("config")?;
        let mut repository =
            Self { root: root.into(), keys, packs: vec![], chunks: BTreeMap::new() };
        for (id, path) in repository.ids_below("data", 2)? {
            let name = path.display().to_string();
            let pack = Pack::open(path, id, &repository.keys).context(name)?;
            for (slot, chunk) in pack.chunks.iter().enumerate() {
                repository.chunks.entry(chunk.0).or_insert((repository.packs.len(), slot));
            }
            repository.packs.push(pack);
        }
        Ok(repository)
    }

    /// The listed snapshots, ordered by id: no fence markers, nothing with a tombstone.
    ///
    /// # Errors
    /// The first manifest or marker that is damaged.
    pub fn snapshots(&self) -> Result<Vec<SnapshotFacts>> {
        let mut snapshots = Vec::new();
        for (id, path) in self.ids_below("snapshots", 1)? {
            let name = path.display().to_string();
            if self.root.join("forgotten").join(hex(&id)).exists() {
                continue;
            }
            let object = fs::read(path)?;
            if let Some(facts) = self.snapshot(id, &object).context(name)? {
                snapshots.push(facts);
            }
        }
        Ok(snapshots)
    }

    fn snapshot(&self, id: Id, bytes: &[u8]) -> Result<Option<SnapshotFacts>> {
        if bytes.get(10) == Some(&4) {
            let marker = Object::parse(bytes, 4)?;
            ensure!(marker.id == id, "a marker under another name");
            let session = bytes::parse(marker.open_plain()?)?.field(0)?.bytes()?.len();
            ensure!(session == 16, "a session id has 16 bytes");
            return Ok(None);
        }
        let manifest = Object::parse(bytes, 3)?;
        ensure!(manifest.id == id, "a manifest under another name");
        ensure!(manifest.plain.is_empty(), "newer: plain part of a manifest");
        let fields = bytes::parse(&manifest.open_manifest(&self.keys)?)?;
        let [level, runs] = fields.field(8)?.list()? else { bail!("tree reference") };
        let texts = |value: &Value| value.list()?.iter().map(Value::text).collect::<Result<_>>();
        let roots = fields.field(7)?.list()?.iter().map(|root| Ok(root.bytes()?.to_vec()));
        Ok(Some(SnapshotFacts {
            id,
            time_ns: fields.field(0)?.signed()?,
            host: fields.field(4)?.text()?,
            tags: texts(fields.field(6)?)?,
            roots: roots.collect::<Result<_>>()?,
            tree: (level.number()?, runs.clone()),
        }))
    }

    /// Reads every pack whole: hash, frames, seals, chunk tables, and the id of every chunk.
    ///
    /// # Errors
    /// The first pack that is not as it must be.
    pub fn verify_packs(&self) -> Result<PackTotals> {
        let mut totals = PackTotals::default();
        for pack in &self.packs {
            let name = pack.path.display().to_string();
            pack.verify(&self.keys).context(name)?;
            totals.packs += 1;
            totals.blocks += pack.blocks.len();
            totals.chunks += pack.chunks.len();
        }
        Ok(totals)
    }

    /// Reads every parity sidecar whole: both ends, the checksums, the hash of its pack, and every
    /// symbol of its recovery shards.
    ///
    /// # Errors
    /// The first sidecar that is not as it must be, and one whose pack is missing.
    pub fn verify_parity(&self) -> Result<usize> {
        let mut sidecars = 0;
        for shard in fs::read_dir(self.root.join("data"))? {
            for entry in fs::read_dir(shard?.path())? {
                let path = entry?.path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let Some(id) = name.strip_suffix(".par").and_then(unhex) else { continue };
                let pack = fs::read(path.with_extension("")).context("the pack of a sidecar")?;
                let name = path.display().to_string();
                parity::verify(&fs::read(path)?, &id, &pack).context(name)?;
                sidecars += 1;
            }
        }
        Ok(sidecars)
    }

    /// Files with ids as names, `depth` folders below `folder`; other names are foreign.
    fn ids_below(&self, folder: &str, depth: usize) -> Result<BTreeMap<Id, PathBuf>> {
        let mut folders = vec![self.root.join(folder)];
        for _ in 1..depth {
            let mut below = Vec::new();
            for folder in folders {
                for entry in fs::read_dir(folder)? {
                    below.push(entry?.path());
                }
                below.retain(|path| path.is_dir());
            }
            folders = below;
        }
        let mut ids = BTreeMap::new();
        for folder in folders {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if let Some(id) = unhex(name) {
                    ids.insert(id, path);
                }
            }
        }
        Ok(ids)
    }
}

/// Tries each key slot.
fn master_key(root: &Path, password: &str) -> Result<Id> {
    let mut slots = 0;
    for entry in fs::read_dir(root.join("keys"))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(id) = unhex(name) else { continue };
        slots += 1;
        let object = fs::read(&path)?;
        let slot = Object::parse(&object, 2).with_context(|| path.display().to_string())?;
        ensure!(slot.id == id && slot.suite == 1, "{}: not a key slot", path.display());
        if let Some(master) = slot.open_slot(password)? {
            return Ok(master);
        }
    }
    bail!("none of {slots} key slots opens with this password")
}

/// What a reader needs of a config: that it knows every mandatory field.
fn check_config(fields: &Value, encrypted: bool) -> Result<()> {
    fields.only_known(&[0, 1, 2, 3, 4, 5, 6])?;
    for key in 0..=6 {
        fields.field(key)?;
    }
    ensure!(fields.field(0)?.bytes()?.len() == 32, "domain id");
    ensure!(fields.field(2)?.bytes()?.len() == 32, "digest of the gear table");
    // Encrypted or not, how increments were cut is of no concern to a reader.
    let chunker = fields.field(1)?.list()?;
    let parameters = chunker.first().context("chunker")?.number()?;
    ensure!(parameters <= 1, "newer: chunker {parameters} (encrypted: {encrypted})");
    Ok(())
}

fn hex(id: &Id) -> String {
    use std::fmt::Write as _;
    id.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

fn unhex(text: &str) -> Option<Id> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 64 || !text.bytes().all(is_digit) {
        return None;
    }
    let mut id = [0; 32];
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(id)
}

#[cfg(test)]
mod tests;
