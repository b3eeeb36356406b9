//! One engine for all sources that are files: it lists, watches, reads and pins what a
//! [`FileFormat`] recognises.
//!
//! Events are hints and the truth is a re-inspection, so that a lost, late or repeated event costs
//! time and never a wrong object. What is remembered is one row per file; a listing compares names
//! and inode numbers with it, and stats only where files change in place. Why it is so is in
//! `docs/decisions/0011-one-engine-for-files.md`.

mod assembly;
mod engine;
mod feed;
mod look;
mod opening;
mod options;
mod pass;
mod quiet;
mod scan;
mod settling;
mod table;
mod wholes;

use std::sync::Arc;

use crate::clock::Clock;
use crate::error::Error;
use crate::files::access_fs::AccessFs;
use crate::files::file_format::FileFormat;
use crate::files::pins::Pins;
use crate::identifiers::Identifiers;
use crate::object::{Generation, ObjectKey, ObjectMeta, SourceId};
use crate::source::{
    AccessSource, Capabilities, Counters, Cursor, Events, ObjectReader, RootInode, Stop,
};

use self::engine::Engine;
use self::feed::Feed;
use self::scan::Scan;

pub use self::options::FileSourceOptions;

/// A source that is a tree of files.
///
/// One `scan` or `watch` runs at a time; a second gives [`Error::Busy`]. `open` and `probe` work
/// beside it, from any thread.
#[derive(Debug)]
pub struct FileSource {
    engine: Engine,
}

impl FileSource {
    /// A source of the files below the root of `fs`. Nothing is read yet.
    #[must_use]
    pub fn new(
        fs: Arc<dyn AccessFs>,
        format: Arc<dyn FileFormat>,
        clock: Arc<dyn Clock>,
        options: FileSourceOptions,
        pins: Option<Pins>,
    ) -> Self {
        Self { engine: Engine::new(fs, format, clock, options, pins) }
    }

    /// Bytes that are remembered of the files, about.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.engine.state().table.bytes()
    }
}

impl AccessSource for FileSource {
    fn id(&self) -> SourceId {
        self.engine.options.id
    }

    fn kind(&self) -> &'static str {
        self.engine.format.kind()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            enumerate: true,
            feed: true,
            feed_by_events: self.engine.options.use_events,
            seek: true,
            pin: self.engine.pins.is_some(),
            probe_by_url: true,
            probe_by_message_id: true,
            honours_only_if_cached: None,
        }
    }

    fn counters(&self) -> &Counters {
        &self.engine.counters
    }

    fn root(&self) -> Option<RootInode> {
        self.engine.state().root.as_ref().map(|root| root.identity().inode())
    }

    fn believe_empty(&self) {
        self.engine.state().may_be_empty = true;
    }

    fn scan(&self, since: Option<&Cursor>) -> Result<Events<'_>, Error> {
        let scan = Scan::begin(&self.engine, since);
        Ok(Box::new(self.engine.counters.answered(scan)?))
    }

    fn watch(&self, stop: &Stop) -> Result<Events<'_>, Error> {
        let feed = Feed::begin(&self.engine, stop);
        Ok(Box::new(self.engine.counters.answered(feed)?))
    }

    fn probe(&self, identifiers: &Identifiers) -> Result<Vec<ObjectMeta>, Error> {
        self.engine.probe(identifiers)
    }

    fn open(
        &self,
        key: &ObjectKey,
        generation: &Generation,
    ) -> Result<Box<dyn ObjectReader>, Error> {
        let opened = self.engine.open(key, generation);
        Ok(Box::new(self.engine.counters.answered(opened)?))
    }
}

#[cfg(test)]
mod tests;
