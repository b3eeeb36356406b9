//! `gleaner repair`.

#[cfg(feature = "rocksdb")]
mod index;

use crate::args::{RepairArgs, RepairVerb};
use crate::context::Context;
use crate::exit_code::Failure;

/// Says what would be repaired, and with `--apply` repairs it.
///
/// # Errors
/// Kind `usage` if this build keeps no index; those of the repair.
pub(crate) fn repair(
    #[cfg_attr(not(feature = "rocksdb"), expect(unused_variables, reason = "a refusal"))]
    context: &Context,
    args: &RepairArgs,
) -> Result<(), Failure> {
    match &args.verb {
        #[cfg(feature = "rocksdb")]
        RepairVerb::Index(args) => index::repair_index(context, args),
        #[cfg(not(feature = "rocksdb"))]
        RepairVerb::Index(_) => {
            let message = "this build keeps no index: it has no RocksDB, and works in memory";
            Err(Failure::usage(message))
        }
    }
}
