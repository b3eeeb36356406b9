//! What to type after a finding: only what this version can do.

use std::time::Duration;

use gleaner_engine::{CheckStats, Finding, FindingCode, Repository, seen_snapshots_file};
use gleaner_store::{SnapshotId, SnapshotObject, layout};

use crate::args::{CheckArgs, Global};
use crate::exit_code::Failure;
use crate::place::Place;
use crate::snapshot_view::short_id;

/// Makes commands for one repository.
pub(super) struct NextCommand<'a> {
    repository: &'a Repository,
    place: Place,
}

impl<'a> NextCommand<'a> {
    pub(super) fn new(repository: &'a Repository, global: &Global) -> Result<Self, Failure> {
        Ok(Self { repository, place: Place::of(global)? })
    }

    /// What to type after a finding.
    pub(super) fn of(&self, finding: &Finding) -> String {
        use FindingCode as Code;
        let object = finding.object.as_ref().map(ToString::to_string).unwrap_or_default();
        match finding.code {
            Code::K101 => {
                let config = layout::config().to_string();
                let copy = layout::config_copy().to_string();
                let sound = if object == config { copy } else { config };
                self.at_objects(|place| format!("cp -f {place}/{sound} {place}/{object}"))
            }
            Code::K102 | Code::K103 => self.gleaner("key", "add"),
            Code::K104 => self.gleaner("key", "rotate"),
            Code::P201
            | Code::P202
            | Code::P203
            | Code::P204
            | Code::P205
            | Code::P206
            | Code::P207
            | Code::S403
            | Code::A601
            | Code::A603 => self.gleaner("repair packs", "--apply"),
            Code::P208 => self.gleaner("repair packs", "--from-repo OTHER --apply"),
            Code::S401 => self.gleaner("repair snapshots", "--apply"),
            Code::P209 | Code::I301 | Code::I302 | Code::I303 | Code::I304 => {
                self.gleaner("repair index", "--apply")
            }
            Code::A602 => self.gleaner("parity", "add"),
            Code::P210 => self.gleaner("check", "--read-data"),
            Code::S402 | Code::T501 | Code::L703 => self.backup(&finding.snapshots),
            Code::S405 => match seen_snapshots_file(self.repository) {
                Some(file) => format!("rm -i {}", quoted(&file.to_string_lossy())),
                None => self.gleaner("snapshots", ""),
            },
            Code::T502 | Code::T503 => {
                let id = finding.snapshots.last().map(ToString::to_string).unwrap_or_default();
                self.gleaner("cat", &format!("snapshot {}", short_id(&id)))
            }
            Code::L701 => {
                let session = object.strip_prefix("leases/").unwrap_or_default();
                self.gleaner("unlock", &format!("--lease {session}"))
            }
            Code::L702 | Code::X802 => self.gleaner("list", "leases"),
            Code::X801 | Code::X803 => self.at_objects(|place| format!("ls -l {place}/{object}")),
            _ => self.gleaner("check", "--list-codes"),
        }
    }

    /// What to type after a run: what saves the most; else what follows its `first` error.
    pub(super) fn of_run(&self, stats: &CheckStats, first: Option<String>) -> Option<String> {
        let damaged = &stats.snapshots_damaged;
        if stats.num_errors == 0 {
            return match (stats.suggest_repair_index, stats.suggest_prune) {
                (true, _) => Some(self.gleaner("repair index", "--apply")),
                (false, true) => Some(self.gleaner("prune", "")),
                (false, false) => None,
            };
        }
        if !damaged.is_empty() && stats.chunks_missing > 0 {
            return Some(self.backup(damaged));
        }
        if !damaged.is_empty() && stats.chunks_damaged > 0 {
            return Some(self.gleaner("repair packs", "--apply"));
        }
        first
    }

    /// The same check again.
    pub(super) fn again(&self, args: &CheckArgs) -> String {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("--{name} {value}")));
        };
        let seconds = |duration: Duration| format!("{}s", duration.as_secs());
        flag("read-data-subset", args.read_data_subset.as_ref().map(|part| quoted(&part.text)));
        flag("max-age", args.max_age.map(seconds));
        flag("max-duration", args.max_duration.map(seconds));
        flag("max-errors", args.max_errors.map(|errors| errors.to_string()));
        for snapshot in &args.snapshot {
            flag("snapshot", Some(quoted(snapshot)));
        }
        if args.read_data {
            words.insert(0, "--read-data".to_owned());
        }
        self.gleaner("check", &words.join(" "))
    }

    fn gleaner(&self, verb: &str, words: &str) -> String {
        format!("gleaner {verb} {} {words}", self.place.flag()).trim_end().to_owned()
    }

    /// A command on the objects themselves, which only those have whose folder they are in.
    fn at_objects(&self, command: impl Fn(&str) -> String) -> String {
        match &self.place {
            Place::Folder(path) => command(&quoted(&path.to_string_lossy())),
            Place::Server(_) => format!("# on the server: {}", command("REPOSITORY")),
        }
    }

    /// Stores missing chunks again, if the source still has the files.
    fn backup(&self, snapshots: &[SnapshotId]) -> String {
        let roots = self.newest(snapshots).map(|(_, roots)| roots).unwrap_or_default();
        let words: Option<Vec<String>> =
            roots.iter().map(|root| std::str::from_utf8(root).ok().map(quoted)).collect();
        let words = words.filter(|words| !words.is_empty()).map(|words| words.join(" "));
        self.gleaner("backup", words.as_deref().unwrap_or("PATH"))
    }

    /// The newest of some snapshots, and what it saved.
    fn newest(&self, snapshots: &[SnapshotId]) -> Option<(SnapshotId, Vec<Vec<u8>>)> {
        let manifest = |id: &SnapshotId| match self.repository.read_snapshot(*id) {
            Ok(SnapshotObject::Manifest(snapshot)) => Some(snapshot),
            _ => None,
        };
        let newest = snapshots.iter().filter_map(manifest).max_by_key(|found| found.time_ns)?;
        Some((newest.id, newest.roots))
    }
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    shell_words::quote(text).into_owned()
}
