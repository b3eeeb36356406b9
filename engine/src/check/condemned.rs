//! What the condemned lists say, read without trusting any of them: damage of a list is a finding
//! of its own.

use std::collections::{HashMap, HashSet};

use gleaner_chunker::PackId;
use gleaner_store::{
    Epoch, OBJECT_BYTES_MAX, Outcome, Storage, decode_condemned, decode_outcome, layout,
};
use layout::CondemnedName;

use super::pack_table::Condemned;
use crate::error::Result;

/// Packs of all lists, but those that are live again.
///
/// Cost: one listing, and a read for each list. Lists that cannot be read are passed over.
///
/// # Errors
/// That of the listing.
pub(super) fn read_condemned_packs(storage: &dyn Storage) -> Result<HashMap<PackId, Condemned>> {
    let mut victims: HashMap<(Epoch, u64), Vec<PackId>> = HashMap::new();
    let mut outcomes: HashMap<Epoch, Outcome> = HashMap::new();
    for listed in storage.list(&layout::condemned())? {
        let name = &listed.name;
        let bytes = || storage.get(name, OBJECT_BYTES_MAX).ok();
        match layout::parse_condemned(name) {
            Some(CondemnedName::List(epoch, number)) => {
                let list = bytes().and_then(|bytes| decode_condemned(epoch, &bytes).ok());
                victims
                    .entry((epoch, number))
                    .or_default()
                    .extend(list.into_iter().flat_map(|l| l.victims));
            }
            Some(CondemnedName::Outcome(epoch)) => {
                let outcome = bytes().and_then(|bytes| decode_outcome(epoch, &bytes).ok());
                outcomes.extend(outcome.map(|outcome| (epoch, outcome)));
            }
            Some(CondemnedName::Gone(_)) | None => {}
        }
    }
    let mut packs = HashMap::new();
    for ((epoch, number), victims) in victims {
        let (state, rescued) = match outcomes.get(&epoch) {
            None => (Condemned::Undecided, HashSet::new()),
            Some(outcome) if outcome.drained => {
                // Only list number 0 is deleted by (FORMAT.md section 9.5).
                let is_deleted = number == 0;
                let state = if is_deleted { Condemned::Drained } else { Condemned::Undecided };
                (state, outcome.rescued.iter().collect())
            }
            // Cancelled.
            Some(_) => continue,
        };
        packs.extend(victims.iter().filter(|pack| !rescued.contains(pack)).map(|p| (*p, state)));
    }
    Ok(packs)
}
