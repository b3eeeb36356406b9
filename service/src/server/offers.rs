//! What clients offer, looked for nearby, and sealed for them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::Ordering;

use gleaner_chunker::ChunkId;
use gleaner_store::{
    BLOCK_RAW_BYTES_TARGET, BlockEncoding, ChunkRef, Commission, PackWriter, Put, SealedPack,
    encode_block, layout,
};

use super::calls::{Answer, Answerer, Finding, Offered, allow};
use super::finder::Found;
use crate::wire::{
    self, Answered, Failure, Message, Offer, OfferedChunk, OwnChunk, Stretch, Word, proof_key,
    unpack_stretches,
};

/// The most that a client may have blocks compressed: beyond it a mebibyte takes seconds.
const LEVEL_MAX: i32 = 12;

impl Answerer<'_> {
    /// Looks for what was offered, and makes a pack of what was found.
    pub(super) fn offered(&self, offered: &Offered) -> Result<Answer, Failure> {
        let Offer { batch, commission, level, pad } = &offered.offer;
        let stretches = unpack_stretches(&offered.tail).map_err(|_| Failure::unsupported())?;
        let commission = Commission::from_bytes(commission).map_err(|_| Failure::unsupported())?;
        let wanted = wanted(&stretches);
        let bytes: u64 = wanted.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let own = stretches.iter().flat_map(|it| &it.own).filter(|chunk| chunk.is_wanted);
        let own_bytes: u64 = own.map(|chunk| u64::from(chunk.bytes)).sum();
        let Finding { agents, uploads, nonce } = &self.finding;
        // For what is found, and for the pack. Who waited for room here would keep it from those
        // who wait for the answer.
        let permit = uploads.take(bytes + own_bytes, || true);
        let is_over = || self.is_over.load(Ordering::Relaxed);
        let found = match (agents, &permit) {
            (Some(agents), Some(_)) => agents.find(&wanted, &proof_key(nonce, *batch), &is_over),
            _ => Found::default(),
        };
        let encoding = BlockEncoding { level: (*level).clamp(0, LEVEL_MAX), pad: *pad };
        let mut maker = PackMaker::new(&commission, encoding);
        let mut answers: Vec<wire::Answer> =
            stretches.iter().map(|stretch| maker.take(stretch, &found)).collect();
        let mut pack_bytes = 0;
        if let Some(pack) = maker.finish() {
            pack_bytes = self.store(&pack).unwrap_or_default();
        }
        if pack_bytes == 0 {
            for answer in &mut answers {
                (answer.word, answer.source) = (Word::Send, None);
                (answer.bytes, answer.chunks) = (0, 0);
            }
        }
        self.counts.found(answers.iter().map(|answer| answer.bytes).sum());
        Ok(Answer::Message(Message::Answered(Answered { answers, pack_bytes })))
    }

    /// Whether somebody may have a pack made; answers if not.
    pub(super) fn may_offer(&self, request: u32, offer: &Offer) -> bool {
        let allowed = Commission::from_bytes(&offer.commission)
            .map_err(|_| Failure::unsupported())
            .and_then(|commission| {
                let pack = layout::pack(&commission.header().id);
                allow(self.grant.rights.may_create(&pack), &pack)
            });
        allowed.map_err(|failure| self.refuse(request, failure)).is_ok()
    }

    /// Answers an offer that is not looked for.
    pub(super) fn looked_for_nothing(&self, request: u32) {
        let nothing = Answered { answers: Vec::new(), pack_bytes: 0 };
        self.send(request, &Message::Answered(nothing), &[]);
        self.waiting.answered(request);
    }

    /// Stores a pack; `None` where that cannot be: then the client sends what is in it.
    fn store(&self, pack: &SealedPack) -> Option<u64> {
        let name = pack.directory.name();
        let bytes = pack.directory.pack_bytes;
        let room = self.room_for(&name, bytes).ok()?;
        let parts: Vec<&[u8]> = pack.parts().collect();
        match self.grant.storage.put_if_absent(&name, &parts) {
            Ok(Put::Created) => {
                room.keep();
                Some(bytes)
            }
            Ok(Put::AlreadyExists) => None,
            Err(error) => {
                tracing::warn!(%error, "what was found nearby could not be stored");
                room.keep();
                self.grant.quota.count_again();
                None
            }
        }
    }
}

/// A stretch whose chunks are placed: positions count from the first public one.
struct Placed<'s> {
    stretch: &'s Stretch,
    /// Where each public chunk ends, in order.
    public_ends: Vec<u64>,
}

impl<'s> Placed<'s> {
    fn new(stretch: &'s Stretch) -> Self {
        let mut end = 0;
        let public_ends = stretch.public.iter().map(|public| {
            end += u64::from(public.bytes);
            end
        });
        Self { stretch, public_ends: public_ends.collect() }
    }

    /// Chunks of the client's own that are wanted, and where each lies.
    fn wanted(&self) -> impl Iterator<Item = (OwnChunk, Range<u64>)> {
        let mut start = u64::from(self.stretch.before);
        let all = self.stretch.own.iter().map(move |chunk| {
            let end = start + u64::from(chunk.bytes);
            (*chunk, std::mem::replace(&mut start, end)..end)
        });
        all.filter(|(chunk, _)| chunk.is_wanted)
    }

    /// The public chunks that these bytes lie in, by number; as far as there are any.
    fn public_under(&self, bytes: &Range<u64>) -> Range<usize> {
        let first = self.public_ends.partition_point(|end| *end <= bytes.start);
        let last = self.public_ends.partition_point(|end| *end < bytes.end);
        first..(last + 1).min(self.public_ends.len())
    }

    /// The bytes of an own chunk, put together from the public ones that it lies in, and the
    /// source of the first of them.
    fn covered(&self, bytes: &Range<u64>, found: &Found) -> Option<(Vec<u8>, u16)> {
        let length = usize::try_from(bytes.end - bytes.start).ok()?;
        let (mut data, mut source) = (Vec::with_capacity(length), None);
        for number in self.public_under(bytes) {
            let (public, end) = (self.stretch.public.get(number)?, *self.public_ends.get(number)?);
            let start = end - u64::from(public.bytes);
            let chunk = found.get(&public.id)?;
            let from = usize::try_from(bytes.start.saturating_sub(start)).ok()?;
            let to = usize::try_from(bytes.end.min(end) - start).ok()?;
            data.extend_from_slice(chunk.bytes.get(from..to)?);
            source = source.or(Some(chunk.source));
        }
        (data.len() == length).then_some((data, source?))
    }
}

/// The public chunks that own chunks which are wanted lie in, each once.
fn wanted(stretches: &[Stretch]) -> Vec<OfferedChunk> {
    let mut wanted = HashMap::new();
    for stretch in stretches {
        let placed = Placed::new(stretch);
        for (_, bytes) in placed.wanted() {
            let public = stretch.public.get(placed.public_under(&bytes)).unwrap_or_default();
            wanted.extend(public.iter().map(|public| (public.id, *public)));
        }
    }
    wanted.into_values().collect()
}

/// Makes a pack of own chunks whose bytes were found.
struct PackMaker {
    writer: PackWriter,
    encoding: BlockEncoding,
    chunks: Vec<ChunkRef>,
    raw: Vec<u8>,
    packed: HashSet<ChunkId>,
    /// It would be longer than a pack may be.
    is_full: bool,
}

impl PackMaker {
    fn new(commission: &Commission, encoding: BlockEncoding) -> Self {
        let writer = PackWriter::commissioned(commission);
        let (chunks, raw, packed) = (Vec::new(), Vec::new(), HashSet::new());
        Self { writer, encoding, chunks, raw, packed, is_full: false }
    }

    /// Takes what was found of a stretch, and says so.
    fn take(&mut self, stretch: &Stretch, found: &Found) -> wire::Answer {
        let (mut bytes, mut chunks, mut is_all) = (0, 0, true);
        let mut of_source = HashMap::<u16, u64>::new();
        let placed = Placed::new(stretch);
        for (chunk, place) in placed.wanted() {
            let Some((data, source)) = placed.covered(&place, found) else {
                is_all = false;
                continue;
            };
            // What comes twice is packed and counted once.
            if !self.packed.insert(chunk.id) {
                continue;
            }
            let length = data.len() as u64;
            self.push(chunk, &data);
            bytes += length;
            chunks += 1;
            *of_source.entry(source).or_default() += length;
        }
        let most = of_source.into_iter().max_by_key(|(source, bytes)| (*bytes, *source));
        wire::Answer {
            identifier: stretch.identifier.into(),
            word: if is_all { Word::Found } else { Word::Send },
            source: most.map(|(source, _)| source),
            bytes,
            chunks,
        }
    }

    fn push(&mut self, chunk: OwnChunk, data: &[u8]) {
        self.chunks.push(ChunkRef { id: chunk.id, bytes: chunk.bytes });
        self.raw.extend_from_slice(data);
        if self.raw.len() >= BLOCK_RAW_BYTES_TARGET {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.chunks.is_empty() {
            return;
        }
        let (chunks, raw) = (std::mem::take(&mut self.chunks), std::mem::take(&mut self.raw));
        let block = encode_block(chunks, &raw, self.encoding);
        self.is_full |= self.writer.append(block).is_err();
    }

    /// The pack, if anything is in it.
    fn finish(mut self) -> Option<SealedPack> {
        self.flush();
        (self.writer.chunk_count() > 0 && !self.is_full).then(|| self.writer.finish())
    }
}
