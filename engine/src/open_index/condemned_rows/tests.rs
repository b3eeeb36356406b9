//! Goal: chunks of condemned packs are found whatever their number, in memory that does not grow
//! with it. Method: the rows of a few packs, and of more chunks than there is room for.

use std::cell::Cell;
use std::sync::Arc;

use gleaner_chunker::{ChunkerParams, PackId};
use gleaner_store::{MemoryStorage, read_pack_directory};

use super::super::list_packs;
use super::{ChunkId, CondemnedRows, Lookup, PackDirectory, PackFacts, PackState, facts_of};
use crate::{
    BackupOptions, Encryption, Environment, IndexPlace, InitOptions, Repository, Run, backup_stream,
};

/// Directories of packs with other data each.
fn directories() -> Vec<PackDirectory> {
    let storage = MemoryStorage::new();
    let environment = Environment::system(Arc::new(storage.clone()), IndexPlace::Memory);
    let options = InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::FINE,
        pack_target_bytes: crate::PACK_TARGET_BYTES_DEFAULT,
        compression_level: 0,
        pad: false,
        label: String::new(),
        domain_from: None,
        parity_percent: None,
    };
    let repository = Repository::create(environment, &options).unwrap();
    for seed in 0..4 {
        let options = BackupOptions::new("host", Vec::new());
        let mut data = vec![0; 300_000];
        blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut data);
        let mut data = data.as_slice();
        backup_stream(&repository, &options, b"/stream", &mut data, &Run::silent()).unwrap();
    }
    let read = |(pack, bytes): &(PackId, u64)| {
        read_pack_directory(&storage, repository.keys(), *pack, *bytes).unwrap()
    };
    list_packs(&storage).unwrap().iter().map(read).collect()
}

#[test]
fn all_chunks_are_found_with_room_for_few_and_those_of_one_pack_without_reading_again() {
    let directories = directories();
    let facts: Vec<PackFacts> = directories
        .iter()
        .map(|directory| PackFacts { state: PackState::Condemned, ..facts_of(directory) })
        .collect();
    let ids: Vec<ChunkId> =
        directories.iter().flat_map(|directory| &directory.chunks).map(|chunk| chunk.id).collect();
    let reads = Cell::new(0);
    let read = |facts: &PackFacts| {
        reads.set(reads.get() + 1);
        Ok(directories.iter().find(|directory| directory.id() == facts.pack).cloned())
    };
    for rows_max in [0, 1, ids.len() as u64 / 3, ids.len() as u64 - 1, ids.len() as u64] {
        let mut rows = CondemnedRows::new(facts.clone(), rows_max);
        let mut answers = vec![Lookup::Novel; ids.len()];
        rows.look_up(&ids, &mut answers, &read).unwrap();
        assert!(answers.iter().all(|answer| matches!(answer, Lookup::Stored(_))), "{rows_max}");
        let most = directories.iter().map(|directory| directory.chunks.len()).max().unwrap();
        assert!(rows.chunks <= rows_max.max(most as u64), "{} of {rows_max}", rows.chunks);
        // One after the other, as trees are read.
        let large = directories.iter().max_by_key(|directory| directory.chunks.len()).unwrap();
        reads.set(0);
        for chunk in &large.chunks {
            let mut answer = [Lookup::Novel];
            rows.look_up(&[chunk.id], &mut answer, &read).unwrap();
            assert!(matches!(answer, [Lookup::Stored(_)]));
        }
        assert!(reads.get() <= facts.len(), "{rows_max}: {} reads", reads.get());
        let mut unknown = [Lookup::Novel];
        rows.look_up(&[ChunkId::from_bytes([9; 32])], &mut unknown, &read).unwrap();
        assert_eq!(unknown, [Lookup::Novel]);
    }
}
