//! Offers files of a backup to the server before their bytes are sent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gleaner_chunker::{ChunkStream, Chunker, ChunkerParams, GearTable, IdHasher};
use gleaner_engine::{Nearby, NearbyFile, NearbyPacks};
use gleaner_store::ChunkRef;
use xattr::FileExt as _;

use crate::error::{Error, Result};
use crate::line::Line;
use crate::session::Session;
use crate::stretch_cutter::StretchCutter;
use crate::wire::{
    Answered, Message, OFFER_BYTES_MAX, OFFER_CHUNKS_MAX, Offer, STRETCHES_MAX, Stretch,
    pack_stretches, proof_key,
};

/// Where a browser or `curl --xattr` notes what a file was downloaded from.
const ORIGIN: &str = "user.xdg.origin.url";
/// Bytes of a URL, at most.
const URL_BYTES_MAX: usize = 8 << 10;
/// A smaller file is sent at once: sightings begin there (ACCESS section 2).
const FILE_BYTES_MIN: u64 = 512;
/// Bytes that are read and cut at a time.
const BATCH_BYTES: usize = 4 << 20;
/// Own bytes from which on they are a stretch; with those of a batch more they stay below what an
/// offer may have.
const STRETCH_BYTES: u64 = OFFER_BYTES_MAX / 4;

/// A server that may have bytes of files, or know who has.
///
/// Files are offered whose origin begins with one of the URLs that the server says: their chunks by
/// public ids, with a proof for each, and what they are stored as. No URL and no name is told, and
/// of other files nothing. What the server finds it seals into a pack that it was given the keys
/// of; the pack's directory says what came, and restores hash all of it.
#[derive(Debug)]
pub struct NearServer {
    line: Arc<Line>,
    urls: Vec<String>,
    public: Public,
    batch: AtomicU32,
    totals: Mutex<NearbyTotals>,
}

struct Public {
    chunker: Arc<Chunker>,
    id_hasher: Arc<IdHasher>,
}

impl fmt::Debug for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Public").finish_non_exhaustive()
    }
}

/// What came of all offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearbyTotals {
    /// Files that were offered.
    pub files: u64,
    /// Bytes that were stored nowhere yet and looked for.
    pub bytes_offered: u64,
    /// What was found of them, by source.
    pub found: BTreeMap<u16, FoundTotals>,
}

/// What came from one source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundTotals {
    /// Chunks of the repository.
    pub chunks: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl NearServer {
    /// The server of a line; `None` if it says that it has nothing nearby.
    #[must_use]
    pub fn of(line: Arc<Line>) -> Option<Self> {
        let urls = line.session().welcome().nearby.clone();
        if urls.is_empty() {
            return None;
        }
        let chunker = Chunker::new(ChunkerParams::DEFAULT, GearTable::public()).ok()?;
        let public = Public { chunker: Arc::new(chunker), id_hasher: Arc::new(IdHasher::plain()) };
        let (batch, totals) = (AtomicU32::new(0), Mutex::default());
        Some(Self { line, urls, public, batch, totals })
    }

    /// What came of it so far.
    #[must_use]
    pub fn totals(&self) -> NearbyTotals {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, count: impl FnOnce(&mut NearbyTotals)) {
        count(&mut self.totals.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn is_of_these(&self, url: &[u8]) -> bool {
        url.len() <= URL_BYTES_MAX && self.urls.iter().any(|of| url.starts_with(of.as_bytes()))
    }
}

impl Nearby for NearServer {
    fn wants(&self, file: &NearbyFile) -> bool {
        if file.bytes < FILE_BYTES_MIN {
            return false;
        }
        // A file system that has no attributes has no origins.
        let origin = file.file.get_xattr(ORIGIN).ok().flatten();
        origin.is_some_and(|url| self.is_of_these(&url))
    }

    fn bring(&self, files: &[NearbyFile], packs: &NearbyPacks<'_>) {
        self.count(|totals| totals.files += files.len() as u64);
        let mut offering = Offering::new(self, packs);
        for file in files {
            if packs.is_cancelled() {
                return;
            }
            match offering.file(file) {
                Ok(()) => {}
                // The backup will say so.
                Err(Error::Source(error)) => tracing::debug!(%error, "a file to be offered"),
                Err(error) => {
                    tracing::info!(%error, "what is nearby could not be had");
                    return;
                }
            }
        }
        if let Err(error) = offering.send() {
            tracing::info!(%error, "what is nearby could not be had");
        }
    }
}

/// Offers of files that are shown together: their proofs are made with one key.
struct Offering<'o> {
    server: &'o NearServer,
    packs: &'o NearbyPacks<'o>,
    session: Arc<Session>,
    batch: u32,
    proof_key: [u8; 32],
    stretches: Vec<Stretch>,
    size: Size,
}

/// How much is offered.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Of the domain in which it is more, as are the chunks.
    bytes: u64,
    chunks: usize,
    stretches: usize,
}

impl Size {
    /// Whether something more is still one offer.
    fn fits(self, more: Self) -> bool {
        self.bytes + more.bytes <= OFFER_BYTES_MAX
            && self.chunks + more.chunks <= OFFER_CHUNKS_MAX
            && self.stretches + more.stretches <= STRETCHES_MAX
    }

    fn add(&mut self, more: Self) {
        self.bytes += more.bytes;
        self.chunks += more.chunks;
        self.stretches += more.stretches;
    }
}

impl<'o> Offering<'o> {
    fn new(server: &'o NearServer, packs: &'o NearbyPacks<'o>) -> Self {
        // Another session would not take its proofs: what is offered there is sent.
        let session = server.line.session();
        let batch = server.batch.fetch_add(1, Ordering::Relaxed);
        let proof_key = proof_key(&session.welcome().nonce, batch);
        let (stretches, size) = (Vec::new(), Size::default());
        Self { server, packs, session, batch, proof_key, stretches, size }
    }

    /// Cuts a file, and offers what is novel of it.
    fn file(&mut self, file: &NearbyFile) -> Result<()> {
        let (own, of_own) = (self.packs.chunker(), self.packs.id_hasher());
        let Public { chunker, id_hasher } = &self.server.public;
        let packs = self.packs;
        let reader = packs.reader(file);
        let mut stream = ChunkStream::new(reader, own, of_own, BATCH_BYTES)
            .with_second_domain(Arc::clone(chunker), Arc::clone(id_hasher));
        let mut cutter = StretchCutter::default();
        while !self.packs.is_cancelled() {
            let Some(batch) = stream.next_batch().map_err(Error::Source)? else { break };
            cutter.add(&batch, &self.proof_key);
            stream.recycle(batch.into_buffer());
            if cutter.own_bytes() >= STRETCH_BYTES {
                self.add(cutter.cut())?;
            }
        }
        self.add(cutter.end())
    }

    /// Adds a stretch, if something of it is stored nowhere yet; sends what was added before if it
    /// does not fit.
    fn add(&mut self, mut stretch: Stretch) -> Result<()> {
        let ids: Vec<_> = stretch.own.iter().map(|chunk| chunk.id).collect();
        let novel = self.packs.are_novel(&ids);
        let mut wanted_bytes = 0;
        for (chunk, is_novel) in stretch.own.iter_mut().zip(novel) {
            chunk.is_wanted = is_novel;
            wanted_bytes += u64::from(chunk.bytes) * u64::from(is_novel);
        }
        if wanted_bytes == 0 || stretch.public.is_empty() {
            return Ok(());
        }
        let own_bytes: u64 = stretch.own.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let public_bytes: u64 = stretch.public.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let size = Size {
            bytes: own_bytes.max(public_bytes),
            chunks: stretch.own.len().max(stretch.public.len()),
            stretches: 1,
        };
        if !self.size.fits(size) {
            self.send()?;
        }
        self.size.add(size);
        self.server.count(|totals| totals.bytes_offered += wanted_bytes);
        self.stretches.push(stretch);
        Ok(())
    }

    /// Sends what was added, and takes the pack that comes of it.
    fn send(&mut self) -> Result<()> {
        let stretches = std::mem::take(&mut self.stretches);
        self.size = Size::default();
        if stretches.is_empty() {
            return Ok(());
        }
        let commission = self.packs.commission().map_err(Error::from)?;
        let Some((commission, encoding)) = commission else { return Ok(()) };
        let offer = Message::Offer(Offer {
            batch: self.batch,
            commission: commission.to_bytes().to_vec().into(),
            level: encoding.level,
            pad: encoding.pad,
        });
        let answers = self.session.start_with(&offer, &[&pack_stretches(&stretches)])?;
        let received = answers.next()?;
        let Message::Answered(Answered { answers, pack_bytes }) = received.message else {
            return Err(received.out_of_place().into());
        };
        if pack_bytes == 0 {
            return Ok(());
        }
        let own = stretches.iter().flat_map(|stretch| &stretch.own);
        let ordered = own.filter(|chunk| chunk.is_wanted);
        let ordered = ordered.map(|chunk| ChunkRef { id: chunk.id, bytes: chunk.bytes });
        self.packs.take(commission.header().id, pack_bytes, &ordered.collect())?;
        self.server.count(|totals| {
            for answer in answers.iter().filter(|answer| answer.bytes > 0) {
                let source = answer.source.unwrap_or_default();
                let found = totals.found.entry(source).or_default();
                found.chunks += u64::from(answer.chunks);
                found.bytes += answer.bytes;
            }
        });
        Ok(())
    }
}
