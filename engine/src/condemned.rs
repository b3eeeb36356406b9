//! What prunes said of packs that they take away (FORMAT.md section 9.5, docs/gc.md).

use std::collections::{BTreeMap, HashSet};

use gleaner_chunker::PackId;
use gleaner_store::{
    CondemnedList, Defect, Epoch, OBJECT_BYTES_MAX, ObjectName, Outcome, Storage, decode_condemned,
    decode_outcome, layout,
};

use crate::error::{Error, Result};

/// What was said in one epoch.
#[derive(Debug, Clone, Default)]
pub(crate) struct CondemnedEpoch {
    /// By their numbers. `prune` writes number 0 only, so that a list cannot grow behind the back
    /// of a mark; whatever others there are is passed over by lookups and never deleted.
    pub(crate) lists: BTreeMap<u64, CondemnedList>,
    /// None as long as it may go either way.
    pub(crate) outcome: Option<Outcome>,
    /// The packs were deleted.
    pub(crate) is_gone: bool,
}

impl CondemnedEpoch {
    /// The list that counts for deleting.
    pub(crate) fn list(&self) -> Option<&CondemnedList> {
        self.lists.get(&0)
    }

    /// Packs that lookups pass over.
    pub(crate) fn packs(&self) -> HashSet<PackId> {
        let mut packs = HashSet::new();
        match &self.outcome {
            Some(outcome) if !outcome.drained => {}
            outcome => {
                packs.extend(self.lists.values().flat_map(|list| &list.victims));
                for rescued in outcome.iter().flat_map(|outcome| &outcome.rescued) {
                    packs.remove(rescued);
                }
            }
        }
        packs
    }
}

/// Reads what was said in the epochs below `epoch`; without `with_gone`, of epochs whose packs are
/// gone only that.
///
/// Cost: one listing, and one read for each object.
///
/// # Errors
/// The storage's; damage.
pub(crate) fn read_epochs(
    storage: &dyn Storage,
    epoch: Epoch,
    with_gone: bool,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    read(storage, epoch, with_gone, &Err)
}

/// Reads what was said in all epochs, as if lists and outcomes that cannot be read were not there:
/// for who goes on over damage, and deletes nothing.
///
/// Cost: as [`read_epochs`].
///
/// # Errors
/// That of the listing.
pub(crate) fn read_epochs_over_damage(
    storage: &dyn Storage,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    read(storage, Epoch(u64::MAX), true, &|_| Ok(()))
}

/// `unreadable` says whether it is an end that an object cannot be read.
fn read(
    storage: &dyn Storage,
    epoch: Epoch,
    with_gone: bool,
    unreadable: &dyn Fn(Error) -> Result<()>,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    use layout::CondemnedName;
    let listed = storage.list(&layout::condemned())?;
    let names: Vec<(ObjectName, CondemnedName)> = listed
        .into_iter()
        .filter_map(|listed| Some((layout::parse_condemned(&listed.name)?, listed.name)))
        .map(|(parsed, name)| (name, parsed))
        .filter(|(_, parsed)| epoch_of(parsed) < epoch)
        .collect();
    let mut epochs: BTreeMap<Epoch, CondemnedEpoch> = BTreeMap::new();
    for (_, parsed) in &names {
        if let CondemnedName::Gone(of) = parsed {
            epochs.entry(*of).or_default().is_gone = true;
        }
    }
    for (name, parsed) in names {
        let said = epochs.entry(epoch_of(&parsed)).or_default();
        if said.is_gone && !with_gone {
            continue;
        }
        match parsed {
            CondemnedName::List(of, number) => {
                match decoded(storage, &name, |bytes| decode_condemned(of, bytes)) {
                    Ok(list) => drop(said.lists.insert(number, list)),
                    Err(error) => unreadable(error)?,
                }
            }
            CondemnedName::Outcome(of) => {
                match decoded(storage, &name, |bytes| decode_outcome(of, bytes)) {
                    Ok(outcome) => said.outcome = Some(outcome),
                    Err(error) => unreadable(error)?,
                }
            }
            CondemnedName::Gone(_) => {}
        }
    }
    Ok(epochs)
}

const fn epoch_of(name: &layout::CondemnedName) -> Epoch {
    match name {
        layout::CondemnedName::List(epoch, _)
        | layout::CondemnedName::Outcome(epoch)
        | layout::CondemnedName::Gone(epoch) => *epoch,
    }
}

/// Reads the outcome of `epoch`.
///
/// # Errors
/// The storage's; damage.
pub(crate) fn read_outcome(storage: &dyn Storage, epoch: Epoch) -> Result<Outcome> {
    decoded(storage, &layout::outcome(epoch), |bytes| decode_outcome(epoch, bytes))
}

fn decoded<T>(
    storage: &dyn Storage,
    name: &ObjectName,
    decode: impl FnOnce(&[u8]) -> Result<T, Defect>,
) -> Result<T> {
    let bytes = storage.get(name, OBJECT_BYTES_MAX)?;
    decode(&bytes).map_err(|defect| {
        gleaner_store::Error::Damaged { name: name.clone(), offset: 0, defect }.into()
    })
}

/// What a session has to know of the condemned lists below its epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condemned {
    /// The lists of all epochs below this one were applied.
    pub(crate) epoch: Epoch,
    /// Packs that lookups pass over: neither rescued nor of a cancelled epoch, nor gone.
    pub(crate) packs: HashSet<PackId>,
    /// True while a list has no outcome: its run may have looked at the snapshots before this
    /// session named its parent, so that nothing of that parent is rescued.
    pub(crate) is_undecided: bool,
    /// The last epoch in which one of these packs was condemned.
    pub(crate) newest: Option<Epoch>,
}

impl Condemned {
    /// Reads the lists below `epoch`.
    ///
    /// # Errors
    /// As [`read_epochs`].
    pub(crate) fn read(storage: &dyn Storage, epoch: Epoch) -> Result<Self> {
        let mut condemned = Self { epoch, ..Self::default() };
        for (of, said) in read_epochs(storage, epoch, false)? {
            if said.is_gone {
                continue;
            }
            let packs = said.packs();
            if !packs.is_empty() {
                condemned.newest = Some(of);
            }
            condemned.packs.extend(packs);
            condemned.is_undecided |= said.outcome.is_none() && !said.lists.is_empty();
        }
        Ok(condemned)
    }
}
