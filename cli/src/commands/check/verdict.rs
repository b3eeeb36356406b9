//! The last lines of `check`: is every snapshot restorable, which paths are lost, what to type
//! next.

use gleaner_engine::{CheckStats, StopReason};

use crate::args::{local_time, rfc3339};
use crate::byte_text::{amount, count, printable};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::json::CheckSummary;
use crate::snapshot_view::short_id;

/// Lost paths in the last lines; the findings name more.
const PATHS_SHOWN: usize = 10;

/// What came out of a run.
pub(in crate::commands) struct Verdict<'a> {
    pub(in crate::commands) stats: &'a CheckStats,
    pub(in crate::commands) level: &'static str,
    /// True if only some snapshots were to be looked at.
    pub(in crate::commands) is_part: bool,
    /// What to type next.
    pub(in crate::commands) next: Option<&'a str>,
}

impl Verdict<'_> {
    /// For scripts.
    pub(super) fn summary(&self, seconds_elapsed: f64) -> CheckSummary {
        let stats = self.stats;
        CheckSummary {
            level: self.level,
            num_errors: stats.num_errors,
            broken_packs: stats.broken_packs.iter().map(ToString::to_string).collect(),
            suggest_repair_index: stats.suggest_repair_index,
            suggest_prune: stats.suggest_prune,
            packs_total: stats.packs_total,
            packs_verified: stats.packs_verified,
            packs_skipped: stats.packs_skipped,
            bytes_verified: stats.bytes_verified,
            chunks_missing: stats.chunks_missing,
            chunks_damaged: stats.chunks_damaged,
            snapshots_damaged: stats.snapshots_damaged.len() as u64,
            paths_lost: stats.paths_lost,
            oldest_verified: stats.oldest_verified_ns.map(rfc3339),
            restorable: stats.is_restorable(),
            stopped_at: stats.stopped_at.and_then(|reason| match reason {
                StopReason::MaxDuration => Some("max_duration"),
                StopReason::MaxErrors => Some("max_errors"),
                StopReason::Cancelled => Some("signal"),
                _ => None,
            }),
            seconds_elapsed,
            next_command: self.next.map(str::to_owned),
        }
    }

    /// For people.
    pub(in crate::commands) fn print(&self, context: &Context) -> Result<(), Failure> {
        let (stats, output) = (self.stats, &context.output);
        output.text(&format!(
            "checked {} ({}): {}, {} verified",
            count(stats.packs_total, "pack"),
            self.level.replace('_', " "),
            count(stats.num_errors, "finding"),
            amount(stats.bytes_verified),
        ))?;
        if let Some(time_ns) = stats.oldest_verified_ns {
            output.text(&format!("every pack was verified since {}", local_time(time_ns)))?;
        }
        if stats.suggest_prune {
            output.text("some packs hold nothing that a snapshot needs")?;
        }
        output.text(&self.restorable())?;
        if !stats.lost_paths.is_empty() {
            let shown = stats.lost_paths.iter().take(PATHS_SHOWN).map(|path| printable(path));
            let shown = shown.collect::<Vec<_>>().join(", ");
            let more = stats.lost_paths.len() > PATHS_SHOWN;
            let more = if more { ", ..." } else { "" };
            let lost = count(stats.paths_lost, "path");
            output.text(&format!("{lost} lost, over all snapshots: {shown}{more}"))?;
        }
        match self.next {
            // The line of the failure ends with it.
            Some(_) if stats.num_errors > 0 || stats.stopped_at.is_some() => Ok(()),
            Some(next) => output.text(&format!("next: {next}")),
            None => Ok(()),
        }
    }

    fn restorable(&self) -> String {
        let stats = self.stats;
        let (checked, total) = (stats.snapshots_checked, stats.snapshots_total);
        if stats.is_restorable() && self.is_part {
            return format!("{} looked at, and restorable", count(total, "snapshot"));
        }
        if stats.is_restorable() {
            return "every snapshot is restorable".to_owned();
        }
        if stats.snapshots_damaged.is_empty() {
            return format!("{checked} of {total} snapshots were looked at: they are restorable");
        }
        let ids = stats.snapshots_damaged.iter().map(|id| short_id(&id.to_string()));
        let ids = ids.take(PATHS_SHOWN).collect::<Vec<_>>().join(" ");
        let damaged = count(stats.snapshots_damaged.len() as u64, "snapshot");
        format!("not every snapshot is restorable: {damaged} not in full ({ids})")
    }
}
