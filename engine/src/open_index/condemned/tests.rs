//! Goal: sessions of one process that know of different epochs do each other no harm.
//! Method: one index, told of condemned packs in any order.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, ChunkerParams};
use gleaner_index::Lookup;
use gleaner_store::{Epoch, MemoryStorage, read_pack_directory};

use super::super::list_packs;
use crate::condemned::Condemned;
use crate::{
    BackupOptions, Encryption, Environment, IndexPlace, InitOptions, Repository, Run, backup_stream,
};

fn repository() -> Repository {
    let environment = Environment::system(Arc::new(MemoryStorage::new()), IndexPlace::Memory);
    let options = InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: crate::PACK_TARGET_BYTES_DEFAULT,
        compression_level: 0,
        pad: false,
        parity_percent: None,
        label: String::new(),
        domain_from: None,
    };
    let repository = Repository::create(environment, &options).unwrap();
    let options = BackupOptions::new("host", Vec::new());
    let data = vec![7; 100_000];
    let mut data = data.as_slice();
    backup_stream(&repository, &options, b"/stream", &mut data, &Run::silent()).unwrap();
    repository
}

#[test]
fn session_of_an_earlier_epoch_does_not_bring_condemned_packs_back() {
    let (repository, run) = (repository(), Run::silent());
    let index = repository.index(&run).unwrap();
    let packs = list_packs(repository.storage()).unwrap();
    let mut ids: Vec<ChunkId> = Vec::new();
    for (pack, bytes) in &packs {
        let (storage, keys) = (repository.storage(), repository.keys());
        let directory = read_pack_directory(storage, keys, *pack, *bytes).unwrap();
        ids.extend(directory.chunks.iter().map(|chunk| chunk.id));
    }
    let are_stored = || {
        let answers = index.lookup(&ids);
        let stored = answers.iter().filter(|answer| matches!(answer, Lookup::Stored(_))).count();
        assert!(stored == 0 || stored == ids.len(), "{answers:?}");
        stored > 0
    };
    let view = |epoch, is_condemned: bool| Condemned {
        epoch: Epoch(epoch),
        packs: packs.iter().map(|(pack, _)| *pack).filter(|_| is_condemned).collect(),
        ..Condemned::default()
    };
    assert!(are_stored());
    index.follow(&view(2, true), &run).unwrap();
    assert!(!are_stored());
    // It began before, and goes on now.
    index.follow(&view(1, false), &run).unwrap();
    assert!(!are_stored(), "the later view stays");
    // The run was cancelled, or the packs rescued.
    index.follow(&view(2, false), &run).unwrap();
    assert!(are_stored());
}
