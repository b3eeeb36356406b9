//! `gleaner bench`: measures parts of gleaner on the machine it runs on.

#[cfg(feature = "rocksdb")]
mod index;

use crate::args::{BenchArgs, BenchVerb};
use crate::context::Context;
use crate::exit_code::Failure;

/// Runs a benchmark.
///
/// # Errors
/// Kind `usage` if this build lacks what is to be measured; those of the benchmark.
pub(crate) fn bench(
    #[cfg_attr(not(feature = "rocksdb"), expect(unused_variables, reason = "a refusal"))]
    context: &Context,
    args: &BenchArgs,
) -> Result<(), Failure> {
    match &args.verb {
        #[cfg(feature = "rocksdb")]
        BenchVerb::Index(args) => index::bench_index(context, args),
        #[cfg(not(feature = "rocksdb"))]
        BenchVerb::Index(_) => {
            let message = "`bench index` needs RocksDB, which this build does not have";
            Err(Failure::usage(message))
        }
    }
}
