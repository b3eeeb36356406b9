//! Files whose bytes may be had from somebody near the storage, so that they need not be sent.
//!
//! Before a backup reads files that are new or changed, somebody is shown them ([`Nearby`]). What
//! that brings are packs of this repository, made by somebody else under a
//! [commission](gleaner_store::Commission): their chunks are stored then like any others, the
//! backup goes on as ever, and what was not brought is novel
//! (`docs/decisions/0014-commissioned-packs.md`).

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use gleaner_chunker::{ChunkId, Chunker, IdHasher, PackId};
use gleaner_index::Lookup;
use gleaner_store::{BlockEncoding, ChunkRef, Commission, NewPack, PacedRead, PackKind, RateLimit};

use crate::error::{Error, Result};
use crate::key_epoch::current_key_epoch;
use crate::open_index::OpenIndex;
use crate::progress::Run;
use crate::repository::Repository;

/// Files that are shown together, at most: all of them are open.
pub const NEARBY_FILES_MAX: usize = 64;

/// Knows where bytes may be had.
pub trait Nearby: Send + Sync + fmt::Debug {
    /// Whether a file that is going to be read may be had; it is opened for that, and not read.
    fn wants(&self, file: &NearbyFile) -> bool;

    /// Is shown those that it wants, up to [`NEARBY_FILES_MAX`] together, by several threads at a
    /// time. Brings what it can, in packs that are stored when it hands them over; where that fails
    /// nothing is lost but time.
    fn bring(&self, files: &[NearbyFile], packs: &NearbyPacks<'_>);
}

/// A file that is going to be read.
#[derive(Debug)]
pub struct NearbyFile {
    /// Its absolute path, as bytes: to be shown, not to be opened.
    pub path: Vec<u8>,
    /// The file, open for reading; whoever moves its position moves nobody else's.
    pub file: File,
    /// Its length when it was listed.
    pub bytes: u64,
}

/// The repository that packs are brought to.
pub struct NearbyPacks<'a> {
    repository: &'a Repository,
    index: &'a Arc<OpenIndex>,
    run: &'a Run<'a>,
    session: [u8; 16],
    encoding: BlockEncoding,
    read_limit: Option<Arc<RateLimit>>,
    /// Read once: a pack may be sealed under an older one.
    key_epoch: OnceLock<u32>,
}

impl fmt::Debug for NearbyPacks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NearbyPacks").finish_non_exhaustive()
    }
}

impl<'a> NearbyPacks<'a> {
    pub(crate) fn new(
        repository: &'a Repository,
        index: &'a Arc<OpenIndex>,
        run: &'a Run<'a>,
        (session, encoding): ([u8; 16], BlockEncoding),
        read_limit: Option<Arc<RateLimit>>,
    ) -> Self {
        let key_epoch = OnceLock::new();
        Self { repository, index, run, session, encoding, read_limit, key_epoch }
    }

    /// Cuts files as the backup does.
    #[must_use]
    pub fn chunker(&self) -> Arc<Chunker> {
        self.repository.chunker()
    }

    /// Names their chunks as the backup does.
    #[must_use]
    pub fn id_hasher(&self) -> Arc<IdHasher> {
        self.repository.id_hasher()
    }

    /// Whether the backup is to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.run.cancel.is_cancelled()
    }

    /// For each chunk, in input order, whether it is stored nowhere yet.
    #[must_use]
    pub fn are_novel(&self, ids: &[ChunkId]) -> Vec<bool> {
        let answers = self.index.lookup(ids);
        answers.iter().map(|answer| !matches!(answer, Lookup::Stored(_))).collect()
    }

    /// Leave for one data pack, and how its blocks are encoded; `None` where the repository is not
    /// encrypted.
    ///
    /// # Errors
    /// Those of the random source and of reading the key epoch.
    pub fn commission(&self) -> Result<Option<(Commission, BlockEncoding)>> {
        let new = NewPack {
            kind: PackKind::Data,
            id: PackId::from_bytes(self.repository.env.random_bytes()?),
            key_epoch: self.key_epoch()?,
            domain_id: self.repository.config().domain_id,
            session: self.session,
        };
        let commission = Commission::new(self.repository.keys(), new);
        Ok(commission.map(|commission| (commission, self.encoding)))
    }

    fn key_epoch(&self) -> Result<u32> {
        if let Some(epoch) = self.key_epoch.get() {
            return Ok(*epoch);
        }
        let epoch = current_key_epoch(self.repository)?;
        Ok(*self.key_epoch.get_or_init(|| epoch))
    }

    /// Reads a file, no faster than the backup may.
    pub fn reader<'f>(&'f self, file: &'f NearbyFile) -> impl Read + 'f {
        PacedRead::new(&file.file, self.read_limit.as_deref()).take(file.bytes)
    }

    /// A pack of this length is there that was made under a commission: from now on its chunks are
    /// stored. What it holds is read from its directory, under the repository's own key; the commit
    /// makes sure that it is durable.
    ///
    /// Whoever made it could name any chunk in it, and nobody has read its blocks: so all that it
    /// names has to be among `ordered`.
    ///
    /// # Errors
    /// [`Error::NotOrdered`]; those of reading it, and of the index.
    pub fn take(&self, pack: PackId, bytes: u64, ordered: &HashSet<ChunkRef>) -> Result<()> {
        let directory = self.index.directory_of(pack, bytes)?;
        let header = directory.header;
        let is_ours = header.kind == PackKind::Data && header.session == self.session;
        if !is_ours || !directory.chunks.iter().all(|chunk| ordered.contains(chunk)) {
            return Err(Error::NotOrdered { pack });
        }
        self.index.take_in_pack(&directory)
    }
}
