//! Parity sidecars: which are missing, whether they are sound, and what they can do for a pack that
//! is damaged.

use gleaner_chunker::PackId;
use gleaner_store::{ErrorKind, layout};

use super::Check;
use super::finding::{Finding, FindingCode, HealSource, Severity};
use super::pack_table::Condemned;
use crate::error::{Error, Result};
use crate::parity::{Healing, heal, is_gone, read_sidecar};
use crate::repository::Repository;

impl Check<'_> {
    /// Says how many packs lack the sidecar that the repository wants, and names sidecars whose
    /// packs are gone. Neither is a failure: a sidecar may be written later, or be left over.
    pub(super) fn sidecars(&mut self) -> Result<()> {
        if !self.options.snapshots.is_empty() {
            return Ok(());
        }
        if let Some(percent) = self.repository.config().parity_percent {
            // A session that runs may be between a pack and its sidecar.
            let is_meant = |session: &[u8; 16]| !self.sessions.contains(session);
            let rows = self.packs.rows().filter(|row| {
                let is_live = !row.is_gone && row.condemned == Condemned::No;
                is_live && row.session.as_ref().is_none_or(is_meant)
            });
            let (mut packs, mut bare) = (0_u64, 0_u64);
            for row in rows {
                packs += 1;
                bare += u64::from(!self.listed_sidecars.contains(&row.id));
            }
            if bare > 0 {
                let message = format!(
                    "{bare} of {packs} packs lack the parity of {percent} % they are to have"
                );
                let finding = Finding::of(FindingCode::A602, &layout::packs(), message);
                self.report(&Finding { severity: Severity::Info, ..finding });
            }
        }
        let orphans = self.listed_sidecars.iter().filter(|pack| !self.listed.contains(pack));
        let mut orphans: Vec<PackId> = orphans.copied().collect();
        orphans.sort_unstable();
        for pack in orphans {
            if is_gone(self.repository.storage(), pack)? {
                let message = "parity of a pack that is gone; the next prune removes it";
                let finding = Finding::of(FindingCode::A602, &layout::parity(&pack), message);
                self.report(&Finding { severity: Severity::Info, ..finding });
            }
        }
        Ok(())
    }

    /// Where a pack with a damaged tree can be healed from; asked once for each.
    pub(super) fn parity_source(&mut self, pack: PackId) -> Option<HealSource> {
        let repository = self.repository;
        let ask = || parity_of_damaged(repository, pack).1;
        *self.parity_sources.entry(pack).or_insert_with(ask)
    }
}

/// A finding if the sidecar of a pack that is sound is not; nothing if there is none. The second
/// read that precedes it is the caller's.
pub(super) fn sidecar_finding(
    repository: &Repository,
    pack: PackId,
    bytes: &[u8],
) -> Option<Finding> {
    let sidecar = match read_sidecar(repository.storage(), pack) {
        Ok(sidecar) => sidecar?,
        Err(error) => return Some(of_sidecar(pack, error.to_string())),
    };
    if !sidecar.matches(bytes) {
        return Some(of_sidecar(pack, "parity of other bytes than the pack's"));
    }
    if sidecar.is_sound() {
        return None;
    }
    let (damaged, all) = (sidecar.damaged_recovery_shards(), sidecar.head().recovery_shards);
    let message = match damaged {
        0 => "damaged at one of both ends, and sound at the other".to_owned(),
        damaged => format!("{damaged} of {all} recovery shards damaged"),
    };
    Some(of_sidecar(pack, message))
}

fn of_sidecar(pack: PackId, message: impl Into<String>) -> Finding {
    let finding = Finding::of(FindingCode::A602, &layout::parity(&pack), message);
    Finding { pack: Some(pack), ..finding }
}

/// What parity can do for a pack that is damaged: a finding, and whether the pack can be healed.
/// Nothing if there is no sidecar, or if the pack is as its sidecar knows it.
pub(super) fn parity_of_damaged(
    repository: &Repository,
    pack: PackId,
) -> (Option<Finding>, Option<HealSource>) {
    let of_pack = |code: FindingCode, message: String| Finding {
        pack: Some(pack),
        ..Finding::of(code, &layout::pack(&pack), message)
    };
    match heal(repository.storage(), pack) {
        Ok(Healing::Healed { damaged, recovery, .. }) => {
            let message = format!(
                "{damaged} shards damaged, {recovery} recovery shards sound: the pack can be healed"
            );
            let finding = Finding {
                healable_from: vec![HealSource::Parity],
                ..of_pack(FindingCode::A601, message)
            };
            (Some(finding), Some(HealSource::Parity))
        }
        Ok(Healing::Beyond(error)) => (Some(of_pack(FindingCode::A603, error.to_string())), None),
        // Also where the storage does not answer, as the pack's own findings say.
        Ok(Healing::BadSidecar(error)) | Err(Error::Store(error))
            if error.kind() != ErrorKind::UnsupportedVersion =>
        {
            (Some(of_sidecar(pack, error.to_string())), None)
        }
        Ok(Healing::BadSidecar(_) | Healing::NoSidecar | Healing::Whole) | Err(_) => (None, None),
    }
}
