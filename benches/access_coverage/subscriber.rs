//! The subscriber, who saves what it got: as it is, unpacked, edited, or saved anew.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use gleaner_benches::Seeded;

use crate::archives::{edited_within, recompress_deb, reorder_deb, resaved, unpack};
use crate::form::Form;
use crate::treatment::Treatment;

/// Bytes of one edit.
const EDIT_BYTES: usize = 400;
const EDITS_MAX: usize = 4;

/// What it saves lies below `root/SOURCE/TREATMENT/NUMBER/`.
#[derive(Debug)]
pub(crate) struct Subscriber {
    root: PathBuf,
    seed: u64,
}

impl Subscriber {
    pub(crate) fn new(root: PathBuf, seed: u64) -> Self {
        Self { root, seed }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of what becomes of one object.
    pub(crate) fn folder(
        &self,
        source: &str,
        treatment: Treatment,
        number: usize,
    ) -> Result<PathBuf> {
        let folder = self.root.join(source).join(treatment.folder()).join(format!("{number:05}"));
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The random numbers of one object, whatever came before it.
    pub(crate) fn seeded(&self, what: &str) -> Seeded {
        let hash = blake3::hash(format!("{} {what}", self.seed).as_bytes());
        let (word, _) = hash.as_bytes().split_first_chunk().expect("a hash has eight bytes");
        Seeded::new(u64::from_le_bytes(*word))
    }

    /// Saves a file that came through a server other than a mail server.
    pub(crate) fn save(
        &self,
        folder: &Path,
        treatment: Treatment,
        (form, name): (Form, &str),
        bytes: &[u8],
    ) -> Result<()> {
        let mut seeded = self.seeded(name);
        match treatment {
            Treatment::AsIs => fs::write(folder.join("file"), bytes)?,
            Treatment::Unpacked => unpack(form, bytes, folder)?,
            Treatment::Edited => {
                let mut edits = self.seeded(&format!("edits of {name}"));
                let pick = |files| seeded.below(files);
                let edit = |content: &[u8]| edited(content, &mut edits);
                fs::write(folder.join("file"), edited_within(form, bytes, pick, edit)?)?;
            }
            Treatment::Resaved if form == Form::Deb && seeded.below(2) == 0 => {
                recompress_deb(bytes, &folder.join("file.tar.gz"))?;
            }
            Treatment::Resaved if form == Form::Deb => {
                reorder_deb(bytes, &folder.join("file.tar"))?;
            }
            Treatment::Resaved => fs::write(folder.join("file"), resaved(form, name, bytes)?)?,
        }
        Ok(())
    }
}

/// One to four edits at random places: something is inserted, overwritten or added at the end.
pub(crate) fn edited(bytes: &[u8], seeded: &mut Seeded) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=seeded.below(EDITS_MAX) {
        let letters = (0..EDIT_BYTES / 4 + seeded.below(EDIT_BYTES * 3 / 4)).map(|_| {
            let letter = u8::try_from(seeded.below(26)).expect("a letter");
            b'a' + letter
        });
        let written: Vec<u8> = letters.collect();
        let at = seeded.below(bytes.len() + 1);
        match seeded.below(3) {
            0 => drop(bytes.splice(at..at, written)),
            1 => {
                let end = bytes.len().min(at + written.len());
                drop(bytes.splice(at..end, written));
            }
            _ => bytes.extend(written),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{EDIT_BYTES, EDITS_MAX, Seeded, edited};

    #[test]
    fn an_edit_changes_a_few_places_and_leaves_the_rest() {
        let before: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        for seed in 0..5 {
            let after = edited(&before, &mut Seeded::new(seed));
            assert_ne!(after, before);
            assert!(after.len() <= before.len() + EDITS_MAX * EDIT_BYTES);
            assert_eq!(after, edited(&before, &mut Seeded::new(seed)));
            let known: std::collections::HashSet<&[u8]> = before.chunks_exact(4).collect();
            // In whatever phase, what was not edited is there.
            let found = after.windows(4).filter(|word| known.contains(word)).count();
            assert!(found > before.len() / 4 - EDITS_MAX * EDIT_BYTES, "{found}");
        }
    }
}
