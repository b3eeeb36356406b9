//! A check never writes into the repository.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use gleaner_engine::{CheckOptions, Credential, DataRead, Environment, IndexPlace, Repository};
use gleaner_store::layout;
use gleaner_tests::hooked_storage::HookedStorage;

use super::subject::{Checked, Subject};

fn every_level(subject: &Subject) -> Vec<CheckOptions> {
    let snapshot = subject.without_cache(90).snapshots().unwrap().snapshots[0].id;
    let data = [
        DataRead::Nothing,
        DataRead::All,
        DataRead::Part { number: 1, of: 2 },
        DataRead::Share { millionths: 500_000 },
        DataRead::Bytes(100_000),
    ];
    let plain = data.map(|data| CheckOptions { data, ..CheckOptions::structure() });
    let limited = CheckOptions {
        max_age: Some(Duration::from_secs(1)),
        snapshots: vec![snapshot],
        max_duration: Some(Duration::ZERO),
        max_errors: NonZeroU64::new(1),
        ..CheckOptions::read_data()
    };
    plain.into_iter().chain([limited]).collect()
}

fn no_level_writes(subject: &Subject) {
    let names = subject.storage.names();
    let objects = || names.iter().map(|name| subject.storage.raw(name)).collect::<Vec<_>>();
    let before = objects();
    for options in every_level(subject) {
        for index_place in [IndexPlace::Memory, IndexPlace::CacheDir(subject.cache())] {
            let storage = Arc::new(HookedStorage::new(subject.storage.clone(), |_, _| Ok(())));
            let shared = Arc::clone(&storage) as _;
            let environment =
                Environment { storage: shared, index_place, ..subject.environment(3) };
            let repository = Repository::open(environment, &Credential::None).unwrap();
            Checked::of(&repository, &options);
            assert_eq!(storage.writes(), 0, "{options:?}");
            assert!(storage.reads() > 0);
        }
        assert_eq!(subject.storage.names(), names, "{options:?}");
        assert!(objects() == before, "{options:?}");
    }
}

#[test]
fn no_level_writes_into_a_sound_repository() {
    no_level_writes(&Subject::new(2));
}

#[test]
fn no_level_writes_into_a_damaged_repository() {
    let subject = Subject::new(3);
    let packs = subject.data_packs();
    subject.damage(packs[0]);
    subject.storage.remove_raw(&layout::pack(&packs[1]));
    subject.storage.replace_raw(&layout::config_copy(), b"rubbish");
    no_level_writes(&subject);
}
