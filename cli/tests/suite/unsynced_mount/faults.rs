//! When the power goes and which syncs fail, on a disk in use.

use fuser::Errno;
use gleaner_store::SeededRandom;

use super::disk::{Disk, Moment};
use super::nodes::{NodeId, Nodes};

/// What is to happen to a disk.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) random: SeededRandom,
    /// How many moments are kept, each as likely as the other.
    pub(crate) moments: usize,
    /// After how many changes from [`Recorder::arm`] on the power goes for good.
    pub(crate) power_off: Option<u64>,
    /// The sync that fails.
    pub(crate) failing_sync: Option<u64>,
    /// Syncs of files, and of folders, that say that they worked and do nothing.
    pub(crate) are_lies: (bool, bool),
}

impl Faults {
    pub(crate) const fn none(random: SeededRandom, moments: usize) -> Self {
        Self { random, moments, power_off: None, failing_sync: None, are_lies: (false, false) }
    }
}

/// A disk in use, and the moments at which its power might go.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) disk: Disk,
    faults: Faults,
    /// Each with the stage of the work in which it was.
    moments: Vec<(usize, Moment)>,
    stage: usize,
    calls: u64,
    syncs: u64,
    armed_at: Option<u64>,
    is_off: bool,
    has_failed: bool,
}

impl Recorder {
    pub(crate) fn new(nodes: Nodes, faults: Faults) -> Self {
        Self {
            disk: Disk::new(nodes),
            faults,
            moments: Vec::new(),
            stage: 0,
            calls: 0,
            syncs: 0,
            armed_at: None,
            is_off: false,
            has_failed: false,
        }
    }

    pub(crate) const fn enter_stage(&mut self, stage: usize) {
        self.stage = stage;
    }

    /// From now on the power may go.
    pub(crate) const fn arm(&mut self) {
        self.armed_at = Some(self.calls);
    }

    pub(crate) const fn is_off(&self) -> bool {
        self.is_off
    }

    /// Whether a sync has failed.
    pub(crate) const fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// Said before each call that changes or syncs something.
    pub(crate) fn before_change(&mut self) -> Result<(), Errno> {
        if self.is_off {
            return Err(Errno::EIO);
        }
        self.keep_by_chance();
        self.calls += 1;
        let goes_off = self.armed_at.zip(self.faults.power_off);
        if goes_off.is_some_and(|(armed, after)| self.calls >= armed + after) {
            self.power_off();
            return Err(Errno::EIO);
        }
        Ok(())
    }

    /// Each moment is kept with the same probability, however many there are.
    fn keep_by_chance(&mut self) {
        if self.moments.len() < self.faults.moments {
            self.moments.push((self.stage, self.disk.moment().clone()));
            return;
        }
        let place = usize::try_from(self.faults.random.below(self.calls + 1)).unwrap();
        if let Some(kept) = self.moments.get_mut(place) {
            *kept = (self.stage, self.disk.moment().clone());
        }
    }

    /// Keeps this moment, and answers no call any more.
    pub(crate) fn power_off(&mut self) {
        if !self.is_off {
            self.moments.push((self.stage, self.disk.moment().clone()));
        }
        self.is_off = true;
    }

    /// The moments that were kept.
    pub(crate) fn take_moments(&mut self) -> Vec<(usize, Moment)> {
        std::mem::take(&mut self.moments)
    }

    pub(crate) fn sync(&mut self, id: NodeId, is_folder: bool) -> Result<(), Errno> {
        self.before_change()?;
        self.syncs += 1;
        if self.faults.failing_sync == Some(self.syncs) {
            self.has_failed = true;
            self.disk.fail_sync(id);
            return Err(Errno::EIO);
        }
        let (of_files, of_folders) = self.faults.are_lies;
        if !(if is_folder { of_folders } else { of_files }) {
            self.disk.sync(id);
        }
        Ok(())
    }
}
