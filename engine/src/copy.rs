//! Copies snapshots from one repository into another.
//!
//! ```text
//! planner (tree of FROM) --batches--> fetchers (read, verify, cut, hash) -> sequencer -> ingest
//! ```
//! Two repositories with one dedup domain name chunks alike: the chunk lists stay as they are, and
//! chunks that the target has are not even read. Between others every file is cut and named anew,
//! by the target's chunker and keys. Either way bytes are checked against their ids in FROM before
//! anything is done with them, and the tree is written anew.
//!
//! Each snapshot is a session of its own in the target, with the order of durability of a backup.

mod domain;
mod fetch;
mod item_runs;
mod options;
mod planner;
mod present;
mod recut;
mod sequencer;
mod stats;
mod step;

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use gleaner_chunker::PackId;
use gleaner_store::{ErrorKind, LeaseKind, Snapshot};

use crate::condemned::Condemned;
use crate::copy_forward::CopyForward;
use crate::error::{Error, Result};
use crate::ingest::{IngestOptions, StageTimes, ingest};
use crate::progress::{Counters, Run, Warning, WarningKind};
use crate::repository::{Repository, manifest_bytes};
use crate::session::{Declaration, Session, read_epoch};

pub(crate) use domain::share_domain;
pub use options::CopyOptions;
use present::is_present;
pub(crate) use present::origin;
use sequencer::copy_tree;
pub use stats::{CopiedSnapshot, CopyStats};

/// Copies snapshots of `from` into `to`, oldest first; each is durable before the next begins.
///
/// A copy keeps time, host, user, tags, roots, statistics and state, has no parent, and names the
/// snapshot that it goes back to as its original. One that the target has already is skipped:
/// same original, time, host, user, roots and statistics, and within one dedup domain the same
/// tree.
///
/// A snapshot that cannot be read in `from` is named to the observer and counted; the others are
/// copied. What was stored of it stays for the next run. Memory: as a backup, and an index each.
///
/// # Errors
/// [`Error::Cancelled`]; whatever keeps the target from being written, or a lease from being
/// declared. Snapshots copied before stay, and the next run goes on behind them.
pub fn copy(
    from: &Repository,
    to: &Repository,
    snapshots: &[Snapshot],
    options: &CopyOptions,
    run: &Run<'_>,
) -> Result<CopyStats> {
    let mut listed = known_snapshots(to)?;
    let mut stats = CopyStats::default();
    let is_shared = share_domain(from.config(), to.config());
    let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
    for snapshot in snapshots.iter().filter(|snapshot| seen.insert(snapshot.id)) {
        if is_present(snapshot, &listed, is_shared) {
            stats.snapshots_skipped += 1;
        } else {
            wanted.push(snapshot);
        }
    }
    wanted.sort_by_key(|snapshot| (snapshot.time_ns, snapshot.sequence, snapshot.id));
    for snapshot in &wanted {
        Counters::add(&run.counters.files_total, snapshot.stats.files);
        Counters::add(&run.counters.bytes_total, snapshot.stats.bytes);
    }
    run.counters.scan_finished.store(true, Ordering::Relaxed);
    let copying = Copying { from, to, is_shared, options, run };
    if options.dry_run {
        copying.dry_run(&wanted, &listed, &mut stats)?;
        return Ok(stats);
    }
    for snapshot in wanted {
        run.cancel.check()?;
        // Two snapshots of `from` may go back to the same one.
        if is_present(snapshot, &listed, is_shared) {
            stats.snapshots_skipped += 1;
            continue;
        }
        match copying.snapshot(snapshot, &listed, &mut stats) {
            Ok(copy) => {
                stats.snapshots_copied += 1;
                stats.copied.push(CopiedSnapshot { source: snapshot.id, copy: copy.id });
                listed.push(copy);
            }
            Err(error) => copying.unreadable(error, &mut stats)?,
        }
    }
    Ok(stats)
}

/// The snapshots of the target. One that is damaged is as good as absent, and copied again; where
/// it is not known what stands under a name, a copy might be the second one.
fn known_snapshots(to: &Repository) -> Result<Vec<Snapshot>> {
    let list = to.snapshots()?;
    let unknown = |(_, error): &(_, gleaner_store::Error)| error.kind() != ErrorKind::Corrupt;
    match list.damaged.into_iter().find(unknown) {
        Some((_, error)) => Err(error.into()),
        None => Ok(list.snapshots),
    }
}

/// What all snapshots of a run share.
struct Copying<'a> {
    from: &'a Repository,
    to: &'a Repository,
    /// True if both name chunks alike.
    is_shared: bool,
    options: &'a CopyOptions,
    run: &'a Run<'a>,
}

impl Copying<'_> {
    /// Copies one snapshot under a lease in each repository.
    fn snapshot(
        &self,
        source: &Snapshot,
        listed: &[Snapshot],
        stats: &mut CopyStats,
    ) -> Result<Snapshot> {
        let declaration = |kind, roots| {
            let host = self.options.host.clone();
            Declaration { kind, roots, host }
        };
        let reading = if self.options.lease {
            let declaration = declaration(LeaseKind::Read, vec![source.id]);
            Some(Session::declare(&self.from.env, declaration)?)
        } else {
            None
        };
        let result = Session::declare(&self.to.env, declaration(LeaseKind::Write, Vec::new()))
            .and_then(|mut session| {
                let result = self.within_session(source, listed, &mut session, stats);
                session.close();
                result
            });
        if let Some(reading) = reading {
            reading.close();
        }
        result
    }

    /// Steps S3 to S6 of a writer: as a backup without a parent.
    fn within_session(
        &self,
        source: &Snapshot,
        listed: &[Snapshot],
        session: &mut Session,
        stats: &mut CopyStats,
    ) -> Result<Snapshot> {
        let to = self.to;
        self.prepare_index(&session.condemned, source, listed)?;
        let mut copied = CopyStats::default();
        let times = StageTimes::default();
        let options = self.ingest_options(session.id.0);
        let (tree, mut relied, totals) = ingest(to, self.run, &times, options, |entrance| {
            copy_tree(entrance, self.from, source, self.is_shared, &mut copied)
        })?;
        copied.bytes_stored = totals.bytes_data_packs + totals.bytes_tree_packs;
        self.run.cancel.check()?;
        let mut snapshot = Snapshot {
            id: session.reserved(),
            sequence: listed.iter().map(|s| s.sequence).max().unwrap_or(0).saturating_add(1),
            session: session.id.0,
            tree: tree.tree,
            parent: None,
            original: Some(origin(source)),
            ..source.clone()
        };
        // False once a copy may have counted on packs that are not among those relied on.
        let mut is_known = true;
        session.follow_epoch(&to.env, |condemned| {
            is_known &= relied.is_disjoint(&condemned.packs);
            if is_known {
                return Ok(());
            }
            let forward = CopyForward::new(to, self.run, options, condemned)?.copy(&snapshot)?;
            copied.bytes_stored += forward.bytes_stored;
            relied.extend(forward.relied);
            Ok(())
        })?;
        snapshot.epoch = session.epoch().0;
        self.commit(session, &snapshot, &relied)?;
        stats.add(&copied);
        Ok(snapshot)
    }

    fn commit(
        &self,
        session: &Session,
        snapshot: &Snapshot,
        relied: &HashSet<PackId>,
    ) -> Result<()> {
        let index = self.to.index(self.run)?;
        index.settle(relied)?;
        index.checkpoint()?;
        session.commit(&self.to.env, &manifest_bytes(snapshot, self.to.keys())?)
    }

    /// Makes lookups pass over condemned packs, and know those that hold the same source.
    fn prepare_index(
        &self,
        condemned: &Condemned,
        source: &Snapshot,
        listed: &[Snapshot],
    ) -> Result<()> {
        let is_same = |s: &&Snapshot| s.host == source.host && s.roots == source.roots;
        let sessions = listed.iter().filter(is_same).map(|snapshot| snapshot.session).collect();
        let index = self.to.index(self.run)?;
        index.take_in_neighbors(&sessions, self.run)?;
        index.follow(condemned, self.run)
    }

    /// Reads and counts what a copy would read and count. All snapshots go through the stages
    /// together, so that what they share counts once.
    fn dry_run(
        &self,
        wanted: &[&Snapshot],
        listed: &[Snapshot],
        stats: &mut CopyStats,
    ) -> Result<()> {
        let epoch = read_epoch(self.to.storage())?;
        let condemned = Condemned::read(self.to.storage(), epoch)?;
        let times = StageTimes::default();
        let options = self.ingest_options([0; 16]);
        for source in wanted {
            self.prepare_index(&condemned, source, listed)?;
        }
        let ((), _, _) = ingest(self.to, self.run, &times, options, |entrance| {
            for source in wanted {
                let mut copied = CopyStats::default();
                match copy_tree(entrance, self.from, source, self.is_shared, &mut copied) {
                    Ok(_) => {
                        stats.snapshots_copied += 1;
                        stats.add(&copied);
                    }
                    Err(error) => self.unreadable(error, stats)?,
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Counts and names a snapshot that cannot be read; any other error goes on.
    fn unreadable(&self, error: Error, stats: &mut CopyStats) -> Result<()> {
        let Error::CopySource { snapshot, source } = error else { return Err(error) };
        stats.snapshots_failed += 1;
        let kind = match source.kind() {
            ErrorKind::Corrupt => WarningKind::Damaged,
            _ => WarningKind::Unreadable,
        };
        let cause = std::error::Error::source(&*source)
            .map_or_else(String::new, |cause| format!(": {cause}"));
        let message = format!("snapshot {snapshot} is not copied: {source}{cause}");
        self.run.warn(&Warning { path: Vec::new(), during: "copy", kind, message });
        Ok(())
    }

    fn ingest_options(&self, session: [u8; 16]) -> IngestOptions {
        let ingest = IngestOptions::of(self.to.config(), session);
        IngestOptions { dry_run: self.options.dry_run, ..ingest }
    }
}
