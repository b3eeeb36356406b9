//! Goal: sessions of one process that know of different epochs do each other no harm.
//! Method: one index, told of condemned packs in any order.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, ChunkerParams, PackId};
use gleaner_index::Lookup;
use gleaner_store::{Epoch, MemoryStorage, read_pack_directory};

use super::super::found_packs::UNFINISHED;
use super::super::list_packs;
use crate::condemned::Condemned;
use crate::{
    BackupOptions, Encryption, Environment, IndexPlace, InitOptions, Repository, Run, backup_stream,
};

fn repository() -> Repository {
    repository_in(MemoryStorage::new())
}

fn repository_in(storage: MemoryStorage) -> Repository {
    let environment = Environment::system(Arc::new(storage), IndexPlace::Memory);
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
    store(&repository);
    repository
}

/// Backs up a stream that is always the same.
fn store(repository: &Repository) {
    let options = BackupOptions::new("host", Vec::new());
    let data = vec![7; 100_000];
    let mut data = data.as_slice();
    backup_stream(repository, &options, b"/stream", &mut data, &Run::silent()).unwrap();
}

fn ids_of(repository: &Repository, packs: &[(PackId, u64)]) -> Vec<ChunkId> {
    let mut ids = Vec::new();
    for (pack, bytes) in packs {
        let (storage, keys) = (repository.storage(), repository.keys());
        let directory = read_pack_directory(storage, keys, *pack, *bytes).unwrap();
        ids.extend(directory.chunks.iter().map(|chunk| chunk.id));
    }
    ids
}

#[test]
fn session_of_an_earlier_epoch_does_not_bring_condemned_packs_back() {
    let (repository, run) = (repository(), Run::silent());
    let index = repository.index(&run).unwrap();
    let packs = list_packs(repository.storage()).unwrap();
    let ids = ids_of(&repository, &packs);
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

#[test]
fn chunks_of_a_pack_that_goes_are_found_in_another_although_following_was_interrupted() {
    // Two processes that did not know of each other stored the same.
    let storage = MemoryStorage::new();
    let first = repository_in(storage.clone());
    let early = list_packs(&storage).unwrap();
    let hidden: Vec<_> = early
        .iter()
        .map(|(pack, _)| gleaner_store::layout::pack(pack))
        .map(|name| (storage.raw(&name).unwrap(), name))
        .collect();
    for (_, name) in &hidden {
        storage.remove_raw(name);
    }
    let environment = Environment::system(Arc::new(storage.clone()), IndexPlace::Memory);
    let second = Repository::open(environment, &crate::Credential::None).unwrap();
    store(&second);
    for (bytes, name) in &hidden {
        storage.replace_raw(name, bytes);
    }
    drop((first, second));

    let environment = Environment::system(Arc::new(storage.clone()), IndexPlace::Memory);
    let repository = Repository::open(environment, &crate::Credential::None).unwrap();
    let run = Run::silent();
    let index = repository.index(&run).unwrap();
    let data = early.iter().max_by_key(|(_, bytes)| *bytes).unwrap();
    let ids = ids_of(&repository, &[*data]);
    // The packs that answer go.
    let answered = |answers: &[Lookup]| -> Vec<PackId> {
        let packs = answers.iter().filter_map(|answer| match answer {
            Lookup::Stored(location) => Some(location.pack),
            _ => None,
        });
        packs.collect()
    };
    let going = answered(&index.lookup(&ids));
    assert_eq!(going.len(), ids.len());
    let condemned = Condemned {
        epoch: Epoch(1),
        packs: going.iter().copied().collect(),
        ..Condemned::default()
    };
    let cancelled = Run::silent();
    cancelled.cancel.cancel();
    assert!(matches!(index.follow(&condemned, &cancelled), Err(crate::Error::Cancelled)));
    // What the next session does, and the run that deletes them.
    index.follow(&condemned, &run).unwrap();
    for pack in &going {
        storage.remove_raw(&gleaner_store::layout::pack(pack));
    }
    index.forget(&going).unwrap();
    let answers = index.lookup(&ids);
    assert_eq!(answered(&answers).len(), ids.len(), "{answers:?}");
    assert!(answered(&answers).iter().all(|pack| !going.contains(pack)));
}

#[test]
fn rows_of_packs_that_this_process_deleted_go_unless_others_have_yet_to_take_them_over() {
    for is_interrupted in [false, true] {
        let (repository, run) = (repository(), Run::silent());
        let open = repository.index(&run).unwrap();
        let packs = list_packs(repository.storage()).unwrap();
        let packs: Vec<PackId> = packs.into_iter().map(|(pack, _)| pack).collect();
        if is_interrupted {
            open.index.insert_pack(UNFINISHED, &[]).unwrap();
        }
        open.forget(&packs).unwrap();
        let known = open.index.packs().unwrap();
        let left = known.iter().filter(|facts| packs.contains(&facts.pack)).count();
        assert_eq!(left, if is_interrupted { packs.len() } else { 0 });
    }
}
