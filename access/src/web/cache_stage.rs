//! A source over files in memory, for the tests of cache formats: what a listing tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::body::Body;
use crate::error::Reason;
use crate::files::file_format::FileFormat;
use crate::files::file_source::{FileSource, FileSourceOptions};
use crate::files::memory_fs::MemoryFs;
use crate::manual_clock::ManualClock;
use crate::object::{ObjectKey, ObjectMeta, SourceId};
use crate::scope::ScopePolicy;
use crate::source::{AccessSource, Cursor, Event, Events};

/// What a feed told up to its cursor.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) upserts: Vec<ObjectMeta>,
    pub(crate) gone: Vec<ObjectKey>,
    pub(crate) skipped: BTreeMap<Vec<u8>, Reason>,
    pub(crate) epochs: usize,
    pub(crate) cursor: Option<Cursor>,
}

impl Told {
    /// Takes events up to the first cursor.
    pub(crate) fn of(events: &mut Events<'_>) -> Self {
        let mut told = Self::default();
        for event in events {
            match event.unwrap() {
                Event::Upsert(meta) => told.upserts.push(*meta),
                Event::Gone(key) => told.gone.push(key),
                Event::Epoch(_) => told.epochs += 1,
                Event::Skipped(skipped) => {
                    told.skipped.insert(skipped.place, skipped.reason);
                }
                Event::Unseen(_) => {}
                Event::Cursor(cursor) => {
                    told.cursor = Some(cursor);
                    break;
                }
            }
        }
        told
    }

    /// All that a source lists.
    pub(crate) fn all(source: &dyn AccessSource) -> Self {
        Self::of(&mut source.scan(None).unwrap())
    }

    /// The only object that was told.
    pub(crate) fn only(&self) -> &ObjectMeta {
        assert_eq!(self.upserts.len(), 1, "{self:?}");
        &self.upserts[0]
    }

    pub(crate) fn has_no_change(&self) -> bool {
        self.upserts.is_empty() && self.gone.is_empty() && self.epochs == 0
    }
}

/// Files, a clock, and a source of them.
pub(crate) struct Stage {
    pub(crate) fs: MemoryFs,
    pub(crate) source: FileSource,
    pub(crate) clock: Arc<ManualClock>,
}

impl Stage {
    pub(crate) fn new(format: impl FileFormat + 'static) -> Self {
        let clock = Arc::new(ManualClock::new());
        let fs = MemoryFs::new(clock.clone());
        fs.set_events(false);
        let options = FileSourceOptions::new(SourceId::new(1), ScopePolicy::Public);
        let files = Arc::new(fs.clone());
        let source = FileSource::new(files, Arc::new(format), clock.clone(), options, None);
        Self { fs, source, clock }
    }

    pub(crate) fn scan(&self) -> Told {
        Told::all(&self.source)
    }

    pub(crate) fn since(&self, cursor: &Cursor) -> Told {
        Told::of(&mut self.source.scan(Some(cursor)).unwrap())
    }
}

/// The body of an object, read to its end and found to be of one state.
pub(crate) fn body_of(source: &dyn AccessSource, meta: &ObjectMeta) -> Vec<u8> {
    let reader = source.open(&meta.key, &meta.generation).unwrap();
    let body = reader.body();
    let mut bytes = vec![0; usize::try_from(body.len()).unwrap()];
    body.read_exact_at(0, &mut bytes).unwrap();
    assert!(reader.still_same().unwrap());
    bytes
}
