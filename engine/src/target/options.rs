//! How a restore writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::overwrite::OverwritePolicy;
use crate::source::OwnerNames;

/// Whose the restored files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerMode {
    /// The snapshot's numbers (`--numeric-owner`).
    Numeric,
    /// The ids that the snapshot's names have on this system; the numbers where there is no name,
    /// or nobody of that name.
    ByName,
    /// Whoever restores. Set-id bits are dropped unless the owner happens to be the same.
    Restorer,
}

/// How folders below the target are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FolderLookup {
    /// A path in one `openat2` that stays beneath the target and meets no link; where the kernel
    /// has no such call, like `PerComponent`.
    Openat2,
    /// Each component by itself with `O_NOFOLLOW`.
    PerComponent,
}

/// Options of a restore's write side. There is no `Default`: a wrong one loses data.
#[derive(Debug, Clone)]
pub struct TargetOptions {
    /// What happens to entries that exist.
    pub overwrite: OverwritePolicy,
    /// Whose the files are.
    pub owners: OwnerMode,
    /// False for `--no-special-files`: fifos, sockets and devices are skipped, set-id bits and
    /// the attributes `security.*` and `trusted.*` are left out.
    pub special_files: bool,
    /// False: attributes are neither set nor removed.
    pub xattrs: bool,
    /// How folders are opened.
    pub lookup: FolderLookup,
    /// Random bytes that make temporary names unguessable and different from other runs'.
    pub temp_seed: [u8; 8],
}

/// What all handles of one restore share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: TargetOptions,
    pub(crate) owner_names: Arc<OwnerNames>,
    pub(crate) effective_uid: u32,
    temp_count: AtomicU64,
}

impl Shared {
    pub(crate) fn new(options: TargetOptions, owner_names: Arc<OwnerNames>) -> Self {
        let effective_uid = rustix::process::geteuid().as_raw();
        Self { options, owner_names, effective_uid, temp_count: AtomicU64::new(0) }
    }

    pub(crate) fn is_root_user(&self) -> bool {
        self.effective_uid == 0
    }

    /// A name that no other call of this restore got.
    pub(crate) fn next_temp_name(&self) -> Vec<u8> {
        let count = self.temp_count.fetch_add(1, Ordering::Relaxed);
        let seed = u64::from_le_bytes(self.options.temp_seed);
        format!(".gleaner-{seed:016x}-{count:x}.tmp").into_bytes()
    }
}
