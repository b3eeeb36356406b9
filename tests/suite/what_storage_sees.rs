//! Goal: whoever holds the storage and no key reads nothing of what was backed up: no content, no
//! name, no chunk id, no host or user of a snapshot. What he does see is what docs/threat-model.md
//! says, and no more. Lost if this fails: what encryption is for.
//!
//! Method: every object of a repository, also those that live only as long as a backup, is searched
//! for what must not be there. The same search of a repository without encryption finds it all.

use std::sync::{Arc, Mutex};

use gleaner_engine::{
    BackupOptions, EntryEvent, InitOptions, Observer, Repository, Run, backup, forget, rotate_keys,
};
use gleaner_store::{MemoryStorage, Storage as _, layout, read_pack_directory};
use gleaner_tests::engine_doubles::{
    PASSWORD, Tree, backup_options, create, encrypted, prune, seeded_bytes, unencrypted, write_tree,
};

const CONTENT: &[u8] = b"what nobody but the owner of this file is to read";
const NAME: &str = "a telling name.txt";
const FOLDER: &str = "a telling folder";
const TAG: &str = "a telling tag";
const USER: &str = "a telling user";
const HOST: &str = "a visible host";
const LABEL: &str = "a visible label";

/// All objects at the first entry of a backup, so that its lease is among them.
struct Onlooker {
    storage: MemoryStorage,
    seen: Mutex<Vec<Arc<[u8]>>>,
}

impl Observer for Onlooker {
    fn entry(&self, _: &EntryEvent<'_>) {
        let mut seen = self.seen.lock().unwrap();
        if seen.is_empty() {
            *seen = objects(&self.storage);
        }
    }
}

fn objects(storage: &MemoryStorage) -> Vec<Arc<[u8]>> {
    storage.names().iter().map(|name| storage.raw(name).unwrap()).collect()
}

/// A repository after some life, and every object that was there at some time.
fn lived(options: InitOptions<'static>) -> (Repository, MemoryStorage, Vec<Arc<[u8]>>) {
    let storage = MemoryStorage::new();
    // Without compression, so that what is not sealed can be searched.
    let options = InitOptions { compression_level: 0, label: LABEL.to_owned(), ..options };
    let repository = create(Arc::new(storage.clone()), 1, options);
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    let file = |name: &str| format!("{FOLDER}/{name}").into_bytes();
    let mut tree =
        Tree::from([(file(NAME), CONTENT.to_vec()), (file("other"), seeded_bytes(1, 90_000))]);
    let onlooker = Onlooker { storage: storage.clone(), seen: Mutex::default() };
    let mut snapshots = Vec::new();
    for round in 0..2 {
        write_tree(&source, &tree);
        let options = BackupOptions {
            tags: vec![TAG.to_owned()],
            user: USER.to_owned(),
            host: HOST.to_owned(),
            ..backup_options(&[&source])
        };
        let run = Run { observer: &onlooker, ..Run::silent() };
        snapshots.extend(backup(&repository, &options, &run).unwrap().snapshot);
        if round == 0 && repository.config().domain_key.is_some() {
            rotate_keys(&repository).unwrap();
        }
        tree.insert(file("other"), seeded_bytes(2, 90_000));
    }
    let mut seen = onlooker.seen.into_inner().unwrap();
    seen.extend(objects(&storage));
    forget(&repository, &snapshots[..1]).unwrap();
    for _ in 0..2 {
        prune(&repository).unwrap();
        seen.extend(objects(&storage));
    }
    (repository, storage, seen)
}

fn holds(objects: &[Arc<[u8]>], text: &[u8]) -> bool {
    objects.iter().any(|object| object.windows(text.len()).any(|window| window == text))
}

/// Ids of all chunks of a repository.
fn chunk_ids(repository: &Repository, storage: &MemoryStorage) -> Vec<[u8; 32]> {
    let packs = storage.names().into_iter().filter_map(|name| layout::parse_pack(&name));
    let directories = packs.map(|pack| {
        let bytes = storage.bytes(&layout::pack(&pack)).unwrap();
        read_pack_directory(storage, repository.keys(), pack, bytes).unwrap()
    });
    directories.flat_map(|directory| directory.chunks).map(|chunk| *chunk.id.as_bytes()).collect()
}

/// What is to be secret, with a word for it.
fn secrets() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("content", CONTENT),
        ("name of a file", NAME.as_bytes()),
        ("name of a folder", FOLDER.as_bytes()),
        ("tag", TAG.as_bytes()),
        ("user", USER.as_bytes()),
    ]
}

#[test]
fn nothing_of_what_was_backed_up_stands_in_plain() {
    let (repository, storage, seen) = lived(encrypted());
    assert!(seen.len() > 30, "{}", seen.len());
    for (what, secret) in secrets() {
        assert!(!holds(&seen, secret), "{what}");
    }
    let ids = chunk_ids(&repository, &storage);
    assert!(ids.len() >= 4);
    assert!(ids.iter().all(|id| !holds(&seen, id)), "an id of a chunk");
    let domain_key = repository.config().domain_key.clone().unwrap();
    assert!(!holds(&seen, &domain_key[..]) && !holds(&seen, PASSWORD));
}

/// Leases and labels of key slots are for those who have no key yet, or none of their own.
#[test]
fn host_of_an_open_session_and_label_of_a_key_slot_are_seen() {
    let (_, storage, seen) = lived(encrypted());
    assert!(holds(&seen, HOST.as_bytes()) && holds(&seen, LABEL.as_bytes()));
    assert!(!holds(&objects(&storage), HOST.as_bytes()), "no longer than the session lives");
}

#[test]
fn the_same_search_finds_everything_without_encryption() {
    let (repository, storage, seen) = lived(unencrypted());
    for (what, secret) in secrets() {
        assert!(holds(&seen, secret), "{what}");
    }
    let ids = chunk_ids(&repository, &storage);
    assert!(ids.iter().all(|id| holds(&seen, id)));
}
