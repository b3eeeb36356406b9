//! A file system of our own whose power can be lost: what is written and named shows at once, and
//! lasts only once it is synced (RELIABILITY section 7, R7).
//!
//! `nodes` holds files in memory, `disk` says what of them is durable, `faults` when the power
//! goes, `power_loss` what is left then, `filesystem` answers the kernel.

mod disk;
mod faults;
mod filesystem;
mod nodes;
mod power_loss;
mod rules;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fuser::{BackgroundSession, Config, MountOption};
use rustix::io::Errno;
use rustix::mount::{UnmountFlags, unmount};

use filesystem::{RecordedFilesystem, lock};

pub(crate) use disk::Moment;
pub(crate) use faults::{Faults, Recorder};
pub(crate) use nodes::Nodes;
pub(crate) use power_loss::{Choice, any_choice, image};

/// A mounted file system; no longer mounted when this is dropped.
pub(crate) struct UnsyncedMount {
    place: PathBuf,
    session: Option<BackgroundSession>,
    recorder: Arc<Mutex<Recorder>>,
}

impl UnsyncedMount {
    /// # Errors
    /// Where there is no `/dev/fuse`, or no right to mount.
    pub(crate) fn at(place: &Path, nodes: Nodes, faults: Faults) -> std::io::Result<Self> {
        let recorder = Arc::new(Mutex::new(Recorder::new(nodes, faults)));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("unsynced".to_owned())];
        let filesystem = RecordedFilesystem::new(Arc::clone(&recorder));
        let session = Some(fuser::spawn_mount2(filesystem, place, &config)?);
        Ok(Self { place: place.to_owned(), session, recorder })
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Recorder) -> T) -> T {
        look(&mut lock(&self.recorder))
    }

    /// What everybody sees now.
    pub(crate) fn visible(&self) -> Nodes {
        self.with(|recorder| recorder.disk.visible().clone())
    }
}

impl Drop for UnsyncedMount {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let unmounted = match unmounted_when_idle(&self.place) {
            Ok(()) => session.join(),
            // Not root: the library asks a program that may.
            Err(Errno::PERM) => session.umount_and_join(),
            Err(errno) => Err(errno.into()),
        };
        if !std::thread::panicking() {
            unmounted.expect("nobody uses the file system any more");
        }
    }
}

/// Unmounts once nobody uses it. A child that another test is just starting holds, until it runs
/// its own program, what was open here when it was forked.
fn unmounted_when_idle(place: &Path) -> Result<(), Errno> {
    for _ in 0..1000 {
        match unmount(place, UnmountFlags::empty()) {
            Err(Errno::BUSY) => std::thread::sleep(Duration::from_millis(10)),
            other => return other,
        }
    }
    Err(Errno::BUSY)
}

/// Whether a file system of our own can be mounted here; says so if not.
pub(crate) fn can_mount() -> bool {
    let place = tempfile::TempDir::new().unwrap();
    let faults = Faults::none(gleaner_store::SeededRandom::new(0), 0);
    let mounted = UnsyncedMount::at(place.path(), Nodes::empty(), faults);
    if let Err(error) = &mounted {
        println!("SKIPPED: no FUSE here, or no right to mount: {error}");
    }
    mounted.is_ok()
}
