//! `gleaner repair`.

#[cfg(feature = "rocksdb")]
mod index;
mod outcome;
mod packs;
mod snapshots;
mod undo;
mod wanted_list;

use crate::args::{RepairArgs, RepairPacksArgs, RepairSnapshotsArgs, RepairVerb};
use crate::context::Context;
use crate::exit_code::Failure;
use crate::opening::open;
use outcome::Outcome;

/// Says what would be repaired, and with `--apply` repairs it.
///
/// # Errors
/// Kind `damaged` if something is damaged and not healed, `healed` if all of it was; `usage` if
/// this build keeps no index; those of the repair.
pub(crate) fn repair(context: &Context, args: &RepairArgs) -> Result<(), Failure> {
    match &args.verb {
        #[cfg(feature = "rocksdb")]
        RepairVerb::Index(args) => index::repair_index(context, args),
        #[cfg(not(feature = "rocksdb"))]
        RepairVerb::Index(_) => {
            let message = "this build keeps no index: it has no RocksDB, and works in memory";
            Err(Failure::usage(message))
        }
        RepairVerb::Packs(args) => {
            let repository = open(context)?;
            let mut outcome = Outcome::new(args.apply);
            packs::repair_packs(context, &repository, args, &mut outcome)?;
            outcome.end(context, &repository)
        }
        RepairVerb::Snapshots(args) => {
            let repository = open(context)?;
            let mut outcome = Outcome::new(args.apply);
            snapshots::repair_snapshots(context, &repository, args, &mut outcome)?;
            outcome.end(context, &repository)
        }
        RepairVerb::All(args) => {
            let repository = open(context)?;
            if let Some(run) = args.undo {
                return undo::undo(context, &repository, run);
            }
            let (apply, drop_lost) = (args.apply, args.drop_lost);
            let mut outcome = Outcome::new(apply);
            let (wanted, max_duration, from) = (None, None, args.from.clone());
            let packs = RepairPacksArgs { apply, wanted, from, max_duration };
            packs::repair_packs(context, &repository, &packs, &mut outcome)?;
            let snapshots = RepairSnapshotsArgs { apply, drop_lost };
            match snapshots::repair_snapshots(context, &repository, &snapshots, &mut outcome) {
                Ok(()) => outcome.end(context, &repository),
                Err(failure) => {
                    outcome.print(context)?;
                    Err(failure)
                }
            }
        }
    }
}
