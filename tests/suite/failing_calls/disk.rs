//! The disk under an operation: which of its calls fail, and what is on it after a power cut.

use std::sync::Arc;

use gleaner_store::{DirectoryStorage, MemoryFs, SeededRandom, Storage};
use gleaner_tests::crash_image::synced_image;
use gleaner_tests::fault::{Effect, Faults};
use gleaner_tests::faulty_fs::FaultyFs;
use gleaner_tests::faulty_storage::FaultyStorage;
use gleaner_tests::recording_fs::RecordingFs;

use super::Layer;

type FsUnderTest = FaultyFs<RecordingFs<FaultyFs<MemoryFs>>>;

/// A disk whose calls fail, and which knows what was synced.
pub(super) struct Disk {
    fs: FsUnderTest,
    /// Fail above the file system, if that is where calls fail.
    of_storage: Option<Faults>,
}

impl Disk {
    /// What `fs` holds is durable.
    pub(super) fn new(fs: &MemoryFs, faults: &Faults, layer: Layer, effect: Effect) -> Self {
        let none = Faults::new;
        // A call that does its work and then fails does so for the caller only; other faults are
        // those of the disk, and a sync among them loses what it was to make durable.
        let (above, below) = match (layer, effect) {
            (Layer::Storage, _) => (none(), none()),
            (Layer::FileSystem, Effect::ErrorAfter(_)) => (faults.clone(), none()),
            (Layer::FileSystem, _) => (none(), faults.clone()),
        };
        let base = fs.nodes();
        let recording = RecordingFs::new(FaultyFs::new(fs.clone(), below), base);
        let of_storage = matches!(layer, Layer::Storage).then(|| faults.clone());
        Self { fs: FaultyFs::new(recording, above), of_storage }
    }

    pub(super) fn storage(&self) -> Arc<dyn Storage> {
        let inner = DirectoryStorage::new(self.fs.clone(), Arc::new(SeededRandom::new(3)));
        match &self.of_storage {
            Some(faults) => Arc::new(FaultyStorage::new(inner, faults.clone())),
            None => Arc::new(inner),
        }
    }

    /// What is left of it if power is cut now, at worst.
    pub(super) fn after_power_cut(&self) -> MemoryFs {
        synced_image(&self.fs.inner().log())
    }
}
