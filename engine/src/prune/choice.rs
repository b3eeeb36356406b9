//! Which packs go: dead ones, those of old key epochs, wasteful ones, small ones.

use std::collections::HashSet;

use gleaner_chunker::PackId;
use gleaner_store::{CONDEMNED_PACKS_MAX, PackKind};

use super::PruneOptions;
use super::pack_use::PackUse;

/// Chunks to be rewritten in one run: 100 MiB of ids. More wait for the next run.
const REWRITTEN_CHUNKS_MAX: u64 = 1 << 21;
/// Without a size given, packs of one kind below this part of the target are merged ...
const SMALL_PART: u64 = 8;
/// ... once there are so many of them.
const SMALL_PACKS: usize = 8;
/// Bytes that nobody needs and that may stay in packs with others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxUnused {
    /// Part of all bytes that remain.
    Percent(f64),
    /// So many bytes.
    Bytes(u64),
    /// Whatever there is: only packs that nobody needs at all go.
    Unlimited,
}

/// Packs that go.
#[derive(Default)]
pub(super) struct Chosen<'u> {
    pub(super) dead: Vec<&'u PackUse>,
    pub(super) rewritten: Vec<&'u PackUse>,
    /// How many of the rewritten ones have an older key epoch than they may.
    pub(super) rekeyed: u64,
    pub(super) more_is_left: bool,
}

/// Why a pack is rewritten; what comes first is done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    OldKeyEpoch,
    Waste,
    Small,
}

/// The choice of packs that go.
pub(super) struct Choice<'u> {
    uses: &'u [PackUse],
    allowed_waste: u64,
    max_repack_bytes: u64,
    small_below: u64,
    small_packs: usize,
    /// Packs below this key epoch are rewritten.
    oldest_key_epoch: u32,
}

impl<'u> Choice<'u> {
    pub(super) fn new(
        uses: &'u [PackUse],
        options: &PruneOptions<'_>,
        pack_target: u32,
        oldest_key_epoch: u32,
    ) -> Self {
        let remaining: u64 = uses.iter().filter(|p| !p.is_dead()).map(|p| p.bytes).sum();
        let allowed_waste = match options.max_unused {
            MaxUnused::Unlimited => u64::MAX,
            MaxUnused::Bytes(bytes) => bytes,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "a share of bytes, as a limit"
            )]
            MaxUnused::Percent(percent) => {
                (remaining as f64 * percent.clamp(0.0, 100.0) / 100.0) as u64
            }
        };
        let (small_below, small_packs) = match options.repack_smaller_than {
            Some(bytes) => (bytes, 2),
            None => (u64::from(pack_target) / SMALL_PART, SMALL_PACKS),
        };
        let max_repack_bytes = options.max_repack_bytes;
        Self { uses, allowed_waste, max_repack_bytes, small_below, small_packs, oldest_key_epoch }
    }

    /// Dead packs go. Of the others, those of old key epochs are rewritten, then the most wasteful
    /// until what is wasted in the rest is allowed; then small ones are merged.
    pub(super) fn choose(&self) -> Chosen<'u> {
        let closed = self.uses.iter().filter(|pack| pack.is_closed);
        let (mut dead, living): (Vec<_>, Vec<_>) = closed.partition(|pack| pack.is_dead());
        let mut chosen =
            Chosen { more_is_left: dead.len() > CONDEMNED_PACKS_MAX, ..Chosen::default() };
        dead.truncate(CONDEMNED_PACKS_MAX);
        chosen.dead = dead;
        let small = self.small(&living);
        let mut waste: u64 = living.iter().map(|pack| pack.wasted_bytes()).sum();
        let mut order: Vec<(Reason, &PackUse)> = living
            .into_iter()
            .filter_map(|pack| Some((self.reason(pack, &small)?, pack)))
            .collect();
        let per_mille = |pack: &PackUse| pack.wasted_bytes() * 1000 / pack.bytes.max(1);
        order.sort_by_key(|(reason, pack)| (*reason, std::cmp::Reverse(per_mille(pack))));
        let (mut bytes, mut chunks) = (0, 0);
        for (reason, pack) in order {
            if reason == Reason::Waste && waste <= self.allowed_waste {
                continue;
            }
            let (bytes_then, chunks_then) = (bytes + pack.bytes, chunks + pack.used_chunks);
            let is_listed = chosen.dead.len() + chosen.rewritten.len() < CONDEMNED_PACKS_MAX;
            // A smaller one may still do.
            if bytes_then > self.max_repack_bytes
                || chunks_then > REWRITTEN_CHUNKS_MAX
                || !is_listed
            {
                chosen.more_is_left = true;
                continue;
            }
            (bytes, chunks) = (bytes_then, chunks_then);
            waste -= pack.wasted_bytes();
            chosen.rekeyed += u64::from(reason == Reason::OldKeyEpoch);
            chosen.rewritten.push(pack);
        }
        chosen.rewritten.sort_by_key(|pack| pack.pack);
        chosen
    }

    fn reason(&self, pack: &PackUse, small: &HashSet<PackId>) -> Option<Reason> {
        if pack.key_epoch < self.oldest_key_epoch {
            Some(Reason::OldKeyEpoch)
        } else if small.contains(&pack.pack) {
            Some(Reason::Small)
        } else {
            (pack.wasted_bytes() > 0).then_some(Reason::Waste)
        }
    }

    /// Packs that are worth merging: of one kind, and several.
    fn small(&self, living: &[&PackUse]) -> HashSet<PackId> {
        let mut small = HashSet::new();
        for kind in [PackKind::Data, PackKind::Tree] {
            let of_kind: Vec<PackId> = living
                .iter()
                .filter(|pack| pack.kind == kind && pack.bytes < self.small_below)
                .map(|pack| pack.pack)
                .collect();
            if of_kind.len() >= self.small_packs {
                small.extend(of_kind);
            }
        }
        small
    }
}
