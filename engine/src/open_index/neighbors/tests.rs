//! Goal: an index that left packs out is not confused by those that a prune deletes meanwhile.
//! Method: packs that go between the opening and the first question that needs all of them.

use std::sync::Arc;

use gleaner_chunker::{ChunkId, ChunkerParams};
use gleaner_index::{ErrorKind, Lookup};
use gleaner_store::{MemoryStorage, layout};

use super::super::list_packs;
use crate::{
    BackupOptions, Credential, Encryption, Environment, IndexPlace, InitOptions, Repository, Run,
    backup_stream,
};

fn storage() -> MemoryStorage {
    let storage = MemoryStorage::new();
    let environment = Environment::system(Arc::new(storage.clone()), IndexPlace::Memory);
    let options = InitOptions {
        encryption: Encryption::None,
        chunker: ChunkerParams::DEFAULT,
        pack_target_bytes: crate::PACK_TARGET_BYTES_DEFAULT,
        compression_level: 0,
        pad: false,
        label: String::new(),
        domain_from: None,
        parity_percent: None,
    };
    let repository = Repository::create(environment, &options).unwrap();
    let options = BackupOptions::new("host", Vec::new());
    let data = vec![7; 100_000];
    let mut data = data.as_slice();
    backup_stream(&repository, &options, b"/stream", &mut data, &Run::silent()).unwrap();
    storage
}

#[test]
fn chunk_that_is_nowhere_is_novel_although_a_pack_was_deleted_and_not_if_one_is_damaged() {
    for is_deleted in [true, false] {
        let storage = storage();
        let place = IndexPlace::Neighbors;
        let environment = Environment::system(Arc::new(storage.clone()), place);
        let repository = Repository::open(environment, &Credential::None).unwrap();
        let index = repository.index(&Run::silent()).unwrap();
        let (pack, bytes) = list_packs(&storage).unwrap()[0];
        let name = layout::pack(&pack);
        if is_deleted {
            storage.remove_raw(&name);
        } else {
            storage.replace_raw(&name, &vec![0; usize::try_from(bytes).unwrap()]);
        }
        let answers = index.locate(&[ChunkId::from_bytes([9; 32])]);
        if is_deleted {
            assert_eq!(answers, [Lookup::Novel]);
        } else {
            let kind = ErrorKind::Corrupt;
            assert_eq!(answers, [Lookup::Failed { kind, pack: None }]);
        }
    }
}
