//! Bytes added up: saved, covered, and by what.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use gleaner_access::PUBLISHED_BYTES_MIN;

use crate::coverage::Coverage;
use crate::saved::SavedFile;
use crate::sources::Source;
use crate::treatment::Treatment;
use crate::via::{Download, Via};

/// What was saved, and how much of it is covered.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Share {
    pub(crate) downloads: u64,
    pub(crate) bytes_downloaded: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Covered by the server that it came through.
    pub(crate) own: u64,
    /// Covered by any.
    pub(crate) any: u64,
    /// Not covered, in files that are too short to be told of.
    pub(crate) short: u64,
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.downloads += other.downloads;
        self.bytes_downloaded += other.bytes_downloaded;
        self.files += other.files;
        self.bytes += other.bytes;
        self.own += other.own;
        self.any += other.any;
        self.short += other.short;
    }
}

/// Saved bytes that something covers, and those that nothing else does.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Part {
    pub(crate) covered: u64,
    pub(crate) alone: u64,
}

/// All sums.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) shares: BTreeMap<(Via, Treatment), Share>,
    /// By the places of the sources.
    pub(crate) by_source: BTreeMap<usize, Part>,
    /// By the numbers of the kinds.
    pub(crate) by_kind: BTreeMap<usize, Part>,
    /// Each chunk once, however often it was saved.
    pub(crate) distinct: u64,
    pub(crate) distinct_covered: u64,
}

impl Tally {
    pub(crate) fn of(
        downloads: &[Download],
        files: &[SavedFile],
        coverage: &Coverage,
        sources: &[Source],
    ) -> Self {
        let mut tally = Self::default();
        for download in downloads {
            let share = tally.shares.entry((download.via, download.treatment)).or_default();
            share.downloads += 1;
            share.bytes_downloaded += download.bytes;
        }
        for file in files {
            tally.add_file(file, coverage, sources);
        }
        for wanted in coverage.wanted.values() {
            tally.distinct += u64::from(wanted.bytes);
            if !wanted.places.is_empty() {
                tally.distinct_covered += u64::from(wanted.bytes);
            }
        }
        tally
    }

    fn add_file(&mut self, file: &SavedFile, coverage: &Coverage, sources: &[Source]) {
        let share = self.shares.entry((file.via, file.treatment)).or_default();
        share.files += 1;
        share.bytes += file.bytes();
        let is_short = file.bytes() < PUBLISHED_BYTES_MIN;
        for (id, bytes) in &file.chunks {
            let bytes = u64::from(*bytes);
            let places = coverage.wanted.get(id).map_or(&[][..], |wanted| &wanted.places);
            let is_own = |source: usize| sources.get(source).is_some_and(|it| it.via == file.via);
            if !places.is_empty() {
                share.any += bytes;
            } else if is_short {
                share.short += bytes;
            }
            if places.iter().any(|place| is_own(place.way.source)) {
                share.own += bytes;
            }
            let ways = places.iter().map(|place| place.way);
            add_parts(&mut self.by_source, ways.clone().map(|way| way.source), bytes);
            add_parts(&mut self.by_kind, ways.map(|way| way.kind), bytes);
        }
    }

    /// The sum over what `is_in` takes.
    pub(crate) fn sum(&self, is_in: impl Fn(Via, Treatment) -> bool) -> Share {
        let mut sum = Share::default();
        for (&(via, treatment), share) in &self.shares {
            if is_in(via, treatment) {
                sum += *share;
            }
        }
        sum
    }
}

fn add_parts(parts: &mut BTreeMap<usize, Part>, of: impl Iterator<Item = usize>, bytes: u64) {
    let of: BTreeSet<usize> = of.collect();
    for &number in &of {
        let part = parts.entry(number).or_default();
        part.covered += bytes;
        if of.len() == 1 {
            part.alone += bytes;
        }
    }
}
