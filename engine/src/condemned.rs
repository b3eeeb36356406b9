//! What prunes said of packs that they take away (FORMAT.md section 9.5, docs/gc.md).

use std::collections::{BTreeMap, HashSet};

use gleaner_chunker::PackId;
use gleaner_store::layout::CondemnedName;
use gleaner_store::{
    CondemnedList, Defect, Epoch, MarkFacts, OBJECT_BYTES_MAX, ObjectName, Outcome, Storage,
    StorageError, decode_condemned, decode_outcome, layout,
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

/// Reads what was said in the epochs below `epoch`; of epochs whose packs are gone only that.
///
/// Cost: one listing, and one read for each object of the others.
///
/// # Errors
/// The storage's; damage.
pub(crate) fn read_epochs(
    storage: &dyn Storage,
    epoch: Epoch,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    read_all(storage, epoch, false, &Err)
}

/// Reads what was said in all epochs, as if lists and outcomes that cannot be read were not there:
/// for who goes on over damage, and deletes nothing.
///
/// Cost: one listing, and one read for each object.
///
/// # Errors
/// That of the listing.
pub(crate) fn read_epochs_over_damage(
    storage: &dyn Storage,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    read_all(storage, Epoch(u64::MAX), true, &|_| Ok(()))
}

/// What to make of an object that cannot be read: an end, or nothing.
type Unreadable<'u> = dyn Fn(Error) -> Result<()> + 'u;

fn read_all(
    storage: &dyn Storage,
    epoch: Epoch,
    with_gone: bool,
    unreadable: &Unreadable<'_>,
) -> Result<BTreeMap<Epoch, CondemnedEpoch>> {
    let mut epochs = BTreeMap::new();
    for (of, names) in names_by_epoch(storage)? {
        if of >= epoch {
            continue;
        }
        let is_gone = names.contains(&CondemnedName::Gone(of));
        let said = if is_gone && !with_gone {
            CondemnedEpoch { is_gone, ..CondemnedEpoch::default() }
        } else {
            read_names(storage, names, unreadable)?
        };
        epochs.insert(of, said);
    }
    Ok(epochs)
}

/// Those of `packs` that a list condemned whose outcome let it happen, gone or not.
///
/// Cost: one listing, and one read for each object of the latest epochs until all packs were met.
///
/// # Errors
/// The storage's; damage.
pub(crate) fn condemned_of(storage: &dyn Storage, packs: &[PackId]) -> Result<HashSet<PackId>> {
    let mut sought: HashSet<PackId> = packs.iter().copied().collect();
    let mut found = HashSet::new();
    for names in names_by_epoch(storage)?.into_values().rev() {
        if sought.is_empty() {
            break;
        }
        let said = read_names(storage, names, &Err)?;
        if said.outcome.as_ref().is_some_and(|outcome| outcome.drained) {
            found.extend(said.packs().into_iter().filter(|pack| sought.remove(pack)));
        }
    }
    Ok(found)
}

/// What the last run marked that said so.
///
/// # Errors
/// The storage's; damage.
pub(crate) fn newest_mark(storage: &dyn Storage) -> Result<Option<MarkFacts>> {
    for of in names_by_epoch(storage)?.into_keys().rev() {
        let list = layout::condemned_list(of, 0);
        match decoded(storage, &list, |bytes| decode_condemned(of, bytes)) {
            Ok(CondemnedList { mark: Some(mark), .. }) => return Ok(Some(mark)),
            Ok(_)
            | Err(Error::Store(gleaner_store::Error::Storage(StorageError::NotFound { .. }))) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn names_by_epoch(storage: &dyn Storage) -> Result<BTreeMap<Epoch, Vec<CondemnedName>>> {
    let mut epochs: BTreeMap<Epoch, Vec<CondemnedName>> = BTreeMap::new();
    for listed in storage.list(&layout::condemned())? {
        if let Some(name) = layout::parse_condemned(&listed.name) {
            epochs.entry(epoch_of(&name)).or_default().push(name);
        }
    }
    Ok(epochs)
}

fn read_names(
    storage: &dyn Storage,
    names: Vec<CondemnedName>,
    unreadable: &Unreadable<'_>,
) -> Result<CondemnedEpoch> {
    let mut said = CondemnedEpoch::default();
    for name in names {
        match name {
            CondemnedName::List(of, number) => {
                let name = layout::condemned_list(of, number);
                match decoded(storage, &name, |bytes| decode_condemned(of, bytes)) {
                    Ok(list) => drop(said.lists.insert(number, list)),
                    Err(error) => unreadable(error)?,
                }
            }
            CondemnedName::Outcome(of) => match read_outcome(storage, of) {
                Ok(outcome) => said.outcome = Some(outcome),
                Err(error) => unreadable(error)?,
            },
            CondemnedName::Gone(_) => said.is_gone = true,
        }
    }
    Ok(said)
}

const fn epoch_of(name: &CondemnedName) -> Epoch {
    match name {
        CondemnedName::List(epoch, _)
        | CondemnedName::Outcome(epoch)
        | CondemnedName::Gone(epoch) => *epoch,
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
        for (of, said) in read_epochs(storage, epoch)? {
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
