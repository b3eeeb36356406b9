//! Builds an index from all packs at once.
//!
//! The plain form: insert one pack after the other. What is done differently here: no row is read.
//! Ids and places of all chunks are put into 256 partitions by the first byte of the id; each
//! partition is sorted, which brings together all that the rules about rows need, and is written
//! as a part of a table; the tables are handed to the database as its last level. A row is written
//! once, where inserting writes it again in each compaction.
//!
//! Memory: 64 MiB for the partitions; beyond that they are files in the side folder, and each
//! thread holds one in addition, 40 bytes an entry: 0.3 bytes a chunk for two threads. The filter
//! has its 1.5 bytes a chunk. On disk, partitions and tables take at most 70 bytes a chunk.

mod entry;
mod spill;
mod sorted_rows;
mod table_build;

use std::collections::HashSet;
use std::path::Path;

use gleaner_chunker::ChunkId;

use super::database::Database;
use super::key::PrefixWidth;
use super::options::Tuning;
use super::watermark::Watermark;
use crate::error::{Error, Result};
use crate::id_filter::IdFilter;
use crate::index_options::IndexMode;
use crate::pack_facts::{PackFacts, PackState};
use crate::pack_table::PackTable;
use crate::row::{Ordinal, Row};
use spill::Spill;
use table_build::TableBuild;

/// Entries in memory before they go to files.
pub(super) const SPILL_BYTES: usize = 64 << 20;

/// Packs whose rows are written together.
const PACKS_AT_ONCE: usize = 1024;

/// What building needs beside the packs.
pub(super) struct Rebuild<'a> {
    pub(super) database: &'a Database,
    pub(super) tuning: &'a Tuning,
    pub(super) mode: IndexMode,
    pub(super) width: PrefixWidth,
    /// A folder for partitions and tables, on the medium of the database.
    pub(super) folder: &'a Path,
    /// See [`SPILL_BYTES`].
    pub(super) spill_bytes: usize,
}

/// The packs met so far; their ordinals are their positions.
#[derive(Default)]
struct Packs {
    table: PackTable,
    facts: Vec<PackFacts>,
    idle: HashSet<Ordinal>,
}

impl Rebuild<'_> {
    /// Fills the database, which is empty, and gives the filter of its rows and the ordinals that
    /// were given out. Nothing is durable yet but the tables.
    pub(super) fn fill<E: From<Error>>(
        &self,
        packs: impl IntoIterator<Item = Result<(PackFacts, Vec<ChunkId>), E>>,
    ) -> Result<(IdFilter, u64), E> {
        let mut met = Packs::default();
        let mut spill = Spill::create(self.folder, self.spill_bytes)?;
        for pack in packs {
            let (facts, ids) = pack?;
            if let Some(ordinal) = met.admit(facts, ids.len())? {
                for (slot, id) in (0..).zip(&ids) {
                    spill.push(id, Row::new(ordinal, slot))?;
                }
            }
        }
        let build = TableBuild {
            partitions: &spill.finish(),
            idle: &met.idle,
            width: self.width,
            mode: self.mode,
            options: &self.database.table_options(self.tuning),
            folder: self.folder,
        };
        let (tables, filter) = build.run()?;
        // Rows without a pack are misses, a pack without its rows would be a lie.
        self.database.ingest(tables)?;
        self.put_packs(&met.facts)?;
        spill::remove(self.folder)?;
        Ok((filter, met.facts.len() as u64))
    }

    fn put_packs(&self, packs: &[PackFacts]) -> Result<()> {
        let mut watermark = Watermark::default();
        let mut numbered = (0..).zip(packs).peekable();
        while numbered.peek().is_some() {
            let mut changes = self.database.changes()?;
            for (number, facts) in numbered.by_ref().take(PACKS_AT_ONCE) {
                let ordinal = Ordinal::new(number).ok_or(Error::OrdinalsExhausted)?;
                changes.put_pack(ordinal, facts);
                watermark = watermark.with(ordinal, facts);
            }
            changes.put_watermark(watermark);
            self.database.write(changes)?;
        }
        Ok(())
    }
}

impl Packs {
    /// Gives a pack its ordinal; `None` if it has one already.
    fn admit(&mut self, facts: PackFacts, ids_listed: usize) -> Result<Option<Ordinal>> {
        let admitted = self.table.admit(&facts, ids_listed)?;
        if !admitted.new {
            return Ok(None);
        }
        self.table.insert(admitted.ordinal, facts);
        assert_eq!(admitted.ordinal.number(), self.facts.len() as u64, "ordinals are dense");
        self.facts.push(facts);
        if facts.state != PackState::Live {
            self.idle.insert(admitted.ordinal);
        }
        Ok(Some(admitted.ordinal))
    }
}
