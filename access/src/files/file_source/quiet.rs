//! Files that may still be written: each is believed once it was quiet for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::files::access_fs::FileStat;

/// The time over which size and ctime have to be equal (ACCESS section 1).
pub(super) const QUIET: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// Monotonic time at which it is looked at again.
    due_ns: u64,
    /// What was seen last: size and ctime.
    seen: Option<(u64, i64)>,
    /// Whether its objects are told then even if nothing changed.
    retell: bool,
}

/// What a further look at a waiting file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be inspected.
    Quiet,
    /// It changed, or nothing is known of it: wait on.
    Growing,
}

/// The files that are waited for, by path.
#[derive(Debug)]
pub(super) struct QuietFiles {
    files: BTreeMap<Vec<u8>, Waiting>,
    pub(super) files_max: usize,
}

fn quiet_ns() -> u64 {
    u64::try_from(QUIET.as_nanos()).unwrap_or(u64::MAX)
}

impl QuietFiles {
    /// Waits for so many files at most.
    pub(super) fn new(files_max: usize) -> Self {
        Self { files: BTreeMap::new(), files_max }
    }

    /// Something happened to the file at this monotonic time, or it is not complete: it is looked
    /// at again after [`QUIET`]. `retell` stays until then. False if there is no room for it.
    #[must_use]
    pub(super) fn wait_for(&mut self, path: &[u8], now_ns: u64, retell: bool) -> bool {
        let due_ns = now_ns.saturating_add(quiet_ns());
        if let Some(waiting) = self.files.get_mut(path) {
            waiting.due_ns = due_ns;
            waiting.retell |= retell;
        } else if self.files.len() < self.files_max {
            self.files.insert(path.to_vec(), Waiting { due_ns, seen: None, retell });
        } else {
            return false;
        }
        true
    }

    /// The file is not waited for any more. True if its objects have to be told anew.
    pub(super) fn forget(&mut self, path: &[u8]) -> bool {
        self.files.remove(path).is_some_and(|waiting| waiting.retell)
    }

    /// All files below a folder are not waited for any more.
    pub(super) fn forget_below(&mut self, prefix: &[u8]) {
        self.files.retain(|path, _| !path.starts_with(prefix));
    }

    /// Files whose time has come.
    pub(super) fn due(&self, now_ns: u64) -> Vec<Vec<u8>> {
        let due = self.files.iter().filter(|(_, waiting)| waiting.due_ns <= now_ns);
        due.map(|(path, _)| path.clone()).collect()
    }

    /// Paths of all files that are waited for.
    pub(super) fn paths(&self) -> Vec<Vec<u8>> {
        self.files.keys().cloned().collect()
    }

    /// True if no file is waited for.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Compares a waiting file with what was seen of it; if it is growing it is due again later.
    pub(super) fn judge(&mut self, path: &[u8], stat: &FileStat, now_ns: u64) -> Verdict {
        let seen = Some((stat.bytes, stat.ctime_ns));
        let Some(waiting) = self.files.get_mut(path) else {
            return Verdict::Growing;
        };
        if waiting.seen == seen {
            return Verdict::Quiet;
        }
        waiting.seen = seen;
        waiting.due_ns = now_ns.saturating_add(quiet_ns());
        Verdict::Growing
    }
}

/// True if, by the kernel's clock, nothing happened to the file for [`QUIET`]. A ctime of the
/// future proves nothing.
pub(super) fn is_quiet_since_ctime(stat: &FileStat, wall_ns: i64) -> bool {
    let quiet = i64::try_from(quiet_ns()).unwrap_or(i64::MAX);
    stat.ctime_ns <= wall_ns.saturating_sub(quiet)
}

#[cfg(test)]
mod tests {
    //! Goal: a file is believed only after it stood still for two seconds, whatever its mtime
    //! says. Method: looks at chosen times. If it fails, a file is chunked while it grows, and its
    //! list is wrong.

    use super::{QUIET, QuietFiles, Verdict, is_quiet_since_ctime};
    use crate::files::access_fs::{EntryKind, FileStat};

    fn stat(bytes: u64, ctime_ns: i64) -> FileStat {
        let (kind, dev, ino, nlink, mtime_ns) = (EntryKind::File, 1, 2, 1, 0);
        FileStat { kind, dev, ino, nlink, bytes, mtime_ns, ctime_ns }
    }

    #[test]
    fn file_is_quiet_after_two_equal_looks() {
        let quiet = u64::try_from(QUIET.as_nanos()).unwrap();
        let mut files = QuietFiles::new(1);
        assert!(files.wait_for(b"a", 0, true));
        assert!(!files.wait_for(b"b", 0, true), "there is no room for two");
        assert!(files.wait_for(b"a", 0, false));
        assert!(files.due(quiet - 1).is_empty());
        assert_eq!(files.due(quiet), [b"a"]);
        assert_eq!(files.judge(b"a", &stat(1, 1), quiet), Verdict::Growing);
        assert!(files.due(2 * quiet - 1).is_empty());
        assert_eq!(files.judge(b"a", &stat(2, 1), 2 * quiet), Verdict::Growing);
        assert_eq!(files.judge(b"a", &stat(2, 2), 3 * quiet), Verdict::Growing);
        assert_eq!(files.judge(b"a", &stat(2, 2), 4 * quiet), Verdict::Quiet);
        assert!(files.forget(b"a") && files.is_empty() && !files.forget(b"a"));
    }

    #[test]
    fn ctime_of_two_seconds_ago_is_quiet_and_a_future_one_is_not() {
        let quiet = i64::try_from(QUIET.as_nanos()).unwrap();
        assert!(is_quiet_since_ctime(&stat(1, 5), quiet + 5));
        assert!(!is_quiet_since_ctime(&stat(1, 5), quiet + 4));
        assert!(!is_quiet_since_ctime(&stat(1, 5), 0));
    }
}
