//! Files that cannot be read and may hold any object: how long they hide all.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a file that cannot be read may be any of the objects that are not told.
const HIDES_FOR: Duration = Duration::from_hours(1);

/// Of so many files at most it is believed that they will not be read any more. If there are more,
/// something is wrong with all of them, and what is known may cost days to be read again.
const FEW: usize = 100;

/// Files that are remembered; one too many hides as long as it cannot be read.
const FILES_MAX: usize = 100_000;

/// Files that cannot be read, by their places, and since when, in monotonic time.
///
/// One such file may be any object that a listing does not tell, so that none of them may be taken
/// for gone. What went unnoticed would be kept for ever because of one file that nobody will read
/// again; so a few files are taken for none after an hour. The object of such a file may be
/// forgotten with the others that are not told; it is told anew once it can be read.
#[derive(Debug)]
pub(crate) struct RefusedFiles<P> {
    files: BTreeMap<P, Refused>,
}

#[derive(Debug)]
struct Refused {
    since_ns: u64,
    /// It was noted since the last listing began.
    is_noted: bool,
}

impl<P> Default for RefusedFiles<P> {
    fn default() -> Self {
        Self { files: BTreeMap::new() }
    }
}

impl<P: Ord> RefusedFiles<P> {
    /// Notes that a file cannot be read, and says whether it may be any object.
    pub(crate) fn note(&mut self, place: P, now_ns: u64) -> bool {
        if self.files.len() >= FILES_MAX && !self.files.contains_key(&place) {
            return true;
        }
        let refused = Refused { since_ns: now_ns, is_noted: true };
        let refused = self.files.entry(place).or_insert(refused);
        refused.is_noted = true;
        let time_ns = now_ns.saturating_sub(refused.since_ns);
        self.files.len() > FEW || u128::from(time_ns) < HIDES_FOR.as_nanos()
    }

    /// A listing of all begins. What the last one did not come upon any more is not there.
    pub(crate) fn begin_listing(&mut self) {
        self.files.retain(|_, refused| std::mem::take(&mut refused.is_noted));
    }

    /// Notes that a file could be read, or is not there.
    pub(crate) fn forget<Q>(&mut self, place: &Q)
    where
        P: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.files.remove(place);
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, HIDES_FOR, RefusedFiles};

    #[test]
    fn few_files_hide_others_for_an_hour_and_many_for_ever() {
        let hour = u64::try_from(HIDES_FOR.as_nanos()).unwrap();
        let mut files = RefusedFiles::default();
        for file in 0..FEW {
            assert!(files.note(file, 0));
        }
        assert!(files.note(7, hour - 1) && !files.note(7, hour));
        assert!(files.note(FEW, hour) && files.note(7, hour), "one too many");
        files.forget(&FEW);
        assert!(!files.note(7, hour));
        files.forget(&7);
        assert!(files.note(7, hour), "it could be read meanwhile");
        files.begin_listing();
        assert!(!files.note(8, hour), "the last listing came upon it");
        files.begin_listing();
        files.begin_listing();
        assert!(files.note(8, hour), "the last one did not");
    }
}
