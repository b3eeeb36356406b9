//! What the condemned lists say, read without trusting any of them: damage of a list is a finding
//! of its own.

use std::collections::HashMap;

use gleaner_chunker::PackId;
use gleaner_store::Storage;

use super::pack_table::Condemned;
use crate::condemned::read_epochs_over_damage;
use crate::error::Result;

/// Packs of all lists, but those that are live again. Of a pack on several the last one counts.
///
/// Cost: one listing, and a read for each list. Lists that cannot be read are passed over.
///
/// # Errors
/// That of the listing.
pub(super) fn read_condemned_packs(storage: &dyn Storage) -> Result<HashMap<PackId, Condemned>> {
    let mut packs = HashMap::new();
    for said in read_epochs_over_damage(storage)?.values() {
        let going = said.packs();
        for (number, list) in &said.lists {
            // Only list number 0 is deleted by (FORMAT.md section 9.5).
            let is_deleted = said.outcome.is_some() && *number == 0;
            let state = if is_deleted { Condemned::Drained } else { Condemned::Undecided };
            let victims = list.victims.iter().filter(|pack| going.contains(pack));
            packs.extend(victims.map(|pack| (*pack, state)));
        }
    }
    Ok(packs)
}
