//! One flipped bit in a pack.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A bit that was flipped.
#[derive(Debug)]
pub(super) struct Damage {
    pub(super) pack: PathBuf,
    pub(super) offset: u64,
}

impl Damage {
    /// Flips one bit in the middle of the largest pack below `data`.
    pub(super) fn do_it(data: &Path) -> std::io::Result<Self> {
        let pack = largest_file(data)?;
        let offset = fs::metadata(&pack)?.len() / 2;
        let damage = Self { pack, offset };
        damage.flip()?;
        Ok(damage)
    }

    fn flip(&self) -> std::io::Result<()> {
        let mut permissions = fs::metadata(&self.pack)?.permissions();
        permissions.set_mode(permissions.mode() | 0o200);
        fs::set_permissions(&self.pack, permissions)?;
        let mut file = File::options().read(true).write(true).open(&self.pack)?;
        let mut byte = [0];
        file.read_exact_at(&mut byte, self.offset)?;
        let [byte] = byte;
        file.seek(SeekFrom::Start(self.offset))?;
        file.write_all(&[byte ^ 1])
    }

    /// Name of the pack.
    pub(super) fn pack_id(&self) -> String {
        self.pack.file_name().map(|name| name.display().to_string()).unwrap_or_default()
    }
}

fn largest_file(folder: &Path) -> std::io::Result<PathBuf> {
    let mut largest = (0, PathBuf::new());
    for shard in fs::read_dir(folder)? {
        for entry in fs::read_dir(shard?.path())? {
            let entry = entry?;
            largest = largest.max((entry.metadata()?.len(), entry.path()));
        }
    }
    Ok(largest.1)
}
