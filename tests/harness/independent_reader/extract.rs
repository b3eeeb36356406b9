//! Trees and files (FORMAT.md section 7): content, holes, links, modes; no owners, no times.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::bytes::{self, Value, array, u32_at};
use super::{Id, Repository, hex};

/// What an extraction made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtractTotals {
    /// Regular files, further hard links among them.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Symbolic links.
    pub symlinks: u64,
    /// Fifos, sockets and devices, which are left out.
    pub skipped: u64,
}

/// A file that is being written.
struct Open {
    path: PathBuf,
    file: File,
    mode: u32,
    bytes: u64,
    /// Earlier path of the same file.
    link_to: Option<PathBuf>,
}

struct Extraction<'a> {
    repository: &'a Repository,
    totals: ExtractTotals,
    /// Open folders with the modes that they get when they are left.
    folders: Vec<(PathBuf, u32)>,
    /// Name that came last in each open folder.
    last_names: Vec<Vec<u8>>,
    /// First path of each (inode, device).
    first_links: HashMap<(u64, u64), PathBuf>,
    open: Option<Open>,
    /// Pack, block and raw bytes of the block that was read last.
    block: Option<(usize, usize, Vec<u8>)>,
}

impl Repository {
    /// Extracts a snapshot below `target`, which must be an empty folder.
    ///
    /// # Errors
    /// The first thing that is not as FORMAT.md says; errors of the file system.
    pub fn extract(&self, snapshot: &Id, target: &Path) -> Result<ExtractTotals> {
        let facts = self.snapshots()?.into_iter().find(|facts| facts.id == *snapshot);
        let (level, runs) = facts.with_context(|| format!("no snapshot {}", hex(snapshot)))?.tree;
        let mut extraction = Extraction {
            repository: self,
            totals: ExtractTotals::default(),
            folders: vec![(target.to_path_buf(), 0o755)],
            last_names: vec![Vec::new()],
            first_links: HashMap::new(),
            open: None,
            block: None,
        };
        let mut stream = extraction.concatenated(&runs)?;
        for _ in 0..level {
            stream = extraction.concatenated(&bytes::parse(&stream)?)?;
        }
        let mut rest = stream.as_slice();
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let length = u32::from_le_bytes(*length) as usize;
            ensure!(length <= 1 << 20, "a record is too long");
            let (record, tail) = tail.split_at_checked(length).context("a torn record")?;
            extraction.item(&bytes::parse(record)?)?;
            rest = tail;
        }
        ensure!(rest.is_empty() && extraction.open.is_none(), "the tree ends early");
        ensure!(extraction.folders.len() == 1, "a folder was not left");
        Ok(extraction.totals)
    }
}

impl Extraction<'_> {
    /// The bytes of one chunk; its id is recomputed.
    fn chunk(&mut self, domain: u64, id: &Id, length: u32) -> Result<Vec<u8>> {
        ensure!(domain <= 1, "newer: domain {domain}");
        let place = self.repository.chunks.get(id);
        let (pack_index, slot) = *place.with_context(|| format!("chunk {} is nowhere", hex(id)))?;
        let pack = self.repository.packs.get(pack_index).context("pack")?;
        let ordinal = pack.blocks.iter().position(|block| block.slots.contains(&slot));
        let ordinal = ordinal.context("slot")?;
        if self.block.as_ref().is_none_or(|block| (block.0, block.1) != (pack_index, ordinal)) {
            let raw = pack.block(ordinal, &self.repository.keys);
            let raw = raw.with_context(|| format!("{}, block {ordinal}", pack.path.display()))?;
            self.block = Some((pack_index, ordinal, raw));
        }
        let first = pack.blocks.get(ordinal).context("block")?.slots.start;
        let before = pack.chunks.get(first..slot).context("slots")?;
        let at: usize = before.iter().map(|chunk| chunk.1 as usize).sum();
        let raw = &self.block.as_ref().context("block")?.2;
        let chunk = bytes::slice(raw, at, length as usize)?.to_vec();
        let computed = match domain {
            0 => self.repository.keys.chunk_id(&chunk),
            _ => *blake3::hash(&chunk).as_bytes(),
        };
        ensure!(computed == *id, "the bytes of chunk {} are not its own", hex(id));
        Ok(chunk)
    }

    /// Gives each piece of `runs` to `put`: bytes of a chunk, or the length of a hole.
    fn runs(
        &mut self,
        runs: &Value,
        mut put: impl FnMut(Result<&[u8], u64>) -> Result<()>,
    ) -> Result<()> {
        for run in runs.list()? {
            match run.list()? {
                [Value::Number(1), length] => put(Err(length.number()?))?,
                [Value::Number(0), domain, ids, lengths] => {
                    let (ids, lengths) = (ids.bytes()?, lengths.bytes()?);
                    ensure!(ids.len() == lengths.len() * 8 && !ids.is_empty(), "a ragged run");
                    for (id, length) in ids.chunks(32).zip(lengths.chunks(4)) {
                        let id = array(id, 0)?;
                        put(Ok(&self.chunk(domain.number()?, &id, u32_at(length, 0)?)?))?;
                    }
                }
                other => bail!("newer: run {other:?}"),
            }
        }
        Ok(())
    }

    fn concatenated(&mut self, runs: &Value) -> Result<Vec<u8>> {
        let mut stream = Vec::new();
        self.runs(runs, |piece| match piece {
            Ok(bytes) => {
                stream.extend_from_slice(bytes);
                Ok(())
            }
            Err(_) => bail!("a hole in a tree reference"),
        })?;
        Ok(stream)
    }

    fn item(&mut self, item: &Value) -> Result<()> {
        let item = item.list()?;
        let is_content = matches!(item, [Value::Number(2), ..]);
        ensure!(is_content == self.open.is_some(), "content where none was announced, or none");
        match item {
            [Value::Number(0), entry] => self.enter(entry),
            [Value::Number(1), entry] => self.node(entry),
            [Value::Number(2), runs, more] => self.content(runs, more.flag()?),
            [Value::Number(3)] => self.leave(),
            other => bail!("newer: item {other:?}"),
        }
    }

    /// Path of an entry, whose name must be legal and in order.
    fn path(&mut self, entry: &Value) -> Result<PathBuf> {
        entry.only_known(&(0..=18).collect::<Vec<_>>())?;
        let name = entry.field(0)?.bytes()?;
        let is_legal = (1..=255).contains(&name.len()) && name != b"." && name != b"..";
        ensure!(is_legal && !name.contains(&b'/') && !name.contains(&0), "illegal name {name:?}");
        let last = self.last_names.last_mut().context("root")?;
        ensure!(last.as_slice() < name, "names are not in order");
        *last = name.to_vec();
        Ok(self.folders.last().context("root")?.0.join(OsStr::from_bytes(name)))
    }

    fn enter(&mut self, entry: &Value) -> Result<()> {
        ensure!(entry.field(1)?.number()? == 0, "entered what is no folder");
        let path = self.path(entry)?;
        fs::create_dir(&path)?;
        self.totals.folders += 1;
        self.folders.push((path, mode(entry)?));
        self.last_names.push(Vec::new());
        Ok(())
    }

    fn leave(&mut self) -> Result<()> {
        ensure!(self.folders.len() > 1, "left the root");
        self.last_names.pop();
        let (path, mode) = self.folders.pop().context("root")?;
        Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
    }

    fn node(&mut self, entry: &Value) -> Result<()> {
        let path = self.path(entry)?;
        match entry.field(1)?.number()? {
            1 => self.file(entry, path),
            2 => {
                symlink(OsStr::from_bytes(entry.field(14)?.bytes()?), path)?;
                self.totals.symlinks += 1;
                Ok(())
            }
            3..=6 => {
                self.totals.skipped += 1;
                Ok(())
            }
            kind => bail!("newer, or a folder that is not entered: kind {kind}"),
        }
    }

    fn file(&mut self, entry: &Value, path: PathBuf) -> Result<()> {
        self.totals.files += 1;
        let more = entry.field(18)?.flag()?;
        let identity = (entry.field(10)?.number()?, entry.field(11)?.number()?);
        let mut link_to = None;
        if entry.field(12)?.number()? > 1 {
            link_to = self.first_links.get(&identity).cloned();
            self.first_links.entry(identity).or_insert_with(|| path.clone());
        }
        let file = File::create_new(&path)?;
        self.open = Some(Open { path, file, mode: mode(entry)?, bytes: 0, link_to });
        self.content(entry.field(17)?, more)
    }

    fn content(&mut self, runs: &Value, more: bool) -> Result<()> {
        let mut open = self.open.take().context("no open file")?;
        self.runs(runs, |piece| {
            let length = match piece {
                Ok(bytes) => {
                    open.file.write_all_at(bytes, open.bytes)?;
                    bytes.len() as u64
                }
                Err(hole) => hole,
            };
            open.bytes = open.bytes.checked_add(length).context("length of a file")?;
            Ok(())
        })?;
        if more {
            self.open = Some(open);
            return Ok(());
        }
        if let Some(first) = open.link_to {
            fs::remove_file(&open.path)?;
            return Ok(fs::hard_link(first, open.path)?);
        }
        open.file.set_len(open.bytes)?;
        Ok(fs::set_permissions(open.path, Permissions::from_mode(open.mode))?)
    }
}

fn mode(entry: &Value) -> Result<u32> {
    let mode = u32::try_from(entry.field(2)?.number()?)?;
    ensure!(mode <= 0o7777, "mode {mode:o}");
    Ok(mode)
}
