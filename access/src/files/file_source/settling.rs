//! The end of a listing or of a batch of events: what was left open is decided.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::files::access_fs::split_path;

use super::engine::Engine;
use super::look::Look;
use super::pass::{Pass, Watcher};
use super::quiet::{Verdict, is_quiet_since_ctime};

/// Rounds of files that lead to each other; more are left for the next batch.
const ROUNDS_MAX: usize = 8;

impl Engine {
    /// Looks at the files that others led to, tells wholes, and tells what went and is nowhere
    /// else.
    pub(super) fn finish_batch(&self, watcher: &mut Watcher, retell: bool) -> Result<(), Error> {
        self.look_at_hints()?;
        let departed_from: BTreeSet<Vec<u8>> = {
            let state = self.state();
            state.departed.values().map(|departed| departed.folder.clone()).collect()
        };
        let may_be_in: BTreeSet<Vec<u8>> =
            departed_from.iter().flat_map(|folder| self.format.may_move_to(folder)).collect();
        for folder in may_be_in {
            Pass::within(&folder).run(self, watcher)?;
        }
        self.look_at_hints()?;
        self.tell_wholes(retell)?;
        self.tell_departed(&mut self.state());
        Ok(())
    }

    fn look_at_hints(&self) -> Result<(), Error> {
        for _ in 0..ROUNDS_MAX {
            let hints = std::mem::take(&mut self.state().hints);
            if hints.is_empty() {
                break;
            }
            for ((folder, name), retell) in hints {
                let look = Look { retell, ..Look::by_event(false) };
                self.look_at(&folder, &name, look)?;
            }
        }
        Ok(())
    }

    /// Looks again at the files that were waited for and whose time has come.
    pub(super) fn look_at_quiet(&self) -> Result<(), Error> {
        let now = self.clock.monotonic_ns();
        let due = self.state().quiet.due(now);
        for path in due {
            let (folder, name) = split_path(&path);
            let stat = self.root()?.open_folder(folder).and_then(|folder| folder.stat(name));
            let Ok(stat) = stat else {
                // It went, or cannot be seen: looking at it says which.
                let retell = self.state().quiet.forget(&path);
                self.look_at(folder, name, Look { retell, ..Look::by_event(true) })?;
                continue;
            };
            let verdict = self.state().quiet.judge(&path, &stat, now);
            if verdict == Verdict::Quiet || is_quiet_since_ctime(&stat, self.clock.wall_ns()) {
                let retell = self.state().quiet.forget(&path);
                self.look_at(folder, name, Look { retell, ..Look::by_event(true) })?;
            }
        }
        Ok(())
    }
}
