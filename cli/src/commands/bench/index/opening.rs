//! Phases `open` and `rebuild`.

use gleaner_index::{ChunkIndex as _, RocksDbIndex};

use super::meter::Meter;
use super::metric::{CATCH_UP_SECONDS, REBUILD_RATE, REOPEN_SECONDS};
use super::report::Report;
use super::subject::Subject;
use crate::exit_code::Failure;

/// Packs that the filter on disk does not know.
const PACKS_BEHIND: u64 = 10;

/// Opens an index that was closed after a checkpoint.
pub(super) fn reopen(subject: &Subject, report: &mut Report) -> Result<RocksDbIndex, Failure> {
    subject.watch.begin("reopen", 1);
    let meter = Meter::start();
    let index = subject.open()?;
    report.add_seconds(REOPEN_SECONDS, meter.span());
    subject.watch.at(1)?;
    Ok(index)
}

/// Opens an index whose last packs came after its filter was written.
pub(super) fn catch_up(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    subject.watch.begin("catch up", 1);
    let keys = &subject.keys;
    let index = subject.open()?;
    for pack in keys.packs()..keys.packs() + PACKS_BEHIND {
        index.insert_pack(keys.facts(pack), &keys.stored(pack))?;
    }
    drop(index);
    let meter = Meter::start();
    let index = subject.open()?;
    report.add_seconds(CATCH_UP_SECONDS, meter.span());
    drop(index);
    subject.watch.at(1)
}

/// Builds the index anew from the directories of all packs, which are made meanwhile.
pub(super) fn rebuild(subject: &Subject, report: &mut Report) -> Result<(), Failure> {
    // Two of them would need room for two.
    RocksDbIndex::move_aside(&subject.dir())?;
    subject.watch.begin("rebuild", subject.keys.packs());
    let meter = Meter::start();
    let index = subject.rebuild()?;
    report.add_rate(REBUILD_RATE, subject.keys.count(), meter.span());
    drop(index);
    Ok(())
}
