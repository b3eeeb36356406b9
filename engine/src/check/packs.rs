//! Packs: directories, then every byte.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread;

use crossbeam::channel::{Receiver, unbounded};
use gleaner_chunker::{ChunkId, IdHasher, PackId};
use gleaner_index::Lookup;
use gleaner_store::{Defect, PackDirectory, TRAILER_BYTES, layout, read_pack_directory};

use super::Check;
use super::finding::{Finding, FindingCode};
use crate::error::Result;
use crate::progress::Counters;
use crate::repository::Repository;

/// Ids looked up at once.
const LOOKUP_BATCH: usize = 4096;

impl Check<'_> {
    pub(super) fn directories(&mut self) -> Result<()> {
        let repository = self.repository;
        for listed in repository.storage().list(&layout::packs())? {
            self.run.cancel.check()?;
            let Some(id) = layout::parse_pack(&listed.name) else {
                self.foreign(&listed.name);
                continue;
            };
            self.stats.packs_total += 1;
            let read =
                || read_pack_directory(repository.storage(), repository.keys(), id, listed.bytes);
            match read().or_else(|_| read()) {
                Ok(directory) => {
                    for chunk in &directory.chunks {
                        self.chunks.entry(chunk.id).or_insert(id);
                    }
                    self.directories.push(Arc::new(directory));
                }
                Err(error) => self.report(&directory_finding(id, &error)),
            }
        }
        Ok(())
    }

    /// Every chunk of every directory must be answered by the index.
    pub(super) fn index(&mut self) -> Result<()> {
        let Ok(index) = self.repository.index(self.run) else {
            self.stats.suggest_repair_index = true;
            self.report(&Finding::new(FindingCode::I303, FindingCode::I303.what()));
            return Ok(());
        };
        let (mut absent, mut failed) = (0_u64, 0_u64);
        for directory in &self.directories {
            self.run.cancel.check()?;
            let ids: Vec<ChunkId> = directory.chunks.iter().map(|chunk| chunk.id).collect();
            for batch in ids.chunks(LOOKUP_BATCH) {
                for answer in index.locate(batch) {
                    match answer {
                        Lookup::Stored(_) => {}
                        Lookup::Novel => absent += 1,
                        Lookup::Failed { .. } => failed += 1,
                    }
                }
            }
        }
        for (count, code) in [(absent, FindingCode::I302), (failed, FindingCode::I303)] {
            if count > 0 {
                self.stats.suggest_repair_index = true;
                self.report(&Finding::new(code, format!("{} ({count} chunks)", code.what())));
            }
        }
        Ok(())
    }

    /// Reads every byte of every pack whose directory is sound.
    pub(super) fn read_packs(&mut self) -> Result<()> {
        let (jobs, job_receiver) = unbounded::<Arc<PackDirectory>>();
        let (results, result_receiver) = unbounded();
        for directory in &self.directories {
            Counters::add(&self.run.counters.bytes_total, directory.pack_bytes);
            // The receiver lives until the scope ends.
            let _unsent = jobs.send(Arc::clone(directory));
        }
        drop(jobs);
        let repository = self.repository;
        let run = self.run;
        thread::scope(|scope| {
            for _ in 0..repository.env.threads.max(1) {
                let (jobs, results) = (job_receiver.clone(), results.clone());
                scope.spawn(move || scrub_packs(repository, run, &jobs, &results));
            }
            drop(results);
            for (directory, scrub) in &result_receiver {
                self.take_scrub(&directory, scrub);
            }
        });
        self.run.cancel.check()
    }

    fn take_scrub(&mut self, directory: &PackDirectory, scrub: Scrub) {
        self.stats.bytes_verified += directory.pack_bytes;
        self.stats.packs_verified += u64::from(scrub.findings.is_empty());
        for chunk in scrub.damaged {
            // A chunk that another pack holds too is counted there.
            if self.chunks.get(&chunk) == Some(&directory.id()) {
                self.stats.chunks_damaged += 1;
                self.damaged.insert(chunk, directory.id());
            }
        }
        for finding in scrub.findings {
            self.report(&finding);
        }
    }
}

/// Finding for a pack whose directory cannot be read.
fn directory_finding(id: PackId, error: &gleaner_store::Error) -> Finding {
    let (code, offset) = match error {
        gleaner_store::Error::Damaged { defect: Defect::Identity, .. } => {
            (FindingCode::P207, Some(0))
        }
        gleaner_store::Error::Damaged { offset: 0, .. } => (FindingCode::P201, Some(0)),
        gleaner_store::Error::Damaged { offset, defect, .. } => match defect {
            Defect::Seal { .. } | Defect::Checksum { what: "directory" } => {
                (FindingCode::P203, Some(*offset))
            }
            _ => (FindingCode::P202, Some(*offset)),
        },
        _ => (FindingCode::P210, None),
    };
    let name = layout::pack(&id);
    Finding { pack: Some(id), offset, ..Finding::of(code, &name, error.to_string()) }
}

/// What reading a pack showed.
#[derive(Default)]
struct Scrub {
    findings: Vec<Finding>,
    damaged: HashSet<ChunkId>,
}

type ScrubResult = (Arc<PackDirectory>, Scrub);

fn scrub_packs(
    repository: &Repository,
    run: &crate::progress::Run<'_>,
    jobs: &Receiver<Arc<PackDirectory>>,
    results: &crossbeam::channel::Sender<ScrubResult>,
) {
    let hasher = repository.id_hasher();
    for directory in jobs {
        if run.cancel.is_cancelled() {
            return;
        }
        let mut scrub = scrub_pack(repository, &hasher, &directory);
        if !scrub.findings.is_empty() {
            // The second read that precedes every finding.
            scrub = scrub_pack(repository, &hasher, &directory);
        }
        Counters::add(&run.counters.bytes_done, directory.pack_bytes);
        let _unheard = results.send((directory, scrub));
    }
}

fn scrub_pack(repository: &Repository, hasher: &IdHasher, directory: &PackDirectory) -> Scrub {
    let (name, pack) = (directory.name(), Some(directory.id()));
    let mut scrub = Scrub::default();
    let finding = |code, offset, message: String| Finding {
        pack,
        offset: Some(offset),
        ..Finding::of(code, &name, message)
    };
    let mut bytes = vec![0; usize::try_from(directory.pack_bytes).unwrap_or(0)];
    if let Err(error) = repository.storage().read_at(&name, 0, &mut bytes) {
        scrub.findings.push(finding(FindingCode::P210, 0, error.to_string()));
        scrub.damaged.extend(directory.chunks.iter().map(|chunk| chunk.id));
        return scrub;
    }
    for (ordinal, entry) in directory.blocks.iter().enumerate() {
        let Some((offset, length)) = directory.framed_range(ordinal) else { continue };
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let framed = bytes.get(start..).and_then(|rest| rest.get(..length)).unwrap_or_default();
        let first = entry.first_slot as usize;
        let listed =
            directory.chunks.get(first..first + entry.chunk_count as usize).unwrap_or_default();
        match directory.open_block(repository.keys(), ordinal, framed.to_vec()) {
            Ok(block) => {
                for (id, raw) in block.iter() {
                    if hasher.id(raw) != id {
                        let message = Defect::ChunkId { chunk: id }.to_string();
                        let found = finding(FindingCode::P205, offset, message);
                        scrub.findings.push(Finding { chunk: Some(id), ..found });
                        scrub.damaged.insert(id);
                    }
                }
            }
            Err(error) => {
                let found = finding(FindingCode::P204, offset, error.to_string());
                scrub.findings.push(Finding { length: Some(length as u64), ..found });
                scrub.damaged.extend(listed.iter().map(|chunk| chunk.id));
            }
        }
    }
    let hashed = bytes.len().saturating_sub(TRAILER_BYTES);
    let hash = blake3::hash(bytes.get(..hashed).unwrap_or_default());
    if scrub.findings.is_empty() && *hash.as_bytes() != directory.trailer.pack_hash {
        scrub.findings.push(finding(FindingCode::P206, 0, FindingCode::P206.what().to_owned()));
    }
    scrub
}
